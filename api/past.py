"""Resources as a commit or a tag has them: without versions, times and clips, which no commit holds."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query

from api.schemas.fields import Name, Shown
from db.models.versions import Commit
from db.queries import past
from db.queries.episodes import EpisodeKey, id_of
from db.session import transaction
from studio.episodes import scene_names

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


class EpisodeThen(_Then):
    """An episode as a commit has it; `id` is its uuid."""

    id: str | None
    episode_id: int
    episode_number: int
    title: str
    synopsis: str
    scenes: list[str]
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


def episode(key: EpisodeKey, branch: str | None, ref: str) -> EpisodeThen:
    """An episode at a ref."""
    past.only_one(branch, ref)
    with transaction() as session:
        episode_id = id_of(session, key)
        commit, value = past.entity(session, "episodes", episode_id, ref)
        casts = past.casts(session, commit, value["scene_ids"])
    return _episode(commit, episode_id, value, casts)


def episodes(project_id: int, branch: str | None, ref: str) -> list[EpisodeThen]:
    """All episodes at a ref, by number."""
    past.only_one(branch, ref)
    with transaction() as session:
        commit, found = past.every(session, project_id, "episodes", ref)
        named = {scene_id for value in found.values() for scene_id in value["scene_ids"]}
        casts = past.casts(session, commit, named)
    shown = [_episode(commit, number, value, casts) for number, value in found.items()]
    return sorted(shown, key=lambda each: (each.episode_number, each.episode_id))


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


def _episode(
    commit: Commit, episode_id: int, value: dict[str, Any], casts: Mapping[int, list[str]]
) -> EpisodeThen:
    told = {name: value[name] for name in ("episode_number", "title", "synopsis", "metadata")}
    scene_ids = value["scene_ids"]
    return EpisodeThen(
        **_of(commit),
        **told,
        id=value["uuid"],
        episode_id=episode_id,
        scenes=scene_names(scene_ids),
        characters=list(dict.fromkeys(name for each in scene_ids for name in casts.get(each, ()))),
        audio=value.get("audio"),
    )


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
