"""Scenes, as a branch has them, with those who are in them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql
from sqlalchemy import func, insert, select, text, tuple_, update
from sqlmodel import Session, col

from db.models.project import Branch, Character, Scene, SceneCharacter
from db.queries import branches
from db.queries.branches import Hold
from db.queries.uniqueness import one_of_a_kind
from studio.errors import NotFoundError

NOT_VERSIONED = frozenset({"video_path"})


@dataclass(frozen=True, slots=True)
class Staged:
    """A scene with the names of those who are in it, in the order given."""

    scene: Scene
    branch_name: str
    characters: tuple[str, ...]
    unresolved: tuple[str, ...]


def create(session: Session, branch: Branch, values: Mapping[str, Any], names: Sequence[str]) -> Staged:
    """A scene on a branch.

    Raises:
        DuplicateError: the branch has a scene of that number.
    """
    scene = Scene(project_id=branch.project_id, branch_id=branches.id_of(branch), **values)
    with _one_number(values["scene_number"]):
        session.add(scene)
        session.flush()
        _check_now(session)
    _cast(session, scene, names)
    return _staged(session, [scene], branch)[0]


def create_all(session: Session, branch: Branch, told: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """Scenes on a branch, each with `scene_number`, `description`, `characters` and `metadata`; their ids.

    Raises:
        DuplicateError: the branch has a scene of one of these numbers.
    """
    made = []
    for each in told:
        values = {name: each[name] for name in ("scene_number", "description")}
        staged = create(session, branch, {**values, "details": each["metadata"]}, each["characters"])
        made.append(staged.scene.id)
    return made


def last_number(session: Session, branch: Branch) -> int:
    """The highest number of a branch's scenes; 0 where it has none."""
    query = select(func.max(col(Scene.scene_number))).where(col(Scene.branch_id) == branch.id)
    return session.scalar(query) or 0


def get(session: Session, scene_id: int, branch_name: str) -> Staged:
    """The scene of that id as a branch has it.

    Raises:
        NotFoundError: there is none on that branch.
    """
    branch = branches.of_entity(session, Scene, scene_id, branch_name)
    return _staged(session, [session.get_one(Scene, (branch.id, scene_id))], branch)[0]


def held(session: Session, scene_id: int, branch_name: str) -> Staged:
    """Like `get`, and nobody else changes it until the transaction ends."""
    branch = branches.of_entity(session, Scene, scene_id, branch_name, Hold.SHARED)
    scene = session.get_one(Scene, (branch.id, scene_id), with_for_update=True)
    return _staged(session, [scene], branch)[0]


def require(session: Session, branch: Branch, scene_id: int) -> None:
    """Make sure that a branch has a scene.

    Raises:
        NotFoundError: it has none of that id.
    """
    if session.get(Scene, (branch.id, scene_id)) is None:
        raise NotFoundError(
            f"Branch {branch.name!r} has no scene {scene_id}.", field="scene_id", value=scene_id
        )


def page(session: Session, branch: Branch, *, limit: int, after: tuple[int, int]) -> list[Staged]:
    """A branch's scenes by number, from the one that follows `after`, a number and an id."""
    place = tuple_(col(Scene.scene_number), col(Scene.id))
    query = select(Scene).where(col(Scene.branch_id) == branch.id, place > after)
    rows = session.scalars(query.order_by(col(Scene.scene_number), col(Scene.id)).limit(limit))
    return _staged(session, list(rows), branch)


def change(
    session: Session, staged: Staged, values: Mapping[str, Any], names: Sequence[str] | None
) -> Staged:
    """Set what differs; the version rises by one when anything does.

    Raises:
        DuplicateError: the branch has another scene of the new number.
    """
    scene = staged.scene
    changed = {name: value for name, value in values.items() if getattr(scene, name) != value}
    recast = names is not None and tuple(names) != staged.characters
    if not changed and not recast:
        return staged
    if recast:
        _cast(session, scene, names or ())
    with _one_number(changed.get("scene_number")):
        _update(session, scene, changed, dirty=recast or not changed.keys() <= NOT_VERSIONED)
        _check_now(session)
    session.refresh(scene)
    branch = session.get_one(Branch, scene.branch_id)
    return _staged(session, [scene], branch)[0]


def delete(session: Session, branch: Branch, scene_id: int) -> None:
    """Take a scene and its music off a branch, held by the caller.

    Raises:
        NotFoundError: there is none on that branch.
    """
    at = col(Scene.branch_id) == branch.id, col(Scene.id) == scene_id
    if session.scalar(sql.delete(Scene).where(*at).returning(col(Scene.id))) is None:
        raise NotFoundError(
            f"There is no scene {scene_id} on branch {branch.name!r}.", field="scene_id", value=scene_id
        )
    branches.bury(session, branch, "scenes", scene_id)


def _update(session: Session, scene: Scene, changed: Mapping[str, Any], *, dirty: bool) -> None:
    marks = {"dirty": True} if dirty else {}
    session.execute(
        update(Scene)
        .where(col(Scene.branch_id) == scene.branch_id, col(Scene.id) == scene.id)
        .values(**changed, **marks, version=col(Scene.version) + 1, updated_at=func.now())
    )


def _one_number(number: int | None) -> AbstractContextManager[None]:
    return one_of_a_kind(
        f"The branch already has a scene {number}.",
        field="scene_number",
        value=number,
        expected="another number",
    )


def _check_now(session: Session) -> None:
    """Scene numbers are checked at the commit otherwise, where nobody could answer for them."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def _cast(session: Session, scene: Scene, names: Sequence[str]) -> None:
    """Put exactly these into a scene; who is not on the branch yet stays a name."""
    session.execute(
        sql.delete(SceneCharacter).where(
            col(SceneCharacter.branch_id) == scene.branch_id, col(SceneCharacter.scene_id) == scene.id
        )
    )
    known = session.execute(
        select(col(Character.name), col(Character.id)).where(
            col(Character.branch_id) == scene.branch_id, col(Character.name).in_(names)
        )
    )
    ids = {row.name: row.id for row in known}
    rows = [
        {
            "branch_id": scene.branch_id,
            "scene_id": scene.id,
            "name": name,
            "position": position,
            "character_id": ids.get(name),
        }
        for position, name in enumerate(names)
    ]
    if rows:
        session.execute(insert(SceneCharacter), rows)


def _staged(session: Session, rows: Sequence[Scene], branch: Branch) -> list[Staged]:
    cast: dict[int | None, list[tuple[str, int | None]]] = {row.id: [] for row in rows}
    named = session.execute(
        select(col(SceneCharacter.scene_id), col(SceneCharacter.name), col(SceneCharacter.character_id))
        .where(col(SceneCharacter.branch_id) == branch.id, col(SceneCharacter.scene_id).in_(cast))
        .order_by(col(SceneCharacter.position))
    )
    for scene_id, name, character_id in named:
        cast[scene_id].append((name, character_id))
    return [_with_cast(row, branch, cast[row.id]) for row in rows]


def _with_cast(scene: Scene, branch: Branch, cast: Sequence[tuple[str, int | None]]) -> Staged:
    return Staged(
        scene=scene,
        branch_name=branch.name,
        characters=tuple(name for name, _ in cast),
        unresolved=tuple(name for name, character_id in cast if character_id is None),
    )
