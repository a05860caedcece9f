"""A tool's call to the public API, and its answer in an agent's words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from jsonschema import Draft202012Validator

from deployments.addresses import Addresses
from deployments.mcp_tools import ANIME, ECHO, EPISODES, GET, MUSIC, Tool
from studio.errors import StudioError, UnavailableError

TIMEOUT_S: Final = 60.0
MOST_QUOTED: Final = 400
_PREFIXES: Final = {ANIME: "/api/anime", EPISODES: "/api/anime", MUSIC: "/api", ECHO: "/api/echo"}


class RefusedError(StudioError):
    """A tool was called wrongly, or the API refused it."""

    code = "REFUSED"


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the services of a running tower."""

    http: httpx.Client
    addresses: Addresses

    def call(self, tool: Tool, given: Mapping[str, Any]) -> Any:
        """Carry a tool out; one that asks first only tells what it would do, unless `dry_run` is false.

        Raises:
            RefusedError: The parameters do not fit, or the API refuses; in words, with the request's id.
            UnavailableError: The service does not answer.
        """
        fault = next(Draft202012Validator(tool.schema()).iter_errors(dict(given)), None)
        if fault is not None:
            raise RefusedError(f"{tool.name}: {fault.json_path}: {_short(fault.message)}")
        is_dry = tool.asks_first and given.get("dry_run", True)
        if is_dry and not tool.has_dry_run:
            return self._would(tool, given)
        body = _named(tool.body, given)
        if tool.has_dry_run:
            body["dry_run"] = is_dry
        query = _named({**(tool.query or {}), "cursor": {}}, given)
        if tool.is_list:
            query["limit"] = given.get("limit", 50)
        reply = self._send(tool, tool.method, tool.path, given, query, body)
        return _listed(reply) if tool.is_list else _told(reply)

    def _would(self, tool: Tool, given: Mapping[str, Any]) -> dict[str, Any]:
        """What it would call, and what that would be done to; what the API would refuse is refused."""
        query, body = _named(tool.query, given), _named(tool.body, given)
        if tool.is_tried:
            self._send(tool, tool.method, tool.path, given, {**query, "dry_run": "true"}, body)
        found = _told(self._send(tool, GET, tool.look or tool.path, given, query, {}))
        would = {"would_call": f"{tool.method} {_PREFIXES[tool.service]}{tool.path.format_map(given)}"}
        return {"dry_run": True, **would, "with": body, "present": found}

    def _send(
        self,
        tool: Tool,
        method: str,
        path: str,
        given: Mapping[str, Any],
        query: Mapping[str, Any],
        body: Mapping[str, Any],
    ) -> httpx.Response:
        base = getattr(self.addresses, f"{tool.service}_url")
        url = f"{base}{_PREFIXES[tool.service]}{path.format_map(given)}"
        key = given.get("idempotency_key")
        headers = {"idempotency-key": str(key)} if key and method != GET else {}
        sent = dict(body) if method != GET and (tool.body or body) else None
        try:
            reply = self.http.request(method, url, params=dict(query), json=sent, headers=headers)
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise UnavailableError(f"{tool.service} at {base} does not answer: {why}") from error
        if reply.is_success:
            return reply
        raise RefusedError(_words(reply), status=reply.status_code)


def _named(parameters: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in parameters or {} if name in given}


def _told(reply: httpx.Response) -> Any:
    """The answer; of a call that has none, that it was made."""
    if not reply.content:
        return {"done": f"{reply.request.method} {reply.request.url.path}"}
    try:
        return reply.json()
    except ValueError as error:
        raise UnavailableError(f"What answers at {reply.request.url} is no service of the tower.") from error


def _short(words: str) -> str:
    """A validator quotes all of what is wrong, and what is too long is long: where that begins and ends."""
    return (
        words
        if len(words) <= MOST_QUOTED
        else f"{words[: MOST_QUOTED // 2]} ... {words[-MOST_QUOTED // 2 :]}"
    )


def _listed(reply: httpx.Response) -> dict[str, Any]:
    """A list, bare or in a document, and the cursor of the page after it."""
    found = _told(reply)
    after = parse_qs(urlsplit(reply.links.get("next", {}).get("url", "")).query).get("cursor")
    document = {"items": found} if isinstance(found, list) else found
    return {**document, "next_cursor": after[0] if after else None}


def _words(reply: httpx.Response) -> str:
    """Status, code, message, details and request id of an error in its envelope."""
    request_id = reply.headers.get("x-request-id", "")
    try:
        error = reply.json()["error"]
        code, message, details = error["code"], error["message"], error.get("errors") or error.get("details")
    except (ValueError, KeyError, TypeError):
        code, message, details = "UNKNOWN", reply.text[:500], None
    told = f" {json.dumps(details, ensure_ascii=False)}" if details else ""
    return f"{reply.status_code} {code}: {message}{told} (request {request_id})"
