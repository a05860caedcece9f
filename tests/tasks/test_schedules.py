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
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import DeploymentSchedule, FlowRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.server.schemas.schedules import RRuleSchedule

from db.queries import episode_renders, projects, schedules
from db.session import transaction
from flows.render_batch import render_batch
from studio.errors import InvalidError, UnavailableError
from tasks import orchestrator
from tasks.episode_batch import Batch, begin_batch
from tasks.schedules import BATCHES, align, next_times
from tests.fakes.episodes import new_episode
from tests.fakes.serving import wait_until

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


@pytest.mark.usefixtures("orchestrated", "connected")
def test_a_schedule_fires_by_prefects_own_clock_and_begins_a_batch() -> None:
    told = new_episode({})
    with transaction() as session:
        values = {"project_id": told.branch.project_id, "name": "each minute", "kind": "cron"}
        terms = {"parameters": {"quality": "draft", "note": "passed over"}, "deployment": BATCHES}
        row = schedules.create(session, {**values, **terms, "expression": "* * * * *"})
    align(BATCHES)
    planned: list[FlowRun] = []

    def is_planned() -> bool:
        planned[:] = [run for run in _planned() if run.parameters.get("schedule_id") == row.id]
        return bool(planned)

    wait_until(is_planned, timeout_s=120)
    assert planned[0].auto_scheduled
    assert planned[0].work_queue_name == "batch"
    assert planned[0].parameters.items() >= {"project_id": row.project_id, "quality": "draft"}.items()
    taken = render_batch.validate_parameters(planned[0].parameters)
    begin_batch.fn(taken.pop("project_id"), Batch(**taken))
    with transaction() as session:
        job = episode_renders.newest(session, told.branch.id or 0, told.episode_id)
        assert job is not None
        assert job.request["batch"] == {"schedule_id": row.id}
        schedules.delete(session, schedules.get(session, row.id or 0))
    align(BATCHES)


def _planned() -> list[FlowRun]:
    flow = FlowFilter(name=FlowFilterName(any_=["render-batch"]))
    with orchestrator.client() as client:
        return list(client.read_flow_runs(flow_filter=flow))


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
