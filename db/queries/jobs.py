"""Jobs of every kind: accepted, and found by whose they are."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models.production import ProductionJob as Job
from db.queries.ownership import add_event

ASKED_FOR: Final = 1
FOR_ANOTHER: Final = 5
"""What is made for another job's sake gives way to what somebody asked for by itself."""


def accept_job(
    session: Session,
    *,
    kind: str,
    project_id: int,
    branch_id: int,
    title: str,
    request: Mapping[str, Any] | None = None,
    scene_id: int | None = None,
    parent_id: str | None = None,
    episode_id: int | None = None,
) -> Job:
    """Accept a job, in the caller's transaction; who submits it does so once that is committed.

    Args:
        session: The caller's.
        kind: What it makes: one of `KINDS`.
        project_id: Whose it is.
        branch_id: The branch that it is made at.
        title: What people know it by.
        request: What is asked of it, as JSON; a clip's lies in `generation_requests`.
        scene_id: The scene that it is a clip of, if any.
        parent_id: The job that has it made: it ends with that one when that is cancelled, and stands where
            that one was moved to in line.
        episode_id: The episode that it is about, if any.
    """
    parent = None if parent_id is None else session.get_one(Job, parent_id)
    job = Job(
        id=f"gen_{secrets.token_hex(8)}",
        kind=kind,
        project_id=project_id,
        branch_id=branch_id,
        scene_id=scene_id,
        title=title,
        request=dict(request or {}),
        parent_id=parent_id,
        episode_id=episode_id,
        priority=None if parent is None else _inherited(kind, parent),
    )
    session.add(job)
    session.flush()
    add_event(session, job, "status")
    return job


def _inherited(kind: str, parent: Job) -> int | None:
    """Where a job's parent has it stand in line; what the director was told to make, somebody asked for."""
    if parent.priority is None and (kind, parent.kind) == ("clip", "direct"):
        return ASKED_FOR
    return parent.priority


def standing(job: Job) -> int:
    """The priority of a job: what somebody has said, or what is usual; the lower, the sooner it is let in."""
    if job.priority is not None:
        return job.priority
    return ASKED_FOR if job.parent_id is None else FOR_ANOTHER


def children(session: Session, generation_id: str) -> list[Job]:
    """The jobs that a job has had made, oldest first."""
    mine = select(Job).where(col(Job.parent_id) == generation_id)
    return list(session.scalars(mine.order_by(col(Job.created_at), col(Job.id))))


def children_under_way(session: Session, generation_id: str) -> list[str]:
    """Those of a job's children that have not ended, oldest first."""
    mine = select(col(Job.id)).where(col(Job.parent_id) == generation_id, col(Job.status) == "processing")
    return list(session.scalars(mine.order_by(col(Job.created_at), col(Job.id))))


def leave_cancelled_parent(session: Session, job: Job) -> None:
    """A child that is carried out once more, though its parent was cancelled, stands for itself."""
    parent = None if job.parent_id is None else session.get(Job, job.parent_id)
    if parent is not None and parent.status == "cancelled":
        job.parent_id = None


def left_behind(session: Session, *, limit: int = 1000) -> list[str]:
    """Children under way whose parent was cancelled by a process that ended before it came to them."""
    parent = aliased(Job)
    query = select(col(Job.id)).join(parent, col(parent.id) == col(Job.parent_id))
    is_left = (col(Job.status) == "processing") & (col(parent.status) == "cancelled")
    return list(session.scalars(query.where(is_left).order_by(col(Job.id)).limit(limit)))
