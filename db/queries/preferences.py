"""What a user likes, and what a style's name stands for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.judgement import UserCreativePreferences
from db.models.learning import StyleTemplate


def of_user(session: Session, token: str) -> UserCreativePreferences:
    """The preferences of the user of a token; all open where none were put."""
    return session.get(UserCreativePreferences, token) or UserCreativePreferences(token=token)


def put(session: Session, token: str, values: Mapping[str, Any]) -> UserCreativePreferences:
    """Note what is preferred from now on."""
    entry = insert(UserCreativePreferences).values(token=token, **values)
    session.execute(
        entry.on_conflict_do_update(index_elements=["token"], set_={**values, "updated_at": func.now()})
    )
    return session.get_one(UserCreativePreferences, token, populate_existing=True)


def template(session: Session, style: str) -> StyleTemplate | None:
    """The template of that name, where there is one."""
    return session.scalar(select(StyleTemplate).where(col(StyleTemplate.name) == style))
