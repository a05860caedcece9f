"""When batches run."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Response

from api.conditions import ConditionsAsked
from api.orders import OrdersGiven
from api.paging import PageAsked
from api.schemas.fields import Id
from api.schemas.schedules import ScheduleAsked, ScheduleChange, ScheduleNext, ScheduleShown
from db.models.orchestration import ProductionSchedule
from db.queries import projects, schedules
from db.session import transaction
from studio.errors import InvalidError
from studio.schedules import read_parameters
from tasks.schedules import BATCHES, next_times

router = APIRouter(prefix="/schedules", tags=["schedules"])


@router.post("", status_code=201)
def create_schedule(body: ScheduleAsked, orders: OrdersGiven, afterwards: BackgroundTasks) -> ScheduleNext:
    """Say when batches of a project run."""
    _check(body.kind, body.expression, body.time_zone)
    _check_parameters(body.parameters)
    with transaction() as session:
        projects.held(session, body.project_id)
        row = schedules.create(session, {**body.model_dump(), "deployment": BATCHES})
        shown = _shown(row)
    afterwards.add_task(orders.align_or_leave)
    return shown


@router.get("")
def list_schedules(page: PageAsked, project_id: Annotated[Id | None, Query()] = None) -> list[ScheduleShown]:
    """A project's schedules, or those of all, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        if project_id is not None:
            projects.get(session, project_id)
        rows = schedules.page(session, project_id, limit=page.one_more, after=after)
    return [ScheduleShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/{schedule_id}", response_model=ScheduleNext)
def get_schedule(schedule_id: Id, conditions: ConditionsAsked) -> ScheduleNext | Response:
    """One schedule, with its next times."""
    with transaction() as session:
        return conditions.answer(_shown(schedules.get(session, schedule_id)))


@router.put("/{schedule_id}", response_model=ScheduleNext)
def update_schedule(
    schedule_id: Id,
    body: ScheduleChange,
    conditions: ConditionsAsked,
    orders: OrdersGiven,
    afterwards: BackgroundTasks,
) -> ScheduleNext | Response:
    """Change what is named."""
    with transaction() as session:
        row = schedules.get(session, schedule_id, alone=True)
        conditions.check(_shown(row))
        values = body.model_dump(exclude_unset=True)
        whole = {name: values.get(name, getattr(row, name)) for name in ("kind", "expression", "time_zone")}
        if whole.keys() & values.keys():
            _check(**whole)
        _check_parameters(body.parameters)
        shown = _shown(schedules.change(session, row, values))
    afterwards.add_task(orders.align_or_leave)
    return conditions.tag(shown)


@router.delete("/{schedule_id}", status_code=204)
def delete_schedule(
    schedule_id: Id, conditions: ConditionsAsked, orders: OrdersGiven, afterwards: BackgroundTasks
) -> None:
    """Take it away."""
    with transaction() as session:
        row = schedules.get(session, schedule_id, alone=True)
        conditions.check(_shown(row))
        schedules.delete(session, row)
    afterwards.add_task(orders.align_or_leave)


def _check(kind: str, expression: str, time_zone: str) -> None:
    next_times(kind, expression, time_zone, after=datetime.now(UTC))


def _check_parameters(parameters: dict[str, Any]) -> None:
    for wrong in read_parameters(parameters)[1]:
        raise InvalidError(
            f"No batch can be begun with {wrong.key} {wrong.value!r}.",
            field=f"parameters.{wrong.key}",
            value=wrong.value,
            expected=wrong.expected,
        )


def _shown(row: ProductionSchedule) -> ScheduleNext:
    return ScheduleNext(**ScheduleShown.model_validate(row).model_dump(), next_times=_next(row))


def _next(row: ProductionSchedule) -> list[datetime]:
    if not row.enabled:
        return []
    try:
        return next_times(row.kind, row.expression, row.time_zone, after=datetime.now(UTC))
    except InvalidError:  # it was one once, and has ended
        return []
