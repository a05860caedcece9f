"""What takes how much, and what may go."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from api.computing import compute
from api.requests import settings_of
from api.schemas.fields import Id
from api.schemas.storage import CleanUpAsked, CleanUpShown, StorageShown
from db.queries import projects
from db.session import transaction
from tasks import storage_report

router = APIRouter(prefix="/storage", tags=["storage"])
LONGEST_S: Final = 600.0


@router.get("", response_model_exclude_none=True)
def get_storage(request: Request, project_id: Annotated[Id | None, Query()] = None) -> StorageShown:
    """What takes how much, by state, kind and project, and what a clean-up would free."""
    _known(project_id)
    told = compute(storage_report.report, settings_of(request), project_id, longest_s=LONGEST_S)
    return StorageShown.model_validate(told)


@router.post("/clean-up")
def clean_up(request: Request, body: CleanUpAsked) -> CleanUpShown:
    """Take away rejected takes and intermediates whose time is over; a dry run unless `apply` is true."""
    _known(body.project_id)
    asked = (settings_of(request), body.apply, body.project_id, body.unreferenced_days)
    return CleanUpShown.model_validate(compute(storage_report.clean, *asked, longest_s=LONGEST_S))


def _known(project_id: int | None) -> None:
    if project_id is not None:
        with transaction() as session:
            projects.get(session, project_id)
