"""Story arcs."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.schemas.fields import Id
from api.schemas.resources import ArcAsked, ArcChange, ArcShown, OrderAsked
from db.models.story import StoryArc
from db.queries import projects, resources
from db.session import transaction

router = APIRouter(tags=["story"])


@router.post("/story-arcs", status_code=201)
def create_arc(body: ArcAsked) -> ArcShown:
    """Make an arc, the last of its project."""
    with transaction() as session:
        projects.held(session, body.project_id)
        return ArcShown.model_validate(resources.append(session, StoryArc(**body.model_dump())))


@router.get("/story-arcs")
def list_arcs(project_id: Annotated[Id, Query()], page: PageAsked) -> list[ArcShown]:
    """A project's story arcs, in the order in which they are told."""
    after = page.after(2)
    with transaction() as session:
        projects.get(session, project_id)
        rows = resources.in_order(session, StoryArc, project_id, limit=page.one_more, after=after)
    cut = page.cut(rows, lambda row: f"{row.position}.{row.id}")
    return [ArcShown.model_validate(row) for row in cut]


@router.put("/projects/{project_id}/story-arcs/order")
def order_arcs(project_id: Id, body: OrderAsked) -> list[ArcShown]:
    """Tell a project's story arcs in another order."""
    with transaction() as session:
        projects.held(session, project_id)
        rows = resources.reorder(session, StoryArc, project_id, body.ids)
        return [ArcShown.model_validate(row) for row in rows]


@router.get("/story-arcs/{arc_id}", response_model=ArcShown)
def get_arc(arc_id: Id, conditions: ConditionsAsked) -> ArcShown | Response:
    """One story arc."""
    with transaction() as session:
        return conditions.answer(ArcShown.model_validate(resources.get(session, StoryArc, arc_id)))


@router.put("/story-arcs/{arc_id}", response_model=ArcShown)
def update_arc(arc_id: Id, body: ArcChange, conditions: ConditionsAsked) -> ArcShown | Response:
    """Change what is named."""
    with transaction() as session:
        row = resources.get(session, StoryArc, arc_id, alone=True)
        conditions.check(ArcShown.model_validate(row))
        row = resources.change(session, row, body.model_dump(exclude_unset=True))
        return conditions.tag(ArcShown.model_validate(row))


@router.delete("/story-arcs/{arc_id}", status_code=204)
def delete_arc(arc_id: Id, conditions: ConditionsAsked) -> None:
    """Take it away."""
    with transaction() as session:
        conditions.check(ArcShown.model_validate(resources.get(session, StoryArc, arc_id, alone=True)))
        resources.remove(session, StoryArc, arc_id)
