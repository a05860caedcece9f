"""How Prefect is: read over its REST API, with answers soon or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
from prefect.settings import get_current_settings

from studio.errors import UnavailableError

_TIMEOUT_S: Final = 1.2


def knows(deployment: str) -> bool:
    """Whether there is a deployment of that name, as `flow/deployment`.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    with _api() as api:
        return _answer(api.get(f"/deployments/name/{deployment}"), missing=None) is not None


@contextmanager
def _api() -> Iterator[httpx.Client]:
    settings = get_current_settings().api
    if settings.url is None:
        raise UnavailableError("PREFECT_API_URL is not set: start the stack with `tower up`.")
    headers = {}
    if settings.key is not None:
        headers["authorization"] = f"Bearer {settings.key.get_secret_value()}"
    user, _, password = (
        settings.auth_string.get_secret_value().partition(":") if settings.auth_string else ("", "", "")
    )
    auth = httpx.BasicAuth(user, password) if user else None
    try:
        with httpx.Client(base_url=settings.url, headers=headers, auth=auth, timeout=_TIMEOUT_S) as client:
            yield client
    except httpx.HTTPError as error:
        raise UnavailableError("Prefect does not answer.", reason=str(error)[:500]) from error


def _answer(reply: httpx.Response, *, missing: Any = ...) -> Any:
    if reply.status_code == httpx.codes.NOT_FOUND and missing is not ...:
        return missing
    reply.raise_for_status()
    return reply.json()
