"""Talking to Echo: requests planned, plans confirmed, conversations remembered."""

import logging
import re
import secrets
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response

from api.keys import token_of
from api.paging import PageAsked
from api.plans import shown
from api.requests import DryRun
from api.schemas.echo_talk import (
    ChatAsked,
    ConversationId,
    ConversationShown,
    PlanShown,
    QueryAsked,
    TalkContext,
    Talked,
)
from db.models.orchestration import DirectorTurn
from db.queries import conversations, generations
from db.queries.projects import MAIN
from db.session import reading, transaction
from studio.echo.documents import read_document
from studio.echo.facts import Context
from studio.echo.wording import needs_confirmation
from studio.errors import SupersededError, UnavailableError
from tasks import directing
from tasks.directing import Answered
from tasks.language_model import spare_model

log = logging.getLogger(__name__)
router = APIRouter(tags=["director"])

ACCEPTED: Final = 202
Submit = Callable[[str, int], None]
MODEL_WITHIN_S: Final = 8.0
"""How long a request waits for a language model, where there is one."""
PlanId = Annotated[str, Path(max_length=100, pattern=r"^plan_[0-9a-f]+$")]
ConversationPath = Annotated[ConversationId, Path()]
_YES: Final = re.compile(
    r"\W*(?:yes|yep|yeah|ok(?:ay)?|sure|go(?: ahead)?|do it|confirm(?:ed)?|please do|make it so|proceed|y)"
    r"(?:[\s,]+(?:please|go ahead|do it|thanks|confirm))*\W*",
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"\W*(?:no|nope|don't|never ?mind|forget it|leave it|stop|drop it|cancel(?: (?:it|that))?)"
    r"(?:[\s,]+(?:thanks|thank you|please|don't|stop))*\W*",
    re.IGNORECASE,
)
_PROJECT: Final = re.compile(r"\bproject (?:number |no\.? ?|#)?(\d{1,9})\b", re.IGNORECASE)


@router.post("/query")
def query(request: Request, body: QueryAsked, afterwards: BackgroundTasks) -> Talked:
    """Plan what is asked for; with `confirm` it is carried out, unless it publishes or destroys."""
    said = body.conversation_id or _new_conversation()
    return _talk(request, body.query, body.context, said, body.confirm, afterwards, "query")


@router.post("/chat")
def chat(request: Request, body: ChatAsked, afterwards: BackgroundTasks) -> Talked:
    """The same in a conversation: "yes" carries out the last plan, "no" drops it."""
    said = body.conversation_id or _new_conversation()
    if (answer := _decided(request, body.message, said, afterwards)) is not None:
        return answer
    return _talk(request, body.message, body.context, said, body.confirm, afterwards, "chat")


@router.get("/plans/{plan_id}")
def get_plan(request: Request, plan_id: PlanId) -> PlanShown:
    """A plan, and how its steps stand."""
    with reading() as session:
        turn = conversations.plan(session, token_of(request), plan_id)
    return shown([turn])[0]


@router.post("/plans/{plan_id}/confirm", status_code=ACCEPTED)
def confirm_plan(
    request: Request,
    response: Response,
    plan_id: PlanId,
    afterwards: BackgroundTasks,
    dry_run: DryRun = False,
) -> PlanShown:
    """Have a plan carried out, once; what publishes or destroys is confirmed with it."""
    if dry_run:
        directing.try_to_confirm(token_of(request), plan_id)
        response.status_code = 200
        return get_plan(request, plan_id)
    turn, _ = _confirmed(request, plan_id, afterwards)
    response.headers["Location"] = f"/api/anime/generations/{turn.generation_id}"
    return shown([turn])[0]


@router.get("/conversations/{conversation_id}")
def get_conversation(
    request: Request, conversation_id: ConversationPath, page: PageAsked
) -> ConversationShown:
    """What was said, planned and done, oldest first."""
    (after,) = page.after(1)
    with reading() as session:
        rows = conversations.page(
            session, token_of(request), conversation_id, limit=page.one_more, after=after
        )
    cut = page.cut(rows, lambda row: str(row.id))
    return ConversationShown(conversation_id=conversation_id, turns=shown(list(cut)))


@router.delete("/conversations/{conversation_id}", status_code=204)
def delete_conversation(request: Request, conversation_id: ConversationPath) -> None:
    """Forget what was said; what was made stays."""
    with transaction() as session:
        conversations.forget(session, token_of(request), conversation_id)


