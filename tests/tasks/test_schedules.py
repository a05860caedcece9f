"""Schedules worked out as Prefect does, and kept equal to those of a real Prefect server."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.schedules import CronSchedule
from prefect.server.schemas.schedules import RRuleSchedule

from db.queries import projects, schedules
from db.session import transaction
from studio.errors import InvalidError, UnavailableError
from tasks import orchestrator
from tasks.schedules import align, next_times

NOON = datetime(2026, 3, 27, 12, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York"])
Seen = tuple[UUID, str, bool, datetime | None]
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 23), ZONES, MOMENTS)
def test_three_oclock_is_three_oclock_summer_and_winter(hour: int, zone: str, after: datetime) -> None:
    for kind, expression in (
        ("cron", f"30 {hour} * * *"),
        ("rrule", f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=30"),
    ):
        times = next_times(kind, expression, zone, after=after)
        assert len(times) == 5
        assert times == sorted(times)
        assert times[0] > after
        local = [each.astimezone(ZoneInfo(zone)) for each in times]
        off = [each for each in local if (each.hour, each.minute) != (hour, 30)]
        assert not off or hour in (1, 2), (kind, off)  # an hour that a day skips or has twice


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=3", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=3"]),
    MOMENTS,
)
def test_times_of_a_rule_are_those_that_prefect_plans(expression: str, after: datetime) -> None:
    planned = RRuleSchedule(rrule=expression, timezone="Asia/Tokyo").get_dates(
        5, start=after + timedelta(microseconds=1)
    )
    assert next_times("rrule", expression, "Asia/Tokyo", after=after) == asyncio.run(planned)


@pytest.mark.parametrize(
    ("kind", "expression", "zone", "field"),
    [
        ("cron", "x 3 * * *", "UTC", "expression"), ("cron", "0 3 * * H", "UTC", "expression"),
        ("cron", "0 0 30 2 *", "UTC", "expression"), ("cron", "0 3 * * *", "Mars", "time_zone"),
        ("rrule", "FREQ=DAILY", "Mars", "time_zone"),
        ("rrule", "FREQ=DAILY;UNTIL=20250101", "UTC", "expression"),
        ("rrule", "FREQ=DAILY;UNTIL=20301301", "UTC", "expression"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_by_its_field(
    kind: str, expression: str, zone: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        next_times(kind, expression, zone, after=NOON)
    assert refused.value.details["field"] == field


@pytest.fixture
def deployment(orchestrated: None, connected: Path) -> Iterator[tuple[SyncPrefectClient, UUID, str]]:
    """A deployment that exists for this test alone."""
    with orchestrator.client() as client:
        made = client.create_deployment(client.create_flow_from_name("batch-of-a-test"), "nightly")
        yield client, made, "batch-of-a-test/nightly"
        client.delete_deployment(made)


def test_prefects_schedules_follow_our_table_and_those_of_others_stay(
    deployment: tuple[SyncPrefectClient, UUID, str],
) -> None:
    client, key, name = deployment
    own = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 1 * * *", timezone="UTC"), slug="of-others")
    client.create_deployment_schedules(key, [own])
    cron, rule = kept(name, "a", "cron", "0 3 * * *"), kept(name, "b", "rrule", "FREQ=DAILY;BYHOUR=4")
    align(name)
    first = seen(client, key)
    assert {slug: (each[1], each[2]) for slug, each in first.items()} == {
        "of-others": ("0 1 * * *", True),
        f"tower-{cron}": ("0 3 * * *", True),
        f"tower-{rule}": ("FREQ=DAILY;BYHOUR=4", True),
    }
    align(name)
    assert seen(client, key) == first
    with transaction() as session:
        row = schedules.get(session, cron)
        assert row.schedule_id == first[f"tower-{cron}"][0]
        schedules.change(session, row, {"expression": "0 5 * * *", "enabled": False})
        schedules.delete(session, schedules.get(session, rule))
    align(name)
    last = seen(client, key)
    assert last.keys() == {"of-others", f"tower-{cron}"}
    assert last["of-others"] == first["of-others"]
    assert last[f"tower-{cron}"][:3] == (first[f"tower-{cron}"][0], "0 5 * * *", False)


def test_a_deployment_that_prefect_does_not_know_is_told_of(orchestrated: None, connected: Path) -> None:
    with pytest.raises(UnavailableError):
        align("no-such-flow/nightly")


def test_the_next_times_of_all_schedules_are_planned_as_soon_as_one_of_them_changes(
    deployment: tuple[SyncPrefectClient, UUID, str],
) -> None:
    client, key, name = deployment
    changed, other = kept(name, "c", "cron", "0 3 * * *"), kept(name, "d", "cron", "0 4 * * *")
    align(name)
    assert hours(client, key) == {changed: {3}, other: {4}}
    with transaction() as session:
        schedules.change(session, schedules.get(session, changed), {"expression": "0 5 * * *"})
    align(name)
    assert hours(client, key) == {changed: {5}, other: {4}}


def hours(client: SyncPrefectClient, deployment: UUID) -> dict[int, set[int]]:
    """At which hours runs are planned, by the row of their schedule."""
    of = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    found: dict[int, set[int]] = {}
    for run in client.read_flow_runs(deployment_filter=of):
        at = run.expected_start_time
        assert at is not None
        found.setdefault(run.parameters["schedule_id"], set()).add(at.astimezone(ZoneInfo("Asia/Tokyo")).hour)
    return found


def kept(deployment: str, name: str, kind: str, expression: str) -> int:
    with transaction() as session:
        project = projects.create(session, name=f"Batch {name}", description="", details={})
        row = schedules.create(
            session,
            {"project_id": project.id, "name": name, "kind": kind, "expression": expression,
             "time_zone": "Asia/Tokyo", "deployment": deployment, "parameters": {}},
        )  # fmt: skip
        assert row.id is not None
        return row.id


def seen(client: SyncPrefectClient, deployment: UUID) -> dict[str | None, Seen]:
    """Each schedule by its slug: id, expression, whether it is active, and when it was last written."""
    return {
        each.slug: (each.id, expression(each), each.active, each.updated)
        for each in client.read_deployment_schedules(deployment)
    }  # fmt: skip


def expression(schedule: DeploymentSchedule) -> str:
    said = schedule.schedule.model_dump()
    return str(said.get("cron") or said["rrule"]).splitlines()[-1]
