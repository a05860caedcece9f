"""How everything under way goes, as one stream."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse

from api.streams import EventStream, Streams
from db.queries import generations
from db.session import reading

router = APIRouter(tags=["generations"])
MOST_AT_ONCE: Final = 500


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "Server-sent events without numbers; the stream does not end by itself."}
    },
)
async def all_events(request: Request) -> Response:
    """What happens to all generations: how each under way is, and from then on what changes."""
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    return EventStream(streams, lambda stop: streams.follow_all(_look, stop))


def _look(ids: Collection[str] | None) -> Sequence[Mapping[str, Any]]:
    with reading() as session:
        return generations.states(session, ids, limit=MOST_AT_ONCE)
