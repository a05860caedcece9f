"""Pictures of analyses: well formed, and each thing at its place in time."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from studio.analysis_sheet import BEAT, DOWNBEAT, LABEL, MARGIN, TINTS, WIDTH, draw_analysis
from studio.beats import NO_BEATS, Beats
from studio.keys import Key
from studio.sections import Section
from studio.tempo_changes import TempoChange
from studio.tracks import TrackAnalysis

SVG = "{http://www.w3.org/2000/svg}"
TIMES_S = np.concatenate([np.arange(0, 10, 0.5), np.arange(10, 20, 0.6)])
BEATS = Beats(
    120.0, TIMES_S, 0.9, (60.0,), (TempoChange(0.0, 120.0), TempoChange(10.0, 100.0)), TIMES_S[::4], 4
)
DETAILED = TrackAnalysis(
    kind="detailed", backend="builtin", duration_s=20.0, rate_hz=44_100, beats=BEATS,
    key=Key("A minor", "minor", "8A", 0.8), quality=None, sections=(Section(0, 10), Section(10, 20)),
    content_hash="0" * 64, took_s=0.5, waveform=np.arange(200, dtype=np.uint8),
)  # fmt: skip


def drawn(analysis: TrackAnalysis, title: str = "") -> ET.Element:
    return ET.fromstring(draw_analysis(analysis, analysis.waveform, title=title))


def strokes(sheet: ET.Element, colour: str) -> list[float]:
    paths = [path.get("d", "") for path in sheet.iter(f"{SVG}path") if path.get("stroke") == colour]
    return [float(stroke.split()[0]) for path in paths for stroke in path.split("M")[1:]]


def words(sheet: ET.Element) -> str:
    return "\n".join(text.text or "" for text in sheet.iter(f"{SVG}text"))


def test_every_beat_and_downbeat_is_at_its_time() -> None:
    sheet = drawn(DETAILED)
    scale = (WIDTH - MARGIN - LABEL) / 20.0
    assert strokes(sheet, BEAT) == pytest.approx(LABEL + TIMES_S * scale, abs=0.06)
    assert strokes(sheet, DOWNBEAT) == pytest.approx(LABEL + TIMES_S[::4] * scale, abs=0.06)


def test_sections_tempo_changes_and_key_are_shown() -> None:
    sheet = drawn(DETAILED, title="Night & <Day>")
    assert {box.get("fill") for box in sheet.iter(f"{SVG}rect")} >= set(TINTS)
    said = words(sheet)
    for part in ("Night & <Day>", "120.0 BPM, confidence 90%", "A minor (8A)", "section 2", "100.0"):
        assert part in said


def test_what_was_not_found_is_said() -> None:
    silent = replace(DETAILED, beats=NO_BEATS, key=None, sections=(), waveform=np.zeros(0, np.uint8))
    said = words(drawn(silent))
    for part in ("no beat found", "no key", "no sections found", "none"):
        assert part in said
    basic = replace(silent, kind="basic", duration_s=0.01)
    assert "no key" not in words(drawn(basic))
