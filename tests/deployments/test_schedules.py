"""The schedules of `prefect.yaml`, applied to a real Prefect server."""

import asyncio
from collections.abc import Iterator

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.registry import apply, pools

SCAN = "scan-library/scan-library"


@pytest.fixture
def prefect(prefect_server: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield


async def schedules(client: PrefectClient) -> list[DeploymentSchedule]:
    return list((await client.read_deployment_by_name(SCAN)).schedules)


@pytest.mark.usefixtures("prefect")
def test_the_scan_runs_nightly_and_one_that_is_paused_stays_so() -> None:
    async def check() -> None:
        async with get_client() as client:
            await apply(client, pools(1))
            (nightly,) = await schedules(client)
            assert (nightly.schedule.cron, nightly.schedule.timezone) == ("30 3 * * *", "UTC")
            assert nightly.active
            await apply(client, pools(1))
            assert [each.id for each in await schedules(client)] == [nightly.id]
            deployment = await client.read_deployment_by_name(SCAN)
            await client.update_deployment_schedule(deployment.id, nightly.id, active=False)
            await apply(client, pools(1))
            assert [each.active for each in await schedules(client)] == [False]

    asyncio.run(check())
