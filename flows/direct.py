"""From a confirmed plan to what it asks for: one attempt at one plan."""

from prefect import flow
from prefect.client.schemas.objects import State

from db.queries.ownership import Run
from tasks.carrying import carry_through
from tasks.directing_run import carry_out, plan_steps, report


@flow(name="direct", retries=0, persist_result=False)
async def direct(generation_id: str, attempt: int) -> State[str]:
    """Carry out the steps of a plan, each once, and report. What an earlier attempt began is found again."""
    return carry_through(Run(generation_id, attempt), directed)


def directed(run: Run) -> str:
    """The stages in their order; how many of the steps were done."""
    plan_steps(run)
    carry_out(run)
    return report(run)
