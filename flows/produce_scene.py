"""From a sentence to a published clip: one attempt at one generation."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from db.queries.ownership import Run
from tasks.assess import assess_take
from tasks.carrying import carry_through
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import render_take
from tasks.retaking import choose_take, settling_for_less
from tasks.review import await_review, may_publish, with_sync
from tasks.sync import sync_to_beat


@flow(name="produce-scene", retries=0, persist_result=False)
async def produce_scene(generation_id: str, attempt: int) -> State[str]:
    """Make takes until one is kept; sync and publish it. What an earlier attempt finished stays done."""
    return carry_through(Run(generation_id, attempt), produced)


def produced(run: Run) -> str:
    """The stages in their order, up to where a person is needed; what became of the clip."""
    verdict = with_sync(kept_take(run), sync_to_beat(run))
    return publish_clip(run) if may_publish(run, verdict) else await_review(run, verdict)


def kept_take(run: Run) -> dict[str, Any]:
    """Plan, check, render and judge, take after take; the verdict on the one that is kept."""
    while (verdict := choose_take(run)) is None:
        with settling_for_less(run):
            plan_scene(run)
            check_consistency(run)
            render_take(run)
            assess_take(run)
    return verdict
