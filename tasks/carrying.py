"""Carrying a run: its signs of life, its stages, and how it ends."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from db.queries import ownership
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import ContentionError, StudioError, SupersededError, UnavailableError
from studio.settings import read_settings
from tasks.story import tell_outcome, tell_progress

log = logging.getLogger(__name__)

EX_SUPERSEDED = 75
INTERNAL = "Something went wrong inside Tower; its log has the details."


def carry_through(run: Run, story: Callable[[Run], str]) -> State[str]:
    """One attempt at a job, from its first stage to its end; `story` gives what became of it."""
    try:
        with carried(run):
            message = story(run)
            tell_outcome(run)
            return Completed(message=message)
    except SupersededError as superseded:
        return Cancelled(message=superseded.message)


@contextmanager
def carried(run: Run) -> Iterator[None]:
    """Own `run` for the length of the block: signs of life while it lasts, its reason when it fails.

    A run that ends because the database was away for long is carried on by another attempt.

    Raises:
        SupersededError: another attempt owns the generation.
    """
    process = psutil.Process()
    with transaction() as session:
        ownership.start(
            session, run, host=socket.gethostname(), pid=process.pid, pid_started=process.create_time()
        )
    ended = threading.Event()
    heart = threading.Thread(target=_beat_until, args=(run, ended), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    except SupersededError:
        raise
    except StudioError as error:
        if type(error) is UnavailableError:  # the database itself, which is no fault of the generation's
            raise
        _fail(run, error.code, error.message, error.details)
        raise
    except Exception:
        _fail(run, StudioError.code, INTERNAL, {})
        raise
    finally:
        ended.set()
        heart.join(timeout=read_settings().heartbeat_s)


def carry_stage(run: Run, stage: str, work: Callable[[Run, int], dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives for the present take, or what an earlier attempt recorded of it."""
    with transaction() as session:
        take = ownership.own(session, run).take
        done = ownership.finished_stage(session, run, stage, take)
        if done is not None:
            return done
        ownership.begin_stage(session, run, stage)
    result = work(run, take)
    with transaction() as session:
        ownership.finish_stage(session, run, stage, take, result)
    tell_progress(run, stage)
    return result


def stage_result(run: Run, stage: str, take: int) -> dict[str, Any]:
    """What an earlier stage of this take recorded."""
    with transaction() as session:
        result = ownership.finished_stage(session, run, stage, take)
    if result is None:
        raise StudioError(f"stage {stage} of take {take} has not been finished", stage=stage, take=take)
    return result


def _beat_until(run: Run, ended: threading.Event) -> None:
    """Write signs of life; without the generation there is nothing left to do for this process."""
    while not ended.wait(read_settings().heartbeat_s):
        try:
            with transaction() as session:
                owns = ownership.beat(session, run)
        except (UnavailableError, ContentionError) as error:
            log.warning("%s: no sign of life written: %s", run.generation_id, error.message)
            continue
        if not owns and not ended.is_set():
            log.warning("%s: attempt %d was superseded", run.generation_id, run.attempt)
            os._exit(EX_SUPERSEDED)


def _fail(run: Run, code: str, message: str, details: dict[str, Any]) -> None:
    """Record why the generation failed; when even that cannot be written, the reconciler finds out."""
    error = {"code": code, "message": message, "details": details}
    try:
        with transaction() as session:
            ownership.settle(session, run, "failed", error=error)
    except (UnavailableError, ContentionError, SupersededError):
        log.exception("%s: its failure (%s) could not be recorded", run.generation_id, code)
