"""Standing in line for a renderer, and the place that a prompt then has there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from db.models.rendering import RenderPlace
from db.notices import listening
from db.queries import generations, jobs, ownership, places
from db.queries.ownership import Run
from db.queries.places import Wish
from db.session import transaction
from studio.clients.comfyui import Job, JobState, OutputFile
from studio.errors import RendererGoneError, RendererUnavailableError
from studio.presets import preset_steps
from studio.remedies import Failure
from studio.settings import read_settings
from tasks.choosing import Choice, choose_workflow
from tasks.ingredients import Ingredients, pin
from tasks.renderers import renderer

LOOK_AROUND_S: Final = 10.0
"""Who waits looks this often whether the servers are still the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prompt stands, as plain values; `output` is the finished file that is to be fetched."""

    id: int
    prompt_id: UUID
    server: str
    workflow: str
    may_be_posted: bool = False
    output: OutputFile | None = None

    @property
    def client_id(self) -> str:
        """A client id of its own, so that no other prompt's events silence this one's."""
        return f"tower-{self.prompt_id}"

    def job(self) -> Job:
        """The prompt as its server sees it."""
        return renderer(self.server).job(str(self.prompt_id))


def held_place(run: Run, take: int) -> Place | None:
    """The prompt that an earlier attempt left on a renderer, or whose file it has not fetched."""
    with transaction() as session:
        row = places.held(session, run, take)
        if row is None:
            return None
        place, is_sure = _place(row, may_be_posted=True), row.state != "placed"
    if is_sure:
        return place
    try:
        return None if place.job().state is JobState.UNKNOWN else _noted_as_posted(run, place)
    except RendererUnavailableError:
        return None


def stand_in_line(run: Run, take: int, made_of: Ingredients) -> tuple[Place, Choice]:
    """Wait until a server has a place for the take, and pin what it is made of there.

    Another run's leaving wakes this one.
    """
    with listening(places.PLACES_CHANNEL) as bell:
        told: Choice | None = None
        while True:
            choice = _choose(run, take, made_of)
            if told is None or (choice.workflow, choice.shape) != (told.workflow, told.shape):
                pin(run, take, made_of, choice.workflow, choice.shape)
                _warn(run, choice)
                told = choice
            claim = partial(_claim, run, take, _wish(run, made_of, choice))
            if place := _claim_within(LOOK_AROUND_S, claim, bell.wait):
                return place, choice


def trail_of(run: Run, take: int) -> list[Failure]:
    """What has befallen the take so far."""
    with transaction() as session:
        return places.trail(session, run, take)


def _choose(run: Run, take: int, made_of: Ingredients) -> Choice:
    """The choice, once any renderer answers.

    Raises:
        RendererGoneError: none has answered for as long as a render may stand still.
    """
    settings, since_s, is_told = read_settings(), time.monotonic(), False
    while True:
        try:
            return choose_workflow(made_of, trail_of(run, take))
        except RendererUnavailableError as error:
            if (silent_s := time.monotonic() - since_s) > settings.render_stall_s:
                message = f"No renderer has answered for {silent_s:.0f} s: {error.message}"
                raise RendererGoneError(message, **error.details) from error
            if not is_told:
                _tell(run, "warning", code=error.code, message=f"Waiting for a renderer: {error.message}")
                is_told = True
        time.sleep(settings.poll_s)


def _claim_within(
    seconds: float, claim: Callable[[], Place | None], wait: Callable[[float], bool]
) -> Place | None:
    deadline_s, poll_s = time.monotonic() + seconds, read_settings().poll_s
    while (place := claim()) is None and time.monotonic() < deadline_s:
        wait(poll_s)
    return place


def _claim(run: Run, take: int, wish: Wish) -> Place | None:
    with transaction() as session:
        row = places.ask(session, run, take, wish)
        was_placed = row.state != "waiting"
        if row.server is not None and row.server not in wish.servers:
            places.leave(session, row.id or 0, "cancelling")  # it may have the prompt, and come back
            return None
        alive_s = 3 * read_settings().heartbeat_s
        server = places.claim(session, row.id or 0, alive_s=alive_s, others=wish.others)
        return None if server is None else _place(row, may_be_posted=was_placed)


def _wish(run: Run, made_of: Ingredients, choice: Choice) -> Wish:
    with transaction() as session:
        priority = jobs.standing(generations.get(session, run.generation_id))
    steps = made_of.sampling.get("steps") or preset_steps(choice.workflow, made_of.preset) or 1
    work = float(choice.shape.width * choice.shape.height * choice.shape.frames * steps)
    return Wish(choice.servers, choice.workflow.name, work, priority, choice.others)


def _place(row: RenderPlace, *, may_be_posted: bool) -> Place:
    output: dict[str, Any] | None = row.output
    return Place(
        id=row.id or 0,
        prompt_id=row.prompt_id,
        server=row.server or "",
        workflow=row.workflow or "",
        may_be_posted=may_be_posted,
        output=None if output is None else OutputFile(**output),
    )


def _noted_as_posted(run: Run, place: Place) -> Place:
    with transaction() as session:
        ownership.own(session, run)
        places.posted(session, place.id)
    return replace(place, may_be_posted=True)


def _warn(run: Run, choice: Choice) -> None:
    if choice.warning is not None:
        _tell(run, "warning", code="WORKFLOW_PASSED_OVER", message=choice.warning)


def _tell(run: Run, kind: str, **payload: object) -> None:
    with transaction() as session:
        ownership.add_event(session, ownership.own(session, run), kind, **payload)
