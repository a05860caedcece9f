"""What people think of generations, and what was decided about them."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.keys import token_of
from api.paging import PageAsked
from api.routes.generations import GenerationId
from api.schemas.fields import Id
from api.schemas.judgement import DecisionShown, ExampleShown, FeedbackAsked, FeedbackShown
from db.queries import decisions, examples, generations, preferences, projects
from db.session import transaction

router = APIRouter(tags=["feedback"])
JSON_LINES: Final = "application/x-ndjson"


@router.post("/generations/{generation_id}/feedback", status_code=201)
def give_feedback(request: Request, generation_id: GenerationId, body: FeedbackAsked) -> FeedbackShown:
    """Rate a generation's newest take, from 1 to 5."""
    with transaction() as session:
        job = generations.locked(session, generation_id)
        row = decisions.give_feedback(
            session, job, token=token_of(request), rating=body.rating, text=body.text
        )
        preferences.learn(session, token_of(request))
        return FeedbackShown.model_validate(row)


@router.get("/generations/{generation_id}/feedback")
def list_feedback(generation_id: GenerationId, page: PageAsked) -> list[FeedbackShown]:
    """What was thought of a generation, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        generations.get(session, generation_id)
        rows = decisions.feedback(session, generation_id, limit=page.one_more, after=after)
    return [FeedbackShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/decisions")
def list_decisions(
    page: PageAsked,
    project_id: Annotated[Id | None, Query()] = None,
    generation_id: Annotated[str | None, Query(max_length=100, pattern=r"^gen_[0-9A-Za-z_-]+$")] = None,
) -> list[DecisionShown]:
    """What was decided, newest first: by people, and by the loop that renders and judges."""
    (before,) = page.after(1)
    with transaction() as session:
        if project_id is not None:
            projects.get(session, project_id)
        rows = decisions.page(
            session,
            project_id=project_id,
            generation_id=generation_id,
            limit=page.one_more,
            before=before,
        )
    return [DecisionShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get(
    "/projects/{project_id}/training-examples",
    response_class=Response,
    responses={200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}},
)
def export_examples(project_id: Id, page: PageAsked) -> Response:
    """Approved takes as JSON lines, oldest first: what a model can be taught by."""
    (after,) = page.after(1)
    with transaction() as session:
        projects.get(session, project_id)
        rows = examples.page(session, project_id, limit=page.one_more, after=after)
    cut = page.cut(rows, lambda row: str(row["id"]))
    lines = (ExampleShown.model_validate(row).model_dump_json() + "\n" for row in cut)
    next_page = {name: value for name, value in page.response.headers.items() if name == "link"}
    return Response("".join(lines), media_type=JSON_LINES, headers=next_page)
