"""Places on renderers: two a server, in order, inherited by the next attempt, freed when a prompt ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from db.clock import NOW
from db.notices import listening
from db.queries import generations, ownership, places
from db.queries.ownership import Run
from db.queries.places import Wish
from db.session import transaction
from tests.fakes.generations import new_generation

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def server() -> str:
    return f"http://127.0.0.1:9/{uuid4()}"


def stand_in_line(*servers: str, priority: int = 1, work: float = 1.0) -> tuple[Run, int]:
    with transaction() as session:
        run = Run(new_generation(session).id, 1)
        place = places.ask(session, run, 1, Wish(servers, f"wan {servers[0]}", work, priority))
        assert place.id is not None
        return run, place.id


def claim(place_id: int) -> str | None:
    with transaction() as session:
        return places.claim(session, place_id, alive_s=30)


def test_a_server_has_one_place_running_and_one_behind_it(server: str) -> None:
    first, second, third = (stand_in_line(server)[1] for _ in range(3))
    assert [claim(place) for place in (first, second, third)] == [server, server, None]
    with transaction() as session:
        places.leave(session, first, "done")
    assert claim(third) == server


def test_the_emptiest_server_is_taken(server: str) -> None:
    other = f"{server}/other"
    claimed = [claim(stand_in_line(server, other)[1]) for _ in range(4)]
    assert sorted(claimed, key=str) == [server, server, other, other]
    assert claim(stand_in_line(server, other)[1]) is None


def test_who_came_first_is_served_first_and_urgent_work_before(server: str) -> None:
    early, late = stand_in_line(server, priority=5)[1], stand_in_line(server, priority=5)[1]
    urgent = stand_in_line(server, priority=1)[1]
    assert claim(late) is None
    assert claim(early) is None
    assert claim(urgent) == server
    assert claim(early) == server


def test_who_is_silent_holds_nobody_up_and_keeps_its_place_in_line(server: str) -> None:
    (silent, early), (_, late) = stand_in_line(server), stand_in_line(server)
    assert claim(late) is None
    with transaction() as session:
        generations.get(session, silent.generation_id).heartbeat_at = NOW - timedelta(seconds=60)
    assert claim(late) == server
    assert claim(early) == server


def test_who_waits_for_another_server_holds_nobody_up(server: str) -> None:
    elsewhere = [stand_in_line(f"{server}/full", priority=0)[1] for _ in range(3)]
    here = stand_in_line(server)[1]
    assert [claim(place) for place in elsewhere] == [f"{server}/full", f"{server}/full", None]
    assert claim(here) == server


def test_a_claim_repeated_is_the_same_place(server: str) -> None:
    _, place = stand_in_line(server)
    assert claim(place) == claim(place) == server


def test_claims_at_once_never_overfill_a_server(server: str) -> None:
    waiting = [stand_in_line(server)[1] for _ in range(8)]
    with ThreadPoolExecutor(8) as runs:
        for _ in range(8):
            list(runs.map(claim, waiting))
    with transaction() as session:
        held = [place for place in waiting if session.get_one(places.RenderPlace, place).server == server]
    assert held == waiting[:2]


def test_the_next_attempt_inherits_the_place_and_its_prompt(server: str) -> None:
    run, place = stand_in_line(server)
    claim(place)
    with transaction() as session:
        places.posted(session, place)
        prompt_id = session.get_one(places.RenderPlace, place).prompt_id
        ownership.take_over(session, run)
    with transaction() as session:
        inherited = places.ask(session, Run(run.generation_id, 2), 1, Wish((server,), "wan", 1.0, 1))
        assert (inherited.id, inherited.prompt_id, inherited.state) == (place, prompt_id, "posted")


def test_a_prompt_that_was_lost_gets_a_new_id(server: str) -> None:
    run, place = stand_in_line(server)
    claim(place)
    with transaction() as session:
        lost = session.get_one(places.RenderPlace, place).prompt_id
        places.leave(session, place, "lost")
    with transaction() as session:
        assert places.ask(session, run, 1, Wish((server,), "wan", 1.0, 1)).prompt_id != lost


def test_leaving_wakes_who_waits(server: str) -> None:
    _, place = stand_in_line(server)
    with listening(places.PLACES_CHANNEL) as bell:
        assert not bell.wait(0.01)
        with transaction() as session:
            places.leave(session, place, "done")
        assert bell.wait(5)


def test_a_withdrawn_prompt_holds_its_place_until_it_is_off_the_renderer(server: str) -> None:
    run, place = stand_in_line(server)
    other = stand_in_line(server)[1]
    waiting, late = stand_in_line(server), stand_in_line(server)[1]
    assert [claim(each) for each in (place, other, waiting[1])] == [server, server, None]
    with transaction() as session:
        assert [held.id for held in places.withdraw(session, run.generation_id)] == [place]
        assert places.withdraw(session, waiting[0].generation_id) == []
    assert claim(late) is None
    with transaction() as session:
        assert run.generation_id in places.to_take_off(session)
        places.taken_off(session, place)
    assert claim(late) == server
    with transaction() as session:
        assert run.generation_id not in places.to_take_off(session)


def test_places_of_ended_generations_are_found(server: str) -> None:
    run, _ = stand_in_line(server)
    with transaction() as session:
        assert run.generation_id not in places.to_take_off(session)
        ownership.settle(session, run, "failed")
    with transaction() as session:
        assert run.generation_id in places.to_take_off(session)


def rendered(server: str, workflow: str, render_s: float) -> None:
    _, place = stand_in_line(server)
    with transaction() as session:
        row = session.get_one(places.RenderPlace, place)
        row.server, row.state, row.workflow = server, "posted", workflow
        session.flush()
        places.finish(session, place, output={"filename": "x.mp4"}, render_s=render_s)


def test_a_slow_server_gets_work_once_the_queue_of_the_fast_one_is_worth_it(server: str) -> None:
    slow = f"{server}/slow"
    with transaction() as session:
        session.add(places.RenderServer(url=server))
        session.add(places.RenderServer(url=slow))
    rendered(server, f"wan {server}", 10.0)
    rendered(slow, f"wan {server}", 45.0)
    line = [stand_in_line(server, slow)[1] for _ in range(6)]
    claimed = {place: claim(place) for place in line}
    assert [claimed[place] for place in line] == [server, server, None, None, slow, None]


def test_what_a_prompt_is_reckoned_by_is_its_work(server: str) -> None:
    with transaction() as session:
        session.add(places.RenderServer(url=server))
    rendered(server, f"wan {server}", 10.0)
    _, long = stand_in_line(server, f"{server}/2", work=5.0)
    short = stand_in_line(server, f"{server}/2")[1]
    shorter = stand_in_line(server, f"{server}/2", work=0.5)[1]
    assert [claim(place) for place in (long, short, shorter)] == [server, f"{server}/2", f"{server}/2"]


def test_a_finished_prompt_is_held_until_its_stage_is_over_and_gone_once_it_is_lost(server: str) -> None:
    run, place = stand_in_line(server)
    claim(place)
    with transaction() as session:
        assert places.held(session, run, 1) is not None
        places.posted(session, place)
        places.finish(session, place, output={"filename": "x.mp4"}, render_s=1.5)
    with transaction() as session:
        ownership.take_over(session, run)
    heir = Run(run.generation_id, 2)
    with transaction() as session:
        finished = places.held(session, heir, 1)
        assert finished is not None
        assert (finished.state, finished.output, finished.attempt) == ("done", {"filename": "x.mp4"}, 2)
        places.fail(session, place, {"code": "RENDER_LOST", "answer": "again"})
    with transaction() as session:
        assert places.held(session, heir, 1) is None
        assert [failure.code for failure in places.trail(session, heir, 1)] == ["RENDER_LOST"]
        assert places.ask(session, heir, 1, Wish((server,), "wan", 1.0, 1)).id != place


def test_a_generation_that_is_begun_again_forgets_what_failed_before(server: str) -> None:
    run, place = stand_in_line(server)
    claim(place)
    with transaction() as session:
        places.fail(session, place, {"code": "RENDER_FAILED", "answer": "stop"})
        job = generations.get(session, run.generation_id)
        job.attempt = job.first_attempt = 2
    with transaction() as session:
        assert places.trail(session, Run(run.generation_id, 2), 1) == []
