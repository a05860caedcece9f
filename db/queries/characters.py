"""Characters, as a branch has them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from db.models.project import Branch, Character, Scene, SceneCharacter
from db.queries import branches
from db.queries.branches import Hold
from db.queries.casting import names_on_branch
from db.queries.uniqueness import one_of_a_kind
from studio.errors import InvalidError, NotFoundError

MOST_NAMED: Final = 20


def create(session: Session, branch: Branch, values: Mapping[str, Any]) -> Character:
    """A character on a branch; scenes that named it before now have it.

    Raises:
        DuplicateError: the branch has a character of that name.
    """
    character = Character(project_id=branch.project_id, branch_id=branches.id_of(branch), **values)
    with _one_name(str(values["name"])):
        session.add(character)
        session.flush()
    _take_up(session, character)
    return character


def names(session: Session, branch: Branch) -> list[str]:
    """The names of a branch's characters."""
    query = select(col(Character.name)).where(col(Character.branch_id) == branch.id)
    return list(session.scalars(query.order_by(col(Character.name))))


def get(session: Session, character_id: int, branch_name: str) -> Character:
    """The character of that id as a branch has it.

    Raises:
        NotFoundError: there is none on that branch.
    """
    branch = branches.of_entity(session, Character, character_id, branch_name)
    return session.get_one(Character, (branch.id, character_id))


def held(session: Session, character_id: int, branch_name: str) -> Character:
    """Like `get`, and nobody else changes it until the transaction ends."""
    branch = branches.of_entity(session, Character, character_id, branch_name, Hold.SHARED)
    return session.get_one(Character, (branch.id, character_id), with_for_update=True)


def page(
    session: Session, branch: Branch, *, limit: int, after: int, name: str | None = None
) -> list[Character]:
    """A branch's characters in the order in which they were made, from the one that follows `after`."""
    query = select(Character).where(
        col(Character.project_id) == branch.project_id,
        col(Character.branch_id) == branch.id,
        col(Character.id) > after,
    )
    if name is not None:
        query = query.where(col(Character.name) == name)
    return list(session.scalars(query.order_by(col(Character.id)).limit(limit)))


def require(session: Session, branch: Branch, names: Sequence[str]) -> None:
    """Make sure that a branch has all these characters.

    Raises:
        InvalidError: it lacks some; the error says which, and whom there is.
    """
    query = select(col(Character.name)).where(
        col(Character.branch_id) == branch.id, col(Character.name).in_(names)
    )
    known = set(session.scalars(query))
    unknown = [name for name in names if name not in known]
    if unknown:
        there = names_on_branch(session, branches.id_of(branch), limit=MOST_NAMED)
        raise InvalidError(
            f"Branch {branch.name!r} has no character named {', '.join(map(repr, unknown))}.",
            field="characters",
            value=unknown,
            expected=f"characters of the branch: {', '.join(there) or 'there is none yet'}",
            known=there,
        )


def change(session: Session, character: Character, values: Mapping[str, Any]) -> Character:
    """Set what differs; the version rises by one when anything does.

    Raises:
        DuplicateError: the branch has another character of the new name.
    """
    changed = {name: value for name, value in values.items() if getattr(character, name) != value}
    if not changed:
        return character
    before = character.name
    with _one_name(str(changed.get("name"))):
        session.execute(
            update(Character)
            .where(col(Character.branch_id) == character.branch_id, col(Character.id) == character.id)
            .values(**changed, version=col(Character.version) + 1, dirty=True, updated_at=func.now())
        )
    session.refresh(character)
    if "name" in changed:
        _rename_in_scenes(session, character, before)
        _take_up(session, character)
    return character


def delete(session: Session, branch: Branch, character_id: int) -> None:
    """Take a character off a branch, held by the caller; scenes that name it keep the name.

    Raises:
        NotFoundError: there is none on that branch.
    """
    at = col(Character.branch_id) == branch.id, col(Character.id) == character_id
    session.execute(
        update(SceneCharacter)
        .where(col(SceneCharacter.branch_id) == branch.id, col(SceneCharacter.character_id) == character_id)
        .values(character_id=None)
    )
    gone = session.scalar(sql.delete(Character).where(*at).returning(col(Character.id)))
    if gone is None:
        raise NotFoundError(
            f"There is no character {character_id} on branch {branch.name!r}.",
            field="character_id",
            value=character_id,
        )
    branches.bury(session, branch, "characters", character_id)


def _one_name(name: str) -> AbstractContextManager[None]:
    return one_of_a_kind(
        f"The branch already has a character named {name!r}.",
        field="name",
        value=name,
        expected="another name",
    )


def _rename_in_scenes(session: Session, character: Character, before: str) -> None:
    """Have the scenes name a character as it is called now; one that names both keeps both.

    The scenes are locked before their casts, as an edit of a scene locks them.
    """
    cast_in = select(col(SceneCharacter.scene_id)).where(
        col(SceneCharacter.branch_id) == character.branch_id,
        col(SceneCharacter.character_id) == character.id,
    )
    session.execute(
        select(col(Scene.id))
        .where(col(Scene.branch_id) == character.branch_id, col(Scene.id).in_(cast_in))
        .order_by(col(Scene.id))
        .with_for_update()
    )
    named = sql.alias(SceneCharacter.__table__)  # type: ignore[attr-defined]
    has_both = sql.exists().where(
        named.c.branch_id == col(SceneCharacter.branch_id),
        named.c.scene_id == col(SceneCharacter.scene_id),
        named.c.name == character.name,
    )
    renamed = session.scalars(
        update(SceneCharacter)
        .where(
            col(SceneCharacter.branch_id) == character.branch_id,
            col(SceneCharacter.character_id) == character.id,
            col(SceneCharacter.name) == before,
            ~has_both,
        )
        .values(name=character.name)
        .returning(col(SceneCharacter.scene_id))
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(Scene)
        .where(col(Scene.branch_id) == character.branch_id, col(Scene.id).in_(renamed))
        .values(dirty=True, version=col(Scene.version) + 1, updated_at=func.now())
    )


def _take_up(session: Session, character: Character) -> None:
    """Have the scenes that named this character before it was there name it now."""
    session.execute(
        update(SceneCharacter)
        .where(
            col(SceneCharacter.branch_id) == character.branch_id,
            col(SceneCharacter.name) == character.name,
            col(SceneCharacter.character_id).is_(None),
        )
        .values(character_id=character.id)
    )
