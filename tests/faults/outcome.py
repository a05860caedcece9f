"""What must hold after every fault: nothing lost, nothing twice, nothing left behind."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.fakes.serving import wait_until
from tests.faults.stand import STAGES, TAKES, Generation

AT_REST_WITHIN_S = 120.0
ENDED_IN_PREFECT = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
HELD = {"waiting", "placed", "posted", "cancelling"}


def check_ended(generation: Generation, *statuses: str, error: str | None = None) -> dict[str, Any]:
    """The generation ends so, and all that is left of it is what must be left: its row."""
    generation.until(lambda job: job["status"] != "processing")
    job = generation.job()
    assert job["status"] in statuses, (job["status"], job["stage"], job["error"])
    assert (job["error"] or {}).get("code") == error, job["error"]
    check_numbered(generation)
    check_library(generation, job)
    await_rest(generation)
    return job


def check_numbered(generation: Generation) -> None:
    """Events have the numbers 1 to n, and the row knows n."""
    numbers = [event["seq"] for event in generation.events()]
    assert numbers == list(range(1, generation.job()["event_seq"] + 1))


def check_library(generation: Generation, job: dict[str, Any]) -> None:
    """One clip of the right content where the row says it is; none where it was not published."""
    videos = library(generation)
    if job["status"] != "completed":
        assert (videos, job["published_path"]) == ({}, None)
        return
    take = next(
        row for row in generation.stand.rows(TAKES, generation.id) if row["take"] == job["chosen_take"]
    )
    assert videos == {job["published_path"]: take["clip_sha256"]}


def library(generation: Generation) -> dict[str, str]:
    """The videos of a project in the library, by path; beside them only descriptions and pictures."""
    found: dict[str, str] = {}
    for path in generation.stand.settings.library.glob(f"{generation.project} (*/**/*"):
        assert not path.name.startswith("."), f"{path} was left behind"
        if path.suffix == ".mp4":
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            assert path.is_dir() or path.suffix in {".nfo", ".jpg"}, path
    return found


def await_rest(generation: Generation) -> None:
    """No place is held, no process lives, and nothing of it is under way in Prefect."""
    wait_until(lambda: not held(generation), AT_REST_WITHIN_S)
    wait_until(lambda: not under_way(generation), AT_REST_WITHIN_S)
    wait_until(lambda: not living(generation), AT_REST_WITHIN_S)


def held(generation: Generation) -> list[str]:
    return [row["state"] for row in generation.places() if row["state"] in HELD]


def under_way(generation: Generation) -> list[str]:
    """States of flow runs that Prefect takes for living; while it does not answer, all may be."""
    with suppress(httpx.HTTPError):
        states = [run["state_type"] for run in generation.flow_runs()]
        return [state for state in states if state not in ENDED_IN_PREFECT]
    return ["Prefect does not answer"]


def living(generation: Generation) -> list[psutil.Process]:
    """Processes of its runs: those that were seen, and the one in its row."""
    job = generation.job()
    if job["run_pid"] is not None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(job["run_pid"])
            if abs(process.create_time() - job["run_started"]) < 1:
                generation.processes.append(process)
    return [process for process in generation.processes if lives(process)]


def lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def print_of(generation: Generation) -> dict[str, Any]:
    """All that a run could touch: its rows, its events and its files; equal prints, nothing was touched."""
    job = {key: value for key, value in generation.job().items() if key != "heartbeat_at"}
    root = Path(generation.stand.settings.library)
    return {
        "job": job,
        "events": generation.events(),
        "places": generation.places(),
        "stages": generation.stand.rows(STAGES, generation.id),
        "takes": generation.stand.rows(TAKES, generation.id),
        "library": library(generation) if root.exists() else {},
    }
