"""Requests that are answered once, however often they are sent."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from db.models.production import IdempotencyKey
from studio.errors import IdempotencyError


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key of the client's choice."""

    token: str
    route: str
    key: str
    body_sha256: str


def answered(session: Session, asked: Keyed) -> dict[str, Any] | None:
    """The answer that this key got before; one that is being worked out is waited for.

    Raises:
        IdempotencyError: the key came with another body.
    """
    name = "\n".join((asked.token, asked.route, asked.key))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    row = session.get(IdempotencyKey, (asked.token, asked.route, asked.key))
    if row is None:
        return None
    if row.body_sha256 != asked.body_sha256:
        raise IdempotencyError(
            "This Idempotency-Key was sent before, with another body.",
            field="Idempotency-Key",
            value=asked.key,
            expected="a key of its own for each request",
        )
    return row.answer


def record(session: Session, asked: Keyed, *, status: int, answer: dict[str, Any]) -> None:
    """Keep an answer, in the transaction of what it speaks of."""
    session.add(
        IdempotencyKey(
            token=asked.token,
            route=asked.route,
            key=asked.key,
            body_sha256=asked.body_sha256,
            status=status,
            answer=answer,
        )
    )
