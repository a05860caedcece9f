"""Take after take of a generation: another begun, or the best kept, and the decision noted with it."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from db.models.production import ProductionJob
from db.queries import decisions, ownership, takes
from studio.retakes import Again, Judged, Kept, Mend


def judged(session: Session, job: ProductionJob) -> list[Judged]:
    """The takes that were judged since a person last had it made anew, oldest first."""
    return takes.judged(session, job, since=decisions.first_of_round(session, job.id))


def repair(session: Session, job: ProductionJob, faulty: Judged, step: Mend) -> None:
    """Begin the take that the last one is repaired to; the decision is noted with that one."""
    told: dict[str, Any] = {
        "failed": sorted(faulty.failed),
        "repairs": list(faulty.repairs),
        "next_take": job.take + 1,
    }
    decisions.decide(session, job, "repair", made_by="loop", reason=step.reason, **told)
    takes.begin_repaired(session, job, job.take, job.take + 1)
    job.take, job.video_path = job.take + 1, None
    ownership.add_event(session, job, "repair", take=job.take, reason=step.reason)


def begin(session: Session, job: ProductionJob, failed: Judged, step: Again, value: object) -> None:
    """Begin the next take; the decision, with the value of the knob, is noted with the take that failed."""
    knob = {"knob": step.knob.value, "value": value}
    told: dict[str, Any] = {"failed": sorted(failed.failed), **knob, "next_take": job.take + 1}
    decisions.decide(session, job, "retake", made_by="loop", reason=step.reason, **told)
    job.take, job.video_path = job.take + 1, None
    ownership.add_event(session, job, "retake", take=job.take, reason=step.reason)


def keep(session: Session, job: ProductionJob, made: Sequence[Judged], step: Kept) -> None:
    """Keep one of the takes; that one passed at once is nothing to be told of."""
    takes.choose(session, job, step.take)
    kept = next(each for each in made if each.take == step.take)
    if len(made) == 1 and kept.passes:
        return
    told = [{"take": each.take, "verdict": each.verdict, "score": each.score} for each in made]
    decision = "keep" if kept.passes else "review"
    decisions.decide(session, job, decision, made_by="loop", reason=step.reason, takes=told)
    ownership.add_event(session, job, "take_chosen", take=step.take, reason=step.reason)
