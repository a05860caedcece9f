"""A Prefect server that knows what Tower deploys."""

import asyncio
from collections.abc import Iterator

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.registry import apply, pools


@pytest.fixture(scope="module")
def orchestrated(prefect_server: str) -> Iterator[None]:
    """This process works with a Prefect server that knows the deployments."""

    async def register() -> None:
        async with get_client() as client:
            await apply(client, pools(1))

    with temporary_settings({PREFECT_API_URL: prefect_server}):
        asyncio.run(register())
        yield
