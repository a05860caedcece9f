"""Commands to the director."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.acceptance import ACCEPTED, Order, first_answer, opened, set_going, submit_or_leave, understood
from api.commands import Commands, CommandsGiven
from api.keys import IdempotencyKey, keyed, token_of
from api.paging import PageAsked
from api.requests import BranchQuery, branch_of, settings_of
from api.schemas.director import CommandAccepted, CommandAsked, CommandPlanned, CommandTerms, SceneOrder
from api.schemas.fields import Id, Warned
from api.schemas.generations import GenerationAsked
from api.schemas.judgement import CommandShown
from db.queries import branches, director, idempotency, preferences, projects, scenes, takes
from db.queries.director import Decision, Told
from db.queries.idempotency import Keyed
from db.queries.scenes import Staged
from db.session import reading, transaction
from studio.echo.actions import ACTIONS
from studio.echo.facts import Usual
from studio.echo.ordering import ASSESSMENT, CHECK, CLIP
from studio.echo.producing import command_plan
from studio.errors import InvalidError, NotFoundError, PathNotAllowedError
from studio.scene_terms import read_terms
from studio.settings import Settings
from tasks.directing import accept_steps
from tasks.directing_rehearsal import rehearse

router = APIRouter(prefix="/director", tags=["director"])


@dataclass(frozen=True, slots=True)
class Meant:
    """A command as a clip to be made: on which branch, and what it could not use."""

    branch: str
    body: GenerationAsked
    plan: tuple[dict[str, object], ...]
    warnings: tuple[Warned, ...]


@router.post(
    "/command",
    status_code=ACCEPTED,
    response_model=CommandAccepted | CommandPlanned,
    responses={200: {"model": CommandPlanned, "description": "A dry run: nothing is done yet."}},
)
def command(
    request: Request,
    response: Response,
    body: CommandAsked,
    commands: CommandsGiven,
    afterwards: BackgroundTasks,
    branch: BranchQuery = None,
    idempotency_key: IdempotencyKey = None,
) -> CommandAccepted | CommandPlanned:
    """Carry out a command: `generate_scene` makes a clip of a scene, each other is a registered action."""
    if body.command in ALONE:
        return _directed(request, response, body, branch, idempotency_key, commands, afterwards)
    meant = _reader(body.command)(body, branch, settings_of(request))
    if _terms(body).dry_run:
        return _only_shown(request, response, body, meant)
    key = keyed(request, idempotency_key, body, branch=meant.branch)
    told = Told(body.command, body.model_dump(mode="json"), meant.plan)
    order = Order(body.project_id, meant.branch, meant.body, token_of(request), key, told)
    answer = first_answer(key, response) or set_going(
        order, settings_of(request), response, commands, afterwards
    )
    return CommandAccepted(**answer.model_dump(), command=body.command, warnings=list(meant.warnings))


def _only_shown(request: Request, response: Response, body: CommandAsked, meant: Meant) -> CommandPlanned:
    """A clip that could be made, and is not."""
    token = token_of(request)
    order = Order(body.project_id, meant.branch, meant.body, token)
    understood(order, opened(meant.body.audio_path, settings_of(request)))
    asked, plan = body.model_dump(mode="json"), list(meant.plan)
    with transaction() as session:
        director.note(
            session,
            Decision(body.command, asked, plan, "planned", project_id=body.project_id, token=token),
        )
    response.status_code = 200
    return CommandPlanned(
        command=body.command,
        project_id=body.project_id,
        dry_run=True,
        action_plan=plan,
        warnings=list(meant.warnings),
    )


def _directed(
    request: Request,
    response: Response,
    body: CommandAsked,
    branch: str | None,
    idempotency_key: str | None,
    commands: Commands,
    afterwards: BackgroundTasks,
) -> CommandPlanned:
    """A registered action as a plan of its own; to publish or destroy is a dry run unless told otherwise."""
    terms = _terms(body)
    name = branch_of(branch, terms.branch_name)
    own = {key: value for key, value in body.parameters.items() if key not in CommandTerms.model_fields}
    usual = _usual(body, name, token_of(request))
    steps = command_plan(body.command, own, terms.characters, usual)
    is_dry = ACTIONS[body.command].needs_confirmation if terms.dry_run is None else terms.dry_run
    planned = CommandPlanned(
        command=body.command, project_id=body.project_id, dry_run=is_dry, action_plan=steps
    )
    key = keyed(request, None if is_dry else idempotency_key, body, branch=name)
    answer, is_new = _accept(body, planned, name, key, token_of(request))
    if is_new and answer.generation_id is not None:
        afterwards.add_task(submit_or_leave, commands, answer.generation_id)
        response.headers["Location"] = f"/api/anime/generations/{answer.generation_id}"
    response.status_code = 200 if is_dry else ACCEPTED
    return answer


def _usual(body: CommandAsked, branch: str, token: str) -> Usual | None:
    """What holds of a clip where the command does not say."""
    if body.command != CLIP:
        return None
    with reading() as session:
        at = branches.find(session, body.project_id, branch)
        return director.usual(session, at, preferences.in_effect(session, token))


def _accept(
    body: CommandAsked, planned: CommandPlanned, branch: str, key: Keyed | None, token: str
) -> tuple[CommandPlanned, bool]:
    """The answer, and whether it is a new one; each is a decision in the log."""
    asked = body.model_dump(mode="json")
    with transaction() as session:
        if key is not None and (first := idempotency.answered(session, key)) is not None:
            return CommandPlanned.model_validate(first), False
        branches.find(session, body.project_id, branch)
        rehearse(session, planned.action_plan, project_id=body.project_id, branch=branch, token=token)
        decision = Decision(
            body.command, asked, planned.action_plan, "planned", project_id=body.project_id, token=token
        )
        if planned.dry_run:
            director.note(session, decision)
            return planned, False
        job = accept_steps(
            session,
            planned.action_plan,
            project_id=body.project_id,
            branch=branch,
            title=body.command,
        )
        director.note(session, replace(decision, outcome="accepted", generation_id=job.id))
        answer = planned.model_copy(update={"generation_id": job.id, "status": "processing"})
        if key is not None:
            idempotency.record(session, key, status=ACCEPTED, answer=answer.model_dump(mode="json"))
    return answer, True


def _terms(body: CommandAsked) -> CommandTerms:
    try:
        return CommandTerms.model_validate(body.parameters)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", "parameters", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error


@router.get("/log")
def list_commands(page: PageAsked, project_id: Annotated[Id | None, Query()] = None) -> list[CommandShown]:
    """What the director was told, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        if project_id is not None:
            projects.get(session, project_id)
        rows = director.page(session, project_id, limit=page.one_more, before=before)
    return [CommandShown.model_validate(row) for row in page.cut(rows, lambda row: str(row["id"]))]


