"""The workflows that renders pick from."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.commands import CommandsGiven
from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.schemas.fields import Id, Name
from api.schemas.workflows import JudgedShown, WorkflowAsked, WorkflowChange, WorkflowListed, WorkflowShown
from db.queries import workflows
from db.session import transaction
from studio.workflow_import import read_workflow

router = APIRouter(prefix="/workflows", tags=["workflows"])
WorkflowName = Annotated[Name, Path(examples=["animatic"])]


@router.post("", status_code=201, responses={200: {"description": "The newest version is the same."}})
def import_workflow(response: Response, body: WorkflowAsked) -> WorkflowShown:
    """Import a graph in ComfyUI's API format; one of a name that there is becomes its next version."""
    workflow = read_workflow(
        body.name,
        body.graph,
        {name: each.meant() for name, each in body.bindings.items()},
        body.optional,
        limits=body.limits.meant(),
        detours={name: tuple(each.meant() for each in nodes) for name, nodes in body.detours.items()},
        rank=body.rank,
    )
    with transaction() as session:
        row, is_new = workflows.add(session, workflow, is_ranked="rank" in body.model_fields_set)
        response.status_code = 201 if is_new else 200
        return WorkflowShown.model_validate(row)


@router.get("")
def list_workflows(page: PageAsked) -> list[WorkflowListed]:
    """The newest version of each workflow, by name."""
    with transaction() as session:
        rows = workflows.newest(session, limit=page.one_more, after=page.cursor or "")
    return [WorkflowListed.model_validate(row) for row in page.cut(rows, lambda row: row.name)]


@router.get("/{name}", response_model=WorkflowShown)
def get_workflow(
    name: WorkflowName, conditions: ConditionsAsked, version: Annotated[Id | None, Query()] = None
) -> WorkflowShown | Response:
    """A workflow's newest version, or the one asked for."""
    with transaction() as session:
        return conditions.answer(WorkflowShown.model_validate(workflows.get(session, name, version)))


@router.put("/{name}", response_model=WorkflowShown)
def change_workflow(
    name: WorkflowName, body: WorkflowChange, conditions: ConditionsAsked
) -> WorkflowShown | Response:
    """Enable or disable a workflow, or rank it, in all its versions; what is under way goes on."""
    with transaction() as session:
        conditions.check(WorkflowShown.model_validate(workflows.get(session, name)))
        row = workflows.change(session, name, body.model_dump(exclude_unset=True))
        return conditions.tag(WorkflowShown.model_validate(row))


@router.post("/{name}/check")
def check_workflow(
    name: WorkflowName,
    commands: CommandsGiven,
    version: Annotated[Id | None, Query()] = None,
    server: Annotated[Name | None, Query(description="One of the servers; all where none is named.")] = None,
) -> list[JudgedShown]:
    """Hold a workflow against what the renderers have: nodes, models, links, values."""
    with transaction() as session:
        workflow = workflows.as_workflow(workflows.get(session, name, version))
    return [JudgedShown.model_validate(judged) for judged in commands.judge_workflow(workflow, server)]
