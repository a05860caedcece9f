"""From a sentence to a generation under way."""

from fastapi import APIRouter, BackgroundTasks, Request, Response

from api.acceptance import ACCEPTED, Order, first_answer, opened, set_going, understood
from api.commands import CommandsGiven
from api.computing import compute
from api.keys import IdempotencyKey, keyed, token_of
from api.requests import BranchQuery, branch_of, settings_of
from api.schemas.fields import Id
from api.schemas.generations import GenerationAccepted, GenerationAsked
from api.schemas.rehearsals import ClipPlanned
from tasks.rehearsal import rehearse

router = APIRouter(tags=["generations"])


@router.post("/projects/{project_id}/generate-from-command", status_code=ACCEPTED)
def generate_from_command(
    request: Request,
    response: Response,
    project_id: Id,
    body: GenerationAsked,
    commands: CommandsGiven,
    afterwards: BackgroundTasks,
    branch: BranchQuery = None,
    idempotency_key: IdempotencyKey = None,
) -> GenerationAccepted:
    """Ask for a clip; a repeat under one `Idempotency-Key` gets the first answer."""
    name = branch_of(branch, body.branch_name)
    key = keyed(request, idempotency_key, body, branch=name)
    order = Order(project_id, name, body, token_of(request), key)
    return first_answer(key, response) or set_going(
        order, settings_of(request), response, commands, afterwards
    )


@router.post("/projects/{project_id}/clip-plan")
def plan_clip(
    request: Request, project_id: Id, body: GenerationAsked, branch: BranchQuery = None
) -> ClipPlanned:
    """What would be done for a clip that is asked for in these words; nothing is accepted or rendered."""
    settings = settings_of(request)
    order = Order(project_id, branch_of(branch, body.branch_name), body, token_of(request))
    asked = understood(order, opened(body.audio_path, settings))
    return ClipPlanned.model_validate(compute(rehearse, asked))
