"""Schedules of batches: worked out as Prefect does, and kept equal to Prefect's own."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.schedules import SCHEDULE_TYPES, CronSchedule, RRuleSchedule
from prefect.server.schemas import schedules as scheduler

from db.models.orchestration import ProductionSchedule
from db.queries import schedules
from db.session import transaction
from studio.canonical import digest
from studio.errors import InvalidError
from studio.schedules import check_cron, check_rrule, not_taken, read_parameters
from tasks import orchestrator

SHOWN: Final = 5
HORIZON: Final = timedelta(days=5 * 366)
"""How far a rule is followed: one that has no time until then is refused."""
BATCHES: Final = "render-batch/render-batch"
"""What schedules of projects start."""
LOOKED_AT_EVERY_S: Final = 60.0
_SLUG: Final = "tower-"


def next_times(kind: str, expression: str, time_zone: str, *, after: datetime) -> list[datetime]:
    """The next five times of a schedule, in UTC, ascending; fewer where it ends before.

    Args:
        kind: `cron` or `rrule`.
        expression: Five fields of cron, or one recurrence rule (RFC 5545).
        time_zone: An IANA name: 3 o'clock is 3 o'clock there, summer and winter.
        after: With a time zone; the times follow it.

    Raises:
        InvalidError: expression or time zone is none, or the schedule has no time in the next five years.
    """
    find = _cron_times if kind == "cron" else _rrule_times
    try:
        found = find(expression, time_zone, after)
    except InvalidError:
        raise
    except (ValueError, OverflowError) as error:
        _check_zone(time_zone)
        raise not_taken(expression, f"a {kind} expression") from error
    if not found:
        raise not_taken(expression, "a schedule with a time in the next five years")
    return [each.astimezone(UTC) for each in found]


def align(deployment: str) -> None:
    """Have a deployment's schedules in Prefect say what our table says; those of others stay as they are.

    Raises:
        UnavailableError: Prefect does not answer, or does not know the deployment.
    """
    with transaction() as session:
        wanted = {row.id or 0: _wanted(row) for row in schedules.of_deployment(session, deployment)}
    with orchestrator.client() as client:
        deployment_id = client.read_deployment_by_name(deployment).id
        before = client.read_deployment_schedules(deployment_id)
        known = _align(client, deployment_id, before, wanted)
        if client.read_deployment_schedules(deployment_id) != before:
            _plan(client, deployment_id)
    with transaction() as session:
        schedules.note(session, known)


class Alignment:
    """Keeps Prefect's schedules equal to ours: at once when ours have changed, else every now and then."""

    def __init__(self, deployment: str = BATCHES) -> None:
        self._deployment = deployment
        self._aligned: str | None = None
        self._at_s = -LOOKED_AT_EVERY_S

    def keep(self) -> None:
        """Align them where it is time to.

        Raises:
            UnavailableError: the database or Prefect does not answer.
        """
        with transaction() as session:
            rows = schedules.of_deployment(session, self._deployment)
        ours = digest([row.model_dump(mode="json", exclude={"schedule_id"}) for row in rows])
        if ours == self._aligned and time.monotonic() - self._at_s < LOOKED_AT_EVERY_S:
            return
        align(self._deployment)
        self._aligned, self._at_s = ours, time.monotonic()


def _cron_times(expression: str, time_zone: str, after: datetime) -> list[datetime]:
    check_cron(expression)
    schedule = scheduler.CronSchedule(cron=expression, timezone=time_zone)
    start = after.replace(microsecond=0) + timedelta(seconds=1)
    return [*asyncio.run(schedule.get_dates(SHOWN, start=start, end=after + HORIZON))]


def _rrule_times(expression: str, time_zone: str, after: datetime) -> list[datetime]:
    check_rrule(expression)
    rule: Any = scheduler.RRuleSchedule(rrule=expression, timezone=time_zone).to_rrule()
    following = rule.xafter(after, inc=False)
    return [*islice(takewhile(lambda at: at <= after + HORIZON, following), SHOWN)]


def _check_zone(time_zone: str) -> None:
    try:
        scheduler.CronSchedule(cron="0 0 * * *", timezone=time_zone)
    except ValueError as error:
        raise InvalidError(
            f"There is no time zone {time_zone!r}.",
            field="time_zone",
            value=time_zone,
            expected="an IANA name, as Asia/Tokyo",
        ) from error


@dataclass(frozen=True, slots=True)
class _Wanted:
    schedule: SCHEDULE_TYPES
    active: bool
    parameters: dict[str, Any]


def _wanted(row: ProductionSchedule) -> _Wanted:
    made: CronSchedule | RRuleSchedule
    if row.kind == "cron":
        made = CronSchedule(cron=row.expression, timezone=row.time_zone)
    else:
        made = RRuleSchedule(rrule=row.expression, timezone=row.time_zone)
    said, _ = read_parameters(row.parameters)
    whose = {"project_id": row.project_id, "schedule_id": row.id}
    return _Wanted(made, row.enabled, {**said, **whose})


def _plan(client: SyncPrefectClient, deployment: UUID) -> None:
    """Have the next runs planned now.

    A change of one schedule takes the planned runs of all from Prefect, which looks for what is to be planned
    once a minute only: what is due meanwhile would not be started.
    """
    client.request("POST", "/deployments/{id}/schedule", path_params={"id": deployment}, json={})


def _align(
    client: SyncPrefectClient,
    deployment: UUID,
    known: Iterable[DeploymentSchedule],
    wanted: Mapping[int, _Wanted],
) -> dict[int, UUID]:
    found = {each.slug: each for each in known if is_ours(each)}
    slugs = {f"{_SLUG}{row_id}" for row_id in wanted}
    for slug, each in found.items():
        if slug not in slugs:
            client.delete_deployment_schedule(deployment, each.id)
    return {
        row_id: _one(client, deployment, f"{_SLUG}{row_id}", each, found.get(f"{_SLUG}{row_id}"))
        for row_id, each in wanted.items()
    }


def is_ours(schedule: DeploymentSchedule) -> bool:
    """Whether a schedule of Prefect's is one of our table."""
    return schedule.slug is not None and schedule.slug.removeprefix(_SLUG).isdecimal()


def _one(
    client: SyncPrefectClient, deployment: UUID, slug: str, wanted: _Wanted, found: DeploymentSchedule | None
) -> UUID:
    if found is None:
        made = DeploymentScheduleCreate(
            slug=slug, schedule=wanted.schedule, active=wanted.active, parameters=wanted.parameters
        )
        return client.create_deployment_schedules(deployment, [made])[0].id
    if _Wanted(_as_sent(found.schedule), found.active, found.parameters) != wanted:
        client.update_deployment_schedule(
            deployment,
            found.id,
            schedule=wanted.schedule,
            active=wanted.active,
            parameters=wanted.parameters,
        )
    return found.id


def _as_sent(schedule: SCHEDULE_TYPES) -> SCHEDULE_TYPES:
    """Prefect writes the beginning of the count before a rule that does not name it."""
    if isinstance(schedule, RRuleSchedule):
        return schedule.model_copy(update={"rrule": schedule.rrule.rpartition("\n")[2]})
    return schedule
