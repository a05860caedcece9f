"""An episode over time, drawn by the server: scenes, music, cuts and how far each is off the beat."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from api.dashboard.words import signed_ms

Json = Mapping[str, Any]

WIDE: Final = 1200
SCENES_TOP, SCENES_HIGH = 22, 44
WAVE_TOP, WAVE_HIGH = 74, 84
BEATS_TOP, BEATS_HIGH = 164, 14
ERRORS_TOP, HIGH = 198, 224
OFF_MS: Final = 40.0
"""A cut further from its beat than this is seen to be off it."""

LETTER_PX: Final = 7
FEWEST_TICKS: Final = 6
TICKS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)


def draw_timeline(cuts: Json, waveform: Sequence[int] = (), track_s: float = 0.0) -> Markup:
    """An episode's cut list; `waveform` are peaks of its whole track, 0 to 255, which lasts `track_s`."""
    scale = WIDE / max(cuts["duration_s"], 1e-3)
    parts = [
        *_axis(cuts["duration_s"], scale),
        *_scenes(cuts["pieces"], cuts["duration_s"], scale),
        *_wave(cuts, waveform, track_s, scale),
        *_beats(cuts, scale),
        *_cuts(cuts["cuts"], scale),
        f'<line class="playhead" x1="0" x2="0" y1="{SCENES_TOP}" y2="{HIGH - 20}"/>',
    ]
    head = f'class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="The episode over time"'
    return Markup(f'<svg {head} data-wide="{WIDE}">{"".join(parts)}</svg>')  # noqa: S704


def _axis(duration_s: float, scale: float) -> Iterator[str]:
    step = max((tick for tick in TICKS_S if duration_s / tick >= FEWEST_TICKS), default=TICKS_S[0])
    for at in range(0, int(duration_s) + 1, step):
        yield f'<text class="axis" x="{at * scale + 2:.1f}" y="12">{at // 60}:{at % 60:02d}</text>'


def _scenes(pieces: Sequence[Json], duration_s: float, scale: float) -> Iterator[str]:
    ends = [each["at_s"] for each in pieces[1:]] + [duration_s]
    for each, end_s in zip(pieces, ends, strict=True):
        x, wide = each["at_s"] * scale, (end_s - each["at_s"]) * scale
        name = f"{each['number']} {each['title']}" if each["number"] else each["title"] or "card"
        yield _box("piece", x, SCENES_TOP, wide - 1, SCENES_HIGH, said=name)
        shown = name[: max(0, int((wide - 12) / LETTER_PX))]
        yield f'<text class="piece-name" x="{x + 7:.1f}" y="{SCENES_TOP + 27}">{escape(shown)}</text>'


def _wave(cuts: Json, waveform: Sequence[int], track_s: float, scale: float) -> Iterator[str]:
    yield _box("ground", 0, WAVE_TOP, WIDE, WAVE_HIGH)
    if not waveform or not track_s or cuts["audio_start_s"] is None:
        return
    step_s, middle = track_s / len(waveform), WAVE_TOP + WAVE_HIGH / 2
    at_px = [((at + 0.5) * step_s - cuts["audio_start_s"]) * scale for at in range(len(waveform))]
    seen = [
        (x, peak / 255 * WAVE_HIGH / 2) for x, peak in zip(at_px, waveform, strict=True) if 0 <= x <= WIDE
    ]
    above = [f"{x:.1f},{middle - high:.1f}" for x, high in seen]
    below = [f"{x:.1f},{middle + high:.1f}" for x, high in reversed(seen)]
    yield f'<polygon class="wave" points="{" ".join([*above, *below])}"/>'


def _beats(cuts: Json, scale: float) -> Iterator[str]:
    downbeats = set(cuts["downbeats_s"])
    for kind, times_s in (
        ("beat", [at for at in cuts["beats_s"] if at not in downbeats]),
        ("down", downbeats),
    ):
        path = "".join(f"M{at * scale:.1f} {BEATS_TOP}v{BEATS_HIGH}" for at in sorted(times_s))
        yield f'<path class="{kind}" fill="none" d="{path}"/>'


def _cuts(cuts: Sequence[Json], scale: float) -> Iterator[str]:
    free_px = 0.0
    for each in cuts:
        x, offset_ms = each["time_s"] * scale, each["offset_ms"]
        is_off = offset_ms is not None and abs(offset_ms) > OFF_MS
        style = (
            f'class="cut{" bad" if is_off else ""}" y1="{SCENES_TOP - 4}" y2="{BEATS_TOP + BEATS_HIGH + 4}"'
        )
        yield f'<line {style} x1="{x:.1f}" x2="{x:.1f}"/>'
        said = "–" if offset_ms is None else signed_ms(offset_ms)
        if x >= free_px:
            yield f'<text class="mid" x="{min(max(x, 24), WIDE - 24):.1f}" y="{ERRORS_TOP}">{said}</text>'
            free_px = x + LETTER_PX * len(said)


def _box(kind: str, x: float, y: float, wide: float, high: float, *, said: str = "") -> str:
    title = f"<title>{escape(said)}</title>" if said else ""
    size = f'width="{max(wide, 0.5):.1f}" height="{high}"'
    return f'<rect class="{kind}" x="{x:.1f}" y="{y}" {size} rx="5">{title}</rect>'
