"""Music: the library, searched; a track with what is heard in it, its tempo put right by hand or tapped."""

from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, filled
from api.dashboard.house import Desk, DeskGiven
from api.dashboard.view import go, render

router = APIRouter(prefix="/music", include_in_schema=False)
SERVICE: Final = "music"
PAGE: Final = 50


@router.get("")
async def library_page(
    request: Request,
    desk: DeskGiven,
    q: str = "",
    bpm_min: str = "",
    bpm_max: str = "",
    key: str = "",
    cursor: str = "",
) -> Response:
    """The library."""
    asked = {"q": q, "bpm_min": bpm_min, "bpm_max": bpm_max, "key": key}
    listed, scan = await gather(
        desk.listed("/search", service=SERVICE, limit=PAGE, cursor=cursor, **asked),
        desk.maybe("/library/scans/latest", service=SERVICE),
    )
    return render(request, "music.html", listed=listed, scan=scan, asked=asked)


@router.post("/scan")
async def scan_library(request: Request, desk: DeskGiven) -> Response:
    """Look through the folders for what is new."""
    await desk.send("POST", "/library/scan", service=SERVICE)
    return go(request, "/music")


@router.get("/{track_id}")
async def track_page(request: Request, desk: DeskGiven, track_id: int) -> Response:
    """A track."""
    track = await desk.get(f"/track/{track_id}", service=SERVICE)
    return render(request, "track.html", track=track)


@router.post("/{track_id}")
async def change_track(request: Request, desk: DeskGiven, track_id: int, form: FormGiven) -> Response:
    """Put right what is known of a track; an empty tempo is given back to its sources."""
    body: dict[str, Any] = filled(form, "bpm_correction")
    if not body:
        body = {"bpm": form.get("bpm") or None}
    await desk.send("PATCH", f"/track/{track_id}", body, service=SERVICE)
    return go(request, f"/music/{track_id}")


async def present_tracks(desk: Desk) -> list[dict[str, Any]]:
    """What there is to lay pictures on; nothing where the music is served elsewhere."""
    if not desk.house.has(SERVICE):
        return []
    return (await desk.listed("/search", service=SERVICE, state="present", limit=PAGE)).rows
