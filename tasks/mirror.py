"""Prefect's view of runs, made to follow ours: a run that has ended here does not go on there."""

from typing import Final

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Crashed

from db.queries import survey
from db.queries.survey import Standing
from db.session import transaction
from studio.settings import read_settings
from tasks import orchestrator
from tasks.orchestrator import Shown
from tasks.submission import DEPLOYMENTS

UNHEARD: Final = "the end of this run was not heard of"


def end_what_has_ended() -> None:
    """End the runs that Prefect takes for living and whose generation has ended or is another attempt's.

    The process that carried such a run died before it could tell. One that has only just ended may be
    telling at this moment, and is left alone.

    Raises:
        UnavailableError: Prefect does not answer.
    """
    shown = orchestrator.under_way(DEPLOYMENTS.values())
    with transaction() as session:
        standings = survey.standings(session, [each.run.generation_id for each in shown])
    for each in shown:
        standing = standings.get(each.run.generation_id)
        if standing is not None and (state := _true_state(each, standing)) is not None:
            orchestrator.end(each.flow_run_id, state)


def _true_state(shown: Shown, standing: Standing) -> State[None] | None:
    """What Prefect ought to show; None where it is right, or may still be told."""
    if standing.status == "processing":
        return Crashed(message=UNHEARD) if shown.run.attempt < standing.attempt else None
    if (standing.ended_ago_s or 0.0) < read_settings().heartbeat_lost_s:
        return None
    if standing.status == "cancelled":
        return Cancelled(message=UNHEARD)
    is_its = shown.run.attempt == standing.attempt and standing.status != "failed"
    return Completed(message=UNHEARD) if is_its else Crashed(message=UNHEARD)
