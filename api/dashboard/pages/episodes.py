"""Episodes: scenes in order, the timeline, renders, publication, schedules."""

from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, filled, names
from api.dashboard.house import Desk, DeskGiven, Refused
from api.dashboard.pages.music import present_tracks
from api.dashboard.pages.projects import project_head
from api.dashboard.timeline import draw_timeline
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(prefix="/projects/{project_id}/episodes", include_in_schema=False)
SERVICE: Final = "episodes"
PAGE: Final = 50
MOST_SCENES: Final = 1_000
RENDERS: Final = 10


@router.get("")
async def episode_list(
    request: Request, desk: DeskGiven, project_id: int, branch: str = "main", cursor: str = ""
) -> Response:
    """The episodes of a project, and when batches of it are made."""
    head, listed, schedules = await gather(
        project_head(desk, project_id, branch, "episodes"),
        desk.listed(
            "/episodes", service=SERVICE, project_id=project_id, branch=branch, limit=PAGE, cursor=cursor
        ),
        desk.get("/schedules", service=SERVICE, project_id=project_id),
    )
    return render(request, "episodes.html", **head, listed=listed, schedules=schedules)


@router.post("")
async def make_episode(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Begin an episode."""
    branch = form.get("branch", "main")
    body: dict[str, Any] = {
        "project_id": project_id,
        "branch_name": branch,
        **filled(form, "title", "synopsis"),
    }
    made = await desk.send("POST", "/episodes", body, service=SERVICE)
    return go(request, f"/projects/{project_id}/episodes/{made['episode_id']}{query(branch=branch)}")


@router.post("/schedules")
async def change_schedules(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Add a schedule, switch one on or off, or take it away."""
    number, did = form.get("schedule_id"), form.get("do")
    if did == "delete":
        await desk.send("DELETE", f"/schedules/{number}", service=SERVICE)
    elif did in ("on", "off"):
        await desk.send("PUT", f"/schedules/{number}", {"enabled": did == "on"}, service=SERVICE)
    else:
        body = {"project_id": project_id, "kind": "cron", **filled(form, "name", "expression", "time_zone")}
        await desk.send("POST", "/schedules", body, service=SERVICE)
    return go(request, f"/projects/{project_id}/episodes{query(branch=form.get('branch'))}")


@router.get("/{episode_id}")
async def episode_page(
    request: Request, desk: DeskGiven, project_id: int, episode_id: int, branch: str = "main"
) -> Response:
    """An episode over time, its scenes in order, and where it is published."""
    at = f"/episodes/{episode_id}"
    head, episode, scenes, renders, cuts, publication = await gather(
        project_head(desk, project_id, branch, "episodes"),
        desk.get(at, service=SERVICE, branch=branch),
        desk.get("/scenes", project_id=project_id, branch=branch, limit=MOST_SCENES),
        desk.get(f"{at}/renders", service=SERVICE, branch=branch, limit=RENDERS),
        desk.maybe(f"{at}/cuts", service=SERVICE, branch=branch),
        desk.maybe(f"{at}/publication", service=SERVICE, branch=branch),
    )
    by_name = {f"scene_{each['id']}": each for each in scenes}
    return render(
        request,
        "episode.html",
        **head,
        episode=episode,
        scenes=[by_name.get(name, {"id": name.removeprefix("scene_")}) for name in episode["scenes"]],
        others=[each for name, each in by_name.items() if name not in episode["scenes"]],
        renders=renders,
        cuts=cuts,
        chart=await _chart(desk, cuts),
        publication=publication,
        tracks=await present_tracks(desk),
    )


@router.post("/{episode_id}")
async def change_episode(
    request: Request, desk: DeskGiven, project_id: int, episode_id: int, form: FormGiven
) -> Response:
    """Order its scenes, lay it on music, render it, publish it or take it away."""
    at, branch, did = f"/episodes/{episode_id}", form.get("branch", "main"), form.get("do", "")
    sent = {
        "order": ("PUT", f"{at}/scenes", {"scenes": names(form.get("scenes", ""))}),
        "add": (
            "PUT",
            f"{at}/scenes",
            {"scenes": [*names(form.get("scenes", "")), f"scene_{form.get('scene_id')}"]},
        ),
        "save": ("PUT", at, {**filled(form, "title"), "synopsis": form.get("synopsis", "")}),
        "render": (
            "POST",
            f"{at}/render",
            filled(form, "quality") | {"publish": form.get("publish") == "yes"},
        ),
        "publish": ("POST", f"{at}/publish", None),
        "unpublish": ("DELETE", f"{at}/publication", None),
        "silence": ("DELETE", f"{at}/audio", None),
        "delete": ("DELETE", at, None),
    }
    if did == "music":
        track = await desk.get(f"/track/{form.get('track_id')}", service="music")
        await desk.send("POST", f"{at}/audio", {"audio_path": track["path"]}, service=SERVICE, branch=branch)
    elif did in sent:
        method, path, body = sent[did]
        await desk.send(method, path, body, service=SERVICE, branch=branch)
    else:
        raise Refused(422, {"code": "VALIDATION_ERROR", "message": f"There is no step {did!r}."})
    page = "" if did == "delete" else f"/{episode_id}"
    return go(request, f"/projects/{project_id}/episodes{page}{query(branch=branch)}")


async def _chart(desk: Desk, cuts: dict[str, Any] | None) -> Any:
    """The timeline; without the sound where that cannot be heard any more."""
    if cuts is None:
        return ""
    body = {"audio_path": cuts["audio_path"], "analysis_type": "detailed"}
    try:
        heard = (
            await desk.send("POST", "/bpm/analyze-track", body, service="music")
            if cuts["audio_path"]
            else None
        )
    except Refused:
        heard = None
    if heard is None:
        return draw_timeline(cuts)
    return draw_timeline(cuts, heard["waveform"], heard["metadata"]["duration"])
