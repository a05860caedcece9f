"""Pictures that the server draws, as SVG: their colours are the stylesheet's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

Json = Mapping[str, Any]

WIDE, LANE, GAP, LABEL = 720, 30, 8, 158
LANES: Final = 7
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\b")
_NAMED: Final = {
    "black": "#22242a", "white": "#f4f3ef", "silver": "#b9bec7", "grey": "#80858f", "gray": "#80858f",
    "red": "#b3312f", "crimson": "#a01f3a", "orange": "#d9762b", "yellow": "#e0bd3a", "gold": "#c99a2e",
    "golden": "#c99a2e", "blonde": "#e3c878", "blond": "#e3c878", "green": "#3f7d4f", "emerald": "#2b8a63",
    "teal": "#2f8486", "blue": "#2f5fa8", "navy": "#223a66", "purple": "#6a4393", "violet": "#7a52b3",
    "pink": "#d9829f", "brown": "#6b4a33", "amber": "#c9862b", "turquoise": "#3aa6a0", "ivory": "#ece6d6",
}  # fmt: skip
MOST_COLOURS: Final = 6


def palette_of(character: Json) -> list[tuple[str, str]]:
    """The colours that a character's words name, each with its word, in the order in which they come.

    They are read off the text: a picture of the words, and not of the reference.
    """
    text = " ".join(
        str(each) for each in (character["description"], *_texts(character.get("metadata") or {}))
    )
    found = [(word.group(), word.group()) for word in _COLOUR.finditer(text)]
    found += [(name, _NAMED[name]) for name in re.findall(r"[a-z]+", text.lower()) if name in _NAMED]
    return list(dict.fromkeys(found))[:MOST_COLOURS]


def swatches(palette: Sequence[tuple[str, str]]) -> Markup:
    """Colours side by side."""
    boxes = [
        f'<rect x="{26 * at}" width="22" height="22" rx="6" fill="{colour}"/>'
        for at, (_, colour) in enumerate(palette)
    ]
    words = escape(", ".join(name for name, _ in palette))
    size = f'width="{26 * len(palette)}" height="22"'
    return _drawn(f'<svg class="swatches" role="img" aria-label="{words}" {size}>{"".join(boxes)}</svg>')


def _drawn(svg: str) -> Markup:
    """What was drawn here, in which all words are escaped already."""
    return Markup(svg)  # noqa: S704


def draw_shots(shots: Sequence[Json]) -> Markup:
    """Shots as boxes one after another, each as wide as it is long."""
    scale = WIDE / (shots[-1]["start_s"] + shots[-1]["duration_s"])
    spans = [(each["start_s"] * scale, max(each["duration_s"] * scale - 2, 1)) for each in shots]
    boxes = "".join(f'<rect x="{x:.1f}" width="{wide:.1f}" height="{LANE}" rx="5"/>' for x, wide in spans)
    head = f'class="shots" viewBox="0 0 {WIDE} {LANE}" aria-hidden="true" preserveAspectRatio="none"'
    return _drawn(f"<svg {head}>{boxes}</svg>")


def draw_metrics(take: Json) -> Markup:
    """What was measured over a take's frames, one lane a curve, with the flagged frames as links."""
    curves, frames = take["curves"], take["frames"] or 0
    flagged = _flagged(take["metrics"])
    lanes = [each for each in curves if each["values"]]
    high = len(lanes) * (LANE + GAP) + 18
    parts = [
        part for at, curve in enumerate(lanes) for part in _lane(curve, flagged, frames, at * (LANE + GAP))
    ]
    if not lanes:
        return Markup("")
    head = (
        f'class="metrics" viewBox="0 0 {WIDE} {high}" role="group" aria-label="Measurements over the frames"'
    )
    playhead = f'<line class="playhead" x1="{LABEL}" x2="{LABEL}" y1="0" y2="{high - 18}"/>'
    axis = (
        f'<text class="axis" x="{LABEL}" y="{high - 3}">0</text>'
        f'<text class="axis end" x="{WIDE}" y="{high - 3}">{frames} frames</text>'
    )
    size = f'data-left="{LABEL}" data-wide="{WIDE - LABEL}" data-frames="{frames}"'
    return _drawn(f"<svg {head} {size}>{''.join(parts)}{playhead}{axis}</svg>")


def _lane(curve: Json, flagged: Sequence[tuple[int, Json]], frames: int, top: float) -> Iterator[str]:
    values = [0.0 if value is None else value for value in curve["values"]]
    most = max(curve["least_top"], *values)
    step = (WIDE - LABEL) / len(values)
    yield f'<text class="label" x="0" y="{top + LANE / 2 + 4:.1f}">{escape(curve["label"])}</text>'
    yield f'<rect class="lane" x="{LABEL}" y="{top:.1f}" width="{WIDE - LABEL}" height="{LANE}" rx="4"/>'
    points = " ".join(
        f"{LABEL + (at + 0.5) * step:.1f},{top + LANE * (1 - value / most):.1f}"
        for at, value in enumerate(values)
    )
    yield f'<polyline class="curve" points="{points}"/>'
    for frame, metric in flagged:
        if metric["metric"] in curve["metrics"] and frames:
            yield _flag(frame, metric, LABEL + (frame + 0.5) / frames * (WIDE - LABEL), top)


def _flag(frame: int, metric: Json, x: float, top: float) -> str:
    said = escape(f"Frame {frame}: {metric['metric'].replace('_', ' ')}, {metric['reason']}")
    mark = f'<rect x="{x - 3:.1f}" y="{top:.1f}" width="6" height="{LANE}" rx="2"/>'
    return (
        f'<a href="#frame-{frame}" data-frame="{frame}" class="flag {metric["verdict"].replace(" ", "-")}" '
        f'aria-label="{said}"><title>{said}</title>{mark}</a>'
    )


def _flagged(metrics: Sequence[Json]) -> list[tuple[int, Json]]:
    return [(frame, metric) for metric in metrics for frame in metric["frames"]]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
