"""Who is in a clip, and what the characters' sheets and the bible say of them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.project import BibleCharacter, Character, ProjectBible, SceneCharacter
from studio.consistency import LOOK_KEYS, Sheet
from studio.continuity import read_likeness


def sheets(session: Session, branch_id: int, names: Sequence[str]) -> dict[str, Sheet]:
    """The sheets of those of `names` whom the branch knows."""
    characters = session.scalars(
        select(Character).where(col(Character.branch_id) == branch_id, col(Character.name).in_(names))
    )
    facts = {fact.name: fact for fact in _facts(session, branch_id, names)}
    return {character.name: _sheet(character, facts.get(character.name)) for character in characters}


def names_in_scene(session: Session, branch_id: int, scene_id: int) -> list[str]:
    """The characters of a scene, in the order in which the scene names them."""
    rows = session.scalars(
        select(col(SceneCharacter.name))
        .where(col(SceneCharacter.branch_id) == branch_id, col(SceneCharacter.scene_id) == scene_id)
        .order_by(col(SceneCharacter.position))
    )
    return list(rows)


def look_facts(session: Session, branch_id: int) -> dict[str, str]:
    """What the newest bible says of the look of everything: its entries for palette, style and the like."""
    content = session.scalar(
        select(col(ProjectBible.content))
        .where(col(ProjectBible.branch_id) == branch_id)
        .order_by(col(ProjectBible.version).desc())
        .limit(1)
    )
    facts = ((key, (content or {}).get(key)) for key in LOOK_KEYS)
    return {key: value for key, value in facts if isinstance(value, str) and value.strip()}


def names_on_branch(session: Session, branch_id: int, *, limit: int) -> list[str]:
    """Names of the branch's characters, for a message that says whom there is."""
    rows = session.scalars(
        select(col(Character.name))
        .where(col(Character.branch_id) == branch_id)
        .order_by(col(Character.name))
        .limit(limit)
    )
    return list(rows)


def _facts(session: Session, branch_id: int, names: Sequence[str]) -> Sequence[BibleCharacter]:
    return session.scalars(
        select(BibleCharacter).where(
            col(BibleCharacter.branch_id) == branch_id, col(BibleCharacter.name).in_(names)
        )
    ).all()


def _sheet(character: Character, fact: BibleCharacter | None) -> Sheet:
    likeness, misread = read_likeness(character.details)
    return Sheet(
        name=character.name,
        version=character.version,
        description=character.description,
        image_path=character.image_path,
        bible_version=None if fact is None else fact.version,
        visual_description="" if fact is None else fact.visual_description or "",
        comfyui_workflow=character.comfyui_workflow,
        likeness=likeness,
        misread=misread,
    )
