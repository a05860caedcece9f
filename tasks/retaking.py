"""Take after take: whether another is made, and which is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prefect import task

from db.queries import generations, ownership, retakes
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import RenderError
from studio.presets import PRESETS
from studio.retakes import Again, Kept, Mend, best_of, next_step
from tasks.carrying import stage_result
from tasks.knobs import knobs_of
from tasks.policy import RETRIED


@task(name="choose take", **RETRIED)
def choose_take(run: Run) -> dict[str, Any] | None:
    """The verdict on the take that is kept; None while one is still to be made."""
    with transaction() as session:
        chosen = ownership.own(session, run).chosen_take
    if chosen is None:
        chosen = _decided(run)
    return None if chosen is None else stage_result(run, "assess", chosen)


@contextmanager
def settling_for_less(run: Run) -> Iterator[None]:
    """Keep the best of the takes before one that cannot be rendered; the first has none before it."""
    try:
        yield
    except RenderError as error:
        if not _is_settled(run, error):
            raise


def _decided(run: Run) -> int | None:
    """The take that is chosen now; None where the present one is to be made, as it is or as the next."""
    with transaction() as session:
        job = ownership.own(session, run)
        made = retakes.judged(session, job)
        if not made or made[-1].take != job.take:
            return None
        most = PRESETS[generations.request(session, job.id).quality].takes
    knobs = knobs_of(run, made)
    step = next_step(made, most=most, knobs=knobs)
    with transaction() as session:
        job = ownership.own(session, run)
        match step:
            case Mend():
                retakes.repair(session, job, made[-1], step)
            case Again():
                retakes.begin(session, job, made[-1], step, knobs[step.knob])
            case Kept():
                retakes.keep(session, job, made, step)
                return step.take
    return None


def _is_settled(run: Run, error: RenderError) -> bool:
    with transaction() as session:
        job = ownership.own(session, run)
        made = retakes.judged(session, job)
        if not made or made[-1].take == job.take:
            return False
        reason = f"take {job.take} could not be rendered: {error.message}"
        retakes.keep(session, job, made, Kept(best_of(made), reason))
    return True
