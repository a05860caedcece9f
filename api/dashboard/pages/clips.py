"""A new clip: asked for with what is found while it is written, and the plan before it runs."""

from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, ListsGiven, filled, number
from api.dashboard.house import Desk, DeskGiven, Refused
from api.dashboard.view import go, render
from api.dashboard.words import renderer_name

router = APIRouter(include_in_schema=False)
MOST_SCENES: Final = 200
MOST_TRACKS: Final = 50
_NUMBERS: Final = ("duration", "seed", "width", "height")


@router.get("/new")
async def new_clip(
    request: Request,
    desk: DeskGiven,
    project: int | None = None,
    scene: int | None = None,
    branch: str | None = None,
    track: int | None = None,
    prompt: str = "",
) -> Response:
    """The form, filled in with what is known."""
    projects = await desk.get("/projects")
    chosen = next(
        (each for each in projects if each["id"] == str(project)), projects[0] if projects else None
    )
    if chosen is None:
        return render(request, "new.html", projects=[], project=None)
    at = int(chosen["id"])
    settings, characters, scenes, styles, likes, workflows, tracks = await gather(
        desk.get(f"/projects/{at}/settings"),
        desk.get("/characters", project_id=at, branch=branch),
        desk.get("/scenes", project_id=at, branch=branch, limit=MOST_SCENES),
        desk.get("/style-templates"),
        desk.get("/preferences"),
        desk.get("/workflows"),
        _tracks(desk, track),
    )
    about = next((each for each in scenes if each["id"] == scene), None)
    if scene is not None and about is None:
        about = await desk.get(f"/scenes/{scene}", branch=branch)
        scenes = [about, *scenes]
    return render(
        request,
        "new.html",
        projects=projects,
        project=chosen,
        branch=branch,
        settings=settings,
        characters=characters,
        scenes=scenes,
        scene=about,
        styles=styles,
        likes=likes,
        workflows=workflows,
        tracks=tracks,
        track=track,
        prompt=prompt or (about["description"] if about else ""),
    )


@router.post("/new")
async def make_clip(request: Request, desk: DeskGiven, form: FormGiven, lists: ListsGiven) -> Response:
    """Ask for the clip."""
    body = await _body(desk, form, lists)
    path = f"/projects/{form.get('project_id')}/generate-from-command"
    made = await desk.send("POST", path, body)
    return go(request, f"/generations/{made['generation_id']}")


@router.post("/new/check")
async def check_clip(request: Request, desk: DeskGiven, form: FormGiven, lists: ListsGiven) -> Response:
    """What the check would find of the words so far."""
    if not form.get("prompt", "").strip():
        return render(request, "_check.html", found=None, refused=None)
    try:
        path = f"/projects/{form.get('project_id')}/consistency-check"
        found = await desk.send("POST", path, _checked(form, lists))
    except Refused as refused:
        return render(request, "_check.html", found=None, refused=_told(refused))
    return render(request, "_check.html", found=found, refused=None)


@router.post("/new/plan")
async def plan_clip(request: Request, desk: DeskGiven, form: FormGiven, lists: ListsGiven) -> Response:
    """What would be done for it, and how long the line is."""
    if not form.get("prompt", "").strip():
        return render(request, "_plan.html", plan=None, refused=None)
    try:
        path = f"/projects/{form.get('project_id')}/clip-plan"
        plan = await desk.send("POST", path, await _body(desk, form, lists))
        renderers, queue = await gather(desk.get("/renderers"), desk.get("/queue"))
    except Refused as refused:
        return render(request, "_plan.html", plan=None, refused=_told(refused))
    names = {each["server"]: renderer_name(each) for each in renderers}
    return render(
        request, "_plan.html", plan=plan, refused=None, queue=queue, names=names, wait_s=_wait(renderers)
    )


def _told(refused: Refused) -> dict[str, Any]:
    return {"message": "It does not answer.", "request_id": "", **refused.error, "details": refused.details}


def _wait(renderers: list[dict[str, Any]]) -> float | None:
    """How long the renderer that is free first has to go, as far as it is known, s."""
    waits = [each["expected_wait_s"] for each in renderers if each["alive"]]
    return min((each for each in waits if each is not None), default=None)


async def _tracks(desk: Desk, track: int | None) -> list[dict[str, Any]]:
    """What there is to lay clips on; the one that was chosen comes first."""
    if not desk.house.has("music"):
        return []
    found = (await desk.listed("/search", service="music", state="present", limit=MOST_TRACKS)).rows
    if track is not None and track not in [each["id"] for each in found]:
        found = [await desk.get(f"/track/{track}", service="music"), *found]
    return found


async def _body(desk: Desk, form: dict[str, str], lists: dict[str, list[str]]) -> dict[str, Any]:
    text = ("prompt", "style", "quality", "workflow", "negative_prompt", "title", "branch_name", "fps")
    body: dict[str, Any] = filled(form, *text)
    body |= {name: value for name in _NUMBERS if (value := _whole(number(form.get(name)))) is not None}
    body["characters"] = lists.get("characters", [])
    if form.get("scene_id"):
        body["scene_id"] = form["scene_id"]
    if form.get("audio_path"):
        body["audio_path"] = form["audio_path"]
    elif form.get("track_id"):
        track = await desk.get(f"/track/{form['track_id']}", service="music")
        body["audio_path"] = track["path"]
    return body


def _whole(value: float | str | None) -> float | str | None:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checked(form: dict[str, str], lists: dict[str, list[str]]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        **filled(form, "prompt", "branch_name"),
        "characters": lists.get("characters", []),
    }
    return asked | ({"scene_id": form["scene_id"]} if form.get("scene_id") else {})
