"""The beats that a clip is planned on."""

from pathlib import Path

import numpy as np
import pytest

from studio.errors import MediaError
from tasks.soundtrack import soundtrack
from tests.studio.sounds import clicks, write_sound


def test_a_track_shorter_than_the_clip_begins_again(tmp_path: Path) -> None:
    track = write_sound(tmp_path / "loop.wav", clicks(120, 6))
    music = soundtrack(track, duration_s=9.0, start_s=0.0)
    beats_s = np.array(music["beats_s"])
    assert music["bpm"] == pytest.approx(120, abs=0.5)
    expected_s = np.arange(0, 9, 0.5)
    nearest_s = beats_s[np.abs(beats_s[:, None] - expected_s).argmin(axis=0)]
    assert nearest_s == pytest.approx(expected_s, abs=0.03)
    assert np.all(np.diff(beats_s) >= 0)
    assert beats_s[-1] < 9.0


def test_what_was_analysed_once_is_taken_from_the_cache(tmp_path: Path) -> None:
    track = write_sound(tmp_path / "loop.wav", clicks(120, 6))
    first = soundtrack(track, duration_s=5.0, start_s=0.0, cache=tmp_path / "kept")
    (kept,) = (tmp_path / "kept").rglob("*.json")
    written_ns = kept.stat().st_mtime_ns
    again = soundtrack(track, duration_s=5.0, start_s=0.0, cache=tmp_path / "kept")
    assert kept.stat().st_mtime_ns == written_ns
    assert again["bpm"] == pytest.approx(first["bpm"])
    assert again["beats_s"] == pytest.approx(first["beats_s"], abs=1e-5)


def test_a_file_without_sound_cannot_be_planned_on(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("no music")
    with pytest.raises(MediaError):
        soundtrack(text, duration_s=5.0, start_s=0.0)
