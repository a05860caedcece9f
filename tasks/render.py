"""The render stage: a place on a renderer, the prompt on it, and the video in the store."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from prefect import task

from db.notices import listening
from db.queries import ownership, places, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import store
from studio.clients.comfyui import ComfyUI, Job, JobState, OutputFile, Progress
from studio.errors import RenderError, RenderLostError, RenderStalledError, UnavailableError
from studio.fitting import Shape, fit
from studio.previews import shrink
from studio.settings import read_settings
from studio.workflows import bind
from tasks.carrying import carry_stage
from tasks.delivery import conform
from tasks.ingredients import Ingredients, gather, graph_values, pin
from tasks.policy import RETRIED
from tasks.renderers import Choice, choose_workflow, renderer

INTERACTIVE = 1
MAX_PROMPTS = 3
"""A prompt that a renderer lost is submitted again, at most this often in all."""

PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prompt stands, as plain values."""

    id: int
    prompt_id: UUID
    server: str
    is_posted: bool

    @property
    def client_id(self) -> str:
        """A client id of its own, so that no other prompt's events silence this one's."""
        return f"tower-{self.prompt_id}"


@task(name="render", **RETRIED)
def render_take(run: Run) -> dict[str, Any]:
    """Have the take rendered, and keep its video."""
    return carry_stage(run, "render", _render)


def _render(run: Run, take: int) -> dict[str, Any]:
    ingredients = gather(run, take)
    choice = choose_workflow(ingredients.wanted_workflow)
    shape = fit(ingredients.shape, choice.workflow.limits)
    pin(run, take, ingredients, choice.workflow, shape)
    for remaining in reversed(range(MAX_PROMPTS)):
        place = _wait_for_place(run, take, choice)
        try:
            return _render_at(run, take, place, ingredients, choice, shape)
        except RenderLostError as error:
            _leave(run, place, "lost", error)
            if not remaining:
                raise
        except RenderError as error:
            _leave(run, place, "failed", error)
            raise
    raise AssertionError("the last prompt either delivers or raises")


def _render_at(
    run: Run, take: int, place: Place, ingredients: Ingredients, choice: Choice, shape: Shape
) -> dict[str, Any]:
    client, workflow = renderer(place.server), choice.workflow
    values = graph_values(ingredients, workflow, client, shape, filename_prefix=f"tower/{place.prompt_id}")
    _post(run, client, place, bind(workflow, values))
    output = _follow(run, client, place)
    return _keep(run, take, client, place, output, ingredients.shape)


def _wait_for_place(run: Run, take: int, choice: Choice) -> Place:
    """Stand in line until a server has a place; another run's leaving wakes this one."""
    settings = read_settings()
    with listening(places.PLACES_CHANNEL) as bell:
        while (place := _claim(run, take, choice, alive_s=3 * settings.heartbeat_s)) is None:
            bell.wait(settings.poll_s)
    return place


def _claim(run: Run, take: int, choice: Choice, *, alive_s: float) -> Place | None:
    with transaction() as session:
        row = places.ask(session, run, take, choice.servers, priority=INTERACTIVE)
        place_id = row.id or 0
        if row.server is not None and row.server not in choice.servers:
            places.leave(session, place_id, "lost", error={"message": "its renderer does not answer"})
            return None
        server = places.claim(session, place_id, alive_s=alive_s)
        return None if server is None else Place(place_id, row.prompt_id, server, row.state == "posted")


def _post(run: Run, client: ComfyUI, place: Place, graph: dict[str, Any]) -> None:
    """Queue the prompt unless the renderer has it already; its id was stored before."""
    if place.is_posted:
        return
    with transaction() as session:
        ownership.own(session, run)
        if client.job(str(place.prompt_id)).state is JobState.UNKNOWN:
            client.submit(graph, prompt_id=str(place.prompt_id), client_id=place.client_id)
        places.posted(session, place.id)


def _follow(run: Run, client: ComfyUI, place: Place) -> OutputFile:
    """Wait until the renderer is done: HTTP tells the truth, events tell the progress.

    Raises:
        RenderLostError: the renderer no longer knows the prompt.
        RenderStalledError: nothing moved for longer than the watchdog allows.
        RenderError: the renderer failed, and how.
    """
    watchdog = _Watchdog(read_settings().render_stall_s)
    reporter = _Reporter(run)
    for progress in _pulses(client, place):
        if progress is not None and progress.preview is not None:
            reporter.show(progress.preview)
        if progress is not None and progress.value is not None:
            reporter.report(progress.value)
            watchdog.saw(progress.value)
            if not progress.finished:
                continue
        job = _look_up(run, client, place, watchdog)
        if job is not None and job.state not in (JobState.PENDING, JobState.RUNNING):
            return _delivered(job)
    raise AssertionError("pulses do not end")


