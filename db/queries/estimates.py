"""When a clip should be there, from how long stages have taken lately."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, bindparam, func, select
from sqlmodel import Session, col

from db.clock import NOW_EXACTLY
from db.models.production import GenerationAnalytics, GenerationRequest, Take
from db.models.production import ProductionJob as Job

UNMEASURED: Final = timedelta(minutes=8)
"""What the API document promises of a clip; it stands until this tower has measured its own stages."""

RECENT_STAGES: Final = 200
STAGES_OF_A_CLIP: Final = ("plan", "check", "render", "assess", "sync", "publish")


def completion(session: Session, job: Job, duration_s: float) -> datetime | None:
    """When a clip of `duration_s` should be there, from measured stage times and the work before it.

    None once the generation has ended.
    """
    if job.status != "processing":
        return None
    now: datetime
    now, ahead_s, measured = session.execute(_waiting(), {"created_at": job.created_at}).one()
    return expected(job, duration_s, now=now, ahead_s=ahead_s or 0.0, measured=measured or {})


def pace(session: Session) -> tuple[datetime, dict[str, float]]:
    """What time it is, and the seconds that each stage has taken lately for a second of clip."""
    now, measured = session.execute(select(NOW_EXACTLY, _seconds_a_second())).one()
    return now, measured or {}


def expected(
    job: Job, duration_s: float, *, now: datetime, ahead_s: float, measured: Mapping[str, float]
) -> datetime:
    """When a clip should be there that has `ahead_s` seconds of clips before it in line."""
    if "render" not in measured:
        return max(job.created_at + UNMEASURED, now)
    begun = STAGES_OF_A_CLIP.index(job.stage) if job.stage in STAGES_OF_A_CLIP else 0
    remaining_s = sum(measured.get(stage, 0.0) for stage in STAGES_OF_A_CLIP[begun:]) * duration_s
    is_in_line = begun <= STAGES_OF_A_CLIP.index("render")
    waiting_s = measured["render"] * ahead_s if is_in_line else 0.0
    return now + timedelta(seconds=remaining_s + waiting_s)


def spread(session: Session) -> tuple[float, float] | None:
    """How long a second of clip has taken lately, seconds: the quarter that went fastest, and the slowest.

    None while nothing was rendered.
    """
    seconds = func.sum(col(GenerationAnalytics.seconds)) / func.max(col(GenerationRequest.duration_s))
    recent = (
        select(seconds.label("rate"))
        .join(
            GenerationRequest,
            col(GenerationRequest.generation_id) == col(GenerationAnalytics.generation_id),
        )
        .group_by(col(GenerationAnalytics.generation_id), col(GenerationAnalytics.take))
        .having(func.bool_or(col(GenerationAnalytics.stage) == "render"))
        .order_by(func.max(col(GenerationAnalytics.id)).desc())
        .limit(RECENT_STAGES // len(STAGES_OF_A_CLIP))
        .subquery()
    )
    at = [func.percentile_cont(share).within_group(recent.c.rate) for share in (0.25, 0.75)]
    least, most = session.execute(select(*at)).one()
    return None if least is None else (float(least), float(most))


def _seconds_a_second() -> ScalarSelect[Any]:
    """How long each stage has taken lately for a second of clip: an object of seconds by stage.

    A take that was repaired took no render.
    """
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
    rate = func.sum(recent.c.seconds) / func.sum(recent.c.duration_s)
    rates = select(recent.c.stage, rate.label("rate")).group_by(recent.c.stage).subquery()
    return select(func.json_object_agg(rates.c.stage, rates.c.rate)).scalar_subquery()


@cache
def _waiting() -> Select[Any, Any]:
    """Now; how much clip waits for a renderer before `created_at`, seconds (null for none); stage times."""
    ahead = (
        select(func.sum(col(GenerationRequest.duration_s)))
        .join(Job, col(Job.id) == col(GenerationRequest.generation_id))
        .where(col(Job.status) == "processing", col(Job.created_at) < bindparam("created_at"))
        .where(col(Job.stage).in_(("queued", "plan", "check", "render")))
        .scalar_subquery()
    )
    return select(NOW_EXACTLY, ahead, _seconds_a_second())
