"""Echo: what was said, what is planned, what is being done."""

import secrets
from asyncio import gather
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.dashboard.asked import FormGiven
from api.dashboard.house import DeskGiven
from api.dashboard.view import go, render
from api.dashboard.words import query

router = APIRouter(prefix="/echo", include_in_schema=False)
SERVICE: Final = "echo"
TURNS: Final = 100


@router.get("")
async def echo_page(
    request: Request, desk: DeskGiven, conversation: str = "", project: int | None = None
) -> Response:
    """A conversation, the present one unless another is named."""
    if not conversation:
        return go(request, f"/echo{query(conversation=f'desk_{secrets.token_hex(6)}', project=project)}")
    projects, told = await gather(
        desk.get("/projects"),
        desk.maybe(f"/conversations/{conversation}", service=SERVICE, limit=TURNS),
    )
    turns = [] if told is None else told["turns"]
    spoken_of = next((each["project_id"] for each in reversed(turns) if each["project_id"]), project)
    return render(
        request, "echo.html", conversation=conversation, projects=projects, turns=turns, project=spoken_of
    )


@router.post("")
async def speak(request: Request, desk: DeskGiven, form: FormGiven) -> Response:
    """Say something; "yes" confirms the last plan, "no" drops it."""
    context: dict[str, Any] = {"project_id": form["project"]} if form.get("project") else {}
    said = {
        "message": form.get("message", ""),
        "conversation_id": form.get("conversation"),
        "context": context,
    }
    await desk.send("POST", "/chat", said, service=SERVICE)
    return go(request, f"/echo{query(conversation=form.get('conversation'), project=form.get('project'))}")


@router.post("/plans/{plan_id}/confirm")
async def confirm(request: Request, desk: DeskGiven, plan_id: str, form: FormGiven) -> Response:
    """Have a plan carried out."""
    await desk.send("POST", f"/plans/{plan_id}/confirm", service=SERVICE)
    return go(request, f"/echo{query(conversation=form.get('conversation'), project=form.get('project'))}")
