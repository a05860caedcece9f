"""Entities as a commit has them."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.project import Character, Scene
from db.models.story import Episode
from db.models.versions import Commit
from db.queries import history, projects, trees
from studio.errors import InvalidError, NotFoundError
from studio.versions.state import Entity, id_of, kind_of

_MODELS: Final[dict[str, type[Character] | type[Scene] | type[Episode]]] = {
    "characters": Character,
    "scenes": Scene,
    "episodes": Episode,
}


def entity(session: Session, kind: str, entity_id: int, ref: str) -> tuple[Commit, Entity]:
    """An entity as a commit has it: by the commit's id, or a tag or branch of the entity's project.

    Raises:
        NotFoundError: there is no such commit, or it has no such entity.
    """
    model = _MODELS[kind]
    owner = select(col(model.project_id)).where(col(model.id) == entity_id).limit(1)
    project_id = session.scalar(owner)
    commit = (
        history.get(session, ref).commit if project_id is None else history.find(session, project_id, ref)
    )
    key = f"{kind}/{entity_id}"
    found = trees.state(session, commit.tree_hash, [key])
    if key not in found:
        raise NotFoundError(
            f"Commit {commit.id[:12]} has no {kind[:-1]} {entity_id}.",
            field=f"{kind[:-1]}_id",
            value=entity_id,
        )
    return commit, found[key]


def parts(session: Session, project_id: int, ref: str, *names: str) -> tuple[Commit, dict[str, Entity]]:
    """Parts that a project has once, as a commit has them.

    Raises:
        NotFoundError: there is no such project or commit, or it does not have them all.
    """
    projects.get(session, project_id)
    commit = history.find(session, project_id, ref)
    found = trees.state(session, commit.tree_hash, names)
    if missing := [name for name in names if name not in found]:
        raise NotFoundError(f"Commit {commit.id[:12]} has no {missing[0]}.", field="ref", value=ref)
    return commit, found


def every(session: Session, project_id: int, kind: str, ref: str) -> tuple[Commit, dict[int, Entity]]:
    """All entities of a kind, by id, as a commit has them.

    Raises:
        NotFoundError: there is no such project or commit.
    """
    projects.get(session, project_id)
    commit = history.find(session, project_id, ref)
    hashes = {
        int(id_of(key)): name
        for key, name in trees.names(session, commit.tree_hash).items()
        if kind_of(key) == kind
    }
    values = trees.blobs(session, hashes.values())
    return commit, {number: values[hashes[number]] for number in sorted(hashes)}


def casts(session: Session, commit: Commit, scene_ids: Collection[int]) -> dict[int, list[str]]:
    """Who is in those of the scenes that a commit has, by the scenes' ids."""
    found = trees.state(session, commit.tree_hash, [f"scenes/{scene_id}" for scene_id in scene_ids])
    return {int(id_of(key)): value["characters"] for key, value in found.items()}


def only_one(branch: str | None, ref: str | None) -> None:
    """A read is at a branch or at a commit.

    Raises:
        InvalidError: both are named.
    """
    if branch is not None and ref is not None:
        raise InvalidError(
            "A read is at a branch or at a commit.", field="ref", value=ref, expected="branch or ref alone"
        )
