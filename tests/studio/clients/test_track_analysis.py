"""Tracks analysed from their files, and what is kept of them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.clients.analysis_cache import ANALYSER_VERSION, Cache, content_hash
from studio.clients.media import decode_audio
from studio.clients.track_analysis import TrackAnalysis, analyse_track, as_document
from studio.errors import FileMissingError, InvalidError, MediaError
from studio.tracks import WAVEFORM_COLUMNS, to_json
from tests.studio.sounds import CODECS, clicks, write_sound

DOCUMENTED = {"bpm", "confidence", "tempo_changes", "beat_times", "analysis_duration", "metadata"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tracks")
    for suffix in CODECS:
        write_sound(made / f"track.{suffix}", clicks(120, 10))
    return made


@pytest.fixture(scope="module")
def detailed(folder: Path) -> TrackAnalysis:
    return analyse_track(folder / "track.flac", kind="detailed")


def files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("suffix", CODECS)
def test_every_format_has_its_tempo_and_its_beats(folder: Path, suffix: str) -> None:
    found = analyse_track(folder / f"track.{suffix}")
    assert found.beats.bpm == pytest.approx(120, rel=0.01)
    assert found.duration_s == pytest.approx(10, abs=0.1)
    off_s = (found.beats.beat_times_s + 0.25) % 0.5 - 0.25
    assert np.median(np.abs(off_s)) < 0.03
    assert found.rate_hz == 48_000


def test_a_basic_document_has_the_documented_fields(folder: Path) -> None:
    document = as_document(analyse_track(folder / "track.mp3"))
    assert document.keys() >= DOCUMENTED
    assert document["metadata"].keys() == {"duration", "sample_rate"}
    assert (document["analysis_type"], document["backend"]) == ("basic", "builtin")
    assert document.keys().isdisjoint({"downbeats", "key", "audio_quality", "sections"})
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_detailed_document_has_key_quality_and_sections(detailed: TrackAnalysis) -> None:
    document = as_document(detailed)
    assert document["key"]["name"] == "A minor"
    assert document["key"]["camelot"] == "8A"
    assert document["downbeats"]["estimated"] is True
    assert document["sections"] == []
    quality = document["audio_quality"]
    assert (quality["codec"], quality["channels"], quality["is_transcoded"]) == ("flac", 2, False)
    assert -30 < quality["loudness_lufs"] < quality["true_peak_dbtp"] <= 0.5
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_lossless_copy_of_an_mp3_is_told_by_its_cut_off(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, (48_000 * 3, 2)).astype(np.float32)
    lossy = write_sound(tmp_path / "lossy.mp3", noise)
    copy = write_sound(tmp_path / "copy.flac", decode_audio(lossy, rate_hz=48_000, mono=False))
    quality = analyse_track(copy, kind="detailed").quality
    assert quality is not None
    assert quality.is_transcoded
    assert quality.cutoff_hz == pytest.approx(17_000, abs=600)  # LAME's low pass at 128 kbit/s


def test_what_is_kept_is_what_was_found(folder: Path, tmp_path: Path) -> None:
    first = analyse_track(folder / "track.wav", kind="detailed", cache=tmp_path)
    again = analyse_track(folder / "track.wav", kind="detailed", cache=tmp_path)
    assert again.took_s == first.took_s
    assert as_document(again) == as_document(first)
    assert np.array_equal(again.waveform, first.waveform)
    assert 0 < len(again.waveform) <= WAVEFORM_COLUMNS


def test_a_detailed_analysis_answers_for_a_basic_one_and_not_the_other_way(
    folder: Path, tmp_path: Path
) -> None:
    track = folder / "track.flac"
    fresh = as_document(analyse_track(track))
    detailed = analyse_track(track, kind="detailed", cache=tmp_path)
    basic = analyse_track(track, cache=tmp_path)
    assert basic.took_s == pytest.approx(detailed.took_s)
    assert as_document(basic) | {"analysis_duration": 0} == fresh | {"analysis_duration": 0}
    other = tmp_path / "other"
    analyse_track(track, cache=other)
    assert analyse_track(track, kind="detailed", cache=other).key is not None
    assert len(files(other)) == 1


def test_the_content_is_what_counts_and_not_the_name(folder: Path, tmp_path: Path) -> None:
    cache, track = tmp_path / "cache", folder / "track.mp3"
    first = analyse_track(track, cache=cache)
    renamed = tmp_path / "another name.mp3"
    renamed.write_bytes(track.read_bytes())
    assert analyse_track(renamed, cache=cache).took_s == pytest.approx(first.took_s)
    analyse_track(folder / "track.m4a", cache=cache)
    assert Cache(cache).count() == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"kind": "basic"}', b"\xff\xfe", b"null"])
def test_a_damaged_file_in_the_cache_is_made_anew(folder: Path, tmp_path: Path, damage: bytes) -> None:
    track = folder / "track.mp3"
    first = analyse_track(track, cache=tmp_path)
    (kept,) = files(tmp_path)
    kept.write_bytes(damage)
    again = analyse_track(track, cache=tmp_path)
    assert np.array_equal(again.beats.beat_times_s, first.beats.beat_times_s)
    assert json.loads(kept.read_bytes()) == to_json(again)


def test_a_cache_that_cannot_be_written_costs_no_analysis(folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert analyse_track(folder / "track.mp3", cache=blocked).beats.bpm is not None


def test_another_version_of_the_analyser_finds_nothing_that_was_kept(folder: Path, tmp_path: Path) -> None:
    track = folder / "track.mp3"
    analyse_track(track, cache=tmp_path)
    (tmp_path / ANALYSER_VERSION).rename(tmp_path / "before")
    assert Cache(tmp_path).find(content_hash(track), kind="basic", backend="builtin") is None
    assert Cache(tmp_path).count() == 0


def test_what_one_backend_heard_is_no_answer_for_another(folder: Path, tmp_path: Path) -> None:
    track = folder / "track.mp3"
    analyse_track(track, cache=tmp_path)
    cache, content = Cache(tmp_path), content_hash(track)
    assert cache.find(content, kind="basic", backend="librosa") is None
    (kept,) = files(tmp_path)
    kept.rename(kept.with_name(kept.name.replace("builtin", "librosa")))
    assert cache.find(content, kind="basic", backend="librosa") is None


def test_silence_and_noise_have_no_tempo_and_a_low_confidence(tmp_path: Path) -> None:
    for name, samples in {
        "silence": np.zeros((48_000 * 4, 2), np.float32),
        "noise": np.random.default_rng(1).normal(0, 0.1, (48_000 * 4, 2)).astype(np.float32),
    }.items():
        document = as_document(analyse_track(write_sound(tmp_path / f"{name}.wav", samples), kind="detailed"))
        assert (document["bpm"], document["beat_times"], document["tempo_changes"]) == (None, [], [])
        assert document["confidence"] < 0.35
        assert document["key"] is None


def test_what_is_no_sound_is_said_to_be_none(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("no music here " * 500)
    empty = tmp_path / "empty.wav"
    empty.touch()
    for path in (text, empty, tmp_path):
        with pytest.raises(MediaError):
            analyse_track(path)
    with pytest.raises(FileMissingError):
        analyse_track(tmp_path / "none.mp3")


def test_an_unknown_kind_or_backend_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidError, match="analysis"):
        analyse_track(folder / "track.mp3", kind="deep")
    with pytest.raises(InvalidError, match="tracker"):
        analyse_track(folder / "track.mp3", backend="ear")


def test_a_basic_analysis_imports_nothing_that_is_slow_to_load() -> None:
    code = "import sys, studio.clients.track_analysis; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"scipy", "librosa", "numba", "pyloudnorm", "cv2", "pydantic", "prefect"}
    assert slow.isdisjoint(loaded.stdout.split())
