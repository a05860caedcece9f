"""Starting a scan: handed to Prefect by deployment, one at a time, and how it ends."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import get_client

from db.queries import library_scans
from db.session import transaction
from studio.errors import MediaError
from tasks.library_carrying import scanning
from tasks.library_start import start_scan
from tests.fakes import library

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture(autouse=True)
def _clean(connected: Path) -> Iterator[None]:
    yield
    library.empty()


def state(scan: int | None) -> tuple[str, str | None]:
    with transaction() as session:
        row = library_scans.get(session, scan or 0)
        return row.state, row.error


@pytest.mark.usefixtures("orchestrated")
def test_a_scan_is_handed_to_prefect_and_asked_for_again_it_is_the_same() -> None:
    first, again = start_scan(), start_scan()
    assert (first.is_new, again.is_new, again.scan_id) == (True, False, first.scan_id)
    with transaction() as session:
        flow_run_id = library_scans.get(session, first.scan_id).flow_run_id
    with get_client(sync_client=True) as prefect:
        run = prefect.read_flow_run(UUID(str(flow_run_id)))
    assert run.parameters == {"scan_id": first.scan_id}
    assert run.work_queue_name == "batch"


def test_a_scan_ends_as_what_became_of_it() -> None:
    with scanning(None, uuid4()) as scan:
        assert state(scan) == ("scanning", None)
    assert state(scan) == ("completed", None)
    with pytest.raises(MediaError), scanning(None, None) as failed:
        raise MediaError("The reason.")
    assert state(failed) == ("failed", "The reason.")


def test_one_that_died_is_told_by_the_next() -> None:
    with transaction() as session:
        dead = library_scans.create(session).id
    with scanning(None, None):
        assert state(dead)[0] == "interrupted"


def test_a_second_scan_gives_way() -> None:
    with transaction() as session:
        second = library_scans.create(session).id
    with scanning(second, None) as first, scanning(second, None) as other:
        assert first is not None
        assert other is None
    assert state(first)[0] == "completed"
