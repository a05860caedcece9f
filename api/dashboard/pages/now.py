"""Now: what each renderer does, who waits, what failed lately."""

from asyncio import gather
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from api.dashboard.house import DeskGiven
from api.dashboard.view import go, render

router = APIRouter(include_in_schema=False)
SHOWN: Final = 6


@router.get("/")
async def now_page(request: Request, desk: DeskGiven) -> Response:
    """What is under way."""
    queue, renderers, review, failed, done, projects = await gather(
        desk.get("/queue"),
        desk.get("/renderers"),
        desk.get("/generations", status="needs_review", limit=SHOWN),
        desk.get("/generations", status="failed", limit=SHOWN),
        desk.get("/generations", status="completed", limit=2 * SHOWN),
        desk.get("/projects", limit=1),
    )
    busy = {each["server"]: _at(queue, each["server"]) for each in renderers}
    at_work = {each["generation_id"] for there in busy.values() for each in there}
    return render(
        request,
        "now.html",
        queue=queue,
        renderers=renderers,
        busy=busy,
        waiting=[each for each in queue["entries"] if each["generation_id"] not in at_work],
        review=review,
        failed=failed,
        done=done,
        has_projects=bool(projects),
    )


@router.post("/queue")
async def change_queue(request: Request, desk: DeskGiven, paused: Annotated[bool, Form()]) -> Response:
    """Pause the line, or let everybody in again."""
    await desk.send("PUT", "/queue", {"paused": paused})
    return go(request, "/")


def _at(queue: dict[str, Any], server: str) -> list[dict[str, Any]]:
    return [each for each in queue["entries"] if each["server"] == server]
