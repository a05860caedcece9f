"""What a project's culture asks of its wording, and how its scenes held up."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, of_branch, of_project, one_of, utc

VERDICTS = ("pass", "warn", "not judged")


class CulturalElement(Table, table=True):
    """Something of a culture, with the terms to prefer and to avoid for it."""

    __tablename__ = "cultural_elements"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_cultural_elements_project", "project_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    name: str
    category: str = Field(default="", sa_column_kwargs={"server_default": ""})
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    prefer: list[str] = json_column(empty="[]")
    avoid: list[str] = json_column(empty="[]")
    created_at: Moment = utc()
    updated_at: Moment = utc()


class CulturalValidation(Table, table=True):
    """A scene, at one of its versions, held against the cultural elements of its project."""

    __tablename__ = "cultural_validations"
    __table_args__ = (
        of_branch(),
        ForeignKeyConstraint(
            ["branch_id", "scene_id"], [f"{API}.scenes.branch_id", f"{API}.scenes.id"], ondelete="CASCADE"
        ),
        one_of("verdict", VERDICTS),
        Index("ix_cultural_validations_scene", "branch_id", "scene_id", "id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int
    branch_id: int
    scene_id: int
    scene_version: int
    verdict: str
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    findings: list[dict[str, Any]] = json_column(empty="[]")
    created_at: Moment = utc()
