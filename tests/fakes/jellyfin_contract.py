"""Requests and answers held against Jellyfin's own description of them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

DESCRIPTION: dict[str, Any] = json.loads((Path(__file__).parent / "jellyfin_openapi.json").read_text())
PATHS: dict[str, dict[str, Any]] = DESCRIPTION["paths"]
_CREDENTIALS = re.compile(r'MediaBrowser (?:[A-Za-z]+="[^"]*"(?:, |$))+')


def operation(method: str, path: str) -> dict[str, Any] | None:
    """The description of a call; None where there is none."""
    for template, methods in PATHS.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return methods.get(method.lower())
    return None


def request_faults(
    method: str, path: str, query: Iterable[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> Iterator[str]:
    """What a request breaks of the description."""
    said = operation(method, path)
    if said is None:
        yield f"{method} {path} is not described"
        return
    yield from _query_faults(said["parameters"], list(query))
    if said["body"] is not None:
        if headers.get("content-type") != "application/json":
            yield f"{method} {path} has a body of {headers.get('content-type')}"
        yield from _faults(OAS30WriteValidator(said["body"]), json.loads(body or b"null"), "body")
    elif body:
        yield f"{method} {path} takes no body"
    if said["authorised"] and not _CREDENTIALS.fullmatch(headers.get(DESCRIPTION["security"].lower(), "")):
        yield f"{method} {path} has no credentials of today"


def answer_faults(method: str, path: str, status: int, body: bytes) -> Iterator[str]:
    """What an answer breaks of the description."""
    said = operation(method, path)
    answers = {} if said is None else said["answers"]
    if str(status) not in answers:
        yield f"{method} {path} never answers {status}"
    elif (schema := answers[str(status)]) is not None:
        yield from _faults(OAS30ReadValidator(schema), json.loads(body), f"{method} {path}")
    elif body:
        yield f"{method} {path} answers {status} without a body"


def _query_faults(parameters: Mapping[str, Any], query: list[tuple[str, str]]) -> Iterator[str]:
    for name in dict.fromkeys(name for name, _ in query):
        if parameters.get(name, {}).get("in") != "query":
            yield f"there is no parameter {name}"
            continue
        schema = parameters[name]["schema"]
        values = [value for key, value in query if key == name]
        is_list = schema.get("type") == "array"
        value = [_read(each, schema["items"]) for each in values] if is_list else _read(values[0], schema)
        yield from _faults(OAS30WriteValidator(schema), value, name)
    missing = {name for name, said in parameters.items() if said["in"] == "query" and said["required"]}
    yield from (f"{name} is missing" for name in missing - {name for name, _ in query})


def _read(value: str, schema: Mapping[str, Any]) -> Any:
    """A value of a query as its schema means it; what it does not fit stays text, and is refused as such."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _faults(validator: Any, value: Any, where: str) -> Iterator[str]:
    yield from (f"{where}: {error.message}" for error in validator.iter_errors(value))
