"""Trailers, asked for."""

from fastapi import APIRouter, BackgroundTasks, Request, Response

from api.acceptance import ACCEPTED, opened, require_active, submit_or_leave
from api.commands import CommandsGiven
from api.keys import IdempotencyKey, keyed
from api.requests import BranchQuery, branch_of, settings_of
from api.schemas.fields import Id
from api.schemas.trailers import TrailerAccepted, TrailerAsked
from db.queries import branches, idempotency, projects, trailers
from db.queries.branches import Hold
from db.queries.idempotency import Keyed
from db.session import transaction
from studio.errors import StateError

router = APIRouter(tags=["generations"])


@router.post("/projects/{project_id}/trailer", status_code=ACCEPTED)
def make_trailer(
    request: Request,
    response: Response,
    project_id: Id,
    body: TrailerAsked,
    commands: CommandsGiven,
    afterwards: BackgroundTasks,
    branch: BranchQuery = None,
    idempotency_key: IdempotencyKey = None,
) -> TrailerAccepted:
    """Have a trailer made of the best and most dynamic moments of a project's accepted takes."""
    name = branch_of(branch, body.branch_name)
    audio_path = opened(body.audio_path, settings_of(request))
    key = keyed(request, idempotency_key, body, branch=name)
    answer, is_new = _accept(project_id, name, body, audio_path, key)
    if is_new:
        afterwards.add_task(submit_or_leave, commands, answer.generation_id)
    response.headers["Location"] = f"/api/anime/generations/{answer.generation_id}"
    return answer


def _accept(
    project_id: int, branch: str, body: TrailerAsked, audio_path: str | None, key: Keyed | None
) -> tuple[TrailerAccepted, bool]:
    """The answer, and whether it is a new one."""
    with transaction() as session:
        if key is not None and (first := idempotency.answered(session, key)) is not None:
            return TrailerAccepted.model_validate(first), False
        at = branches.find(session, project_id, branch, Hold.SHARED)
        project = projects.get(session, project_id)
        require_active(project.status)
        if not trailers.accepted(session, project_id, branches.id_of(at), limit=1):
            raise StateError(
                "The project has no accepted takes.", field="takes", value=0, expected="a completed clip"
            )
        title = body.title or f"{project.name}: Trailer"
        request = {"length": float(body.length), "audio_path": audio_path, "publish": body.publish}
        job = trailers.accept(session, at, title, request)
        answer = TrailerAccepted(
            generation_id=job.id, status="processing", project_id=project_id, branch_name=at.name, title=title
        )
        if key is not None:
            idempotency.record(session, key, status=ACCEPTED, answer=answer.model_dump(mode="json"))
    return answer, True
