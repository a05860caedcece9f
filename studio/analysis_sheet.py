"""An analysis to look at: waveform, sections, beats and tempo of one track over time, as one SVG."""

from collections.abc import Iterator
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.tracks import TrackAnalysis

Values = NDArray[np.float64]

WIDTH, HEIGHT, MARGIN, LABEL = 1200, 430, 24, 64
WAVE_TOP, WAVE_HEIGHT = 84.0, 150.0
BEATS_TOP, BEATS_HEIGHT = 244.0, 34.0
TEMPO_TOP, TEMPO_HEIGHT = 300.0, 80.0
TEXT, QUIET, WAVE, BEAT, DOWNBEAT, CHANGE = "#1f2430", "#6b7484", "#35507a", "#9aa5b8", "#c0303c", "#b26a00"
TINTS: Final = ("#eef2f8", "#f8f1e6")
FEWEST_TICKS: Final = 6
TICKS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
SMOOTHED_BEATS: Final = 8
LEAST_RANGE_BPM: Final = 10.0


def draw_analysis(analysis: TrackAnalysis, waveform: NDArray[np.uint8], *, title: str = "") -> str:
    """Draw a track's analysis.

    Args:
        analysis: What was found; a basic analysis has no downbeats and sections, and says so.
        waveform: Peaks of equal stretches of the track, 0 to 255, shape (n,); `analysis.waveform` has them.
        title: What stands above, as plain text.

    Returns:
        An SVG document, 1200 by 430, that needs no other file.
    """
    scale = (WIDTH - MARGIN - LABEL) / max(analysis.duration_s, 1e-3)
    parts = [
        *_head(analysis, title),
        *_sections(analysis, scale),
        *_wave(waveform),
        *_beats(analysis, scale),
        *_tempo(analysis, scale),
        *_axis(analysis.duration_s, scale),
    ]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="{TEXT}">'
    )
    return "\n".join([opening, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>"])


def _head(analysis: TrackAnalysis, title: str) -> Iterator[str]:
    yield _text(MARGIN, 34, title, 'font-size="18" font-weight="bold"')
    yield _text(MARGIN, 58, "  ·  ".join(_told(analysis)), f'font-size="14" fill="{QUIET}"')


def _told(analysis: TrackAnalysis) -> Iterator[str]:
    beats, quality = analysis.beats, analysis.quality
    if beats.bpm is None:
        yield "no beat found"
    else:
        yield f"{beats.bpm:.1f} BPM, confidence {100 * beats.confidence:.0f}%"
    if beats.bpm_alternatives:
        yield "or " + ", ".join(f"{bpm:.1f}" for bpm in beats.bpm_alternatives[:2])
    if analysis.kind == "detailed":
        yield "no key" if analysis.key is None else f"{analysis.key.name} ({analysis.key.camelot})"
    if quality is not None and quality.loudness_lufs is not None:
        yield f"{quality.loudness_lufs:.1f} LUFS"
    if quality is not None and quality.true_peak_dbtp is not None:
        yield f"peak {quality.true_peak_dbtp:.1f} dBTP"
    if quality is not None and quality.cutoff_hz is not None:
        yield f"cut off at {quality.cutoff_hz / 1000:.1f} kHz"
    yield f"{analysis.backend}, {analysis.kind}"


def _sections(analysis: TrackAnalysis, scale: float) -> Iterator[str]:
    yield _text(MARGIN, WAVE_TOP - 6, "sound", f'font-size="11" fill="{QUIET}"')
    if not analysis.sections:
        said = "" if analysis.kind == "basic" else "no sections found"
        yield _text(LABEL, WAVE_TOP - 6, said, f'font-size="11" fill="{QUIET}"')
    for index, section in enumerate(analysis.sections):
        x, wide = LABEL + section.start_s * scale, (section.end_s - section.start_s) * scale
        yield _box(x, WAVE_TOP, wide, WAVE_HEIGHT, TINTS[index % 2])
        name = f"section {index + 1}" if wide > 80 else str(index + 1)
        yield _text(x + 3, WAVE_TOP - 6, name, f'font-size="11" fill="{QUIET}"')


def _wave(waveform: NDArray[np.uint8]) -> Iterator[str]:
    if not len(waveform):
        return
    x = LABEL + (np.arange(len(waveform)) + 0.5) * (WIDTH - MARGIN - LABEL) / len(waveform)
    half = np.maximum(waveform / 255.0 * WAVE_HEIGHT / 2, 0.4)
    middle = WAVE_TOP + WAVE_HEIGHT / 2
    above = [f"{at:.1f},{middle - high:.1f}" for at, high in zip(x, half, strict=True)]
    below = [f"{at:.1f},{middle + high:.1f}" for at, high in zip(x[::-1], half[::-1], strict=True)]
    yield f'<polygon points="{" ".join([*above, *below])}" fill="{WAVE}"/>'


def _beats(analysis: TrackAnalysis, scale: float) -> Iterator[str]:
    yield _text(MARGIN, BEATS_TOP + 21, "beats")
    if not len(analysis.beats.beat_times_s):
        yield _text(LABEL, BEATS_TOP + 21, "none", f'fill="{QUIET}"')
    yield _strokes(analysis.beats.beat_times_s * scale, BEATS_TOP + 10, BEATS_HEIGHT - 14, BEAT, 1.0)
    yield _strokes(analysis.beats.downbeats_s * scale, BEATS_TOP + 2, BEATS_HEIGHT - 6, DOWNBEAT, 1.4)


def _tempo(analysis: TrackAnalysis, scale: float) -> Iterator[str]:
    yield _text(MARGIN, TEMPO_TOP + TEMPO_HEIGHT / 2 + 4, "BPM")
    yield _box(LABEL, TEMPO_TOP, WIDTH - MARGIN - LABEL, TEMPO_HEIGHT, "#f3f5f8")
    times_s = analysis.beats.beat_times_s
    if len(times_s) < SMOOTHED_BEATS:
        return
    at_s, bpm = _local_tempo(times_s)
    low, high = float(bpm.min()), float(bpm.max())
    spare = max(LEAST_RANGE_BPM - (high - low), 0.2 * (high - low)) / 2
    low, high = low - spare, high + spare
    for change in analysis.beats.tempo_changes[1:]:
        yield _strokes(np.array([change.time_s * scale]), TEMPO_TOP, TEMPO_HEIGHT, CHANGE, 1.4)
        x = LABEL + change.time_s * scale + 4
        yield _text(x, TEMPO_TOP + 12, f"{change.bpm:.1f}", f'font-size="11" fill="{CHANGE}"')
    y = TEMPO_TOP + TEMPO_HEIGHT * (high - bpm) / (high - low)
    points = " ".join(f"{LABEL + at * scale:.1f},{up:.1f}" for at, up in zip(at_s, y, strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="{WAVE}" stroke-width="1.6"/>'
    for value, down in ((high, 10.0), (low, TEMPO_HEIGHT)):
        style = f'text-anchor="end" font-size="10" fill="{QUIET}"'
        yield _text(LABEL - 4, TEMPO_TOP + down, f"{value:.1f}", style)


def _local_tempo(times_s: Values) -> tuple[Values, Values]:
    """The tempo of each stretch of a few beats, at its middle: one bad beat makes no spike."""
    spans = np.lib.stride_tricks.sliding_window_view(times_s, SMOOTHED_BEATS)
    return spans.mean(axis=1), 60.0 / np.median(np.diff(spans, axis=1), axis=1)


def _axis(duration_s: float, scale: float) -> Iterator[str]:
    step = max((tick for tick in TICKS_S if duration_s / tick >= FEWEST_TICKS), default=TICKS_S[0])
    for at in range(0, int(duration_s) + 1, step):
        x = LABEL + at * scale
        yield _strokes(np.array([at * scale]), TEMPO_TOP + TEMPO_HEIGHT, 6, QUIET, 1.0)
        yield _text(x, HEIGHT - 24, f"{at // 60}:{at % 60:02d}", f'text-anchor="middle" fill="{QUIET}"')


def _strokes(x: Values, top: float, high: float, colour: str, wide: float) -> str:
    path = "".join(f"M{LABEL + at:.1f} {top:.1f}v{high:.1f}" for at in x)
    return f'<path d="{path}" stroke="{colour}" stroke-width="{wide}" fill="none"/>' if path else ""


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, said: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(said)}</text>' if said else ""
