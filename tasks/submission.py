"""Handing a generation to Prefect; the generation itself is already in our tables."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from db.models.production import ProductionJob
from db.queries import generations, jobs, ownership
from db.queries.ownership import Run
from db.session import transaction
from tasks import orchestrator

DEPLOYMENTS: Final[Mapping[str, str]] = {
    "clip": "produce-scene/produce-scene",
    "episode": "render-episode/render-episode",
    "trailer": "render-trailer/render-trailer",
    "direct": "direct/direct",
}
"""By which deployment a job of each kind is carried out; its flow takes `generation_id` and `attempt`."""
BATCH: Final = "batch"
"""The queue of what nobody waits for by itself."""
EPISODES: Final = "episodes"
"""The queue of episodes that a batch has begun: each holds a process while its scenes are made."""


def submit(generation_id: str, attempt: int) -> None:
    """Create the flow run of an attempt and note it; a repeat finds the same run.

    Raises:
        UnavailableError: Prefect does not answer; the reconciler submits the generation later.
    """
    run = Run(generation_id, attempt)
    with transaction() as session:
        job = generations.get(session, generation_id)
    flow_run_id = orchestrator.create_run(
        run,
        DEPLOYMENTS[job.kind],
        name=f"{generation_id} {job.title}"[:200],
        queue=_queue_of(job),
    )
    with transaction() as session:
        ownership.submitted(session, run, flow_run_id)


def _queue_of(job: ProductionJob) -> str | None:
    """Where a job waits in its pool; None for the queue that its deployment names."""
    if "batch" in job.request:
        return EPISODES
    return BATCH if jobs.standing(job) >= jobs.FOR_ANOTHER else None


def moved(old: UUID, new: UUID) -> None:
    """A flow run was made anew under another id: whose it is, it stays."""
    with transaction() as session:
        ownership.moved(session, old, new)
