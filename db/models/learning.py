"""What a style is made of, who was seen in which take, and what models can be taught and used."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, of_project, utc


class StyleTemplate(Table, table=True):
    """The settings that a style's name stands for."""

    __tablename__ = "style_templates"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("width > 0 AND height > 0 AND steps > 0 AND cfg > 0", name="positive"),
        {"schema": API},
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    prompt_suffix: str = Field(default="", sa_column_kwargs={"server_default": ""})
    negative_prompt: str = Field(default="", sa_column_kwargs={"server_default": ""})
    workflow: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg: float | None = None
    created_at: Moment = utc()
    updated_at: Moment = utc()


class CharacterAppearance(Table, table=True):
    """Somebody in a published take, by which version of their sheet; who is removed leaves the name."""

    __tablename__ = "character_appearances"
    __table_args__ = (
        UniqueConstraint("generation_id", "take", "name"),
        ForeignKeyConstraint(
            ["branch_id", "character_id"],
            [f"{API}.characters.branch_id", f"{API}.characters.id"],
            ondelete="SET NULL (character_id)",
        ),
        ForeignKeyConstraint(
            ["generation_id", "take"], [f"{API}.takes.generation_id", f"{API}.takes.take"], ondelete="CASCADE"
        ),
        Index("ix_character_appearances_character", "branch_id", "character_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    generation_id: str
    take: int
    branch_id: int
    scene_id: int | None = None
    character_id: int | None = None
    name: str
    character_version: int | None = None
    embedding: list[float] | None = json_column(nullable=True)
    created_at: Moment = utc()


class LearningModel(Table, table=True):
    """A model file that a render server was seen to have."""

    __tablename__ = "learning_models"
    __table_args__ = (UniqueConstraint("server", "kind", "file"), {"schema": PUBLIC})

    id: int | None = Field(default=None, primary_key=True)
    server: str = Field(foreign_key=f"{API}.render_servers.url", ondelete="CASCADE")
    kind: str
    file: str
    details: dict[str, Any] = json_column()
    seen_at: Moment = utc()
    created_at: Moment = utc()


class TrainingExample(Table, table=True):
    """An approved take with its caption, to teach a model by."""

    __tablename__ = "training_examples"
    __table_args__ = (
        ForeignKeyConstraint(
            ["generation_id", "take"], [f"{API}.takes.generation_id", f"{API}.takes.take"], ondelete="CASCADE"
        ),
        UniqueConstraint("generation_id", "take"),
        Index("ix_training_examples_project", "project_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    generation_id: str
    take: int
    sha256: str = Field(foreign_key="assets.sha256")
    caption: str
    characters: list[str] = json_column(empty="[]")
    created_at: Moment = utc()
