"""Hearing what is new in the library, beside what tags and people say."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from db.models.music_library import MusicTrack
from db.queries import library_scans
from db.session import transaction
from tasks.library_analysis import analyse_new
from tests.fakes import library
from tests.fakes.library import file_row


@pytest.fixture(autouse=True)
def _clean(connected: Path) -> Iterator[None]:
    yield
    library.empty()


def analyse() -> int:
    with transaction() as session:
        number = library_scans.create(session).id or 0
    return analyse_new.fn(number)


def tracks() -> dict[str, MusicTrack]:
    with transaction() as session:
        return {row.title: row for row in session.scalars(select(MusicTrack))}


def test_what_is_new_is_heard_once_and_a_persons_tempo_holds(connected: Path) -> None:
    path = connected / "clicks.wav"
    write_clicks(path, bpm=120.0)
    row = file_row(str(path), title="Clicks", bpm=60.0)
    library.add(row, file_row(str(connected / "gone.mp3"), title="Gone"))
    (connected / "noise.mp3").write_bytes(b"no music" * 100)
    library.add(file_row(str(connected / "noise.mp3"), title="Noise"))
    library.add(file_row(str(connected / "locked.m4p"), title="Locked", state="protected"))
    assert analyse() == 3
    found = tracks()
    clicks = found["Clicks"]
    assert clicks.bpm_analysed == pytest.approx(120.0, rel=0.04)
    assert (clicks.bpm, clicks.bpm_source, clicks.analysed_hash) == (60.0, "tag", row["content_hash"])
    assert 0 <= (clicks.bpm_confidence or 0) <= 1
    assert found["Noise"].analysis_error
    assert found["Gone"].analysed_hash is None
    assert analyse() == 1
    library.add({**row, "content_hash": "another", "tagged": {"title": "Clicks"}, "bpm_tag": None})
    assert tracks()["Clicks"].bpm_source == "analysed"


def write_clicks(path: Path, *, bpm: float) -> None:
    rate_hz = 22_050
    sound = np.zeros(rate_hz * 8, np.int16)
    for beat in np.arange(0, 8, 60 / bpm):
        start = round(beat * rate_hz)
        sound[start : start + 400] = (np.hanning(400) * 20_000 * np.sin(np.arange(400))).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(sound.tobytes())
