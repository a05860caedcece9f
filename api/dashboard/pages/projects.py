"""Projects: the scene board, a scene, characters and the bible."""

from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, filled, names
from api.dashboard.drawing import palette_of
from api.dashboard.house import Desk, DeskGiven, Refused
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(include_in_schema=False)
CARDS: Final = 48
_ABOUT: Final = ("role", "personality", "backstory", "visual_description")


@router.get("/projects")
async def project_list(request: Request, desk: DeskGiven, cursor: str | None = None) -> Response:
    """All projects."""
    return render(request, "projects.html", listed=await desk.listed("/projects", limit=CARDS, cursor=cursor))


@router.post("/projects")
async def make_project(request: Request, desk: DeskGiven, form: FormGiven) -> Response:
    """Begin a project."""
    made = await desk.send("POST", "/projects", filled(form, "name", "description"))
    return go(request, f"/projects/{made['id']}")


@router.get("/projects/{project_id}")
async def scene_board(
    request: Request,
    desk: DeskGiven,
    project_id: int,
    branch: str = "main",
    cursor: str = "",
    first: str = "",
    standings: bool = False,
) -> Response:
    """The scenes of a branch, from a number on; `standings` has those looked at that are stale."""
    start = f"{int(first) - 1}.{2**31 - 1}" if first.isdecimal() and int(first) > 1 else cursor
    head, board = await gather(
        project_head(desk, project_id, branch, "scenes"),
        desk.listed(f"/projects/{project_id}/board", branch=branch, limit=CARDS, cursor=start),
    )
    numbers = [each["scene_number"] for each in board.rows]
    return render(
        request,
        "scenes.html",
        **head,
        board=board,
        standings=await _standings(desk, project_id, branch, board.rows) if standings else {},
        is_first=not start,
        next_number=max(numbers, default=0) + 1,
    )


