"""What follows a failed prompt: the answer of the policy, carried out and told."""

from contextlib import suppress
from typing import Any

from db.queries import ownership, places, servers
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import (
    MissingModelError,
    MissingNodeError,
    RendererGoneError,
    RenderError,
    RendererUnavailableError,
    RenderStalledError,
    StudioError,
)
from studio.remedies import Answer, Failure, answer_to, blame_for
from studio.settings import read_settings
from tasks.choosing import Choice, choose_workflow
from tasks.control import take_off
from tasks.ingredients import Ingredients
from tasks.line import Place, trail_of
from tasks.renderers import forget, renderer, shown


def answer(run: Run, take: int, made_of: Ingredients, place: Place, error: RenderError) -> None:
    """Give the prompt up and prepare the next one.

    Raises:
        RenderError: nothing is left to try: `error`, with what was tried before.
    """
    if isinstance(error, MissingModelError | MissingNodeError):
        forget(place.server)
    trail = trail_of(run, take)
    failure, following = _possible(error.code, place, made_of, trail)
    if failure.answer in (Answer.FREE, Answer.SMALLER):
        with suppress(RendererUnavailableError):
            renderer(place.server).free()
    _record(run, place, error, failure, following)
    if isinstance(error, RenderStalledError):
        take_off(run.generation_id)
    if failure.answer is Answer.STOP:
        error.details["tried"] = [_told(each) for each in trail]
        raise error


def has_other(run: Run, take: int, made_of: Ingredients, place: Place) -> bool:
    """Whether another live server could render the take."""
    gone = Failure(RendererGoneError.code, place.server, place.workflow, Answer.ELSEWHERE)
    return _next(made_of, [*trail_of(run, take), gone]) is not None


def _possible(
    code: str, place: Place, made_of: Ingredients, trail: list[Failure]
) -> tuple[Failure, Choice | None]:
    """The answer of the policy, or the next best where that one is not to be had."""
    first = answer_to(code, trail, prompts=made_of.preset.prompts)
    before = _next(made_of, trail)
    for choice in dict.fromkeys((first, *_INSTEAD.get(first, ()))):
        failure = Failure(code, place.server, place.workflow, choice)
        following = _next(made_of, [*trail, failure])
        is_same = choice is Answer.SMALLER and following and before and following.shape == before.shape
        if choice in (Answer.AGAIN, Answer.STOP) or (following is not None and not is_same):
            return failure, following
    return Failure(code, place.server, place.workflow, Answer.STOP), None


_INSTEAD = {Answer.FREE: (Answer.SMALLER, Answer.ELSEWHERE), Answer.SMALLER: (Answer.ELSEWHERE,)}


def _next(made_of: Ingredients, trail: list[Failure]) -> Choice | None:
    with suppress(StudioError):
        return choose_workflow(made_of, trail)
    return None


def _record(run: Run, place: Place, error: RenderError, failure: Failure, following: Choice | None) -> None:
    """Keep the failure with its place, hold it against the server, and tell what follows."""
    told = {"code": error.code, "message": error.message, "server": shown(place.server)}
    said = {**told, "answer": failure.answer.value, "next": _what_follows(failure, following)}
    with transaction() as session:
        job = ownership.own(session, run)
        places.fail(
            session, place.id, said, may_run=isinstance(error, RendererGoneError | RenderStalledError)
        )
        if blame := blame_for(error.code):
            servers.failed(
                session, place.server, place.workflow, blame=blame, set_aside_s=read_settings().set_aside_s
            )
        ownership.add_event(session, job, "remedy", **said)


def _what_follows(failure: Failure, following: Choice | None) -> str:
    where = ", ".join(shown(url) for url in following.servers) if following else "a renderer"
    size = f"{following.shape.width}x{following.shape.height}" if following else ""
    match failure.answer:
        case Answer.FREE:
            return f"its memory was freed; trying again there at {size}"
        case Answer.SMALLER:
            return f"its memory was freed; trying again at {size}"
        case Answer.ELSEWHERE:
            return f"moving on to {where}"
        case Answer.AGAIN:
            return f"trying again on {where}"
    return "nothing is left to try"


def _told(failure: Failure) -> dict[str, Any]:
    return {"code": failure.code, "server": shown(failure.server), "answer": failure.answer.value}