def _generate_scene(body: CommandAsked, branch: str | None, settings: Settings) -> Meant:
    order = _scene_order(body)
    name = branch_of(branch, order.branch_name)
    with transaction() as session:
        at = branches.find(session, body.project_id, name)
        scenes.require(session, at, order.scene_id)
        staged = scenes.get(session, order.scene_id, name)
        track = takes.scene_audio(session, branches.id_of(at), order.scene_id)
    asked = _asked(order, staged)
    warnings = [*_unused(body), *_unknown(order, staged)]
    if order.audio_path is None and track is not None:
        warnings += _unopened(track.audio_path, settings)
    plan = {"step": 1, "action": "generate_video", "service": "comfyui", "parameters": _planned(asked)}
    return Meant(name, asked, (plan,), tuple(warnings))


KNOWN: Final[dict[str, Callable[[CommandAsked, str | None, Settings], Meant]]] = {
    "generate_scene": _generate_scene
}


ALONE: Final = frozenset(ACTIONS) - {CHECK, ASSESSMENT}
"""The actions that are commands; a check and an assessment belong to a clip."""


def _reader(command: str) -> Callable[[CommandAsked, str | None, Settings], Meant]:
    reader = KNOWN.get(command)
    if reader is None:
        raise InvalidError(
            f"The director has no command {command!r}.",
            field="command",
            value=command,
            expected=", ".join((*KNOWN, *sorted(ALONE))),
            known=[*KNOWN, *sorted(ALONE)],
        )
    return reader


def _scene_order(body: CommandAsked) -> SceneOrder:
    try:
        return SceneOrder.model_validate(body.parameters)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", "parameters", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error


def _asked(order: SceneOrder, staged: Staged) -> GenerationAsked:
    """The scene as a clip: what the command does not say, the scene does."""
    present = [name for name in staged.characters if name not in staged.unresolved]
    said = order.model_dump(exclude_unset=True, exclude={"branch_name"})
    said_of_it, _ = read_terms(staged.scene.details)
    scene = {"prompt": staged.scene.description, "characters": present, **said_of_it}
    try:
        return GenerationAsked.model_validate({**scene, **said})
    except ValidationError as error:
        raise InvalidError(
            f"Scene {order.scene_id} cannot be made as it is described: {error.errors()[0]['msg']}.",
            field="parameters.prompt",
            value=None,
            expected="a scene with a description of at most 4000 characters, or a prompt",
        ) from error


def _unused(body: CommandAsked) -> list[Warned]:
    unused = body.parameters.keys() - SceneOrder.model_fields.keys() - {"dry_run"}
    message = f"{body.command} has no use for it."
    return [
        Warned(field=f"parameters.{name}", value=str(body.parameters[name])[:200], message=message)
        for name in sorted(unused)
    ]


def _unknown(order: SceneOrder, staged: Staged) -> list[Warned]:
    names = () if "characters" in order.model_fields_set else staged.unresolved
    message = "The branch has no character of this name yet."
    return [Warned(field="characters", value=name, message=message) for name in names]


def _unopened(audio_path: str, settings: Settings) -> list[Warned]:
    """The scene's track plays under the clip where it can be opened; it must be sound then."""
    try:
        opened(audio_path, settings)
    except (NotFoundError, PathNotAllowedError) as error:
        return [Warned(field="audio_path", value=audio_path, message=error.message)]
    return []


def _planned(asked: GenerationAsked) -> dict[str, object]:
    return asked.model_dump(mode="json", exclude_unset=True)
