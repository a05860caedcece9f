"""Starting a scan of the music library: one at a time."""

from dataclasses import dataclass

from db.queries import library_scans
from db.session import transaction
from studio.errors import StudioError
from studio.settings import read_settings
from tasks import orchestrator


@dataclass(frozen=True, slots=True)
class Started:
    """A scan that was begun, or the one that is under way already."""

    scan_id: int
    is_new: bool


def start_scan() -> Started:
    """Have the library scanned; where that is being done, nothing is added.

    Raises:
        UnavailableError: Prefect does not answer, or does not know the deployment yet.
    """
    silent_s = max(read_settings().heartbeat_lost_s, read_settings().start_lost_s)
    with transaction() as session:
        if (running := library_scans.under_way(session, silent_s=silent_s)) is not None:
            return Started(running.id or 0, is_new=False)
        scan_id = library_scans.create(session).id or 0
    _submit(scan_id)
    return Started(scan_id, is_new=True)


def _submit(scan_id: int) -> None:
    try:
        flow_run_id = orchestrator.create_scan(scan_id)
    except StudioError:
        with transaction() as session:
            library_scans.finish(session, scan_id, "failed", error="Prefect did not take it.")
        raise
    with transaction() as session:
        library_scans.note(session, scan_id, flow_run_id=flow_run_id)
