"""What values are called on pages."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

STATUSES: Final = {
    "processing": "Under way",
    "completed": "Published",
    "needs_review": "Needs review",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
STAGES: Final = {
    "queued": "Waiting",
    "plan": "Planning",
    "check": "Checking",
    "render": "Rendering",
    "assess": "Judging",
    "sync": "Laying on the beat",
    "publish": "Publishing",
    "done": "Done",
}
TONES: Final = {
    "completed": "good", "pass": "good", "listed": "good", "merged": "good", "present": "good",
    "needs_review": "warn", "warn": "warn", "pending": "warn", "open": "warn", "warning": "warn",
    "missing": "warn", "failed": "bad", "fail": "bad", "contradiction": "bad", "conflict": "bad",
    "not_listed": "bad", "unreadable": "bad", "processing": "live",
}  # fmt: skip
METRIC_LETTERS: Final = 4


def status_word(status: str) -> str:
    """A status as a person would say it."""
    return STATUSES.get(status, status.replace("_", " ").capitalize())


def stage_word(stage: str) -> str:
    """What is being done in a stage."""
    return STAGES.get(stage, stage.replace("_", " ").capitalize())


def tone(word: str) -> str:
    """The colour of a status, a verdict or a weight."""
    return TONES.get(word, "quiet")


def clock(seconds: float | None) -> str:
    """A length as minutes and seconds, as 3:07."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def seconds_word(seconds: float | None) -> str:
    """A wait, as `12 s`, `4 min` or `2 h`."""
    if seconds is None:
        return "not measured yet"
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def ago(moment: str | None, *, now: datetime | None = None) -> str:
    """How long ago, or in how long, something is."""
    if moment is None:
        return "–"
    passed_s = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    if abs(passed_s) < 1:
        return "now"
    return f"{seconds_word(passed_s)} ago" if passed_s > 0 else f"in {seconds_word(-passed_s)}"


def day(moment: str | None) -> str:
    """A moment as a date and a time, UTC."""
    return "–" if moment is None else datetime.fromisoformat(moment).strftime("%d %b %Y, %H:%M")


def number(value: float | None, digits: int = METRIC_LETTERS) -> str:
    """A measurement with as many digits as say something."""
    return "–" if value is None else f"{value:.{digits}g}"


def signed_ms(value: float) -> str:
    """An offset with its sign: positive is late; one that rounds to nothing has none."""
    whole = round(value)
    return f"{whole:+d} ms".replace("-", "−") if whole else "0 ms"


def size_word(size: float | None) -> str:
    """Bytes as people say them."""
    if size is None:
        return "–"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("sizes end with GB")


def as_text(value: Any) -> str:
    """A value of a version as it is shown: text as it is, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def query(**params: Any) -> str:
    """Parameters as a query; what is empty is left out, and the branch where it is the usual one."""
    kept = {name: value for name, value in params.items() if value not in (None, "")}
    if kept.get("branch") == "main":
        del kept["branch"]
    return f"?{urlencode(kept)}" if kept else ""


def thumb(path: str | None, width: int = 320) -> str:
    """Where a small picture of a file is."""
    return f"/api/anime/thumbnail{query(path=path, width=width)}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number of things."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rate(fps: str) -> str:
    """A frame rate as people say it: 24, or 23.976."""
    return f"{float(Fraction(fps)):.3f}".rstrip("0").rstrip(".")


def renderer_name(seen: Mapping[str, Any]) -> str:
    """What a renderer draws on, as it says itself; where it says nothing, its address."""
    device = next((each["name"] for each in seen["devices"] if each["name"]), "")
    if is_embedded(seen):
        return f"Animatics, on {device}" if device else "Animatics"
    return str(device or seen["server"])


def is_embedded(seen: Mapping[str, Any]) -> bool:
    """Whether it is Tower's own renderer, which draws animatics on the processor."""
    return str(seen["version"]).startswith("tower-animatic")


FILTERS: Final = {
    "status": status_word, "stage": stage_word, "tone": tone, "clock": clock, "wait": seconds_word,
    "ago": ago, "day": day, "number": number, "ms": signed_ms, "size": size_word, "as_text": as_text,
    "rate": rate,
}  # fmt: skip
GLOBALS: Final = {
    "query": query,
    "thumb": thumb,
    "plural": plural,
    "renderer_name": renderer_name,
    "is_embedded": is_embedded,
}
