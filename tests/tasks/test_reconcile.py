"""The one judge: what nobody carries is carried on, once, by a new attempt; what lives is left alone."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Pending
from sqlalchemy import text

from db.clock import NOW
from db.locks import Lock
from db.models.production import ProductionJob
from db.queries import generations, ownership, places, survey
from db.queries.jobs import ASKED_FOR, FOR_ANOTHER, accept_job, standing
from db.queries.ownership import Run
from db.session import transaction
from deployments.registry import pools
from tasks.carrying import carry_stage
from tasks.reconcile import SLOW_STARTS, reconcile_once
from tasks.submission import submit
from tests.fakes.generations import new_generation


@pytest.fixture(autouse=True)
def _settings(connected: Path, orchestrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_HEARTBEAT_LOST_S", "60")
    monkeypatch.setenv("TOWER_MAX_ATTEMPTS", "3")
    with transaction() as session:
        session.execute(text("UPDATE anime_api.production_jobs SET status = 'failed'"))
        session.execute(text("UPDATE render_queue SET state = 'lost'"))


@pytest.fixture
def victim() -> Iterator[psutil.Process]:
    """A process that stands for one that carries a run."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield psutil.Process(child.pid)
    child.kill()
    child.wait()


def accepted(*, age_s: float = 0.0) -> str:
    with transaction() as session:
        job = new_generation(session)
        job.updated_at = NOW - timedelta(seconds=age_s)
        return job.id


def carried_by(process: psutil.Process) -> Run:
    """A generation whose run was submitted and is carried by `process`."""
    run = Run(accepted(), 1)
    submit(run.generation_id, run.attempt)
    with transaction() as session:
        ownership.start(
            session, run, host=socket.gethostname(), pid=process.pid, pid_started=process.create_time()
        )
    return run


def job(generation_id: str) -> ProductionJob:
    with transaction() as session:
        return generations.get(session, generation_id)


def flow_run(flow_run_id: UUID | None) -> FlowRun:
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        return client.read_flow_run(flow_run_id)


def test_a_generation_that_was_never_handed_over_is_submitted_once() -> None:
    generation_id = accepted(age_s=60)
    reconcile_once()
    first = job(generation_id).flow_run_id
    reconcile_once()
    assert job(generation_id).flow_run_id == first
    assert flow_run(first).parameters == {"generation_id": generation_id, "attempt": 1}


def test_a_generation_that_is_being_handed_over_is_left_alone() -> None:
    generation_id = accepted()
    reconcile_once()
    assert job(generation_id).flow_run_id is None


def test_what_another_job_has_made_waits_behind_what_somebody_asked_for() -> None:
    parent, child = accepted(), accepted()
    with transaction() as session:
        generations.get(session, child).parent_id = parent
    submit(parent, 1)
    submit(child, 1)
    queues = [flow_run(job(generation_id).flow_run_id).work_queue_name for generation_id in (parent, child)]
    assert queues == ["interactive", "batch"]


def test_a_clip_that_the_director_was_told_to_make_waits_behind_nobody() -> None:
    with transaction() as session:
        parent = generations.get(session, accepted())
        parent.kind = "direct"
        same = {"project_id": parent.project_id, "branch_id": parent.branch_id, "parent_id": parent.id}
        clip, episode = (accept_job(session, kind=kind, title="", **same) for kind in ("clip", "episode"))
        assert (standing(clip), standing(episode)) == (ASKED_FOR, FOR_ANOTHER)


def test_episodes_of_a_batch_wait_in_a_line_that_lets_in_a_few_at_a_time() -> None:
    generation_id = accepted()
    with transaction() as session:
        row = generations.get(session, generation_id)
        row.kind, row.request = "episode", {"batch": {"schedule_id": None}}
    submit(generation_id, 1)
    assert flow_run(job(generation_id).flow_run_id).work_queue_name == "episodes"
    (line,) = (queue for pool in pools(2) for queue in pool.queues if queue.name == "episodes")
    assert line.limit == 5


def test_submitting_twice_is_one_run() -> None:
    generation_id = accepted()
    submit(generation_id, 1)
    first = job(generation_id).flow_run_id
    submit(generation_id, 1)
    assert job(generation_id).flow_run_id == first


def test_a_run_that_waits_for_a_worker_is_left_alone() -> None:
    generation_id = accepted()
    submit(generation_id, 1)
    reconcile_once()
    assert job(generation_id).attempt == 1


def test_a_run_that_waited_long_in_its_queue_and_is_starting_now_is_left_alone() -> None:
    generation_id = accepted()
    submit(generation_id, 1)
    flow_run_id = job(generation_id).flow_run_id
    assert flow_run_id is not None
    with transaction() as session:
        generations.get(session, generation_id).submitted_at = NOW - timedelta(hours=1)
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Pending(), force=True)
    reconcile_once()
    assert job(generation_id).attempt == 1


def test_a_run_that_is_starting_for_ever_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_START_LOST_S", "0.4")
    generation_id = accepted()
    submit(generation_id, 1)
    flow_run_id = job(generation_id).flow_run_id
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Pending(), force=True)
    reconcile_until(lambda: job(generation_id).attempt == 2)


def test_a_run_that_lives_is_left_alone(victim: psutil.Process) -> None:
    run = carried_by(victim)
    reconcile_once()
    assert job(run.generation_id).attempt == 1
    assert victim.is_running()


