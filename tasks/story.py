"""What Prefect's UI shows of a run beside its tasks: how far it is, what came of it, where to look further.

A run is never held up by its own story: what Prefect does not take is logged and left.
"""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from prefect.runtime import flow_run

from db.queries import generations
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import UnavailableError
from studio.settings import read_settings
from tasks import orchestrator

log = logging.getLogger(__name__)

_METRICS: Final = "| metric | value | verdict | why |\n|-|-|-|-|\n"
PERCENT: Final = {"plan": 8, "check": 10, "render": 80, "assess": 87, "sync": 95, "publish": 100}


def tell_progress(run: Run, stage: str) -> None:
    """Show that a stage is done; the next one does not wait for it."""
    flow_run_id = _flow_run_id()
    if flow_run_id is not None:
        _teller(os.getpid()).submit(_show_progress, run, flow_run_id, stage)


def tell_outcome(run: Run) -> None:
    """Show what came of the generation, once all that was told before is shown."""
    flow_run_id = _flow_run_id()
    if flow_run_id is not None:
        _teller(os.getpid()).submit(_show_outcome, run, flow_run_id).result()


@lru_cache(maxsize=1)
def _teller(_pid: int) -> ThreadPoolExecutor:
    """One voice, so that everything is told in its order; the process ends when it has finished."""
    return ThreadPoolExecutor(1, "story")


def _show_progress(run: Run, flow_run_id: UUID, stage: str) -> None:
    with _unharmed():
        artifact = _progress_of(run, flow_run_id)
        orchestrator.show_again(artifact, f"{stage} is done", float(PERCENT[stage]))


def _show_outcome(run: Run, flow_run_id: UUID) -> None:
    with _unharmed():
        with transaction() as session:
            seen = generations.view(session, run.generation_id)
        key = f"{run.generation_id}-outcome"
        orchestrator.show(flow_run_id, "markdown", key, seen["title"], _outcome(seen))


@lru_cache(maxsize=1)
def _progress_of(run: Run, flow_run_id: UUID) -> UUID:
    """The run's progress bar, with a link to the generation beside it."""
    settings = read_settings()
    address = f"http://{settings.bind}:{settings.anime_port}/api/anime/generations/{run.generation_id}"
    link = f"[{run.generation_id}]({address})"
    orchestrator.show(flow_run_id, "markdown", f"{run.generation_id}-link", "The generation", link)
    return orchestrator.show(flow_run_id, "progress", f"{run.generation_id}-progress", "begun", 0.0)


def _flow_run_id() -> UUID | None:
    """The Prefect run that this process carries; none where a stage is called by itself."""
    flow_run_id = flow_run.get_id()
    return None if flow_run_id is None else UUID(flow_run_id)


def _outcome(seen: dict[str, Any]) -> str:
    rows = {"status": seen["status"], **(_directed(seen) if seen["kind"] == "direct" else _made(seen))}
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    metrics = "\n".join(_metric_row(metric) for metric in seen["quality"]["metrics"])
    return f"| | |\n|-|-|\n{table}\n" + (f"\n{_METRICS}{metrics}\n" if metrics else "")


def _made(seen: dict[str, Any]) -> dict[str, Any]:
    """What came of something that is seen and heard."""
    sync, quality = seen["sync"] or {}, seen["quality"]
    offsets = ", ".join(f"{offset:+.1f} ms" for offset in sync.get("offsets_ms", ()))
    return {
        "quality": f"{quality['verdict']}, {quality['score']} of 10" if quality["verdict"] else "not judged",
        "cuts to beats": offsets or sync.get("reason") or "no music",
        "video": seen["video_path"],
        "published": seen["published_path"] or "not published",
    }


def _directed(seen: dict[str, Any]) -> dict[str, Any]:
    """What came of a plan: what was made for it, and what of it could not be done."""
    made = ", ".join(child["generation_id"] for child in seen["children"])
    return {"made": made or "nothing", "not done": (seen["error"] or {}).get("message", "nothing")}


def _metric_row(metric: dict[str, Any]) -> str:
    value = f"{metric['value']} {metric['unit']}"
    return f"| {metric['metric']} | {value} | {metric['verdict']} | {metric['reason']} |"


@contextmanager
def _unharmed() -> Iterator[None]:
    try:
        yield
    except UnavailableError as error:
        log.warning("Prefect took no artifact: %s", error.details.get("reason", error.message))
