"""Only the present attempt writes; what was finished is not done again; events have no gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from db.clock import NOW
from db.queries import estimates, generations, ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import SupersededError
from tasks.carrying import carry_stage
from tests.fakes.generations import new_generation

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def run(connected: object) -> Run:
    with transaction() as session:
        return Run(new_generation(session).id, 1)


def test_a_superseded_attempt_writes_nothing(run: Run) -> None:
    with transaction() as session:
        assert ownership.take_over(session, run) is not None
    for write in (
        lambda session: ownership.begin_stage(session, run, "plan"),
        lambda session: ownership.set_progress(session, run, 0.5),
        lambda session: ownership.settle(session, run, "completed"),
    ):
        with pytest.raises(SupersededError), transaction() as session:
            write(session)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        assert (job.status, job.stage, job.progress, job.attempt) == ("processing", "queued", 0.0, 2)


def test_only_one_of_two_judges_takes_an_attempt_over(run: Run) -> None:
    def take_over(_: int) -> bool:
        with transaction() as session:
            return ownership.take_over(session, run) is not None

    with ThreadPoolExecutor(4) as judges:
        assert sorted(judges.map(take_over, range(4))) == [False, False, False, True]


def test_a_verdict_of_silence_falls_flat_where_the_run_was_heard_of_meanwhile(run: Run) -> None:
    with transaction() as session:
        assert ownership.beat(session, run)
    with transaction() as session:
        assert ownership.take_over(session, run, silent_s=60) is None
        generations.get(session, run.generation_id).heartbeat_at = NOW - timedelta(seconds=61)
    with transaction() as session:
        assert ownership.take_over(session, run, silent_s=60) is not None


def test_a_run_that_is_writing_is_not_taken_over_and_holds_up_no_judge(run: Run) -> None:
    with transaction() as writing:
        ownership.own(writing, run)
        with transaction() as session:
            assert ownership.take_over(session, run) is None
    with transaction() as session:
        assert ownership.take_over(session, run) is not None


def test_a_run_hears_from_its_heart_that_it_was_superseded(run: Run) -> None:
    with transaction() as session:
        assert ownership.beat(session, run)
        ownership.take_over(session, run)
    with transaction() as session:
        assert not ownership.beat(session, run)
        assert ownership.beat(session, Run(run.generation_id, 2))


def test_a_finished_stage_is_not_done_again_by_the_next_attempt(run: Run) -> None:
    done: list[int] = []

    def work(by: Run, take: int) -> dict[str, int]:
        done.append(by.attempt)
        return {"made_by": by.attempt, "take": take}

    first = carry_stage(run, "plan", work)
    with transaction() as session:
        ownership.take_over(session, run)
    assert carry_stage(Run(run.generation_id, 2), "plan", work) == first == {"made_by": 1, "take": 1}
    assert done == [1]


def test_a_stage_that_was_only_begun_is_done_by_the_next_attempt(run: Run) -> None:
    with transaction() as session:
        ownership.begin_stage(session, run, "render")
        ownership.take_over(session, run)
    heir = Run(run.generation_id, 2)
    assert carry_stage(heir, "render", lambda by, _take: {"by": by.attempt}) == {"by": 2}


def test_a_failing_stage_is_not_finished(run: Run) -> None:
    def fail(_run: Run, _take: int) -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_stage(run, "plan", fail)
    with transaction() as session:
        assert ownership.finished_stage(session, run, "plan", 1) is None
        assert generations.get(session, run.generation_id).stage == "plan"


def test_events_are_numbered_without_gaps_whoever_writes_them(run: Run) -> None:
    def report(value: int) -> None:
        with transaction() as session:
            ownership.set_progress(session, run, value / 20)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(report, range(20)))
    with transaction() as session:
        events = generations.events_after(session, run.generation_id, 0, limit=100)
        assert [event.seq for event in events] == list(range(1, 22))
        replayed = generations.events_after(session, run.generation_id, 5, limit=3)
        assert [event.seq for event in replayed] == [6, 7, 8]


def test_finished_stages_are_timed_and_the_estimate_comes_from_them(run: Run) -> None:
    for stage in estimates.STAGES_OF_A_CLIP:
        carry_stage(run, stage, lambda _run, _take: {})
    with transaction() as session:
        measured = estimates.completion(session, generations.get(session, run.generation_id), 5.0)
        created = generations.get(session, run.generation_id).created_at
    assert measured is not None
    assert created <= measured < created + estimates.UNMEASURED / 2


def test_a_settled_generation_has_no_estimate(run: Run) -> None:
    with transaction() as session:
        ownership.settle(session, run, "completed", stage="done")
    with transaction() as session:
        assert estimates.completion(session, generations.get(session, run.generation_id), 5.0) is None
        last = generations.events_after(session, run.generation_id, 0, limit=100)[-1]
        assert last.payload["status"] == "completed"
