"""How a generation is told on the command line: to a person, or as one JSON document."""

from enum import IntEnum
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from studio.errors import StudioError


class Exit(IntEnum):
    """What the exit code of `tower produce` says."""

    COMPLETED = 0
    FAILED = 1
    USAGE = 2
    NEEDS_REVIEW = 3


NO_SYNC: Final[dict[str, Any]] = {
    "bpm": None,
    "offsets_ms": [],
    "hit_rate_1_frame": None,
    "hit_rate_40ms": None,
    "chance_hit_rate_40ms": None,
    "largest_retime": None,
    "av_offset_ms": None,
    "unmet": [],
    "reason": "not judged",
}


def summary(seen: dict[str, Any]) -> dict[str, Any]:
    """A generation as the command line tells it."""
    sync = seen["sync"] or {}
    return {
        "generation_id": seen["generation_id"],
        "status": seen["status"],
        "video_path": seen["video_path"],
        "published_path": seen["published_path"],
        "quality": {key: seen["quality"][key] for key in ("score", "verdict", "reasons")},
        "sync": NO_SYNC | {"reason": "no music"} | {key: sync[key] for key in NO_SYNC if key in sync},
        "flow_run_id": seen["flow_run_id"],
        "flow_run_url": seen["flow_run_url"],
        "error": seen["error"],
    }


def exit_code(result: dict[str, Any]) -> Exit:
    """The exit code that tells how a generation ended."""
    codes = {"completed": Exit.COMPLETED, "needs_review": Exit.NEEDS_REVIEW}
    return codes.get(result["status"], Exit.FAILED)


def show(result: dict[str, Any]) -> None:
    """Tell a person how a generation ended."""
    out = Console()
    quality, sync = result["quality"], result["sync"]
    rows = {
        "status": result["status"],
        "video": result["video_path"],
        "quality": _quality_line(quality),
        "cuts to beats": _sync_line(sync),
        "published": result["published_path"],
        "Prefect run": result["flow_run_url"],
        "error": result["error"] and f"{result['error']['code']}: {result['error']['message']}",
    }
    for name, value in rows.items():
        if value:
            out.print(f"[bold]{name:>14}[/]  {escape(str(value))}", soft_wrap=True, highlight=False)


def _quality_line(quality: dict[str, Any]) -> str:
    score = "" if quality["score"] is None else f" ({quality['score']:.1f} of 10)"
    reasons = "".join(f"; {reason}" for reason in quality["reasons"])
    return f"{quality['verdict']}{score}{reasons}"


def _sync_line(sync: dict[str, Any]) -> str:
    unmet = "".join(f"; missed: {point}" for point in sync["unmet"])
    if not sync["offsets_ms"]:
        return f"{sync['reason']}{unmet}"
    offsets = ", ".join(f"{offset:+.1f}" for offset in sync["offsets_ms"])
    hits = f"{sync['hit_rate_40ms']:.0%} within 40 ms, {sync['chance_hit_rate_40ms']:.0%} by chance"
    lies = "" if sync["av_offset_ms"] is None else f"; sound {sync['av_offset_ms']:+.1f} ms from picture"
    return f"{offsets} ms at {sync['bpm']:.1f} BPM ({hits}){lies}{unmet}"


def share(seen: dict[str, Any]) -> float:
    """Progress over all stages; rendering is most of the work."""
    if seen["status"] != "processing":
        return 1.0
    before = {"queued": 0.0, "plan": 0.02, "check": 0.08, "render": 0.1, "assess": 0.8, "sync": 0.87}
    start = before.get(seen["stage"], 0.95)
    return start + (0.7 * float(seen["progress"]) if seen["stage"] == "render" else 0.0)


def progress_bar(console: Console) -> Progress:
    """A live bar with the present stage."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<8}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=console,
    )


def failure(error: StudioError) -> dict[str, Any]:
    """The document of a request that never became a generation."""
    return {
        "generation_id": None,
        "status": "failed",
        "video_path": None,
        "published_path": None,
        "quality": {"score": None, "verdict": "not judged", "reasons": []},
        "sync": NO_SYNC,
        "flow_run_id": None,
        "flow_run_url": None,
        "error": {"code": error.code, "message": error.message, "details": error.details},
    }
