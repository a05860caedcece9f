"""The supervisor's rules, with parts that are puppets and a clock that is set by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.supervisor import Part, Slot, Supervisor
from studio.errors import PortTakenError, StackError, UnavailableError


class Puppet:
    """A part whose life the test decides."""

    def __init__(self, name: str, ends: list[str]) -> None:
        self.name = name
        self.pid = 1
        self.code: int | None = None
        self.given_s = 0.0
        self._ends = ends

    def exit_code(self) -> int | None:
        return self.code

    def stop(self, within_s: float) -> None:
        self.given_s = within_s
        self.code = 0
        self._ends.append(self.name)


class Stage:
    """Puppets by name, what was started and stopped in which order, and the time."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.starts: list[str] = []
        self.ends: list[str] = []
        self.ready: set[str] = set()
        self.puppets: dict[str, Puppet] = {}

    def part(
        self,
        name: str,
        *needs: str,
        is_step: bool = False,
        log: Path | None = None,
        ready_within_s: float = 60,
    ) -> Part:
        def start() -> Puppet:
            self.starts.append(name)
            self.puppets[name] = Puppet(name, self.ends)
            return self.puppets[name]

        return Part(
            name, start=start, needs=needs, is_ready=lambda: name in self.ready, is_step=is_step, log=log,
            ready_within_s=ready_within_s,
        )  # fmt: skip

    def supervisor(self, *parts: Part) -> Supervisor:
        return Supervisor(parts, clock=lambda: self.now_s)


def slot(supervisor: Supervisor, name: str) -> Slot:
    return next(slot for slot in supervisor.slots if slot.part.name == name)


def up(stage: Stage, *parts: Part) -> Supervisor:
    supervisor = stage.supervisor(*parts)
    stage.ready |= {part.name for part in parts}
    for _ in parts:
        supervisor.tick()
        supervisor.tick()
    assert supervisor.is_up
    return supervisor


def test_a_part_starts_once_what_it_needs_is_ready() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.part("db"), stage.part("api", "db"), stage.part("renderer"))
    supervisor.tick()
    assert stage.starts == ["db", "renderer"]
    stage.ready.add("db")
    supervisor.tick()
    assert stage.starts == ["db", "renderer", "api"]
    assert not supervisor.is_up
    stage.ready |= {"api", "renderer"}
    supervisor.tick()
    assert supervisor.is_up


def test_a_step_that_ended_well_is_done_and_lets_others_start() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.part("migrations", is_step=True), stage.part("api", "migrations"))
    supervisor.tick()
    stage.puppets["migrations"].code = 0
    supervisor.tick()
    supervisor.tick()
    assert stage.starts == ["migrations", "api"]
    assert slot(supervisor, "migrations").state == "done"


def test_a_part_that_dies_is_started_at_once_and_then_after_growing_pauses() -> None:
    stage = Stage()
    supervisor = up(stage, stage.part("api"))
    pauses = []
    for _ in range(12):
        stage.puppets["api"].code = -9
        died_s, known = stage.now_s, len(stage.starts)
        while len(stage.starts) == known:
            supervisor.tick()
            stage.now_s += 0.01
        pauses.append(stage.now_s - died_s)
        supervisor.tick()
    assert pauses[0] < 0.05
    assert pauses[1:4] == pytest.approx([0.2, 0.4, 0.8], abs=0.05)
    assert max(pauses) == pytest.approx(30.0, abs=0.05)
    assert slot(supervisor, "api").restarts == 12


def test_a_part_that_ran_for_long_is_forgiven() -> None:
    stage = Stage()
    supervisor = up(stage, stage.part("api"))
    slot(supervisor, "api").failures = 5
    stage.now_s += 61
    supervisor.tick()
    assert slot(supervisor, "api").failures == 0


def test_what_depends_on_a_dead_part_waits_for_it_before_it_restarts() -> None:
    stage = Stage()
    supervisor = up(stage, stage.part("db"), stage.part("api", "db"))
    stage.ready.clear()
    stage.puppets["db"].code = stage.puppets["api"].code = 1
    for _ in range(5):
        supervisor.tick()
    assert stage.starts == ["db", "api", "db"]
    stage.ready.add("db")
    supervisor.tick()
    supervisor.tick()
    assert stage.starts[-1] == "api"


def test_a_first_start_that_fails_names_the_part_and_shows_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("first line\nno such table\n")
    stage = Stage()
    supervisor = stage.supervisor(stage.part("api", log=log))

    def fail() -> None:
        for _ in range(100):
            supervisor.tick()
            stage.puppets["api"].code = 3
            stage.now_s += 1

    with pytest.raises(StackError, match=r"(?s)api ended with 3.*api\.log.*no such table"):
        fail()
    assert len(stage.starts) == 3


def test_a_part_that_never_gets_ready_is_named_after_its_time() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.part("prefect", ready_within_s=20))
    supervisor.tick()
    stage.now_s = 19
    supervisor.tick()
    stage.now_s = 21
    with pytest.raises(StackError, match="prefect is not ready after 20 s"):
        supervisor.tick()


def refusing(error: UnavailableError) -> Callable[[], bool]:
    def is_ready() -> bool:
        raise error

    return is_ready


def test_a_part_of_others_says_why_it_cannot_be_used() -> None:
    stage = Stage()
    is_ready = refusing(UnavailableError("password authentication failed"))
    supervisor = stage.supervisor(Part("postgres", is_ready=is_ready, ready_within_s=5))
    supervisor.tick()
    supervisor.tick()
    stage.now_s = 6
    with pytest.raises(StackError, match="password authentication failed"):
        supervisor.tick()


def test_a_renderer_of_others_may_be_off_and_is_seen_when_it_comes() -> None:
    stage = Stage()
    renderer = Part("renderer", is_ready=lambda: "gpu" in stage.ready, is_required=False, ready_within_s=2)
    supervisor = stage.supervisor(renderer)
    for stage.now_s in (0, 1, 3):
        supervisor.tick()
    assert supervisor.is_up
    assert slot(supervisor, "renderer").state == "unreachable"
    stage.ready.add("gpu")
    stage.now_s = 10
    supervisor.tick()
    assert slot(supervisor, "renderer").state == "up"


def test_a_port_lost_while_up_is_waited_for_and_ends_nothing() -> None:
    stage = Stage()
    taken = False

    def start() -> Puppet:
        if taken:
            raise PortTakenError("taken")
        stage.puppets["db"] = Puppet("db", stage.ends)
        return stage.puppets["db"]

    supervisor = up(stage, Part("db", start=start, is_ready=lambda: True))
    taken = True
    stage.puppets["db"].code = -9
    for _ in range(20):
        supervisor.tick()
        stage.now_s += 0.1
    taken = False
    stage.now_s += 30
    supervisor.tick()
    supervisor.tick()
    assert supervisor.is_up


def test_parts_end_in_reverse_order_and_the_database_has_the_time_that_is_left() -> None:
    stage = Stage()
    supervisor = up(stage, stage.part("db"), stage.part("prefect", "db"), stage.part("worker", "prefect"))
    supervisor.stop(14)
    assert stage.ends == ["worker", "prefect", "db"]
    assert stage.puppets["worker"].given_s == 2
    assert stage.puppets["db"].given_s == 14
