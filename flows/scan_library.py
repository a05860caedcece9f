"""Looking through the music library: the folders, then the sound of what is new."""

import os
from typing import Final

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks.library_analysis import analyse_new
from tasks.library_carrying import scanning
from tasks.library_scan import scan_folders

NICENESS: Final = 10
"""Scans give way to whatever somebody waits for."""


@flow(name="scan-library", retries=0, persist_result=False)
async def scan_library(scan_id: int | None = None) -> State[str]:
    """One scan at a time; what an earlier one has read stays read, so that this one carries it on.

    Args:
        scan_id: The scan that somebody asked for; without it, as by the nightly schedule, it is a new one.
    """
    os.nice(NICENESS)
    with scanning(scan_id, flow_run.id) as scan:
        if scan is None:
            return Completed(message="Another scan is under way.")
        scan_folders(scan)
        analyse_new(scan)
    return Completed(message=f"scan {scan}")
