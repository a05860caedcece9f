"""Starts parts in their order, watches them, restarts what dies, stops all in reverse."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from deployments.child import last_lines
from studio.errors import StackError, UnavailableError

WAITING, STARTING, UP, DONE, RESTARTING, UNREACHABLE, STOPPED = (
    "waiting", "starting", "up", "done", "restarting", "unreachable", "stopped",
)  # fmt: skip
_TRIES: Final = 3
_STEADY_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 30.0
_CHECK_EVERY_S: Final = 5.0
_log = logging.getLogger(__name__)


class Running(Protocol):
    """A part that was started."""

    @property
    def pid(self) -> int | None: ...

    def exit_code(self) -> int | None: ...

    def stop(self, within_s: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """What a part needs, how it starts and when it is there. Without `start` it is another's.

    `is_ready` may raise UnavailableError to say why it is not.
    """

    name: str
    is_ready: Callable[[], bool] = bool
    start: Callable[[], Running] | None = None
    needs: tuple[str, ...] = ()
    address: Callable[[], str] = str
    log: Path | None = None
    ready_within_s: float = 60.0
    stop_within_s: float = 2.0
    is_step: bool = False
    is_required: bool = True


@dataclass(slots=True)
class Slot:
    """How one part is doing."""

    part: Part
    state: str = WAITING
    since: float = field(default_factory=time.time)
    restarts: int = 0
    running: Running | None = None
    failures: int = 0
    due: float = 0.0
    complaint: str = ""

    @property
    def is_good(self) -> bool:
        return self.state in (UP, DONE) or not self.part.is_required

    def turn(self, state: str) -> None:
        if state != self.state:
            _log.info("%s: %s", self.part.name, state)
            self.state, self.since = state, time.time()


class Supervisor:
    """Carries a list of parts; call `tick` often, from the main thread."""

    def __init__(self, parts: Sequence[Part], *, clock: Callable[[], float] = time.monotonic) -> None:
        self.slots = [Slot(part) for part in parts]
        self.was_up = False
        self._clock = clock
        self._act = {
            WAITING: self._wait, RESTARTING: self._wait, STARTING: self._await_ready,
            UP: self._watch, UNREACHABLE: self._probe,
        }  # fmt: skip

    @property
    def is_up(self) -> bool:
        return all(slot.is_good for slot in self.slots)

    def tick(self) -> None:
        """Look at every part once.

        Raises:
            StackError: A part did not come up the first time.
        """
        for slot in self.slots:
            act = self._act.get(slot.state)
            if act:
                act(slot)
        self.was_up = self.was_up or self.is_up

    def stop(self, within_s: float) -> None:
        """End the parts in reverse order; the first, which the others need, is given all that is left."""
        deadline = self._clock() + within_s
        for slot in reversed(self.slots):
            if slot.running and slot.running.exit_code() is None:
                left = max(0.5, deadline - self._clock())
                slot.running.stop(left if slot is self.slots[0] else min(slot.part.stop_within_s, left))
            slot.running = None
            slot.turn(STOPPED)

    def _wait(self, slot: Slot) -> None:
        if self._clock() < slot.due or not all(self._slot(name).is_good for name in slot.part.needs):
            return
        try:
            slot.running = slot.part.start() if slot.part.start else None
        except UnavailableError as error:
            if not self.was_up:
                raise
            self._again(slot, error.message)
            return
        slot.due = self._clock() + slot.part.ready_within_s
        slot.turn(STARTING)

    def _await_ready(self, slot: Slot) -> None:
        code = slot.running.exit_code() if slot.running else None
        if code is not None:
            self._end_of(slot, code)
        elif not slot.part.is_step and self._is_ready(slot):
            slot.turn(UP)
            slot.due = self._clock() + (_STEADY_S if slot.running else _CHECK_EVERY_S)
        elif self._clock() > slot.due:
            self._late(slot)

    def _watch(self, slot: Slot) -> None:
        code = slot.running.exit_code() if slot.running else None
        if code is not None:
            self._end_of(slot, code)
        elif slot.running is None:
            self._probe(slot)
        elif self._clock() > slot.due:
            slot.failures = 0

    def _probe(self, slot: Slot) -> None:
        if self._clock() >= slot.due:
            slot.due = self._clock() + _CHECK_EVERY_S
            slot.turn(UP if self._is_ready(slot) else UNREACHABLE)

    def _is_ready(self, slot: Slot) -> bool:
        try:
            return slot.part.is_ready()
        except UnavailableError as error:
            slot.complaint = error.message
            return False

    def _end_of(self, slot: Slot, code: int) -> None:
        if slot.part.is_step and code == 0:
            slot.running = None
            slot.turn(DONE)
            return
        if not self.was_up and slot.failures + 1 >= _TRIES:
            raise StackError(_obituary(slot, f"ended with {code}"))
        self._again(slot, f"ended with {code}")

    def _again(self, slot: Slot, why: str) -> None:
        """Start it anew: at once the first time, then after ever longer pauses."""
        pause_s = min(_LONGEST_PAUSE_S, 0.1 * 2**slot.failures) if slot.failures else 0.0
        _log.warning("%s %s; starting it again in %.1f s", slot.part.name, why, pause_s)
        slot.failures += 1
        slot.restarts += 1
        slot.running, slot.due = None, self._clock() + pause_s
        slot.turn(RESTARTING)

    def _late(self, slot: Slot) -> None:
        if slot.part.start is None and (self.was_up or not slot.part.is_required):
            slot.turn(UNREACHABLE)
            return
        if not self.was_up:
            raise StackError(_obituary(slot, f"is not ready after {slot.part.ready_within_s:.0f} s"))
        if slot.running:
            slot.running.stop(slot.part.stop_within_s)

    def _slot(self, name: str) -> Slot:
        return next(slot for slot in self.slots if slot.part.name == name)


def _obituary(slot: Slot, what: str) -> str:
    words = last_lines(slot.part.log) if slot.part.log else slot.complaint
    where = f" (log: {slot.part.log})" if slot.part.log else f" ({slot.part.address()})"
    return f"{slot.part.name} {what}{where}" + (f":\n{words}" if words else "")
