"""Whether a clip goes out by itself, or waits for a person's eye."""

from typing import Any

from prefect import task

from db.queries import generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from tasks.policy import RETRIED


@task(name="await review", **RETRIED)
def await_review(run: Run, verdict: dict[str, Any]) -> str:
    """Leave the clip, synced but unpublished, to be approved, rejected or retried."""
    with transaction() as session:
        ownership.settle(session, run, "needs_review")
    return f"needs review: {'; '.join(verdict['reasons'])}"


def may_publish(run: Run, verdict: dict[str, Any]) -> bool:
    """A clip goes out when it passed, or when a person approved it; what was not judged has not passed."""
    if verdict["verdict"] == "pass":
        return True
    with transaction() as session:
        return generations.get(session, run.generation_id).approved_at is not None


def with_sync(verdict: dict[str, Any], synced: dict[str, Any]) -> dict[str, Any]:
    """The verdict on a take once it is cut: one that misses a sync point of the user's does not pass."""
    unmet = list(synced["report"].get("unmet", ()))
    if not unmet or verdict["verdict"] != "pass":
        return {**verdict, "reasons": [*verdict["reasons"], *unmet]}
    return {**verdict, "verdict": "warn", "reasons": [*verdict["reasons"], *unmet]}
