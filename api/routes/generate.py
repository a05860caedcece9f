"""From a sentence to a generation under way."""

import logging
from fractions import Fraction
from typing import Annotated, Any, Final

from fastapi import APIRouter, BackgroundTasks, Header, Request, Response

from api.commands import CommandsGiven
from api.requests import BranchQuery, branch_of, settings_of
from api.schemas.fields import Id
from api.schemas.generations import GenerationAccepted, GenerationAsked, Terms
from db.models.project import Branch, ProjectSettings
from db.queries import branches, characters, generations, idempotency, projects, scenes, workflows
from db.queries.generations import Asked
from db.queries.idempotency import Keyed
from db.session import transaction
from studio.canonical import digest
from studio.clients.media import probe_audio
from studio.clients.store import open_allowed
from studio.errors import InvalidError, SupersededError, UnavailableError
from studio.library import title_from
from studio.settings import Settings
from studio.workflows import Workflow

log = logging.getLogger(__name__)
router = APIRouter(tags=["generations"])
ACCEPTED: Final = 202
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]


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
    keyed = _keyed(request, idempotency_key, body, name)
    answer = _first_answer(keyed)
    if answer is None:
        audio_path = _opened(body.audio_path, settings_of(request))
        answer, is_new = _accept(project_id, name, body, audio_path, keyed)
        if is_new:
            afterwards.add_task(_submit, commands, answer.generation_id)
    response.headers["Location"] = f"/api/anime/generations/{answer.generation_id}"
    return answer


def _keyed(request: Request, key: str | None, body: GenerationAsked, branch: str) -> Keyed | None:
    if key is None:
        return None
    sent = body.model_dump(mode="json", exclude_unset=True, exclude={"branch_name"})
    return Keyed(
        token=getattr(request.state, "token", ""),
        route=f"{request.method} {request.url.path}",
        key=key,
        body_sha256=digest({"body": sent, "branch": branch}),
    )


def _first_answer(keyed: Keyed | None) -> GenerationAccepted | None:
    if keyed is None:
        return None
    with transaction() as session:
        first = idempotency.answered(session, keyed)
    return None if first is None else GenerationAccepted.model_validate(first)


def _opened(audio_path: str | None, settings: Settings) -> str | None:
    """The file that is meant, which is sound; looked at before any transaction begins."""
    if audio_path is None:
        return None
    try:
        path = open_allowed(audio_path, settings.roots)
        probe_audio(path)
    except InvalidError as error:
        expected = error.details.get("expected", "a sound file")
        raise type(error)(error.message, field="audio_path", value=audio_path, expected=expected) from error
    return str(path)


def _accept(
    project_id: int, branch: str, body: GenerationAsked, audio_path: str | None, keyed: Keyed | None
) -> tuple[GenerationAccepted, bool]:
    """The answer, and whether it is a new one: a repeat may have come in between."""
    with transaction() as session:
        if keyed is not None and (first := idempotency.answered(session, keyed)) is not None:
            return GenerationAccepted.model_validate(first), False
        at = branches.find(session, project_id, branch)
        usual = projects.production(session, project_id)
        if body.scene_id is not None:
            scenes.require(session, at, body.scene_id)
        characters.require(session, at, body.characters)
        if body.workflow is not None:
            _require_workflow(body.workflow, workflows.enabled(session))
        asked = _asked(at, usual, body, audio_path)
        job = generations.create(session, asked)
        answer = GenerationAccepted(
            generation_id=job.id,
            status="processing",
            estimated_completion=generations.estimate(session, job.id),
            project_id=project_id,
            metadata=Terms(duration=body.duration, style=asked.style, quality=body.quality),
        )
        if keyed is not None:
            idempotency.record(session, keyed, status=ACCEPTED, answer=answer.model_dump(mode="json"))
    return answer, True


def _submit(commands: CommandsGiven, generation_id: str) -> None:
    """Set the run going; where Prefect does not answer, the reconciler does it later."""
    try:
        commands.submit(generation_id, 1)
    except (UnavailableError, SupersededError) as error:
        log.warning("%s waits for the reconciler: %s", generation_id, error.message)


def _asked(at: Branch, usual: ProjectSettings, body: GenerationAsked, audio_path: str | None) -> Asked:
    fps = body.fps or Fraction(usual.fps_num, usual.fps_den)
    if body.duration * fps < 1:
        raise InvalidError(
            "The clip would have no frame.",
            field="duration",
            value=body.duration,
            expected=f"at least one frame, {float(1 / fps):.3f} s",
        )
    return Asked(
        project_id=at.project_id,
        branch_id=branches.id_of(at),
        scene_id=body.scene_id,
        title=body.title or title_from(body.prompt),
        prompt=body.prompt,
        negative_prompt=body.negative_prompt,
        duration_s=float(body.duration),
        style=body.style or usual.default_style,
        quality=body.quality,
        characters=tuple(body.characters),
        seed=body.seed,
        audio_path=audio_path,
        workflow=body.workflow,
        width=body.width or usual.width,
        height=body.height or usual.height,
        fps=fps,
        body=_as_sent(body),
    )


def _as_sent(body: GenerationAsked) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)


def _require_workflow(name: str, known: list[Workflow]) -> None:
    names = [workflow.name for workflow in known]
    if name not in names:
        raise InvalidError(
            f"There is no workflow {name!r}.",
            field="workflow",
            value=name,
            expected=", ".join(names) or "none is enabled",
        )
