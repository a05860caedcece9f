"""Timelines, and what holds on them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.schemas.fields import Id
from api.schemas.resources import (
    ContextAsked,
    ContextChange,
    ContextShown,
    OrderAsked,
    TimelineAsked,
    TimelineChange,
    TimelineShown,
)
from db.models.story import StorylineContext, StoryTimeline
from db.queries import projects, resources, timelines
from db.session import transaction

router = APIRouter(tags=["story"])


@router.post("/timelines", status_code=201)
def create_timeline(body: TimelineAsked) -> TimelineShown:
    """Make a timeline, the last of its project."""
    with transaction() as session:
        projects.held(session, body.project_id)
        return TimelineShown.model_validate(resources.append(session, StoryTimeline(**body.model_dump())))


@router.get("/timelines")
def list_timelines(project_id: Annotated[Id, Query()], page: PageAsked) -> list[TimelineShown]:
    """A project's timelines, in the order in which they are told."""
    after = page.after(2)
    with transaction() as session:
        projects.get(session, project_id)
        rows = resources.in_order(session, StoryTimeline, project_id, limit=page.one_more, after=after)
    cut = page.cut(rows, lambda row: f"{row.position}.{row.id}")
    return [TimelineShown.model_validate(row) for row in cut]


@router.put("/projects/{project_id}/timelines/order")
def order_timelines(project_id: Id, body: OrderAsked) -> list[TimelineShown]:
    """Tell a project's timelines in another order."""
    with transaction() as session:
        projects.held(session, project_id)
        rows = resources.reorder(session, StoryTimeline, project_id, body.ids)
        return [TimelineShown.model_validate(row) for row in rows]


@router.get("/timelines/{timeline_id}", response_model=TimelineShown)
def get_timeline(timeline_id: Id, conditions: ConditionsAsked) -> TimelineShown | Response:
    """One timeline."""
    with transaction() as session:
        return conditions.answer(
            TimelineShown.model_validate(resources.get(session, StoryTimeline, timeline_id))
        )


@router.put("/timelines/{timeline_id}", response_model=TimelineShown)
def update_timeline(
    timeline_id: Id, body: TimelineChange, conditions: ConditionsAsked
) -> TimelineShown | Response:
    """Change what is named."""
    with transaction() as session:
        row = resources.get(session, StoryTimeline, timeline_id, alone=True)
        conditions.check(TimelineShown.model_validate(row))
        row = resources.change(session, row, body.model_dump(exclude_unset=True))
        return conditions.tag(TimelineShown.model_validate(row))


@router.delete("/timelines/{timeline_id}", status_code=204)
def delete_timeline(timeline_id: Id, conditions: ConditionsAsked) -> None:
    """Take it away."""
    with transaction() as session:
        conditions.check(
            TimelineShown.model_validate(resources.get(session, StoryTimeline, timeline_id, alone=True))
        )
        resources.remove(session, StoryTimeline, timeline_id)


@router.post("/timelines/{timeline_id}/context", status_code=201)
def add_context(timeline_id: Id, body: ContextAsked) -> ContextShown:
    """Say what holds of somebody or something from a scene number on."""
    with transaction() as session:
        resources.get(session, StoryTimeline, timeline_id, alone=True)
        row = StorylineContext(timeline_id=timeline_id, **body.model_dump())
        return ContextShown.model_validate(resources.create(session, row))


@router.get("/timelines/{timeline_id}/context")
def list_context(timeline_id: Id, page: PageAsked) -> list[ContextShown]:
    """What holds on a timeline, by scene number."""
    after = page.after(2)
    with transaction() as session:
        resources.get(session, StoryTimeline, timeline_id)
        rows = timelines.context(session, timeline_id, limit=page.one_more, after=after)
    cut = page.cut(rows, lambda row: f"{row.from_scene_number}.{row.id}")
    return [ContextShown.model_validate(row) for row in cut]


@router.get("/storyline-context/{context_id}", response_model=ContextShown)
def get_context(context_id: Id, conditions: ConditionsAsked) -> ContextShown | Response:
    """One thing that holds."""
    with transaction() as session:
        return conditions.answer(
            ContextShown.model_validate(resources.get(session, StorylineContext, context_id))
        )


@router.put("/storyline-context/{context_id}", response_model=ContextShown)
def update_context(
    context_id: Id, body: ContextChange, conditions: ConditionsAsked
) -> ContextShown | Response:
    """Change what is named."""
    with transaction() as session:
        row = resources.get(session, StorylineContext, context_id, alone=True)
        conditions.check(ContextShown.model_validate(row))
        row = resources.change(session, row, body.model_dump(exclude_unset=True))
        return conditions.tag(ContextShown.model_validate(row))


@router.delete("/storyline-context/{context_id}", status_code=204)
def delete_context(context_id: Id, conditions: ConditionsAsked) -> None:
    """Take it away."""
    with transaction() as session:
        conditions.check(
            ContextShown.model_validate(resources.get(session, StorylineContext, context_id, alone=True))
        )
        resources.remove(session, StorylineContext, context_id)
