"""Carrying a scan of the library: alone, with signs of life, and a row that says how it ended."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from db.queries import library_scans
from db.session import transaction
from studio.errors import ContentionError, StudioError, UnavailableError
from studio.settings import read_settings

log = logging.getLogger(__name__)
INTERNAL = "Something went wrong inside Tower; its log has the details."


@contextmanager
def scanning(scan_id: int | None, flow_run_id: str | UUID | None) -> Iterator[int | None]:
    """Hold the library for the block: the scan's number, or None while another scan holds it."""
    with library_scans.alone() as is_alone:
        if not is_alone:
            _give_way(scan_id)
            yield None
            return
        with transaction() as session:
            scan = scan_id if scan_id is not None else library_scans.create(session).id or 0
            library_scans.begin(session, scan, None if flow_run_id is None else UUID(str(flow_run_id)))
        with _beating(scan), _ending(scan):
            yield scan


@contextmanager
def _ending(scan: int) -> Iterator[None]:
    """Note how the scan ends; one that is killed is noted by the next."""
    try:
        yield
    except StudioError as error:
        _finish(scan, "failed", error.message)
        raise
    except Exception:
        _finish(scan, "failed", INTERNAL)
        raise
    _finish(scan, "completed", None)


@contextmanager
def _beating(scan: int) -> Iterator[None]:
    ended = threading.Event()
    heart = threading.Thread(target=_beat_until, args=(scan, ended), name="scan heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join(timeout=read_settings().heartbeat_s)


def _beat_until(scan: int, ended: threading.Event) -> None:
    while not ended.wait(read_settings().heartbeat_s):
        try:
            with transaction() as session:
                library_scans.note(session, scan)
        except (UnavailableError, ContentionError) as error:
            log.warning("scan %d: no sign of life written: %s", scan, error.message)


def _give_way(scan_id: int | None) -> None:
    if scan_id is not None:
        _finish(scan_id, "interrupted", "Another scan was under way.")


def _finish(scan: int, state: str, error: str | None) -> None:
    try:
        with transaction() as session:
            library_scans.finish(session, scan, state, error=error)
    except (UnavailableError, ContentionError):
        log.exception("scan %d: its end (%s) could not be noted", scan, state)
