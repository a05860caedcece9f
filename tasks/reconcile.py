"""The one judge of runs: who is dead, who is carried on, and what was never handed to Prefect.

It runs in a timer of the worker, one at a time by an advisory lock, and acts by compare-and-set, so
that a verdict on an attempt that has moved on meanwhile changes nothing.
"""

import logging
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import psutil
from prefect.client.schemas.objects import StateType

from db.locks import Lock
from db.queries import episode_renders, jobs, ownership, places, survey
from db.queries.ownership import Run
from db.queries.survey import UnderWay
from db.session import transaction
from studio.errors import StateError, StudioError
from studio.settings import read_settings
from tasks import control, mirror, orchestrator
from tasks.orchestrator import Seen
from tasks.schedules import Alignment
from tasks.submission import submit

log = logging.getLogger(__name__)

UNSUBMITTED_S: Final = 5.0
"""How long a request may wait for the process that accepted it to submit it."""

CANCELLED: Final = (StateType.CANCELLED, StateType.CANCELLING)
ENDED: Final = (StateType.CRASHED, StateType.FAILED, StateType.COMPLETED)
PID_TOLERANCE_S: Final = 1.0
SLOW_STARTS: Final = 5
"""A process that is seen to live is waited for so many times as long as one that is not."""


class _Reachability:
    """Since when the database has answered without a gap: silence before that is nobody's fault."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._last_s = 0.0

    def answered(self, longest_gap_s: float) -> float:
        """Note an answer; returns for how long there has been no gap, seconds.

        The clock is one that goes on while the machine sleeps, as the database's does.
        """
        now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        if self._since_s is None or now_s - self._last_s > longest_gap_s:
            self._since_s = now_s
        self._last_s = now_s
        return now_s - self._since_s


class _Unstarted:
    """For how long runs have been under way in Prefect unheard of; waiting in a queue does not count."""

    def __init__(self) -> None:
        self._since_s: dict[Run, float] = {}

    def seen_for(self, run: Run) -> float:
        """How long ago this run was first seen so, seconds."""
        now_s = time.monotonic()
        return now_s - self._since_s.setdefault(run, now_s)

    def keep(self, runs: Iterable[Run]) -> None:
        """Forget all runs but these."""
        self._since_s = {run: self._since_s[run] for run in runs if run in self._since_s}


_alignment = Alignment()
_reachability = _Reachability()
_unstarted = _Unstarted()


def reconcile_once() -> None:
    """Look at every generation under way and mend what nobody carries.

    Raises:
        UnavailableError: the database does not answer.
    """
    with survey.held(Lock.RECONCILER) as is_mine:
        if is_mine:
            _reconcile()


def _reconcile() -> None:
    with transaction() as session:
        generations = survey.under_way(session)
        holding = places.to_take_off(session)
        left_behind = jobs.left_behind(session)
        whole_again = episode_renders.whole_again(session)
    _unstarted.keep(generation.run for generation in generations)
    for generation in generations:
        with _left_as_it_is(generation.run.generation_id):
            _look_at(generation)
    for generation_id in left_behind:
        with _left_as_it_is(generation_id):
            control.cancel(generation_id)
    for generation_id in whole_again:
        with _left_as_it_is(generation_id):
            control.go_on(generation_id)
    for generation_id in holding:
        with _left_as_it_is(generation_id):
            control.take_off(generation_id)
    with _left_as_it_is("Prefect's schedules"):
        _alignment.keep()
    with _left_as_it_is("Prefect's runs"):
        mirror.end_what_has_ended()
    _reachable_s()


def _reachable_s() -> float:
    """For how long the database has answered; a look at many generations is no gap in that."""
    return _reachability.answered(longest_gap_s=read_settings().heartbeat_lost_s / 2)


@contextmanager
def _left_as_it_is(generation_id: str) -> Iterator[None]:
    """Trouble with one generation keeps nobody from looking at the next; this one has its turn again."""
    try:
        yield
    except (StudioError, psutil.Error) as error:
        log.warning("%s: left as it is: %s", generation_id, error)


def _look_at(generation: UnderWay) -> None:
    reachable_s = _reachable_s()
    if generation.flow_run_id is None:
        _submit(generation)
    elif generation.silent_s is None:
        _look_at_unstarted(generation)
    else:
        _look_at_started(generation, reachable_s)


def _submit(generation: UnderWay) -> None:
    if generation.changed_ago_s > UNSUBMITTED_S:
        submit(generation.run.generation_id, generation.run.attempt)


def _look_at_unstarted(generation: UnderWay) -> None:
    """Its run has never been heard of: is it still to come?"""
    seen = _in_prefect(generation)
    if seen is None or seen.state in ENDED:
        _carry_on(generation, "its run ended before it began", silent_s=read_settings().heartbeat_lost_s)
    elif seen.state in CANCELLED:
        _cancel(generation)
    elif seen.state is not StateType.SCHEDULED and _will_not_start(generation, seen):
        _carry_on(generation, "its run never started", silent_s=read_settings().heartbeat_lost_s)


def _will_not_start(generation: UnderWay, seen: Seen) -> bool:
    """The process that was to carry it is gone, or nothing has come of it for long.

    One that is here and lives is slow rather than dead: another in its place would only add to the load.
    """
    is_here = seen.host == socket.gethostname() and seen.pid is not None
    if is_here and not psutil.pid_exists(seen.pid or 0):
        return True
    patience_s = read_settings().start_lost_s * (SLOW_STARTS if is_here else 1)
    return _unstarted.seen_for(generation.run) > patience_s


def _look_at_started(generation: UnderWay, reachable_s: float) -> None:
    lost_s = read_settings().heartbeat_lost_s
    if _is_cancelled_in_prefect(generation):
        _cancel(generation)
    elif _process_is_gone(generation):
        _carry_on(generation, "its process is gone")
    elif (generation.silent_s or 0) > lost_s and reachable_s > lost_s:
        _carry_on(generation, f"nothing was heard of it for {generation.silent_s:.0f} s", silent_s=lost_s)


def _is_cancelled_in_prefect(generation: UnderWay) -> bool:
    seen = _in_prefect(generation)
    return seen is not None and seen.state in CANCELLED


def _in_prefect(generation: UnderWay) -> Seen | None:
    return None if generation.flow_run_id is None else orchestrator.look_at(generation.flow_run_id)


def _carry_on(generation: UnderWay, why: str, *, silent_s: float = 0.0) -> None:
    """Raise the attempt, end what is left of the old one, and submit the new one.

    Prefect is asked first: while it does not answer nothing is changed, since nothing could be submitted.
    """
    is_known = _in_prefect(generation) is not None
    attempt = _supersede(generation, why, silent_s)
    if attempt == generation.run.attempt:
        return
    log.warning("%s: attempt %d is dead: %s", generation.run.generation_id, generation.run.attempt, why)
    _kill(generation)
    if generation.flow_run_id is not None and is_known:
        orchestrator.mark_crashed(generation.flow_run_id, why)
    if attempt is not None:
        submit(generation.run.generation_id, attempt)


def _supersede(generation: UnderWay, why: str, silent_s: float) -> int | None:
    """The number of the next attempt; None where there were enough; the present one if it has moved on."""
    with transaction() as session:
        job = ownership.take_over(session, generation.run, silent_s=silent_s)
        if job is None:
            return generation.run.attempt
        ownership.add_event(session, job, "attempt_lost", attempt=generation.run.attempt, reason=why)
        if ownership.has_advanced(session, generation.run):
            job.first_attempt = job.attempt
        if job.attempt - job.first_attempt < read_settings().max_attempts:
            return job.attempt
        ownership.settle(session, Run(job.id, job.attempt), "failed", error=_exhausted(why))
        return None


def _exhausted(why: str) -> dict[str, object]:
    message = f"The run died {read_settings().max_attempts} times in the same stage; the last time {why}."
    return {"code": "ATTEMPTS_EXHAUSTED", "message": message, "details": {}}


def _cancel(generation: UnderWay) -> None:
    """Somebody cancelled the run in Prefect: the generation is cancelled."""
    try:
        control.cancel(generation.run.generation_id)
    except StateError as error:
        log.info("%s: %s", generation.run.generation_id, error.message)


def _process(generation: UnderWay) -> psutil.Process | None:
    """The process that carries the attempt, when it is on this machine and is really that one."""
    if generation.host != socket.gethostname() or generation.pid is None:
        return None
    try:
        process = psutil.Process(generation.pid)
        same = abs(process.create_time() - (generation.pid_started or 0)) < PID_TOLERANCE_S
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _process_is_gone(generation: UnderWay) -> bool:
    return generation.host == socket.gethostname() and _process(generation) is None


def _kill(generation: UnderWay) -> None:
    process = _process(generation)
    if process is not None:
        process.send_signal(signal.SIGKILL)
