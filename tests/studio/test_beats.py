"""The beat tracker against sound whose beats are known."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio import beats_librosa, instruments
from studio.beats import beats_at, track_beats
from studio.clients import media
from studio.composition import compose
from studio.errors import InvalidError
from studio.sync import Seconds

RATE_HZ = 22_050
NOISE = np.random.default_rng(0).standard_normal(20 * RATE_HZ)


def clicks(times_s: NDArray[np.float64], duration_s: float, rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    burst_s = np.arange(round(0.004 * rate_hz)) / rate_hz
    return placed(
        np.sin(2 * np.pi * 3_000 * burst_s) * np.exp(-burst_s / 0.001), times_s, duration_s, rate_hz
    )


def placed(
    sound: NDArray[np.float64], times_s: NDArray[np.float64], duration_s: float, rate_hz: int = RATE_HZ
) -> NDArray[np.float32]:
    samples = np.zeros(round(duration_s * rate_hz) + len(sound))
    for start in np.round(times_s * rate_hz).astype(int):
        samples[start : start + len(sound)] += 0.5 * sound
    return samples[: round(duration_s * rate_hz)].astype(np.float32)


def errors_ms(found_s: NDArray[np.float64], true_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each beat found, against the nearest true one."""
    away = 1e3 * (found_s[:, None] - true_s[None, :])
    return np.asarray(away[np.arange(len(found_s)), np.argmin(np.abs(away), axis=1)])


def test_a_120_bpm_click_has_beats_half_a_second_apart() -> None:
    true_s = np.arange(0.25, 10, 0.5)
    beats = track_beats(clicks(true_s, 10), RATE_HZ)
    assert beats.bpm == pytest.approx(120, abs=0.05)
    np.testing.assert_allclose(beats.beat_times_s, true_s, atol=0.003)
    np.testing.assert_allclose(np.diff(beats.beat_times_s), 0.5, atol=0.002)
    assert beats.confidence > 0.9


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("bpm", [90, 103, 120, 137, 150])
def test_beats_of_clicks_are_unbiased_at_any_rate(bpm: float, rate_hz: int) -> None:
    true_s = np.arange(0.1, 8, 60 / bpm)
    beats = track_beats(clicks(true_s, 8, rate_hz), rate_hz)
    assert beats.bpm == pytest.approx(bpm, rel=0.002)
    assert abs(np.median(errors_ms(beats.beat_times_s, true_s))) < 3
    assert len(beats.beat_times_s) == len(true_s)


@pytest.mark.parametrize(
    "drum",
    [
        instruments.kick(RATE_HZ),
        instruments.snare(RATE_HZ, NOISE),
        instruments.hat(RATE_HZ, NOISE, decay_s=0.05),
    ],
    ids=["kick", "snare", "hat"],
)
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_beats_of_drums_are_unbiased(drum: NDArray[np.float64], noise: float) -> None:
    true_s = np.arange(0.2, 12, 60 / 112)
    samples = placed(drum, true_s, 12) + np.float32(noise) * NOISE[: 12 * RATE_HZ].astype(np.float32)
    off_ms = errors_ms(track_beats(samples, RATE_HZ).beat_times_s, true_s)
    assert abs(np.median(off_ms)) < 5
    assert len(off_ms) >= len(true_s) - 1


