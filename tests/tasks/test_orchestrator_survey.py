"""What is asked of a real Prefect, and of one that is not there."""

from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from studio.errors import UnavailableError
from tasks.orchestrator_survey import knows, look_at_pools


@pytest.fixture
def prefect(prefect_server: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield


@pytest.mark.usefixtures("prefect")
def test_a_deployment_that_nobody_made_is_not_known() -> None:
    assert knows("no-such-flow/no-such-deployment") is False


def test_a_prefect_that_is_away_is_told() -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        for ask in (look_at_pools, lambda: knows("direct/direct")):
            with pytest.raises(UnavailableError, match="Prefect does not answer"):
                ask()
