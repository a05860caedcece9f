"""From a project's accepted takes to a trailer: one attempt at one."""

from prefect import flow
from prefect.client.schemas.objects import State

from db.queries.ownership import Run
from tasks.carrying import carry_through
from tasks.review import await_review, may_publish
from tasks.trailer import (
    assemble_trailer,
    assess_trailer,
    is_to_be_published,
    keep_trailer,
    plan_trailer,
    publish_trailer,
)


@flow(name="render-trailer", retries=0, persist_result=False)
async def render_trailer(generation_id: str, attempt: int) -> State[str]:
    """Choose moments, lay them on the music, judge the whole, and publish it where that was asked for."""
    return carry_through(Run(generation_id, attempt), rendered)


def rendered(run: Run) -> str:
    """The stages in their order; what became of the trailer."""
    plan_trailer(run)
    assemble_trailer(run)
    verdict = assess_trailer(run)
    if not is_to_be_published(run):
        return keep_trailer(run)
    return publish_trailer(run) if may_publish(run, verdict) else await_review(run, verdict)
