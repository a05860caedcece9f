"""When a clip should be there, from how long stages have taken lately."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.clock import NOW_EXACTLY
from db.models.production import GenerationAnalytics, GenerationRequest, Take
from db.models.production import ProductionJob as Job

UNMEASURED: Final = timedelta(minutes=8)
"""What the API document promises of a clip; it stands until this tower has measured its own stages."""

RECENT_STAGES: Final = 200
STAGES_OF_A_CLIP: Final = ("plan", "check", "render", "assess", "sync", "publish")


def completion(session: Session, job: Job) -> datetime | None:
    """When the clip should be there, from measured stage times and the work that stands before it.

    None once the generation has ended.
    """
    if job.status != "processing":
        return None
    measured = _seconds_a_second(session)
    now = session.scalar(select(NOW_EXACTLY)) or job.created_at
    if "render" not in measured:
        return max(job.created_at + UNMEASURED, now)
    begun = STAGES_OF_A_CLIP.index(job.stage) if job.stage in STAGES_OF_A_CLIP else 0
    rate = sum(measured.get(stage, 0.0) for stage in STAGES_OF_A_CLIP[begun:])
    remaining_s = rate * session.get_one(GenerationRequest, job.id).duration_s
    is_in_line = begun <= STAGES_OF_A_CLIP.index("render")
    waiting_s = measured["render"] * _clip_seconds_ahead(session, job) if is_in_line else 0.0
    return now + timedelta(seconds=remaining_s + waiting_s)


def _seconds_a_second(session: Session) -> dict[str, float]:
    """How long each stage has taken lately for a second of clip; a take that was repaired took no render."""
    is_repaired = (
        select(Take)
        .where(
            col(Take.generation_id) == col(GenerationAnalytics.generation_id),
            col(Take.take) == col(GenerationAnalytics.take),
            col(Take.repaired_from).is_not(None),
        )
        .exists()
    )
    recent = (
        select(
            col(GenerationAnalytics.stage),
            col(GenerationAnalytics.seconds),
            col(GenerationRequest.duration_s),
        )
        .join(
            GenerationRequest,
            col(GenerationRequest.generation_id) == col(GenerationAnalytics.generation_id),
        )
        .where(~is_repaired)
        .order_by(col(GenerationAnalytics.id).desc())
        .limit(RECENT_STAGES)
        .subquery()
    )
    rows = session.execute(
        select(recent.c.stage, func.sum(recent.c.seconds) / func.sum(recent.c.duration_s)).group_by(
            recent.c.stage
        )
    )
    return {stage: float(rate) for stage, rate in rows}


def _clip_seconds_ahead(session: Session, job: Job) -> float:
    """How much clip waits for a renderer before this one, seconds."""
    waiting = session.scalar(
        select(func.sum(col(GenerationRequest.duration_s)))
        .join(Job, col(Job.id) == col(GenerationRequest.generation_id))
        .where(col(Job.status) == "processing", col(Job.created_at) < job.created_at)
        .where(col(Job.stage).in_(("queued", "plan", "check", "render")))
    )
    return float(waiting or 0.0)
