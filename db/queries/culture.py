"""A project's cultural elements, and its scenes held against them."""

from dataclasses import asdict

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.culture import CulturalElement, CulturalValidation
from db.models.project import Scene
from db.queries import resources
from studio.culture import Element, Verdict

MOST_ELEMENTS = 1_000


def elements(session: Session, project_id: int) -> list[Element]:
    """The elements of a project, as a scene is held against them."""
    rows = session.scalars(
        select(CulturalElement)
        .where(col(CulturalElement.project_id) == project_id)
        .order_by(col(CulturalElement.id))
        .limit(MOST_ELEMENTS)
    )
    return [Element(row.name, tuple(row.prefer), tuple(row.avoid)) for row in rows]


def by_source(session: Session, project_id: int) -> dict[str, Element]:
    """The elements of a project that avoid something, by where each stands (`cultural_elements/3`)."""
    rows = session.scalars(
        select(CulturalElement)
        .where(
            col(CulturalElement.project_id) == project_id,
            func.jsonb_array_length(col(CulturalElement.avoid)) > 0,
        )
        .order_by(col(CulturalElement.id))
        .limit(MOST_ELEMENTS)
    )
    return {
        f"cultural_elements/{row.id}": Element(row.name, tuple(row.prefer), tuple(row.avoid)) for row in rows
    }


def page(session: Session, project_id: int, *, limit: int, after: int) -> list[CulturalElement]:
    """A project's elements in the order in which they were made, from the one that follows `after`."""
    of_project = col(CulturalElement.project_id) == project_id
    return resources.page(session, CulturalElement, of_project, limit=limit, after=after)


def keep(session: Session, scene: Scene, verdict: Verdict) -> CulturalValidation:
    """Keep how a scene, at its present version, held up."""
    assert scene.id is not None
    row = CulturalValidation(
        project_id=scene.project_id,
        branch_id=scene.branch_id,
        scene_id=scene.id,
        scene_version=scene.version,
        verdict=verdict.verdict,
        reason=verdict.reason,
        findings=[asdict(finding) for finding in verdict.findings],
    )
    session.add(row)
    session.flush()
    return row


def validations(session: Session, scene: Scene, *, limit: int, before: int) -> list[CulturalValidation]:
    """How a scene held up, newest first, from the one before number `before`; 0 is the newest."""
    query = select(CulturalValidation).where(
        col(CulturalValidation.branch_id) == scene.branch_id, col(CulturalValidation.scene_id) == scene.id
    )
    if before:
        query = query.where(col(CulturalValidation.id) < before)
    return list(session.scalars(query.order_by(col(CulturalValidation.id).desc()).limit(limit)))
