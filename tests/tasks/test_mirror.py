"""Prefect's view follows ours: what has ended here ends there, what lives is left alone."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.states import Running
from sqlalchemy import text

from db.clock import NOW
from db.queries import generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from tasks.mirror import end_what_has_ended
from tasks.submission import submit
from tests.fakes.generations import new_generation


@pytest.fixture(autouse=True)
def _connected(connected: Path, orchestrated: None) -> None:
    with transaction() as session:
        session.execute(text("UPDATE anime_api.production_jobs SET status = 'failed'"))


def running() -> tuple[Run, UUID]:
    """A generation whose run Prefect takes for living."""
    with transaction() as session:
        run = Run(new_generation(session).id, 1)
    submit(run.generation_id, run.attempt)
    with transaction() as session:
        flow_run_id = generations.get(session, run.generation_id).flow_run_id
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Running(), force=True)
    return run, flow_run_id


def shown(flow_run_id: UUID) -> StateType | None:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(flow_run_id).state_type


def settle(run: Run, status: str, *, ago_s: float) -> None:
    with transaction() as session:
        ownership.settle(session, run, status)
        session.flush()
        generations.get(session, run.generation_id).finished_at = NOW - timedelta(seconds=ago_s)


def test_a_run_under_way_is_left_alone() -> None:
    _, flow_run_id = running()
    end_what_has_ended()
    assert shown(flow_run_id) is StateType.RUNNING


def test_a_run_that_may_be_telling_its_end_at_this_moment_is_left_alone() -> None:
    run, flow_run_id = running()
    settle(run, "completed", ago_s=1)
    end_what_has_ended()
    assert shown(flow_run_id) is StateType.RUNNING


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("completed", StateType.COMPLETED),
        ("needs_review", StateType.COMPLETED),
        ("failed", StateType.CRASHED),
        ("cancelled", StateType.CANCELLED),
    ],
)
def test_a_run_whose_generation_has_long_ended_ends_as_that_did(status: str, state: StateType) -> None:
    run, flow_run_id = running()
    settle(run, status, ago_s=3600)
    end_what_has_ended()
    assert shown(flow_run_id) is state


def test_a_superseded_run_has_crashed() -> None:
    run, flow_run_id = running()
    with transaction() as session:
        ownership.take_over(session, run)
    end_what_has_ended()
    assert shown(flow_run_id) is StateType.CRASHED
