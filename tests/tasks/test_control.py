"""What a person decides about a generation is noted with it."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from db.queries import branches, decisions, generations
from db.queries.jobs import accept_job
from db.session import transaction
from studio.errors import StateError
from tasks import control
from tasks.trying import try_out
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.generations import new_branch, new_generation
from tests.fakes.serving import wait_until
from tests.fakes.staging import held, planned, render_until_superseded

pytestmark = pytest.mark.usefixtures("connected")


def _waiting() -> str:
    with transaction() as session:
        job = new_generation(session)
        job.status = "needs_review"
        return job.id


def _decided(generation_id: str) -> list[tuple[str, str, int | None]]:
    with transaction() as session:
        rows = decisions.page(session, project_id=None, generation_id=generation_id, limit=10, before=0)
        return [(row.decision, row.made_by, row.take) for row in rows]


def test_a_rejection_is_noted_once_and_a_refused_one_not_at_all() -> None:
    generation_id = _waiting()
    control.reject(generation_id)
    with pytest.raises(StateError):
        control.reject(generation_id)
    assert _decided(generation_id) == [("reject", "person", 1)]


@pytest.mark.parametrize(
    ("decide", "noted"), [(control.approve, ("approve", 1)), (control.retry, ("retry", 2))]
)
def test_approval_and_retry_are_noted(decide: Callable[[str], None], noted: tuple[str, int]) -> None:
    generation_id = _waiting()
    decide(generation_id)
    assert _decided(generation_id) == [(noted[0], "person", noted[1])]


@pytest.mark.parametrize("decide", [control.approved, control.rejected, control.retried])
def test_a_decision_that_is_only_tried_leaves_nothing(decide: Callable[[Any, str], object]) -> None:
    generation_id = _waiting()
    try_out(decide, generation_id)
    with transaction() as session:
        job = generations.get(session, generation_id)
        assert (job.status, job.stage, job.attempt, job.take) == ("needs_review", "queued", 1, 1)
        events = generations.events_after(session, generation_id, 0, limit=10)
    assert [event.kind for event in events] == ["status"]  # that it was made
    assert _decided(generation_id) == []


def _family(*statuses: str) -> tuple[str, list[str]]:
    """An episode under way, and clips that it has had made."""
    with transaction() as session:
        branch = new_branch(session)
        at = {"project_id": branch.project_id, "branch_id": branches.id_of(branch)}
        parent = accept_job(session, kind="episode", title="The Beginning", episode_id=1, **at)
        children = []
        for status in statuses:
            job = new_generation(session, branch)
            job.parent_id, job.status = parent.id, status
            children.append(job.id)
        return parent.id, children


def _statuses(*generation_ids: str) -> list[str]:
    with transaction() as session:
        return [generations.get(session, generation_id).status for generation_id in generation_ids]


def test_a_parent_that_is_cancelled_ends_its_children_that_are_under_way() -> None:
    parent, children = _family("processing", "completed", "needs_review", "processing")
    with transaction() as session:
        generations.get(session, children[3]).stage = "publish"
    control.cancel(parent)
    assert _statuses(parent) == ["cancelled"]
    assert _statuses(*children) == ["cancelled", "completed", "needs_review", "processing"]


def test_what_waits_for_its_scenes_is_not_approved() -> None:
    parent, _ = _family()
    with transaction() as session:
        job = generations.get(session, parent)
        job.status, job.error = "needs_review", {"code": "SCENES_MISSING", "message": "", "details": {}}
    with pytest.raises(StateError, match="missing"):
        control.approve(parent)
    control.retry(parent)
    with transaction() as session:
        job = generations.get(session, parent)
        assert (job.status, job.take, job.attempt, job.error) == ("processing", 2, 2, None)


def test_a_cancel_reaches_the_renderer_at_once_whatever_another_one_does(
    pair: tuple[FakeComfyUI, FakeComfyUI],
) -> None:
    first, second = pair
    first.is_held = second.is_held = True
    run = planned()
    threads = [threading.Thread(target=render_until_superseded, args=(run,), daemon=True)]
    threads[0].start()
    wait_until(lambda: first.running is not None)
    first.is_silent = True  # the render moves on; what it left there is still to be taken off
    wait_until(lambda: second.running is not None, timeout_s=60)
    began_s = time.monotonic()
    canceller = threading.Thread(target=control.cancel, args=(run.generation_id,), daemon=True)
    canceller.start()
    wait_until(lambda: second.interrupts)
    assert time.monotonic() - began_s < 2
    assert [stopped["prompt_id"] for stopped in second.interrupts] == [second.posts[0]["prompt_id"]]
    assert first.interrupts == []
    first.is_silent = False
    canceller.join(20)
    control.take_off(run.generation_id)
    wait_until(lambda: first.interrupts)
    assert held(run) == []
