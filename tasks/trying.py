"""Decisions that are only tried: what would be refused is refused, and nothing stays."""

from collections.abc import Callable
from typing import Any

from db.session import transaction, undone


def try_out(decide: Callable[[Any, str], object], generation_id: str) -> None:
    """Make a decision in our tables as things are now, and undo it: what would be refused is refused.

    Raises:
        StudioError: what whoever decided so would be told.
    """
    with transaction() as session, undone(session):
        decide(session, generation_id)