def _new_conversation() -> str:
    return f"conv_{secrets.token_hex(8)}"


def _talk(
    request: Request,
    words: str,
    context: TalkContext,
    conversation_id: str,
    confirm: bool,
    afterwards: BackgroundTasks,
    command: str,
) -> Talked:
    token = token_of(request)
    project_id = context.project_id or _project_of(words, token, conversation_id)
    asked = directing.Asked(
        token, conversation_id, words, project_id, context.branch_name or MAIN, _stated(context),
        context.model_dump(mode="json", exclude_unset=True), command,
    )  # fmt: skip
    with spare_model(MODEL_WITHIN_S) as model:
        answered = directing.ask(asked, model)
    turn = answered.turn
    if confirm and turn.state == "planned" and not directing.is_held(answered.plan):
        turn, _ = _confirmed(request, turn.plan_id, afterwards)
    return _talked(answered, turn)


def _stated(context: TalkContext) -> Context:
    return Context(
        tuple(context.character_references),
        context.style,
        context.duration,
        context.quality,
        context.audio_path,
        context.scene_id,
    )


def _project_of(words: str, token: str, conversation_id: str) -> int | None:
    """The project that the words name, or the conversation was about."""
    if (named := _PROJECT.search(words)) is not None:
        return int(named[1])
    with reading() as session:
        turns = conversations.latest(session, token, conversation_id)
    return next((turn.project_id for turn in reversed(turns) if turn.project_id is not None), None)


def _decided(
    request: Request, message: str, conversation_id: str, afterwards: BackgroundTasks
) -> Talked | None:
    """What a yes or a no does to the plan that waits for it; None where it is none, or nothing waits.

    A yes to what is under way already is the same yes, sent again.
    """
    is_yes, is_no = _YES.fullmatch(message), _NO.fullmatch(message)
    if not (is_yes or is_no):
        return None
    token = token_of(request)
    with reading() as session:
        turns = conversations.latest(session, token, conversation_id)
    open_to = {"planned", "accepted"} if is_yes else {"planned", "asked"}
    if not turns or turns[-1].state not in open_to or (is_yes and not turns[-1].plan["steps"]):
        return None
    plan_id = turns[-1].plan_id
    if is_yes:
        turn, is_new = _confirmed(request, plan_id, afterwards)
        said = f"I am on it: {turn.generation_id}." if is_new else _already(turn)
    else:
        turn = directing.drop(token, plan_id)
        said = "Then I leave it." if turn.state == "dropped" else _already(turn)
    return _talked(Answered(turn, read_document(turn.plan), None), turn).model_copy(update={"response": said})


def _already(turn: DirectorTurn) -> str:
    """What became of a plan that was confirmed before."""
    with reading() as session:
        status = generations.get(session, turn.generation_id or "").status
    if status == "processing":
        return f"I am on it already: {turn.generation_id}."
    return f"That was confirmed before: {turn.generation_id} is {status.replace('_', ' ')}."


def _confirmed(request: Request, plan_id: str, afterwards: BackgroundTasks) -> tuple[DirectorTurn, bool]:
    """The plan that is carried out from now on, and whether it was not before."""
    turn, is_new = directing.confirm(token_of(request), plan_id)
    if is_new and turn.generation_id is not None:
        afterwards.add_task(_submit, request.app.state.submit, turn.generation_id)
    return turn, is_new


def _submit(submit: Submit, generation_id: str) -> None:
    """Set the run going; where Prefect does not answer, the reconciler does it later."""
    try:
        submit(generation_id, 1)
    except (UnavailableError, SupersededError) as error:
        log.warning("%s waits for the reconciler: %s", generation_id, error.message)


def _talked(answered: Answered, turn: DirectorTurn) -> Talked:
    document = turn.plan
    return Talked(
        response=turn.response,
        action_plan=document["steps"],
        estimated_duration=answered.estimated_duration,
        conversation_id=turn.conversation_id,
        plan_id=turn.plan_id,
        project_id=turn.project_id,
        state=turn.state,
        needs_confirmation=needs_confirmation(answered.plan),
        generation_id=turn.generation_id,
        questions=document["questions"],
        refusals=document["refusals"],
        understood=document["understood"],
        made_by=turn.made_by,
        dropped=list(answered.dropped),
    )
