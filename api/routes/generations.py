"""Generations: listed, watched, decided on."""

from pathlib import Path
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi import Path as PathPart
from fastapi.responses import FileResponse
from sse_starlette import EventSourceResponse

from api.commands import CommandsGiven
from api.conditions import ConditionsAsked
from api.keys import token_of
from api.paging import PageAsked
from api.ranged import RangedFile
from api.requests import DryRun, settings_of
from api.schemas.fields import LARGEST_ID, Id
from api.schemas.generations import GenerationListed, GenerationShown, Kind, Status
from api.streams import Event, EventStream, Seen, Streams
from db.queries import generations
from db.session import reading, transaction
from studio.clients.store import open_allowed
from studio.errors import NotFoundError
from tasks import control
from tasks.trying import try_out

router = APIRouter(prefix="/generations", tags=["generations"])
EVENTS_AT_ONCE = 500
GenerationId = Annotated[
    str, PathPart(max_length=100, pattern=r"^gen_[0-9A-Za-z_-]+$", examples=["gen_12345"])
]
VIDEO: Final = "video/mp4"
LastEventId = Annotated[int, Header(ge=0, le=LARGEST_ID)]


@router.get("")
def list_generations(
    page: PageAsked,
    project_id: Annotated[Id | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    scene_id: Annotated[Id | None, Query()] = None,
) -> list[GenerationListed]:
    """Generations, newest first."""
    with transaction() as session:
        rows = generations.page(
            session,
            project_id=project_id,
            scene_id=scene_id,
            status=status,
            kind=kind,
            limit=page.one_more,
            after=page.cursor,
        )
    cut = page.cut(rows, lambda row: str(row["generation_id"]))
    return [GenerationListed.model_validate(row) for row in cut]


@router.get("/{generation_id}", response_model=GenerationShown)
def get_generation(generation_id: GenerationId, conditions: ConditionsAsked) -> GenerationShown | Response:
    """All that is known of a generation."""
    return conditions.answer(shown_generation(generation_id))


@router.get(
    "/{generation_id}/video",
    response_class=FileResponse,
    responses={
        200: {"description": "The clip, the episode or the trailer."},
        206: {"description": "The part of it that `Range` asks for."},
        416: {"description": "`Range` lies outside of it."},
    },
)
def get_video(request: Request, generation_id: GenerationId) -> RangedFile:
    """What was made last, published or not."""
    with reading() as session:
        video_path = generations.get(session, generation_id).video_path
    if video_path is None:
        raise NotFoundError("It has no video yet.", field="generation_id", value=generation_id)
    path = open_allowed(video_path, settings_of(request).roots)
    return RangedFile(path, media_type=VIDEO, etag=f'"{Path(path).stem[:32]}"')


@router.post("/{generation_id}/cancel")
def cancel_generation(
    generation_id: GenerationId, commands: CommandsGiven, dry_run: DryRun = False
) -> GenerationShown:
    """End a generation that is under way; a clip that is being published is not."""
    if dry_run:
        try_out(control.cancelled, generation_id)
    else:
        commands.cancel(generation_id)
    return shown_generation(generation_id)


@router.post("/{generation_id}/approve")
def approve_generation(
    request: Request, generation_id: GenerationId, commands: CommandsGiven, dry_run: DryRun = False
) -> GenerationShown:
    """Publish a clip that waits for a person's eye."""
    if dry_run:
        try_out(control.approved, generation_id)
    else:
        commands.approve(generation_id, token_of(request))
    return shown_generation(generation_id)


@router.post("/{generation_id}/reject")
def reject_generation(
    request: Request, generation_id: GenerationId, commands: CommandsGiven, dry_run: DryRun = False
) -> GenerationShown:
    """Decide against a clip that waits for a person's eye."""
    if dry_run:
        try_out(control.rejected, generation_id)
    else:
        commands.reject(generation_id, token_of(request))
    return shown_generation(generation_id)


@router.post("/{generation_id}/retry", status_code=202)
def retry_generation(
    request: Request,
    response: Response,
    generation_id: GenerationId,
    commands: CommandsGiven,
    dry_run: DryRun = False,
) -> GenerationShown:
    """Carry a generation out once more, as a new take."""
    if dry_run:
        try_out(control.retried, generation_id)
        response.status_code = 200
    else:
        commands.retry(generation_id, token_of(request))
    return shown_generation(generation_id)


@router.get(
    "/{generation_id}/events",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "Server-sent events, numbered; the stream ends with the generation."},
        204: {"description": "The generation has ended, and the client has seen all of it."},
    },
)
async def generation_events(
    request: Request, generation_id: GenerationId, last_event_id: LastEventId = 0
) -> Response:
    """What happens to a generation, from the event that follows `Last-Event-ID`."""
    streams = request.app.state.streams
    assert isinstance(streams, Streams)

    def read(seq: int) -> Seen:
        return _seen(generation_id, seq)

    seen = await to_thread.run_sync(read, last_event_id)
    if seen.is_over and not seen.events:
        return Response(status_code=204)
    return EventStream(streams, lambda stop: streams.follow(generation_id, last_event_id, read, stop))


def shown_generation(generation_id: str) -> GenerationShown:
    """All that is known of a generation."""
    with reading() as session:
        return GenerationShown.model_validate(generations.view(session, generation_id))


def _seen(generation_id: str, seq: int) -> Seen:
    """The state is read first: one that is over then has all its events by now."""
    with transaction() as session:
        has_ended = generations.get(session, generation_id).status != "processing"
        rows = generations.events_after(session, generation_id, seq, limit=EVENTS_AT_ONCE)
        events = tuple(Event(row.seq, row.kind, row.payload) for row in rows)
    return Seen(events, is_over=has_ended and len(events) < EVENTS_AT_ONCE)
