"""The production service as the command line calls it."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from deployments.addresses import Addresses
from studio.errors import InvalidError, NotFoundError, StudioError, UnavailableError
from studio.settings import read_settings

JSON: Final = {"content-type": "application/json"}
POLL_S: Final = 0.5
SILENT_S: Final = 120.0
"""How long the API may be away before we stop waiting for it; the generation itself goes on."""


@dataclass(frozen=True, slots=True)
class Api:
    """The production service as the command line uses it."""

    http: httpx.Client

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call; the documented error envelope comes back as our errors."""
        content = None if body is None else _as_json(body)
        try:
            reply = self.http.request(method, path, content=content, headers=JSON)
            answer = reply.json() if reply.content else None
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError(f"The API does not answer: {error}") from error
        if reply.is_success:
            return answer
        raise _refusal(reply.status_code, answer)


def _as_json(body: dict[str, Any]) -> bytes:
    try:
        return json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise InvalidError(
            f"This cannot be sent: {error}", field="body", value=None, expected="finite numbers, Unicode text"
        ) from error


@contextmanager
def reach(addresses: Addresses) -> Iterator[Api]:
    """The API of a running stack."""
    tokens = read_settings().api_tokens
    headers = {"authorization": f"Bearer {tokens[0].get_secret_value()}"} if tokens else {}
    base = f"{addresses.anime_url}/api/anime"
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=30) as http:
        yield Api(http)


def default_project(api: Api) -> int:
    """The project for clips that name none, made on first use."""
    for project in api.call("GET", "/projects?limit=1000"):
        if project["name"] == "Tower":
            return int(project["id"])
    body = {"name": "Tower", "description": "Clips made on the command line."}
    return int(api.call("POST", "/projects", body)["id"])


def watch(api: Api, generation_id: str) -> Iterator[dict[str, Any]]:
    """The generation as it goes, until it ends; an API that restarts meanwhile is waited for."""
    heard_s = time.monotonic()
    while True:
        try:
            seen = api.call("GET", f"/generations/{generation_id}")
            heard_s = time.monotonic()
            yield seen
            if seen["status"] != "processing":
                return
        except UnavailableError:
            if time.monotonic() - heard_s > SILENT_S:
                raise
        time.sleep(POLL_S)


def _refusal(status: int, answer: Any) -> StudioError:
    error = answer.get("error", {}) if isinstance(answer, dict) else {}
    message = str(error.get("message", f"The API answered {status}."))
    kinds: Sequence[tuple[int, type[StudioError]]] = ((404, NotFoundError), (422, InvalidError))
    kind = next((kind for code, kind in kinds if code == status), StudioError)
    refusal = kind(message, **(error.get("details") or {}))
    refusal.code = str(error.get("code", kind.code))
    return refusal
