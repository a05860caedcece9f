"""Accepting a request for a clip: what it means with preferences, a template and the project's settings."""

import logging
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import BackgroundTasks, Response

from api.commands import Commands
from api.schemas.fields import as_sent
from api.schemas.generations import GenerationAccepted, GenerationAsked, Terms
from db.queries import (
    branches,
    characters,
    director,
    estimates,
    generations,
    idempotency,
    preferences,
    projects,
    scenes,
    workflows,
    working,
)
from db.queries.branches import Hold
from db.queries.director import Told
from db.queries.generations import Asked
from db.queries.idempotency import Keyed
from db.session import reading, transaction
from studio.clients.media import probe_audio
from studio.clients.store import open_allowed
from studio.errors import InvalidError, StateError, SupersededError, UnavailableError
from studio.settings import Settings
from studio.workflows import Workflow
from tasks.terms import Said, Usual

log = logging.getLogger(__name__)
ACCEPTED: Final = 202


@dataclass(frozen=True, slots=True)
class Order:
    """A clip that somebody asks for; `told` is the director's command behind it, if any."""

    project_id: int
    branch: str
    body: GenerationAsked
    token: str
    keyed: Keyed | None = None
    told: Told | None = None


def first_answer(keyed: Keyed | None, response: Response) -> GenerationAccepted | None:
    """The answer that this request got before."""
    if keyed is None:
        return None
    with transaction() as session:
        first = idempotency.answered(session, keyed)
    if first is None:
        return None
    return _located(GenerationAccepted.model_validate(first), response)


def set_going(
    order: Order, settings: Settings, response: Response, commands: Commands, afterwards: BackgroundTasks
) -> GenerationAccepted:
    """Accept an order, once for each key, and have its run submitted when the answer is sent."""
    audio_path = opened(order.body.audio_path, settings)
    answer, is_new = accept(order, audio_path)
    if is_new:
        afterwards.add_task(submit_or_leave, commands, answer.generation_id)
    return _located(answer, response)


def _located(answer: GenerationAccepted, response: Response) -> GenerationAccepted:
    response.headers["Location"] = f"/api/anime/generations/{answer.generation_id}"
    return answer


def opened(audio_path: str | None, settings: Settings) -> str | None:
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


def accept(order: Order, audio_path: str | None) -> tuple[GenerationAccepted, bool]:
    """The answer, and whether it is a new one: a repeat may have come in between."""
    with transaction() as session:
        if order.keyed is not None and (first := idempotency.answered(session, order.keyed)) is not None:
            return GenerationAccepted.model_validate(first), False
        asked = _understood(session, order, audio_path)
        job = generations.create(session, asked)
        if order.told is not None:
            director.carried_out(session, order.told, job, order.token)
        answer = GenerationAccepted(
            generation_id=job.id,
            status="processing",
            estimated_completion=estimates.completion(session, job, asked.duration_s),
            project_id=order.project_id,
            metadata=Terms(duration=as_sent(asked.duration_s), style=asked.style, quality=asked.quality),
        )
        if order.keyed is not None:
            idempotency.record(session, order.keyed, status=ACCEPTED, answer=answer.model_dump(mode="json"))
    return answer, True


def understood(order: Order, audio_path: str | None) -> Asked:
    """What an order means now, with nothing accepted."""
    with reading() as session:
        return _understood(session, order, audio_path, Hold.NOT)


def _understood(session: Any, order: Order, audio_path: str | None, hold: Hold = Hold.SHARED) -> Asked:
    body = order.body
    at = branches.find(session, order.project_id, order.branch, hold)
    require_active(projects.get(session, order.project_id).status)
    if body.scene_id is not None:
        scenes.require(session, at, body.scene_id)
    characters.require(session, at, body.characters)
    usual = Usual(working.production(session, at), preferences.in_effect(session, order.token))
    terms = replace(Said.of(_as_sent(body)), audio_path=audio_path)
    asked = usual.asked(at, terms, preferences.template(session, usual.style(terms)))
    if asked.workflow is not None:
        _require_workflow(asked.workflow, workflows.enabled(session))
    return asked


def submit_or_leave(commands: Commands, generation_id: str) -> None:
    """Set the run going; where Prefect does not answer, the reconciler does it later."""
    try:
        commands.submit(generation_id, 1)
    except (UnavailableError, SupersededError) as error:
        log.warning("%s waits for the reconciler: %s", generation_id, error.message)


def _as_sent(body: GenerationAsked) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)


def require_active(status: str) -> None:
    """Make sure that a project is worked on.

    Raises:
        StateError: it is archived.
    """
    if status != "active":
        raise StateError(
            "The project is archived; make it active to go on with it.",
            field="status",
            value=status,
            expected="active",
        )


def _require_workflow(name: str, known: list[Workflow]) -> None:
    names = [workflow.name for workflow in known]
    if name not in names:
        raise InvalidError(
            f"There is no workflow {name!r}.",
            field="workflow",
            value=name,
            expected=", ".join(names) or "none is enabled",
        )