@pytest.mark.parametrize("bpm", [90, 96, 101, 108, 115, 120, 127, 133, 140, 150])
def test_five_seconds_of_music_are_enough(tmp_path: Path, bpm: float) -> None:
    """Beats of the sound that was muxed and decoded again lie within 10 ms of the composition's."""
    picture = np.zeros((32, 32, 3), np.uint8)
    video, track, clip = (tmp_path / name for name in ("video.mp4", "track.wav", "clip.mp4"))
    media.encode_video([picture] * 120, video, fps=Fraction(24), size=(32, 32))
    samples, true_s = compose(bpm=bpm, bars=int(8.4 * bpm / 240) + 1, seed=int(bpm), rate_hz=24_000)
    start_s = 3.37 if bpm % 2 else 0.0
    media.write_wav(track, samples, 24_000)
    media.mux_audio(video, track, clip, audio_start_s=start_s, duration_s=5.0)
    beats = track_beats(media.decode_audio(clip, rate_hz=RATE_HZ), RATE_HZ)
    inside_s = true_s[(true_s >= start_s) & (true_s < start_s + 4.99)] - start_s
    assert beats.bpm == pytest.approx(bpm, rel=0.01)
    assert np.max(np.abs(errors_ms(beats.beat_times_s, inside_s))) < 10
    assert len(inside_s) - 1 <= len(beats.beat_times_s) <= len(inside_s) + 1


def test_a_piece_is_followed_from_its_first_beat_to_its_last() -> None:
    samples, true_s = compose(bpm=118, bars=12, seed=4, rate_hz=RATE_HZ)
    beats = track_beats(samples.mean(axis=1), RATE_HZ)
    assert beats.bpm == pytest.approx(118, rel=0.001)
    assert len(beats.beat_times_s) == len(true_s)
    np.testing.assert_allclose(beats.beat_times_s, true_s, atol=0.01)


def test_a_player_who_is_not_a_machine_is_followed() -> None:
    random = np.random.default_rng(3)
    true_s = 0.3 + np.cumsum(0.5 + 0.06 * np.sin(np.arange(50) / 8)) + random.normal(0, 0.008, 50)
    kick = instruments.kick(RATE_HZ)
    samples = placed(kick, true_s, true_s[-1] + 0.5)
    found_s = track_beats(samples, RATE_HZ).beat_times_s
    assert np.mean(np.abs(errors_ms(true_s, found_s)) < 20) > 0.9


def swelling_pads() -> NDArray[np.float32]:
    chords = [
        placed(instruments.pad(RATE_HZ, hz * lift, 2.6, detune_cents=4), np.array([start_s]), 10)
        for start_s, lift in ((0.0, 1.0), (2.3, 1.12), (4.9, 0.94), (7.6, 1.06))
        for hz in (220.0, 277.2, 329.6)
    ]
    return np.asarray(0.2 * np.sum(chords, axis=0), np.float32)