def _look_up(run: Run, client: ComfyUI, place: Place, watchdog: "_Watchdog") -> Job | None:
    """The prompt as its server sees it; None while the server does not answer, which moves nothing.

    A prompt that waits behind others stands still rightly, for as long as theirs take.
    """
    try:
        job = client.job(str(place.prompt_id))
        watchdog.saw(
            time.monotonic() if job.state is JobState.PENDING else (job.state, client.queue_length())
        )
    except UnavailableError:
        job = None
    if watchdog.is_stalled():
        _cancel_own(run, client, place)
        raise RenderStalledError(
            f"The render at {place.server} has not moved for {watchdog.limit_s:.0f} s.", server=place.server
        )
    return job


def _delivered(job: Job) -> OutputFile:
    match job.state:
        case JobState.DONE:
            video = next((output for output in job.outputs if output.is_video), None)
            if video is None:
                raise RenderError("The renderer finished without a video.", prompt_id=job.prompt_id)
            return video
        case JobState.FAILED:
            raise job.error or RenderError("The renderer failed.", prompt_id=job.prompt_id)
        case JobState.CANCELLED:
            raise RenderError("The render was cancelled at the renderer.", prompt_id=job.prompt_id)
    raise RenderLostError("The renderer no longer knows the prompt.", prompt_id=job.prompt_id)


def _keep(
    run: Run, take: int, client: ComfyUI, place: Place, output: OutputFile, asked: Shape
) -> dict[str, Any]:
    """Bring the video into the store, as long as asked, and free the place."""
    with TemporaryDirectory(prefix="tower-render-") as folder:
        file = Path(folder) / Path(output.filename).name
        client.download(output, file)
        stored = store.put(conform(file, asked, folder=Path(folder)), root=read_settings().assets)
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(
            session,
            sha256=stored.sha256,
            path=str(stored.path),
            kind="take",
            size_bytes=stored.size_bytes,
            project_id=job.project_id,
        )
        row = takes.get(session, run.generation_id, take)
        row.video_sha256, row.server = stored.sha256, place.server
        places.leave(session, place.id, "done")
    return {"video_sha256": stored.sha256, "server": place.server, "prompt_id": str(place.prompt_id)}


def _pulses(client: ComfyUI, place: Place) -> Iterator[Progress | None]:
    """Events while the socket lives, then a steady beat: each a time to look."""
    poll_s = read_settings().poll_s
    with client.watch(place.client_id, timeout_s=poll_s) as events:
        yield None
        yield from events
    while True:
        time.sleep(poll_s)
        yield None


def _leave(run: Run, place: Place, state: str, error: RenderError) -> None:
    with transaction() as session:
        ownership.own(session, run)
        places.leave(session, place.id, state, error={"code": error.code, "message": error.message})


def _cancel_own(run: Run, client: ComfyUI, place: Place) -> None:
    """Take the prompt off the renderer, unless another attempt has inherited it."""
    with transaction() as session:
        ownership.own(session, run)
    with suppress(UnavailableError):
        client.cancel(str(place.prompt_id))


class _Watchdog:
    """Tells a stall: nothing that was seen has changed for `limit_s`."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._last: object = None
        self._since_s = time.monotonic()

    def saw(self, value: object) -> None:
        if value != self._last:
            self._last, self._since_s = value, time.monotonic()

    def is_stalled(self) -> bool:
        return time.monotonic() - self._since_s > self.limit_s


class _Reporter:
    """Writes progress and shows previews, each at most twice a second."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._next_s = 0.0
        self._next_preview_s = 0.0

    def show(self, image: bytes) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_preview_s and (jpeg := shrink(image)) is not None:
            self._next_preview_s = now_s + PROGRESS_EVERY_S
            with transaction() as session:
                ownership.show_preview(session, self._run, jpeg)

    def report(self, value: float) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + PROGRESS_EVERY_S
            with transaction() as session:
                ownership.set_progress(session, self._run, value)
