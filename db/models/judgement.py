"""What people like, say and decide."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, of_project, one_of, utc

DECIDERS = ("person", "loop", "director")
QUALITIES = ("draft", "standard", "high")


class UserCreativePreferences(Table, table=True):
    """What a user gets where a request does not say; users are told apart by their token."""

    __tablename__ = "user_creative_preferences"
    __table_args__ = (
        one_of("quality", QUALITIES),
        CheckConstraint("duration_s > 0", name="duration"),
        {"schema": API},
    )

    token: str = Field(primary_key=True)
    style: str | None = None
    quality: str | None = None
    duration_s: float | None = None
    learned: dict[str, Any] = json_column()
    created_at: Moment = utc()
    updated_at: Moment = utc()


class Feedback(Table, table=True):
    """What somebody thought of a generation."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_feedback_generation", "generation_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    generation_id: str = Field(foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE")
    take: int
    token: str
    rating: int
    text: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: Moment = utc()


class CreativeDecision(Table, table=True):
    """A choice about a generation, by whom, and why."""

    __tablename__ = "creative_decisions"
    __table_args__ = (
        one_of("made_by", DECIDERS),
        Index("ix_creative_decisions_project", "project_id", "id"),
        Index("ix_creative_decisions_generation", "generation_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    project_id: int = of_project()
    generation_id: str | None = Field(
        default=None, foreign_key=f"{API}.production_jobs.id", ondelete="CASCADE"
    )
    take: int | None = None
    made_by: str
    decision: str
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    details: dict[str, Any] = json_column()
    created_at: Moment = utc()
    token: str | None = None
