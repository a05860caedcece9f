"""Resources as a commit or a tag has them: without versions, times and clips, which no commit holds."""

from typing import Annotated, Any

from fastapi import Query

from api.schemas.fields import Name, Shown
from db.models.versions import Commit
from db.queries import past
from db.session import transaction

RefQuery = Annotated[Name | None, Query(description="Read at a commit, a tag or a branch's head.")]


class _Then(Shown):
    project_id: int
    commit_id: str


class CharacterThen(_Then):
    """A character as a commit has it."""

    id: int
    name: str
    description: str
    image_path: str | None
    comfyui_workflow: str | None
    metadata: dict[str, Any]


class SceneThen(_Then):
    """A scene as a commit has it."""

    id: int
    scene_number: int
    description: str
    characters: list[str]
    audio: dict[str, Any] | None
    metadata: dict[str, Any]


class BibleThen(_Then):
    """A bible as a commit has it."""

    title: str
    description: str
    content: dict[str, Any]
    characters: list[dict[str, Any]]


class ProjectThen(Shown):
    """A project's own fields as a commit has them."""

    id: str
    commit_id: str
    name: str
    description: str
    metadata: dict[str, Any]


def character(character_id: int, branch: str | None, ref: str) -> CharacterThen:
    """A character at a ref."""
    commit, value = _entity("characters", character_id, branch, ref)
    return CharacterThen(**_of(commit), id=character_id, **value)


def scene(scene_id: int, branch: str | None, ref: str) -> SceneThen:
    """A scene at a ref."""
    commit, value = _entity("scenes", scene_id, branch, ref)
    return SceneThen(**_of(commit), id=scene_id, **value)


def characters(project_id: int, branch: str | None, ref: str) -> list[CharacterThen]:
    """All characters at a ref, oldest first."""
    commit, found = _every(project_id, "characters", branch, ref)
    return [CharacterThen(**_of(commit), id=number, **value) for number, value in found.items()]


def scenes(project_id: int, branch: str | None, ref: str) -> list[SceneThen]:
    """All scenes at a ref, by number."""
    commit, found = _every(project_id, "scenes", branch, ref)
    shown = [SceneThen(**_of(commit), id=number, **value) for number, value in found.items()]
    return sorted(shown, key=lambda each: each.scene_number)


def bible(project_id: int, branch: str | None, ref: str) -> BibleThen:
    """The bible at a ref, with those of whom it speaks."""
    past.only_one(branch, ref)
    with transaction() as session:
        commit, found = past.parts(session, project_id, ref, "bible")
        _, spoken_of = past.every(session, project_id, "bible/characters", ref)
    told = [{"id": number, **value} for number, value in spoken_of.items()]
    return BibleThen(**_of(commit), **found["bible"], characters=told)


def project(project_id: int, ref: str) -> ProjectThen:
    """A project at a ref."""
    with transaction() as session:
        commit, found = past.parts(session, project_id, ref, "project")
    return ProjectThen(id=str(project_id), commit_id=commit.id, **found["project"])


def _entity(kind: str, entity_id: int, branch: str | None, ref: str) -> tuple[Commit, dict[str, Any]]:
    past.only_one(branch, ref)
    with transaction() as session:
        return past.entity(session, kind, entity_id, ref)


def _every(
    project_id: int, kind: str, branch: str | None, ref: str
) -> tuple[Commit, dict[int, dict[str, Any]]]:
    past.only_one(branch, ref)
    with transaction() as session:
        return past.every(session, project_id, kind, ref)


def _of(commit: Commit) -> dict[str, Any]:
    return {"project_id": commit.project_id, "commit_id": commit.id}
