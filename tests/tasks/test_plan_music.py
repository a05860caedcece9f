"""The beats that a clip is planned on."""

from pathlib import Path

import numpy as np
import pytest

from studio.errors import MediaError
from studio.settings import read_settings
from tasks.plan import _beats_of_clip
from tests.studio.sounds import clicks, write_sound


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))


def test_a_track_shorter_than_the_clip_begins_again(tmp_path: Path) -> None:
    track = write_sound(tmp_path / "loop.wav", clicks(120, 6))
    bpm, beats_s = _beats_of_clip(track, 9.0)
    assert bpm == pytest.approx(120, abs=0.5)
    expected_s = np.arange(0, 9, 0.5)
    nearest_s = beats_s[np.abs(beats_s[:, None] - expected_s).argmin(axis=0)]
    assert nearest_s == pytest.approx(expected_s, abs=0.03)
    assert np.all(np.diff(beats_s) >= 0)
    assert beats_s[-1] < 9.0


def test_what_was_analysed_once_is_taken_from_the_cache(tmp_path: Path) -> None:
    track = write_sound(tmp_path / "loop.wav", clicks(120, 6))
    first = _beats_of_clip(track, 5.0)
    (kept,) = read_settings().analyses.rglob("*.json")
    written_ns = kept.stat().st_mtime_ns
    again = _beats_of_clip(track, 5.0)
    assert kept.stat().st_mtime_ns == written_ns
    assert again[0] == pytest.approx(first[0])
    assert again[1] == pytest.approx(first[1], abs=1e-5)


def test_a_file_without_sound_cannot_be_planned_on(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("no music")
    with pytest.raises(MediaError):
        _beats_of_clip(text, 5.0)
