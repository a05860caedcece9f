"""Following a prompt on its renderer: HTTP tells the truth, events tell the progress."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from typing import Final, TypeVar
from uuid import UUID

from db.queries import ownership, places
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.comfyui import ComfyUI, Job, JobState, Progress
from studio.errors import RendererGoneError, RendererUnavailableError, RenderStalledError
from studio.previews import shrink
from studio.settings import read_settings
from tasks.renderers import renderer, shown

Result = TypeVar("Result")

PROGRESS_EVERY_S: Final = 0.5
SILENT_S: Final = 20.0
"""A socket that is open and says nothing for so long may have been silenced by an older one that closed."""


class Patience:
    """How long a renderer that does not answer is waited for: less long where another could take over."""

    def __init__(self, server: str, has_other: Callable[[], bool]) -> None:
        self._server, self._has_other = server, has_other
        self._since_s: float | None = None
        self._next_look_s = 0.0

    def wait_out(self, step: Callable[[], Result]) -> Result:
        """What `step` gives, repeated while the renderer does not answer.

        Raises:
            RendererGoneError: it has not answered for too long.
        """
        while True:
            try:
                result = step()
            except RendererUnavailableError as error:
                self.suffer(error)
                time.sleep(read_settings().poll_s)
                continue
            self._since_s = None
            return result

    def heard(self) -> None:
        """It answers."""
        self._since_s = None

    def suffer(self, error: RendererUnavailableError) -> None:
        """It does not answer.

        Raises:
            RendererGoneError: it has not answered for too long.
        """
        now_s, settings = time.monotonic(), read_settings()
        if self._since_s is None:
            self._since_s, self._next_look_s = now_s, now_s + settings.renderer_lost_s
        silent_s = now_s - self._since_s
        if silent_s > settings.render_stall_s or self._is_dispensable(now_s, settings.renderer_lost_s):
            where = shown(self._server)
            message = f"The renderer at {where} has not answered for {silent_s:.0f} s: {error.message}"
            raise RendererGoneError(message, server=where) from error

    def _is_dispensable(self, now_s: float, lost_s: float) -> bool:
        if now_s < self._next_look_s:
            return False
        self._next_look_s = now_s + lost_s
        return self._has_other()


class Watchdog:
    """Tells a stall: nothing that was seen has changed for `limit_s`."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._last: object = None
        self._since_s = time.monotonic()

    def saw(self, value: object) -> None:
        """Something was seen; only what differs from the last is a movement."""
        if value != self._last:
            self._last, self._since_s = value, time.monotonic()

    def is_stalled(self) -> bool:
        """Whether nothing has moved for too long."""
        return time.monotonic() - self._since_s > self.limit_s


class _Reporter:
    """Writes progress and shows previews, each at most twice a second."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._next_s = self._next_preview_s = 0.0

    def report(self, progress: Progress) -> None:
        """Tell what there is to be told."""
        now_s = time.monotonic()
        if progress.preview is not None and now_s >= self._next_preview_s:
            self._next_preview_s = now_s + PROGRESS_EVERY_S
            self._show(progress.preview)
        if progress.value is not None and now_s >= self._next_s:
            self._next_s = now_s + PROGRESS_EVERY_S
            with transaction() as session:
                ownership.set_progress(session, self._run, progress.value)

    def _show(self, image: bytes) -> None:
        if (jpeg := shrink(image)) is not None:
            with transaction() as session:
                ownership.show_preview(session, self._run, jpeg)


def follow(
    run: Run, server: str, prompt_id: UUID, client_id: str, patience: Patience, over: Callable[[Job], Result]
) -> Result:
    """What `over` makes of the job once the renderer has nothing more to do for it, at once.

    Raises:
        RenderStalledError: nothing moved for longer than the watchdog allows.
        RendererGoneError: the renderer has not answered for too long.
    """
    client, watchdog, reporter = renderer(server), Watchdog(read_settings().render_stall_s), _Reporter(run)
    with closing(_pulses(client, client_id)) as pulses:
        for progress in pulses:
            if progress is not None:
                reporter.report(progress)
                watchdog.saw((progress.node, progress.value))
                if not progress.finished:
                    continue
            job = _look_up(client, prompt_id, watchdog, patience)
            if job is not None and job.is_over:
                return over(job)
            if watchdog.is_stalled():
                raise RenderStalledError(
                    f"The render at {shown(server)} has not moved for {watchdog.limit_s:.0f} s.",
                    server=shown(server),
                )
    raise AssertionError("pulses do not end")


def _look_up(client: ComfyUI, prompt_id: UUID, watchdog: Watchdog, patience: Patience) -> Job | None:
    """The prompt as its server sees it; None while the server does not answer, which is no stall of its own.

    A prompt that waits behind others stands still rightly, for as long as theirs take: unless what runs
    there is one that we have given up, which is how a server looks whose rendering thread has died.
    """
    try:
        job = client.job(str(prompt_id))
        if job.state is JobState.PENDING and not _is_given_up(client.running()):
            watchdog.saw(time.monotonic())
    except RendererUnavailableError as error:
        watchdog.saw(time.monotonic())
        patience.suffer(error)
        return None
    patience.heard()
    return job


def _is_given_up(prompt_ids: tuple[str, ...]) -> bool:
    ours = []
    for prompt_id in prompt_ids:
        with suppress(ValueError):
            ours.append(UUID(prompt_id))
    with transaction() as session:
        return places.are_given_up(session, ours)


def _pulses(client: ComfyUI, client_id: str) -> Generator[Progress | None, None, None]:
    """Events while a socket lives, and a steady beat: each a time to look.

    A socket that dropped is opened again, and one that has gone silent too, the old one closed first.
    """
    poll_s = read_settings().poll_s
    while True:
        with client.watch(client_id, timeout_s=poll_s) as events:
            yield None
            yield from _until_silent(events)
        time.sleep(poll_s)


def _until_silent(events: Iterator[Progress | None]) -> Iterator[Progress | None]:
    heard_s = time.monotonic()
    for progress in events:
        if progress is not None:
            heard_s = time.monotonic()
        yield progress
        if time.monotonic() - heard_s > SILENT_S:
            return
