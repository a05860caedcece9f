"""Who was seen in which published take."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.learning import CharacterAppearance
from db.models.production import ProductionJob
from db.models.project import Character


def record(
    session: Session,
    job: ProductionJob,
    take: int,
    names: Sequence[str],
    embeddings: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> None:
    """Note who is in a take that is published; a repeat changes nothing.

    Args:
        session: The transaction that publishes it.
        job: The generation.
        take: The number of the published take.
        names: The clip's cast; who is no character of the branch is kept by name.
        embeddings: Learned features by name, where somebody was recognised.
    """
    known = {character.name: character for character in _known(session, job.branch_id, names)}
    rows = [
        {
            **_row(job, take, name, known.get(name)),
            "embedding": list(embeddings[name]) if name in embeddings else None,
        }
        for name in dict.fromkeys(names)
    ]
    if rows:
        session.execute(insert(CharacterAppearance).values(rows).on_conflict_do_nothing())


def of_character(
    session: Session, character: Character, *, limit: int, before: int
) -> list[CharacterAppearance]:
    """A character's appearances on a branch, newest first, from the one before number `before`, if any."""
    query = select(CharacterAppearance).where(
        col(CharacterAppearance.branch_id) == character.branch_id,
        col(CharacterAppearance.character_id) == character.id,
    )
    if before:
        query = query.where(col(CharacterAppearance.id) < before)
    return list(session.scalars(query.order_by(col(CharacterAppearance.id).desc()).limit(limit)))


def _known(session: Session, branch_id: int, names: Sequence[str]) -> Sequence[Character]:
    return session.scalars(
        select(Character).where(col(Character.branch_id) == branch_id, col(Character.name).in_(names))
    ).all()


def _row(job: ProductionJob, take: int, name: str, character: Character | None) -> dict[str, object]:
    return {
        "generation_id": job.id,
        "take": take,
        "branch_id": job.branch_id,
        "scene_id": job.scene_id,
        "name": name,
        "character_id": None if character is None else character.id,
        "character_version": None if character is None else character.version,
    }
