"""Takes: two side by side, what was measured on them, and what a person decides."""

from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, filled, number
from api.dashboard.drawing import draw_metrics
from api.dashboard.house import Desk, DeskGiven, Refused
from api.dashboard.pages.music import present_tracks
from api.dashboard.pages.projects import project_head
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(include_in_schema=False)
PAGE: Final = 50
TRAILERS: Final = 12
RELATED: Final = 6
DECISIONS: Final = ("cancel", "approve", "reject", "retry")


@router.get("/projects/{project_id}/takes")
async def take_list(
    request: Request,
    desk: DeskGiven,
    project_id: int,
    branch: str = "main",
    status: str = "",
    cursor: str = "",
) -> Response:
    """What was made in a project, newest first."""
    head, listed = await gather(
        project_head(desk, project_id, branch, "takes"),
        desk.listed("/generations", project_id=project_id, status=status, limit=PAGE, cursor=cursor),
    )
    return render(request, "generations.html", **head, listed=listed, state=status)


@router.get("/projects/{project_id}/trailers")
async def trailer_list(
    request: Request, desk: DeskGiven, project_id: int, branch: str = "main", cursor: str = ""
) -> Response:
    """The trailers of a project, newest first, and a form for a further one."""
    head, listed, tracks = await gather(
        project_head(desk, project_id, branch, "trailers"),
        desk.listed("/generations", project_id=project_id, kind="trailer", limit=TRAILERS, cursor=cursor),
        present_tracks(desk),
    )
    return render(request, "trailers.html", **head, listed=listed, tracks=tracks)


@router.post("/projects/{project_id}/trailers")
async def make_trailer(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Have a trailer made of what was accepted."""
    branch = form.get("branch", "main")
    body: dict[str, Any] = {**filled(form, "title"), "publish": form.get("publish") == "yes"}
    if (length := number(form.get("length"))) is not None:
        body["length"] = length
    if form.get("track_id"):
        body["audio_path"] = (await desk.get(f"/track/{form['track_id']}", service="music"))["path"]
    await desk.send("POST", f"/projects/{project_id}/trailer", body, branch=branch)
    return go(request, f"/projects/{project_id}/trailers{query(branch=branch)}")


@router.get("/generations/{generation_id}")
async def generation_page(
    request: Request, desk: DeskGiven, generation_id: str, a: str = "", b: str = ""
) -> Response:
    """A generation: how it goes, its takes, and the verdict on them."""
    seen = await desk.get(f"/generations/{generation_id}")
    project, decisions, ratings, choices = await gather(
        desk.get(f"/projects/{seen['project_id']}"),
        desk.get("/decisions", generation_id=generation_id, limit=PAGE),
        desk.get(f"/generations/{generation_id}/feedback", limit=PAGE),
        _choices(desk, seen),
    )
    shown = _chosen(seen, choices, a, b)
    takes = await gather(*(_take(desk, choice) for choice in shown))
    return render(
        request,
        "generation.html",
        project=project,
        seen=seen,
        decisions=decisions,
        ratings=ratings,
        choices=choices,
        takes=takes,
    )


@router.post("/generations/{generation_id}/do")
async def decide(request: Request, desk: DeskGiven, generation_id: str, form: FormGiven) -> Response:
    """Cancel, approve, reject, retry; rate; or let it go before others."""
    did, back = form.get("do", ""), form.get("back") or f"/generations/{generation_id}"
    if did in DECISIONS:
        await desk.send("POST", f"/generations/{generation_id}/{did}")
    elif did == "rate":
        body = {"rating": int(form.get("rating") or 0), "text": form.get("text", "")}
        await desk.send("POST", f"/generations/{generation_id}/feedback", body)
    elif did == "priority":
        body = {"priority": int(form.get("priority") or 1)}
        await desk.send("PUT", f"/generations/{generation_id}/priority", body)
    else:
        raise Refused(422, {"code": "VALIDATION_ERROR", "message": f"There is no decision {did!r}."})
    return go(request, back if back.startswith("/") and not back.startswith("//") else "/")


async def _choices(desk: Desk, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The takes that can be looked at: of this generation, and of the others of its scene."""
    others: list[dict[str, Any]] = []
    if seen["scene_id"] is not None:
        asked = {"project_id": seen["project_id"], "scene_id": seen["scene_id"], "limit": RELATED}
        ids = [each["generation_id"] for each in (await desk.listed("/generations", **asked)).rows]
        ids = [each for each in ids if each != seen["generation_id"]]
        others = await gather(*(desk.get(f"/generations/{each}") for each in ids))
    return [
        {"key": f"{each['generation_id']}:{take['take']}", "generation": each, "take": take}
        for each in (seen, *others)
        for take in each["takes"]
        if take["clip_sha256"] or take["video_sha256"]
    ]


def _chosen(seen: dict[str, Any], choices: list[dict[str, Any]], a: str, b: str) -> list[dict[str, Any]]:
    """The two that are shown: those that are named, else the newest and the one before it."""
    by_key = {each["key"]: each for each in choices}
    mine = [each for each in choices if each["generation"] is seen]
    first = by_key.get(a) or (mine[-1] if mine else None)
    rest = [each for each in (*mine[::-1], *choices) if each is not first]
    second = None if b == "none" else by_key.get(b) or (rest[0] if rest else None)
    return [each for each in (first, second) if each is not None]


async def _take(desk: Desk, choice: dict[str, Any]) -> dict[str, Any]:
    """A take as it is shown, with the chart of what was measured."""
    generation, number = choice["generation"], choice["take"]["take"]
    found = await desk.get(f"/generations/{generation['generation_id']}/takes/{number}")
    return {**found, "key": choice["key"], "generation": generation, "chart": draw_metrics(found)}
