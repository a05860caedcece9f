"""Requests that may be sent again under a key of the client's choice."""

from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel

from db.queries.idempotency import Keyed
from studio.canonical import digest

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]


def token_of(request: Request) -> str:
    """Who asks, by the token's hash; nobody in particular where there are no tokens."""
    return str(getattr(request.state, "token", ""))


def keyed(request: Request, key: str | None, body: BaseModel, **meant: str) -> Keyed | None:
    """The request under its key; `meant` is what else decides about it, beside the body."""
    if key is None:
        return None
    sent = body.model_dump(mode="json", exclude_unset=True, exclude=set(meant) | {"branch_name"})
    return Keyed(
        token=token_of(request),
        route=f"{request.method} {request.url.path}",
        key=key,
        body_sha256=digest({"body": sent, **meant}),
    )
