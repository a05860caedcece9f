"""Keys: what synthesised chords and scales are in, and the clock of fifths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import InvalidError
from studio.keys import MODES, NAMES, Samples, camelot_of, find_key, harmonic_neighbours

RATE_HZ = 22_050
TRIAD = {"major": (0, 4, 7), "minor": (0, 3, 7)}
SCALE = {"major": (0, 2, 4, 5, 7, 9, 11, 12), "minor": (0, 2, 3, 5, 7, 8, 10, 12)}
CADENCE = {"major": (0, 5, 7, 0), "minor": (0, 5, 7, 0)}
KEYS = [(tonic, mode) for mode in MODES for tonic in range(12)]


def note(semitones: float, length_s: float, cents: float = 0.0) -> Samples:
    """A tone with six partials, `semitones` above C3."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    pitch_hz = 130.8128 * 2 ** ((semitones + cents / 100) / 12)
    tone = sum(np.sin(2 * np.pi * pitch_hz * partial * time_s) / partial**1.5 for partial in range(1, 7))
    return (0.1 * tone * np.exp(-time_s)).astype(np.float32)


def cadence(tonic: int, mode: str, cents: float = 0.0) -> Samples:
    """I IV V I, or i iv v i."""
    chords = [
        np.sum([note(tonic + root + third, 1.0, cents) for third in TRIAD[mode]], axis=0)
        for root in CADENCE[mode]
    ]
    return np.concatenate(chords).astype(np.float32)


def scale(tonic: int, mode: str) -> Samples:
    """Up the scale over a held tonic chord, as a tune over a drone."""
    tune = np.concatenate([note(tonic + 12 + step, 0.5) for step in SCALE[mode]])
    drone = np.sum([note(tonic + step, 4.0) for step in TRIAD[mode]], axis=0)
    return (tune + drone).astype(np.float32)


@pytest.mark.parametrize(("tonic", "mode"), KEYS)
def test_a_cadence_is_in_its_key(tonic: int, mode: str) -> None:
    found = find_key(cadence(tonic, mode), RATE_HZ)
    assert found is not None
    assert (found.name, found.mode, found.camelot) == (
        f"{NAMES[tonic]} {mode}", mode, camelot_of(tonic, mode),
    )  # fmt: skip


@pytest.mark.parametrize(("tonic", "mode"), KEYS)
def test_a_scale_over_its_chord_is_in_its_key(tonic: int, mode: str) -> None:
    found = find_key(scale(tonic, mode), RATE_HZ)
    assert found is not None
    assert found.name == f"{NAMES[tonic]} {mode}"


@pytest.mark.parametrize("cents", [-45, -30, 20, 40])
@pytest.mark.parametrize("mode", MODES)
def test_music_out_of_tune_is_in_the_key_it_is_played_in(mode: str, cents: int) -> None:
    found = find_key(cadence(9, mode, cents), RATE_HZ)
    assert found is not None
    assert found.name == f"A {mode}"
    assert found.tuning_cents == pytest.approx(cents, abs=4)


def test_noise_silence_and_a_click_have_no_key() -> None:
    noise = np.random.default_rng(4).normal(0, 0.1, 8 * RATE_HZ).astype(np.float32)
    click = np.zeros(4 * RATE_HZ, np.float32)
    click[::RATE_HZ] = 1.0
    assert find_key(noise, RATE_HZ) is None
    assert find_key(np.zeros(4 * RATE_HZ, np.float32), RATE_HZ) is None
    assert find_key(click, RATE_HZ) is None
    assert find_key(np.zeros(100, np.float32), RATE_HZ) is None


def test_the_clock_of_fifths() -> None:
    known = {
        "C major": "8B",
        "A minor": "8A",
        "G major": "9B",
        "F major": "7B",
        "Ab minor": "1A",
        "E major": "12B",
        "Db minor": "12A",
    }
    given = {f"{NAMES[tonic]} {mode}": camelot_of(tonic, mode) for tonic, mode in KEYS}
    assert given.items() >= known.items()
    assert len(set(given.values())) == 24


def test_neighbours_are_the_relative_and_the_fifths() -> None:
    assert harmonic_neighbours("8A") == ("8A", "8B", "9A", "7A")
    assert harmonic_neighbours("12b") == ("12B", "12A", "1B", "11B")
    assert harmonic_neighbours("1A") == ("1A", "1B", "2A", "12A")


@given(st.sampled_from([camelot_of(*key) for key in KEYS]))
def test_neighbourhood_is_mutual(code: str) -> None:
    assert all(code in harmonic_neighbours(other) for other in harmonic_neighbours(code))


@pytest.mark.parametrize("code", ["", "A", "0A", "13B", "8C", "8", "²A", "-1A"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidError):
        harmonic_neighbours(code)
