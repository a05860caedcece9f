"""The one form in which errors leave any service, and what each fault is over HTTP."""

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from studio.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    StudioError,
    UnavailableError,
)

log = logging.getLogger(__name__)

STATUSES: Final[dict[type[StudioError], int]] = {
    PreconditionError: 412,
    InvalidError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    UnavailableError: 503,
    StudioError: 500,
}
INTERNAL: Final = "Something went wrong here. The log has the particulars under this request_id."
_CODES: Final = {
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
    500: "INTERNAL_ERROR",
}
_SECRET: Final = ("token", "password", "secret", "api_key", "authorization", "credential")
_LONGEST_VALUE: Final = 200
_EXPECTED: Final = {
    "missing": "a value",
    "extra_forbidden": "no field of this name",
    "int_parsing": "integer",
    "int_type": "integer",
    "int_from_float": "integer",
    "int_parsing_size": "integer",
    "float_parsing": "number",
    "float_type": "number",
    "finite_number": "finite number",
    "string_type": "string",
    "string_unicode": "Unicode text",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
    "list_type": "array",
    "tuple_type": "array",
    "json_invalid": "JSON",
}
_BOUNDS: Final = {
    "gt": "greater than {}",
    "ge": "at least {}",
    "lt": "less than {}",
    "le": "at most {}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
    "multiple_of": "a multiple of {}",
    "pattern": "text that matches {}",
}


class Error(BaseModel):
    """What went wrong, and how to ask about it."""

    code: str = Field(examples=["VALIDATION_ERROR"])
    message: str = Field(examples=["Invalid character ID provided"])
    details: dict[str, Any] = Field(
        examples=[{"field": "character_id", "value": "invalid_id", "expected": "integer"}]
    )
    errors: list[dict[str, Any]] | None = Field(
        default=None, description="All faults, where code is VALIDATION_ERROR."
    )
    timestamp: str = Field(examples=["2025-11-05T04:46:12Z"])
    request_id: str = Field(examples=["req_12345"])


class Envelope(BaseModel):
    """The body of every answer that is an error."""

    error: Error


def answer(
    scope: Scope,
    status: int,
    code: str,
    message: str,
    *,
    details: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error in its envelope."""
    error: dict[str, Any] = {"code": code, "message": plain(message), "details": plain(details or {})}
    if errors is not None:
        error["errors"] = plain(errors)
    error["timestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    error["request_id"] = scope.get("state", {}).get("request_id", "")
    return JSONResponse({"error": error}, status, headers)


async def on_studio_error(request: Request, error: Exception) -> JSONResponse:
    """One of our own errors, by its family."""
    assert isinstance(error, StudioError)
    status = next(STATUSES[family] for family in type(error).__mro__ if family in STATUSES)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s", request.state.request_id, error, exc_info=error)
        return answer(request.scope, status, error.code, INTERNAL)
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        headers = _retry_after(error.details)
        return answer(
            request.scope, status, error.code, error.message, details=error.details, headers=headers
        )
    fault = _fault(error.details)
    return answer(request.scope, status, error.code, error.message, details=fault, errors=[fault])


def _retry_after(details: Mapping[str, Any]) -> dict[str, str]:
    return {"Retry-After": str(details["retry_after_s"])} if "retry_after_s" in details else {}


async def on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    """A request that does not have the form that the route asks for."""
    assert isinstance(error, RequestValidationError)
    faults = [_read(fault) for fault in error.errors()]
    said = [_said(fault) for fault in error.errors()]
    message = f"Invalid {faults[0]['field']}: {said[0]}"
    errors = [{**fault, "message": words} for fault, words in zip(faults, said, strict=True)]
    return answer(request.scope, 422, InvalidError.code, message, details=faults[0], errors=errors)


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """What the router itself refuses."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code) or HTTPStatus(error.status_code).name
    details = {"method": request.method, "path": request.url.path}
    message = {404: "There is nothing at this path.", 405: "This path does not take this method."}
    return answer(
        request.scope,
        error.status_code,
        code,
        message.get(error.status_code, str(error.detail)),
        details=details,
        headers=error.headers,
    )


def plain(value: Any) -> Any:
    """`value` as JSON can hold it."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return plain(str(value))


def _fault(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of one of our own errors, with the three that are promised."""
    return {"field": None, "value": None, "expected": None, **details}


def _said(fault: Mapping[str, Any]) -> str:
    """What is wrong, in words; of a body that is no JSON also where."""
    if fault["type"] != "json_invalid":
        return str(fault["msg"])
    why = (fault.get("ctx") or {}).get("error", "it cannot be read")
    return f"this is no JSON: {why}, at character {fault['loc'][-1]}"


def _read(fault: Mapping[str, Any]) -> dict[str, Any]:
    if fault["type"] == "json_invalid":
        return {"field": "body", "value": None, "expected": _expected(fault)}
    field = ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0])
    return {"field": field, "value": _shown(fault, field), "expected": _expected(fault)}


def _shown(fault: Mapping[str, Any], field: str) -> Any:
    """What was sent, where it is short and no secret."""
    value = fault.get("input")
    if fault["type"] == "missing":
        return None
    if any(word in field.lower() for word in _SECRET):
        return "***"
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, list | tuple | set):
        return "array"
    return value[:_LONGEST_VALUE] if isinstance(value, str | bytes) else value


def _expected(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx") or {}
    if context.get("pattern") == r"\S":
        return "text that is not blank"
    if "expected" in context:
        return str(context["expected"])
    if fault["type"] in _EXPECTED:
        return _EXPECTED[fault["type"]]
    bounds = [words.format(context[name]) for name, words in _BOUNDS.items() if name in context]
    return " and ".join(bounds) or str(fault["msg"])