def test_a_run_whose_process_is_gone_is_carried_on_by_a_new_run(victim: psutil.Process) -> None:
    run = carried_by(victim)
    old = job(run.generation_id).flow_run_id
    victim.kill()
    victim.wait()
    reconcile_once()
    now = job(run.generation_id)
    assert (now.attempt, now.status, now.heartbeat_at) == (2, "processing", None)
    assert now.flow_run_id not in (None, old)
    assert flow_run(now.flow_run_id).parameters["attempt"] == 2
    state = flow_run(old).state
    assert state is not None
    assert state.type is StateType.CRASHED


def test_another_process_under_the_old_pid_does_not_pass_for_the_run(victim: psutil.Process) -> None:
    run = carried_by(victim)
    with transaction() as session:
        generations.get(session, run.generation_id).run_started = victim.create_time() - 60
    reconcile_once()
    assert job(run.generation_id).attempt == 2
    assert victim.is_running()


def test_a_silent_run_is_superseded_and_ended(
    victim: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HEARTBEAT_LOST_S", "0.4")
    run = carried_by(victim)
    reconcile_once()
    with transaction() as session:
        generations.get(session, run.generation_id).heartbeat_at = NOW - timedelta(seconds=600)
    reconcile_until(lambda: job(run.generation_id).attempt == 2)
    assert victim.wait(5) is not None


def test_a_run_cancelled_in_prefect_cancels_the_generation(victim: psutil.Process) -> None:
    run = carried_by(victim)
    flow_run_id = job(run.generation_id).flow_run_id
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Cancelled(), force=True)
    reconcile_once()
    assert job(run.generation_id).status == "cancelled"


def test_a_run_that_prefect_no_longer_knows_is_dead() -> None:
    generation_id = accepted()
    with transaction() as session:
        ownership.submitted(session, Run(generation_id, 1), uuid4())
    reconcile_once()
    assert job(generation_id).attempt == 2


def test_a_run_whose_process_died_before_it_was_heard_of_is_carried_on(
    victim: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HEARTBEAT_LOST_S", "600")
    generation_id = accepted()
    submit(generation_id, 1)
    flow_run_id = job(generation_id).flow_run_id
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Pending(), force=True)
        client.update_flow_run(flow_run_id, infrastructure_pid=f"{socket.gethostname()}:{victim.pid}")
    reconcile_once()
    assert job(generation_id).attempt == 1
    victim.kill()
    victim.wait()
    reconcile_once()
    assert job(generation_id).attempt == 2


def test_a_run_that_is_slow_to_start_is_left_alone_while_its_process_lives(
    victim: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_START_LOST_S", "0.4")
    generation_id = accepted()
    submit(generation_id, 1)
    flow_run_id = job(generation_id).flow_run_id
    assert flow_run_id is not None
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run_id, Pending(), force=True)
        client.update_flow_run(flow_run_id, infrastructure_pid=f"{socket.gethostname()}:{victim.pid}")
    reconcile_once()
    began_s = time.monotonic()
    while time.monotonic() - began_s < 0.4 * (SLOW_STARTS - 1):
        reconcile_once()
        assert job(generation_id).attempt == 1 or time.monotonic() - began_s > 0.4 * SLOW_STARTS
    reconcile_until(lambda: job(generation_id).attempt == 2)


def test_attempts_are_capped_and_the_reason_is_told(victim: psutil.Process) -> None:
    run = carried_by(victim)
    victim.kill()
    victim.wait()
    with transaction() as session:
        generations.get(session, run.generation_id).first_attempt = -1
    run_of_death = job(run.generation_id).flow_run_id
    reconcile_once()
    now = job(run.generation_id)
    assert now.status == "failed"
    assert now.error is not None
    assert now.error["code"] == "ATTEMPTS_EXHAUSTED"
    state = flow_run(run_of_death).state
    assert state is not None
    assert state.type is StateType.CRASHED


def test_only_deaths_in_the_same_stage_count(victim: psutil.Process) -> None:
    run = carried_by(victim)
    carry_stage(run, "plan", lambda _run, _take: {})
    victim.kill()
    victim.wait()
    with transaction() as session:
        generations.get(session, run.generation_id).first_attempt = -1
    reconcile_once()
    now = job(run.generation_id)
    assert (now.status, now.attempt, now.first_attempt) == ("processing", 2, 2)


def test_an_ended_generation_holds_no_place() -> None:
    run = Run(accepted(), 1)
    with transaction() as session:
        places.ask(session, run, 1, places.Wish(("http://127.0.0.1:9",), "wan", 1.0, 1))
        ownership.settle(session, run, "failed")
    reconcile_once()
    with transaction() as session:
        assert run.generation_id not in places.to_take_off(session)


def test_two_reconcilers_do_not_judge_at_once() -> None:
    generation_id = accepted(age_s=60)
    with survey.held(Lock.RECONCILER) as is_mine:
        assert is_mine
        reconcile_once()
        assert job(generation_id).flow_run_id is None
    reconcile_once()
    assert job(generation_id).flow_run_id is not None


def reconcile_until(is_so: Callable[[], bool]) -> None:
    """Silence counts only while the database has answered for that long, so it takes several looks."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
        reconcile_once()
