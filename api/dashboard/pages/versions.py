"""Versions: the graph, differences, merges with their conflicts, tags."""

import json
from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven, filled
from api.dashboard.history import draw_history, in_order, lanes_of
from api.dashboard.house import Desk, DeskGiven, Refused
from api.dashboard.pages.projects import project_head
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(prefix="/projects/{project_id}", include_in_schema=False)
MERGES: Final = 20
COMMITS: Final = 60
BRANCHES: Final = 12
DIFFERENCES: Final = 100
CONFLICT: Final = "MERGE_CONFLICT"


@router.get("/versions")
async def versions_page(request: Request, desk: DeskGiven, project_id: int, branch: str = "main") -> Response:
    """What was recorded, on all branches."""
    head, tags, waiting = await gather(
        project_head(desk, project_id, branch, "versions"),
        desk.get("/tags", project_id=project_id),
        desk.get("/merges", project_id=project_id, status="open", limit=MERGES),
    )
    shown = head["branches"][:BRANCHES]
    logs = await gather(
        *(
            desk.get("/commits", project_id=project_id, branch=each["branch_name"], limit=COMMITS)
            for each in shown
        )
    )
    commits = in_order([commit for log in logs for commit in log])[:COMMITS]
    lanes = lanes_of(shown, commits)
    heads = [each["head_commit_id"] for each in shown]
    return render(
        request,
        "versions.html",
        **head,
        commits=commits,
        lanes=lanes,
        graph=draw_history(commits, lanes, heads),
        tags=tags,
        waiting=waiting,
        tips=_tips(shown),
        named=_named(tags),
    )


@router.post("/versions")
async def change_versions(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Record, branch off, merge, undo, repeat, name."""
    branch = form.get("branch", "main")
    here = f"/projects/{project_id}/versions{query(branch=branch)}"
    path, body = _meant(project_id, branch, form)
    try:
        await desk.send("POST", path, body)
    except Refused as refused:
        if refused.error.get("code") != CONFLICT or "merge_id" not in refused.details:
            raise
        return go(
            request, f"/projects/{project_id}/merges/{refused.details['merge_id']}{query(branch=branch)}"
        )
    return go(request, here)


@router.post("/tags/drop")
async def drop_tag(request: Request, desk: DeskGiven, project_id: int, form: FormGiven) -> Response:
    """Take a name off a commit."""
    await desk.send("DELETE", f"/tags/{form.get('name', '')}", project_id=project_id)
    return go(request, f"/projects/{project_id}/versions{query(branch=form.get('branch'))}")


@router.get("/diff")
async def diff_page(
    request: Request,
    desk: DeskGiven,
    project_id: int,
    base: str = "main",
    head: str = "main",
    branch: str = "main",
    cursor: str = "",
) -> Response:
    """What leads from one state to another."""
    asked: dict[str, Any] = {
        "project_id": project_id,
        "base": base,
        "head": head,
        "limit": DIFFERENCES,
        "cursor": cursor,
    }
    above, found = await gather(
        project_head(desk, project_id, branch, "versions"), desk.get("/diff", **asked)
    )
    return render(request, "diff.html", **above, found=found, base=base, head=head)


@router.get("/merges/{merge_id}")
async def merge_page(
    request: Request, desk: DeskGiven, project_id: int, merge_id: int, branch: str = "main"
) -> Response:
    """What is left to decide of a merge."""
    head, merge = await gather(
        project_head(desk, project_id, branch, "versions"), desk.get(f"/merges/{merge_id}")
    )
    return render(request, "merge.html", **head, merge=merge, scenes=await _named_scenes(desk, merge))


@router.post("/merges/{merge_id}")
async def resolve(
    request: Request, desk: DeskGiven, project_id: int, merge_id: int, form: FormGiven
) -> Response:
    """Decide on some conflicts, or on all; or give the merge up."""
    back = query(branch=form.get("branch"))
    if form.get("do") == "abort":
        await desk.send("POST", f"/merges/{merge_id}/abort")
        return go(request, f"/projects/{project_id}/versions{back}")
    merge = await desk.get(f"/merges/{merge_id}")
    decided = [
        each for at, conflict in enumerate(merge["conflicts"]) if (each := _decided(form, at, conflict))
    ]
    left = await desk.send("POST", f"/merges/{merge_id}/resolve", {"resolutions": decided})
    page = "versions" if left["status"] == "merged" else f"merges/{merge_id}"
    return go(request, f"/projects/{project_id}/{page}{back}")


def _meant(project_id: int, branch: str, form: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The call that a form means, and its body."""
    of_project: dict[str, Any] = {"project_id": project_id}
    bodies = {
        "commit": {"branch": branch, **filled(form, "message")},
        "branch": {"source_branch": branch, **filled(form, "branch_name")},
        "merge": {"target_branch": branch, **filled(form, "source_branch", "message")},
        "revert": {"branch": branch, **filled(form, "commit_id")},
        "cherry-pick": {"branch": branch, **filled(form, "commit_id")},
        "tags": {"ref": form.get("commit_id") or branch, **filled(form, "name", "message")},
    }
    did = form.get("do", "")
    if did not in bodies:
        raise Refused(422, {"code": "VALIDATION_ERROR", "message": f"There is no step {did!r}."})
    return f"/{did}", of_project | bodies[did]


def _decided(form: dict[str, str], at: int, conflict: dict[str, Any]) -> dict[str, Any] | None:
    """The decision on a conflict, where the form has one for it."""
    choice = form.get(f"choose-{at}")
    if choice is None:
        return None
    decision = {"entity": conflict["entity"], "path": conflict["path"], "choose": choice}
    if choice == "value":
        is_text = any(isinstance(conflict[side], str) for side in ("base", "ours", "theirs"))
        decision["value"] = _value(form.get(f"value-{at}", ""), is_text=is_text)
    return decision


def _value(text: str, *, is_text: bool) -> Any:
    if is_text:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


async def _named_scenes(desk: Desk, merge: dict[str, Any]) -> dict[str, str]:
    """What to call the entities of conflicts: a scene by its number, somebody by their name."""
    entities = {each["entity"] for each in merge["conflicts"]}
    kinds = {"scenes": "/scenes/", "characters": "/characters/"}
    known = [each for each in entities if each.partition("/")[0] in kinds]
    found = await gather(
        *(desk.maybe(kinds[each.partition("/")[0]] + each.partition("/")[2]) for each in known)
    )
    return {
        key: f"Scene {value['scene_number']}" if "scene_number" in value else value["name"]
        for key, value in zip(known, found, strict=True)
        if value is not None
    }


def _tips(branches: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The branches that end at each commit."""
    tips: dict[str, list[str]] = {}
    for each in branches:
        tips.setdefault(each["head_commit_id"], []).append(each["branch_name"])
    return tips


def _named(tags: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The tags of each commit."""
    named: dict[str, list[str]] = {}
    for each in tags:
        named.setdefault(each["commit_id"], []).append(each["name"])
    return named
