"""Having the music library scanned, and how far that is."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api.library_views import show_scan
from api.schemas.fields import Id
from api.schemas.library import ScanShown
from api.schemas.library_queries import Paged
from db.queries import library_scans
from db.session import transaction

router = APIRouter(prefix="/library", tags=["library"])


@router.post("/scan", status_code=202)
def start(request: Request, response: Response) -> ScanShown:
    """Look through the music folders; where that is being done already, the answer is that scan."""
    started = request.app.state.start_scan()
    response.headers["Location"] = f"/api/library/scans/{started.scan_id}"
    with transaction() as session:
        return show_scan(library_scans.get(session, started.scan_id))


@router.get("/scans")
def list_scans(request: Request, response: Response, asked: Annotated[Paged, Query()]) -> list[ScanShown]:
    """Scans, newest first."""
    page = asked.page(request, response)
    (before,) = page.after(1)
    with transaction() as session:
        rows = library_scans.page(session, limit=page.one_more, before=before)
    return [show_scan(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/scans/{scan_id}")
def get_scan(scan_id: Id | Literal["latest"]) -> ScanShown:
    """A scan, or the latest one."""
    with transaction() as session:
        if scan_id == "latest":
            return show_scan(library_scans.latest(session))
        return show_scan(library_scans.get(session, scan_id))
