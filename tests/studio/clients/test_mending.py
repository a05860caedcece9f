"""Faulty clips are put right without being rendered again: what was wrong is gone, the rest is as it was."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.clients import media
from studio.clients.inspection import inspect_clip
from studio.clients.mending import mend_clip
from studio.quality import AskedClip, Assessment, Verdict, assess_clip
from studio.repairs import Fix, Mending, plan_repairs

FPS = Fraction(24)
SIZE = (128, 72)
RATE = 48_000
COUNT = 48
ASKED = AskedClip(*SIZE, fps=FPS, frames=COUNT)
Frames = NDArray[np.uint8]


def moving(count: int = COUNT) -> Frames:
    """A pan over blots with soft edges."""
    blots = np.random.default_rng(5).integers(40, 210, (9, 40, 3), np.uint8)
    shot = cv2.resize(blots, (320, 72), interpolation=cv2.INTER_CUBIC)
    return np.stack([shot[:, 2 * index : 2 * index + SIZE[0]] for index in range(count)])


def lit(frames: Frames, gain: NDArray[np.float64]) -> Frames:
    return np.clip(np.round(frames * gain[:, None, None, None]), 0, 255).astype(np.uint8)


def blackened(*stretches: slice) -> Frames:
    frames = moving()
    for stretch in stretches:
        frames[stretch] = 0
    return frames


@pytest.fixture
def encoded(tmp_path: Path) -> Callable[..., Path]:
    def encode(frames: Frames, *, fps: Fraction = FPS) -> Path:
        path = tmp_path / "faulty.mp4"
        media.encode_video(frames, path, fps=fps, size=(frames.shape[2], frames.shape[1]))
        return path

    return encode


def judged(path: Path, asked: AskedClip = ASKED) -> Assessment:
    return assess_clip(inspect_clip(path), asked)


def failed(assessment: Assessment) -> list[str]:
    return [metric.name for metric in assessment.metrics if metric.verdict is Verdict.FAIL]


def planned(path: Path, asked: AskedClip = ASKED) -> Mending | None:
    clip = inspect_clip(path)
    return plan_repairs(clip, asked, assess_clip(clip, asked))


def mended(path: Path, asked: AskedClip = ASKED) -> tuple[Path, list[Fix]]:
    mending = planned(path, asked)
    assert mending is not None
    to = path.with_name("mended.mp4")
    mend_clip(path, mending, to)
    return to, [repair.fix for repair in mending.repairs]


def pixels(path: Path) -> list[NDArray[np.uint8]]:
    return [picture.luma for picture in media.read_clip(path)]


@pytest.mark.parametrize(
    "frames",
    [
        blackened(slice(0, 2)),
        blackened(slice(46, 48)),
        blackened(slice(20, 24)),
        blackened(slice(0, 8)),
        blackened(slice(40, 48)),
        blackened(slice(0, 3), slice(45, 48)),
    ],
    ids=["head", "tail", "middle", "long head", "long tail", "head and tail"],
)
def test_missing_pictures_are_filled_from_those_beside_them(
    encoded: Callable[..., Path], frames: Frames
) -> None:
    faulty = encoded(frames)
    assert failed(judged(faulty)) == ["black"]
    clip, fixes = mended(faulty)
    assessment = judged(clip)
    assert (assessment.verdict, fixes) == (Verdict.PASS, [Fix.FILL])
    assert min(float(picture.mean()) for picture in pixels(clip)) > 60


def test_pictures_of_other_shots_stay_where_they_are(encoded: Callable[..., Path]) -> None:
    """A gap that is filled by its shot leaves the cut, and all that follows it, in place."""
    frames = blackened(slice(0, 4))
    frames[24:] = 255 - frames[24:, ::-1]
    faulty = encoded(frames)
    clip, _ = mended(faulty, replace(ASKED, cuts=(24,)))
    was, now = (np.array(pixels(each), int) for each in (faulty, clip))
    assert np.abs(was[24:] - now[24:]).mean() < 3
    assert np.abs(was[8:24] - now[8:24]).mean() > 3


def test_a_black_stretch_in_the_middle_or_over_a_fifth_of_the_shot_is_not_filled(
    encoded: Callable[..., Path],
) -> None:
    assert planned(encoded(blackened(slice(20, 25)))) is None
    assert planned(encoded(blackened(slice(0, 12)))) is None
    assert planned(encoded(blackened(slice(0, COUNT)))) is None


def test_flicker_is_evened_out_and_nothing_else_changes(encoded: Callable[..., Path]) -> None:
    gain = 1 + 0.04 * np.where(np.arange(COUNT) % 2, 1.0, -1.0)
    faulty = encoded(lit(moving(), gain))
    assert failed(judged(faulty)) == ["flicker"]
    clip, fixes = mended(faulty)
    assert (judged(clip).verdict, fixes) == (Verdict.PASS, [Fix.DEFLICKER])
    clean = encoded(moving())
    assert np.abs(np.array(pixels(clean), int) - np.array(pixels(clip), int)).mean() < 3


def test_flashing_a_freeze_and_a_clip_of_half_the_length_are_not_repaired(
    encoded: Callable[..., Path],
) -> None:
    flashing = lit(moving(), np.where(np.arange(COUNT) // 2 % 2, 0.12, 1.0))
    frozen = np.repeat(moving()[:1], COUNT, axis=0)
    for frames in (flashing, frozen, moving(24)):
        faulty = encoded(frames)
        assert failed(judged(faulty))
        assert planned(faulty) is None


def test_frames_with_the_wrong_times_get_the_right_ones_and_are_not_encoded_again(
    encoded: Callable[..., Path],
) -> None:
    faulty = encoded(moving(), fps=Fraction(30))
    assert "rate" in failed(judged(faulty))
    clip, fixes = mended(faulty)
    assert (judged(clip).verdict, fixes) == (Verdict.PASS, [Fix.RESTAMP])
    assert all(np.array_equal(a, b) for a, b in zip(pixels(faulty), pixels(clip), strict=True))


@pytest.mark.parametrize(("gone", "held"), [([20], 19), ([10, 30], 9)])
def test_a_few_frames_that_were_left_out_are_made_up_for_where_they_are_missing(
    encoded: Callable[..., Path], gone: list[int], held: int
) -> None:
    faulty = encoded(np.delete(moving(), gone, axis=0))
    clip, fixes = mended(faulty)
    assert (judged(clip).verdict, fixes) == (Verdict.PASS, [Fix.MAKE_UP])
    change = np.abs(np.diff(np.array(pixels(clip), int), axis=0)).mean(axis=(1, 2))
    assert change[held] < change.max() / 10


def test_pictures_that_are_too_large_are_made_smaller_and_small_ones_stay(
    encoded: Callable[..., Path],
) -> None:
    large = np.stack([cv2.resize(frame, (256, 144)) for frame in moving()]).astype(np.uint8)
    clip, fixes = mended(encoded(large))
    assert (judged(clip).verdict, fixes) == (Verdict.PASS, [Fix.SCALE])
    assert planned(encoded(moving()), replace(ASKED, width=256, height=144)) is None


def tone(length_s: float, level: float) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * 997 * np.arange(round(length_s * RATE)) / RATE)


@pytest.fixture
def sounding(encoded: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    def lay(sound: NDArray[np.float64]) -> Path:
        track, path = tmp_path / "tone.wav", tmp_path / "with sound.mp4"
        media.write_wav(track, np.stack([sound, sound], axis=1), RATE)
        media.mux_audio(encoded(moving()), track, path, duration_s=len(sound) / RATE, fade_s=0.0)
        return path

    return lay


@pytest.mark.parametrize("length_s", [1.85, 2.3])
def test_sound_that_ends_apart_is_cut_off_or_ends_in_silence(
    sounding: Callable[..., Path], length_s: float
) -> None:
    faulty = sounding(tone(length_s, 0.1))
    assert failed(judged(faulty)) == ["audio_drift"]
    clip, fixes = mended(faulty)
    assert (judged(clip).verdict, fixes) == (Verdict.PASS, [Fix.ALIGN_SOUND])
    heard = media.decode_audio(clip, rate_hz=RATE, mono=False)
    assert float(np.abs(heard[RATE // 4 : RATE]).max()) == pytest.approx(0.1, abs=0.01)
    assert all(np.array_equal(a, b) for a, b in zip(pixels(faulty), pixels(clip), strict=True))


def test_sound_that_lacks_more_than_a_quarter_of_a_second_is_not_repaired(
    sounding: Callable[..., Path],
) -> None:
    assert planned(sounding(tone(1.6, 0.1))) is None


def test_sound_that_comes_late_as_a_whole_is_moved(sounding: Callable[..., Path]) -> None:
    """What lies with it moves along: a click is heard as early after the start as before."""
    sound = tone(2.0, 0.1)
    sound[RATE : RATE + 200] = 0.9
    path = sounding(sound)
    clip = inspect_clip(path)
    assert clip.sound is not None
    late = replace(clip, sound=replace(clip.sound, start_s=0.1, end_s=2.1))
    mending = plan_repairs(late, ASKED, assess_clip(late, ASKED), keeps_sound=False)
    assert mending is not None
    assert mending.sound is not None
    assert mending.sound.from_s == pytest.approx(0.1)
    to = path.with_name("moved.mp4")
    mend_clip(path, mending, to)
    was, now = (media.decode_audio(each, rate_hz=RATE) for each in (path, to))
    assert (np.argmax(was) - np.argmax(now)) / RATE == pytest.approx(0.1, abs=0.002)
    assert len(now) == pytest.approx(2 * RATE, abs=1100)


@pytest.mark.parametrize("level", [0.004, 0.95])
def test_sound_that_is_only_warned_of_is_normalised_where_it_will_be_heard(
    sounding: Callable[..., Path], level: float
) -> None:
    path = sounding(tone(2.0, level))
    clip = inspect_clip(path)
    assessment = assess_clip(clip, ASKED)
    assert assessment.verdict is Verdict.PASS
    assert assessment.score is not None
    assert assessment.score < 10
    assert plan_repairs(clip, ASKED, assessment, keeps_sound=False) is None
    to, fixes = mended(path)
    seen = inspect_clip(to)
    assert fixes == [Fix.NORMALISE]
    assert assess_clip(seen, ASKED).score == 10
    assert seen.sound is not None
    assert seen.sound.loudness_lufs == pytest.approx(-23, abs=0.5)


def test_peaks_limit_how_far_sound_is_turned_up(sounding: Callable[..., Path]) -> None:
    sound = tone(2.0, 0.004)
    sound[RATE : RATE + 60] += 0.4 * np.hanning(60)
    to, _ = mended(sounding(sound))
    seen = inspect_clip(to).sound
    assert seen is not None
    assert seen.peak_dbtp is not None
    assert seen.peak_dbtp == pytest.approx(-2.5, abs=0.5)
    assert seen.loudness_lufs is not None
    assert seen.loudness_lufs < -23


def test_a_clip_that_is_as_it_should_be_is_left_alone(encoded: Callable[..., Path]) -> None:
    assert planned(encoded(moving())) is None
