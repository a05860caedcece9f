"""A report to look at: filmstrip, measurements over time and flagged frames of one clip, as one SVG."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.measures.palette import rgb_of
from studio.metrics import Metric, Verdict
from studio.pictures import Measurements
from studio.quality import Assessment

Values = NDArray[np.float64]
Pictures = Mapping[int, NDArray[np.uint8]]

WIDTH, MARGIN, LABEL = 1200, 24, 190
STRIP = 10
CHART_HEIGHT, CHART_STEP = 46, 60
LINE, TEXT = 20, "#1f2430"
COLOURS = {Verdict.PASS: "#2e7d4f", Verdict.WARN: "#b26a00", Verdict.FAIL: "#c0303c"}
QUIET = "#7b8494"
FLAG_COLUMNS = 6
REASON_LETTERS = 32
POINTS = 400
STRETCHES = 1_000


@dataclass(frozen=True, slots=True)
class Curve:
    """One measurement over the frames, with the metrics whose places are marked on it."""

    label: str
    values: Values
    least_top: float
    metrics: tuple[str, ...]


def draw_report(
    clip: Measurements, assessment: Assessment, *, title: str, pictures: Pictures | None = None
) -> str:
    """Draw the report on one clip.

    Args:
        clip: What was measured on its n frames; at least one.
        assessment: The verdict on it.
        title: What stands above, as plain text.
        pictures: Frames of `flagged_frames` in colour by their number; else they are shown as small as
            they were measured.

    Returns:
        An SVG document, 1200 wide, its pictures embedded; it needs no other file.
    """
    parts: list[str] = [*_head(assessment, title)]
    top = 78.0
    high = (WIDTH - 2 * MARGIN) / STRIP * clip.stills.shape[1] / clip.stills.shape[2]
    parts += _filmstrip(clip, top, high)
    top += high + 34
    for curve in curves(clip):
        parts += _chart(clip, curve, assessment, top)
        top += CHART_STEP
    flagged = _flagged(assessment)
    parts += _flags(clip, flagged, pictures or {}, top + 10)
    top += 10 + -(-len(flagged) // FLAG_COLUMNS) * _flag_height(clip)
    parts += _table(assessment, top + 24)
    height = top + 24 + LINE * (-(-len(assessment.metrics) // 2) + 1) + MARGIN
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" font-size="13" fill="{TEXT}">'
    )
    return "\n".join([opening, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>"])


def thinned(curve: Curve, most: int = POINTS) -> dict[str, Any]:
    """A curve as JSON: of each of `most` equal stretches the largest value, null where there is none.

    Args:
        curve: One value a frame, shape (n,); NaN where nothing could be measured.
        most: The largest number of values, >= 1.
    """
    stretches = np.array_split(curve.values, min(most, len(curve.values)) or 1)
    tops = [each[np.isfinite(each)] for each in stretches]
    values = [float(f"{top.max():.4g}") if len(top) else None for top in tops]
    return {
        "label": curve.label,
        "least_top": curve.least_top,
        "metrics": list(curve.metrics),
        "values": values,
    }


def flagged_frames(assessment: Assessment) -> tuple[int, ...]:
    """The frames that a report shows large: the worst of each metric that did not pass."""
    return tuple(sorted({metric.frames[0] for metric in _flagged(assessment)}))


def _flagged(assessment: Assessment) -> list[Metric]:
    return [metric for metric in assessment.metrics if metric.frames and metric.reason]


def _head(assessment: Assessment, title: str) -> Iterator[str]:
    colour = COLOURS.get(assessment.verdict, QUIET)
    score = "" if assessment.score is None else f"{assessment.score:.1f} of 10"
    yield f'<rect x="{MARGIN}" y="20" width="112" height="34" rx="6" fill="{colour}"/>'
    yield _text(
        MARGIN + 56,
        43,
        str(assessment.verdict).upper(),
        'text-anchor="middle" fill="#fff" font-weight="bold"',
    )
    yield _text(MARGIN + 128, 36, title, 'font-size="18" font-weight="bold"')
    yield _text(
        MARGIN + 128, 56, "; ".join(assessment.reasons)[:150] or "nothing to complain of", f'fill="{QUIET}"'
    )
    yield _text(WIDTH - MARGIN, 43, score, 'text-anchor="end" font-size="20" font-weight="bold"')


def _filmstrip(clip: Measurements, top: float, high: float) -> Iterator[str]:
    wide = (WIDTH - 2 * MARGIN) / STRIP
    for column, index in enumerate(np.linspace(0, len(clip.stills) - 1, STRIP).round().astype(int)):
        x = MARGIN + column * wide
        yield _image(rgb_of(clip.stills[index]), x + 1, top, wide - 2, high)
        frame = int(index) * clip.still_every
        yield _text(
            x + 3, top + high + 14, f"{frame}  ({clip.time_s[frame]:.2f} s)", f'font-size="11" fill="{QUIET}"'
        )


def curves(clip: Measurements) -> Iterator[Curve]:
    """What was measured over the frames, each with the metrics that are read off it."""
    yield Curve("light, of 255", clip.mean, 255.0, ("black", "blank", "exposure", "visible"))
    yield Curve("change a frame, of 255", clip.change, 8.0, ("cuts", "duplicates", "drops", "timing"))
    yield Curve("held for, frames", clip.held, 12.0, ("frozen",))
    yield Curve("flicker, %", 100 * clip.flicker, 3.0, ("flicker",))
    yield Curve("flashes a second", clip.flashing.general, 4.0, ("flashes",))
    yield Curve("red flashes a second", clip.flashing.red, 4.0, ("red_flashes",))
    yield Curve("sharpness, of its median", _relative(clip.sharpness), 2.0, ("sharpness",))


def _relative(values: Values) -> Values:
    seen = values[np.isfinite(values)]
    return values / max(float(np.median(seen)), 1e-12) if len(seen) else values


def _chart(clip: Measurements, curve: Curve, assessment: Assessment, top: float) -> Iterator[str]:
    left, wide = MARGIN + LABEL, WIDTH - 2 * MARGIN - LABEL
    most = max(curve.least_top, float(np.nanmax(curve.values, initial=0.0)))
    yield _text(MARGIN, top + CHART_HEIGHT / 2 + 4, curve.label)
    yield f'<rect x="{left}" y="{top}" width="{wide}" height="{CHART_HEIGHT}" fill="#f3f5f8"/>'
    step = wide / max(1, clip.frames)
    for metric in assessment.metrics:
        if metric.name in curve.metrics:
            for frame in metric.frames:
                colour = COLOURS.get(metric.verdict, QUIET)
                x = left + frame * step
                size = f'width="{max(step, 2):.2f}" height="{CHART_HEIGHT}"'
                yield f'<rect x="{x:.2f}" y="{top}" {size} fill="{colour}" opacity="0.35"/>'
    seen = outlined(curve.values)
    points = " ".join(
        f"{left + (frame + 0.5) * step:.1f},{top + CHART_HEIGHT * (1 - curve.values[frame] / most):.1f}"
        for frame in seen
    )
    yield f'<polyline points="{points}" fill="none" stroke="#35507a" stroke-width="1.4"/>'
    yield _text(left - 6, top + 10, f"{most:.3g}", f'text-anchor="end" font-size="10" fill="{QUIET}"')


def outlined(values: Values) -> NDArray[np.intp]:
    """The frames that a line is drawn through: of a long clip, the least and the greatest of each stretch."""
    seen = np.flatnonzero(np.isfinite(values))
    if len(seen) <= 2 * STRETCHES:
        return seen
    stretches = np.array_split(seen, STRETCHES)
    edges = [each[pick(values[each])] for each in stretches for pick in (np.argmin, np.argmax)]
    return np.asarray(np.unique(edges), np.intp)


def _flag_height(clip: Measurements) -> float:
    return float((WIDTH - 2 * MARGIN) / FLAG_COLUMNS * clip.stills.shape[1] / clip.stills.shape[2]) + 44


def _flags(clip: Measurements, flagged: list[Metric], pictures: Pictures, top: float) -> Iterator[str]:
    wide = (WIDTH - 2 * MARGIN) / FLAG_COLUMNS
    for index, metric in enumerate(flagged):
        x, y = MARGIN + index % FLAG_COLUMNS * wide, top + index // FLAG_COLUMNS * _flag_height(clip)
        frame, colour = metric.frames[0], COLOURS.get(metric.verdict, QUIET)
        high = _flag_height(clip) - 44
        pixels = pictures[frame] if frame in pictures else rgb_of(_small(clip, frame))
        yield _image(pixels, x + 3, y, wide - 6, high)
        box = f'x="{x + 3:.1f}" y="{y:.1f}" width="{wide - 6:.1f}" height="{high:.1f}"'
        yield f'<rect {box} fill="none" stroke="{colour}" stroke-width="3"/>'
        yield _text(
            x + 4, y + high + 16, f"frame {frame}: {metric.name}", f'fill="{colour}" font-weight="bold"'
        )
        yield _text(x + 4, y + high + 32, _shortened(metric.reason), f'font-size="11" fill="{QUIET}"')


def _small(clip: Measurements, frame: int) -> NDArray[np.uint8]:
    """A frame as small as it was measured; where these were not kept, the still before it."""
    index, kept = (frame, clip.thumbs) if len(clip.thumbs) else (frame // clip.still_every, clip.stills)
    return np.asarray(kept[index], np.uint8)


def _shortened(said: str) -> str:
    return said if len(said) <= REASON_LETTERS else f"{said[: REASON_LETTERS - 1]}…"


def _table(assessment: Assessment, top: float) -> Iterator[str]:
    half = -(-len(assessment.metrics) // 2)
    for index, metric in enumerate(assessment.metrics):
        x = MARGIN + (index // half) * (WIDTH - 2 * MARGIN) / 2
        y = top + LINE * (index % half)
        colour = COLOURS.get(metric.verdict, QUIET)
        value = "" if metric.value is None else f"{metric.value:.4g} {metric.unit}"
        limit = "" if metric.threshold is None else f"limit {metric.threshold:.4g}"
        yield f'<circle cx="{x + 6:.1f}" cy="{y - 4}" r="5" fill="{colour}"/>'
        yield _text(x + 20, y, metric.name)
        yield _text(x + 190, y, value or f"not judged: {metric.reason}", "" if value else f'fill="{QUIET}"')
        yield _text(x + 380 if value else x + 560, y, limit, f'fill="{QUIET}"')


def _text(x: float, y: float, said: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(said)}</text>'


def _image(rgb: NDArray[np.uint8], x: float, y: float, wide: float, high: float) -> str:
    pixels = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    code = b64encode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()).decode()
    place = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<image {place} preserveAspectRatio="none" href="data:image/jpeg;base64,{code}"/>'
