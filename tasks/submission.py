"""Handing a generation to Prefect; the generation itself is already in our tables."""

from uuid import UUID

from db.queries import generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from tasks import orchestrator


def submit(generation_id: str, attempt: int) -> None:
    """Create the flow run of an attempt and note it; a repeat finds the same run.

    Raises:
        UnavailableError: Prefect does not answer; the reconciler submits the generation later.
    """
    run = Run(generation_id, attempt)
    with transaction() as session:
        title = generations.get(session, generation_id).title
    flow_run_id = orchestrator.create_run(run, name=f"{generation_id} {title}"[:200])
    with transaction() as session:
        ownership.submitted(session, run, flow_run_id)


def moved(old: UUID, new: UUID) -> None:
    """A flow run was made anew under another id: whose it is, it stays."""
    with transaction() as session:
        ownership.moved(session, old, new)
