"""Every night: what the projects' retention lets go, goes."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from studio.errors import StateError
from studio.settings import read_settings
from tasks.housekeeping import clean_up


@flow(name="housekeeping", retries=0, persist_result=False)
async def housekeeping() -> State[str]:
    """Take away intermediates and rejected takes whose time is over; a backup under way goes first."""
    try:
        gone = clean_up(read_settings().assets, apply=True)
    except StateError as busy:
        return Completed(message=busy.message)
    return Completed(message=f"{len(gone.files)} files, {gone.size_bytes} bytes")
