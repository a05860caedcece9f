"""From a confirmed plan to what it asks for: one attempt at one plan."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from db.queries.ownership import Run
from studio.errors import SupersededError
from tasks.carrying import carried
from tasks.directing_run import carry_out, plan_steps, report


@flow(name="direct", retries=0, persist_result=False)
async def direct(generation_id: str, attempt: int) -> State[str]:
    """Carry out the steps of a plan, each once, and report. What an earlier attempt began is found again."""
    run = Run(generation_id, attempt)
    try:
        with carried(run):
            plan_steps(run)
            carry_out(run)
            return Completed(message=report(run))
    except SupersededError as superseded:
        return Cancelled(message=superseded.message)