def syllables(seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    samples, time_s = np.zeros(10 * RATE_HZ), 0.0
    while time_s < 9.5:
        length = round(random.uniform(0.08, 0.3) * RATE_HZ)
        phase = 2 * np.pi * random.uniform(100, 180) * np.arange(length) / RATE_HZ
        voice = sum(np.sin(k * phase) * random.uniform(0.2, 1) / k for k in range(1, 20))
        start = round(time_s * RATE_HZ)
        samples[start : start + length] += 0.2 * voice * np.hanning(length)
        time_s += length / RATE_HZ + random.exponential(0.1)
    return samples.astype(np.float32)


TIME_S = np.arange(10 * RATE_HZ) / RATE_HZ
BEATLESS = {
    "silence": np.zeros(10 * RATE_HZ, np.float32),
    "white noise": (0.2 * NOISE[: 10 * RATE_HZ]).astype(np.float32),
    "brown noise": (1e-3 * np.cumsum(NOISE[: 10 * RATE_HZ])).astype(np.float32),
    "a tone": (0.3 * np.sin(2 * np.pi * 440 * TIME_S)).astype(np.float32),
    "a glide": (0.3 * np.sin(2 * np.pi * (200 * TIME_S + 50 * TIME_S**2))).astype(np.float32),
    "pads": swelling_pads(),
    "speech": syllables(1),
    "a hit now and then": placed(
        instruments.snare(RATE_HZ, NOISE), np.array([0.4, 1.1, 2.9, 3.3, 5.6, 6.2, 8.8]), 10
    ),
    "one click": clicks(np.array([2.0]), 10),
    "nothing": np.zeros(0, np.float32),
    "a second of clicks": clicks(np.arange(0, 1, 0.25), 1),
}


@pytest.mark.parametrize("name", BEATLESS)
def test_beatless_sound_has_no_invented_beats(name: str) -> None:
    for samples in (BEATLESS[name], BEATLESS[name][: 5 * RATE_HZ]):
        beats = track_beats(samples, RATE_HZ)
        assert (beats.bpm, len(beats.beat_times_s)) == (None, 0)
        assert beats.confidence <= 0.3


def test_silence_around_the_music_has_no_beats() -> None:
    true_s = np.arange(4.0, 12, 0.5)
    found_s = track_beats(clicks(true_s, 16), RATE_HZ).beat_times_s
    np.testing.assert_allclose(found_s, true_s, atol=0.003)


@pytest.mark.parametrize("gain", [0.001, 0.03, 3.0])
def test_loudness_does_not_matter(gain: float) -> None:
    samples = compose(bpm=110, bars=4, seed=2, rate_hz=RATE_HZ)[0].mean(axis=1)
    as_is, scaled = track_beats(samples, RATE_HZ), track_beats(np.float32(gain) * samples, RATE_HZ)
    np.testing.assert_allclose(as_is.beat_times_s, scaled.beat_times_s, atol=1e-3)
    assert as_is.confidence == pytest.approx(scaled.confidence, abs=0.02)


def test_broken_samples_are_taken_for_silence() -> None:
    samples = clicks(np.arange(0.25, 10, 0.5), 10)
    samples[1_000:1_010] = np.nan
    assert track_beats(samples, RATE_HZ).bpm == pytest.approx(120, abs=0.1)


def test_stereo_and_telephone_sound_are_refused() -> None:
    with pytest.raises(InvalidError):
        track_beats(np.zeros((100, 2), np.float32), RATE_HZ)
    with pytest.raises(InvalidError):
        track_beats(np.zeros(100_000, np.float32), 4_000)


def test_confidence_in_beats_of_others_depends_on_where_they_lie() -> None:
    true_s = np.arange(0.25, 10, 0.5)
    samples = clicks(true_s, 10)
    assert beats_at(samples, RATE_HZ, true_s).confidence > 0.9
    assert beats_at(samples, RATE_HZ, true_s + 0.2).confidence < 0.1
    assert beats_at(samples, RATE_HZ, true_s[:2]).confidence == 0.0


def played(intervals_s: NDArray[np.float64], accent_every: int = 1) -> tuple[NDArray[np.float32], Seconds]:
    """Snares and hats on beats of these lengths, a kick on every so many."""
    true_s = 0.3 + np.cumsum(intervals_s) - intervals_s[0]
    duration_s = float(true_s[-1]) + 0.5
    samples = placed(instruments.kick(RATE_HZ), true_s[::accent_every], duration_s)
    samples += 0.5 * placed(instruments.snare(RATE_HZ, NOISE), true_s, duration_s)
    halves_s = true_s[:-1] + np.diff(true_s) / 2
    return samples + 0.3 * placed(instruments.hat(RATE_HZ, NOISE, decay_s=0.03), halves_s, duration_s), true_s


def test_a_steady_piece_has_one_tempo() -> None:
    beats = track_beats(played(np.full(60, 60 / 117))[0], RATE_HZ)
    assert [change.time_s for change in beats.tempo_changes] == [0.0]
    assert beats.tempo_changes[0].bpm == pytest.approx(117, rel=0.002)


@pytest.mark.parametrize(("before_bpm", "after_bpm"), [(120, 100), (100, 120), (128, 140)])
def test_a_change_of_tempo_is_placed_within_half_a_second(before_bpm: float, after_bpm: float) -> None:
    samples, true_s = played(np.repeat([60 / before_bpm, 60 / after_bpm], [40, 30]))
    opening, change = track_beats(samples, RATE_HZ).tempo_changes
    assert (opening.time_s, opening.bpm) == (0.0, pytest.approx(before_bpm, rel=0.01))
    assert change.bpm == pytest.approx(after_bpm, rel=0.01)
    assert change.time_s == pytest.approx(true_s[39], abs=0.5)


def test_a_tempo_that_creeps_does_not_change_at_any_moment() -> None:
    beats = track_beats(played(np.geomspace(0.5, 0.6, 90))[0], RATE_HZ)
    assert len(beats.tempo_changes) == 1


@pytest.mark.parametrize(("beats_a_bar", "first"), [(4, 0), (3, 0)])
def test_downbeats_are_where_the_kick_is(beats_a_bar: int, first: int) -> None:
    samples, true_s = played(np.full(48, 60 / 126), accent_every=beats_a_bar)
    beats = track_beats(samples, RATE_HZ, downbeats=True)
    assert beats.beats_a_bar == beats_a_bar
    assert np.isin(beats.downbeats_s, beats.beat_times_s).all()
    assert np.max(np.abs(errors_ms(beats.downbeats_s, true_s[first::beats_a_bar]))) < 20


def test_no_downbeats_unless_asked_for() -> None:
    beats = track_beats(clicks(np.arange(0.25, 10, 0.5), 10), RATE_HZ)
    assert (len(beats.downbeats_s), beats.beats_a_bar) == (0, None)


@pytest.mark.parametrize(
    ("slowest_bpm", "fastest_bpm", "bpm"), [(50, 75, 60), (90, 160, 120), (190, 280, 240)]
)
def test_the_range_of_tempi_decides_the_octave(slowest_bpm: float, fastest_bpm: float, bpm: float) -> None:
    samples = played(np.full(40, 0.5), accent_every=2)[0]
    beats = track_beats(samples, RATE_HZ, slowest_bpm=slowest_bpm, fastest_bpm=fastest_bpm)
    assert beats.bpm == pytest.approx(bpm, rel=0.01)


def test_the_other_octaves_are_offered() -> None:
    beats = track_beats(played(np.full(48, 0.5))[0], RATE_HZ)
    offered = np.array([beats.bpm, *beats.bpm_alternatives])
    assert np.any(np.abs(offered / 120 - 1) < 0.02)
    assert np.any(np.abs(offered / 60 - 1) < 0.02) or np.any(np.abs(offered / 240 - 1) < 0.02)
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize(("slowest_bpm", "fastest_bpm"), [(120, 100), (10, 200), (100, 900)])
def test_a_range_that_is_none_is_refused(slowest_bpm: float, fastest_bpm: float) -> None:
    with pytest.raises(InvalidError):
        track_beats(NOISE.astype(np.float32), RATE_HZ, slowest_bpm=slowest_bpm, fastest_bpm=fastest_bpm)


@given(shift_s=st.floats(0.1, 3.0))
@settings(max_examples=8, deadline=None)
def test_beats_move_with_the_music(shift_s: float) -> None:
    """Silence before the music moves its beats by as much."""
    samples = played(np.full(24, 60 / 110))[0]
    silence = np.zeros(round(shift_s * RATE_HZ), np.float32)
    found_s = track_beats(samples, RATE_HZ).beat_times_s
    moved_s = track_beats(np.concatenate([silence, samples]), RATE_HZ).beat_times_s
    assert len(moved_s) == pytest.approx(len(found_s), abs=1)
    assert np.median(np.abs(errors_ms(moved_s, found_s + len(silence) / RATE_HZ))) < 3


def test_librosa_finds_no_beats_in_silence() -> None:
    """Its way with music is measured by the benchmark: it compiles for half a minute before the first."""
    assert beats_librosa.track_beats(BEATLESS["silence"], RATE_HZ).bpm is None


def test_the_builtin_tracker_loads_no_librosa() -> None:
    code = "import sys, studio.beats; print({'numba', 'librosa', 'scipy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