async def _standings(
    desk: Desk, project_id: int, branch: str, cards: list[dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Where those scenes stand that have a clip; none where that cannot be told now."""
    made = [each["scene_id"] for each in cards if each["clip_path"] or each["newest"]]
    if not made:
        return {}
    path = f"/projects/{project_id}/board/standings"
    try:
        found = await desk.send("POST", path, {"scene_ids": made}, branch=branch)
    except Refused:
        return {}
    return {each["scene_id"]: each for each in found}


@router.post("/projects/{project_id}/scenes")
async def make_scene(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Add a scene to a branch."""
    body = {**filled(form, "scene_number", "description"), "characters": names(form.get("characters", ""))}
    branch = form.get("branch", "main")
    made = await desk.send("POST", "/scenes", {"project_id": project_id, "branch_name": branch, **body})
    return go(request, f"/projects/{project_id}/scenes/{made['id']}{query(branch=branch)}")


@router.get("/projects/{project_id}/scenes/{scene_id}")
async def scene_page(
    request: Request, desk: DeskGiven, project_id: int, scene_id: int, branch: str = "main"
) -> Response:
    """A scene, its music, and all that was made of it."""
    head, scene, audio, made, cast = await gather(
        project_head(desk, project_id, branch, "scenes"),
        desk.get(f"/scenes/{scene_id}", branch=branch),
        desk.maybe(f"/scenes/{scene_id}/audio", branch=branch),
        desk.listed("/generations", project_id=project_id, scene_id=scene_id, limit=CARDS),
        desk.get("/characters", project_id=project_id, branch=branch),
    )
    return render(request, "scene.html", **head, scene=scene, audio=audio, made=made, cast=cast)


@router.post("/projects/{project_id}/scenes/{scene_id}")
async def change_scene(
    request: Request, desk: DeskGiven, project_id: int, scene_id: int, form: FormGiven
) -> Response:
    """Change what a scene says and who is in it; or take it off the branch."""
    branch = form.get("branch", "main")
    if form.get("do") == "delete":
        await desk.send("DELETE", f"/scenes/{scene_id}", branch=branch)
        return go(request, f"/projects/{project_id}{query(branch=branch)}")
    body = {
        **filled(form, "scene_number"),
        "description": form.get("description", ""),
        "characters": names(form.get("characters", "")),
    }
    await desk.send("PUT", f"/scenes/{scene_id}", body, branch=branch)
    return go(request, f"/projects/{project_id}/scenes/{scene_id}{query(branch=branch)}")


@router.get("/projects/{project_id}/characters")
async def character_list(
    request: Request, desk: DeskGiven, project_id: int, branch: str = "main", cursor: str = ""
) -> Response:
    """Who is in the project."""
    head, listed = await gather(
        project_head(desk, project_id, branch, "characters"),
        desk.listed("/characters", project_id=project_id, branch=branch, limit=CARDS, cursor=cursor),
    )
    palettes = {each["id"]: palette_of(each) for each in listed.rows}
    return render(request, "characters.html", **head, listed=listed, palettes=palettes)


@router.post("/projects/{project_id}/characters")
async def make_character(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Add somebody."""
    branch = form.get("branch", "main")
    body = {
        "project_id": project_id,
        "branch_name": branch,
        **filled(form, "name", "description", "image_path"),
    }
    made = await desk.send("POST", "/characters", body)
    return go(request, f"/projects/{project_id}/characters/{made['id']}{query(branch=branch)}")


@router.get("/projects/{project_id}/characters/{character_id}")
async def character_page(
    request: Request, desk: DeskGiven, project_id: int, character_id: int, branch: str = "main"
) -> Response:
    """Somebody: how they look, where they were seen, what the bible says of them."""
    head, character, seen, bible = await gather(
        project_head(desk, project_id, branch, "characters"),
        desk.get(f"/characters/{character_id}", branch=branch),
        desk.get(f"/characters/{character_id}/appearances", branch=branch, limit=CARDS),
        desk.maybe(f"/projects/{project_id}/bible", branch=branch),
    )
    spoken = [each for each in (bible or {}).get("characters", []) if each["name"] == character["name"]]
    return render(
        request,
        "character.html",
        **head,
        character=character,
        seen=seen,
        spoken=spoken,
        palette=palette_of(character),
    )


@router.post("/projects/{project_id}/characters/{character_id}")
async def change_character(
    request: Request, desk: DeskGiven, project_id: int, character_id: int, form: FormGiven
) -> Response:
    """Change how somebody is described."""
    branch = form.get("branch", "main")
    body: dict[str, Any] = {**filled(form, "name"), "description": form.get("description", "")}
    body["image_path"] = form.get("image_path") or None
    await desk.send("PUT", f"/characters/{character_id}", body, branch=branch)
    return go(request, f"/projects/{project_id}/characters/{character_id}{query(branch=branch)}")


@router.get("/projects/{project_id}/bible")
async def bible_page(request: Request, desk: DeskGiven, project_id: int, branch: str = "main") -> Response:
    """What holds in the project's world."""
    head, bible = await gather(
        project_head(desk, project_id, branch, "bible"),
        desk.maybe(f"/projects/{project_id}/bible", branch=branch),
    )
    return render(request, "bible.html", **head, bible=bible)


@router.post("/projects/{project_id}/bible")
async def write_bible(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Write the next version of the bible; what it holds beside title and text goes on."""
    branch = form.get("branch", "main")
    known = await desk.maybe(f"/projects/{project_id}/bible", branch=branch)
    body = {**filled(form, "title", "description"), "content": (known or {}).get("content", {})}
    await desk.send("POST", f"/projects/{project_id}/bible", body, branch=branch)
    return go(request, f"/projects/{project_id}/bible{query(branch=branch)}")


@router.post("/projects/{project_id}/bible/characters")
async def speak_of(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Say of somebody what holds of them."""
    branch = form.get("branch", "main")
    body = filled(form, "name", *_ABOUT)
    await desk.send("POST", f"/projects/{project_id}/bible/characters", body, branch=branch)
    return go(request, f"/projects/{project_id}/bible{query(branch=branch)}")


async def project_head(desk: Desk, project_id: int, branch: str, tab: str) -> dict[str, Any]:
    """What every page of a project shows above: its name, its branches, where one is."""
    project, branches = await gather(
        desk.get(f"/projects/{project_id}"), desk.get("/branches", project_id=project_id)
    )
    return {"project": project, "branches": branches, "branch": branch, "tab": tab}
