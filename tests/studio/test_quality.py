"""Assessing clips that the tests make: each defect is found, and clean ones pass."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from studio.clients import media
from studio.pictures import ClipInfo, Measurements, Picture, measure_pictures
from studio.quality import AskedClip, Assessment, Metric, Verdict, assess_clip

FPS = Fraction(24)
SIZE = (128, 72)
Frames = NDArray[np.uint8]
ASKED = AskedClip(width=128, height=72, fps=FPS, frames=60)
RANDOM = np.random.default_rng(4)
PAINTED = 120 + 40 * gaussian_filter(RANDOM.normal(size=(72, 512)), 2) / 0.14 + RANDOM.normal(0, 4, (72, 512))


def moving(frames: int = 60) -> Frames:
    """A pan over a painted background."""
    pictures = [np.roll(PAINTED, -2 * frame, axis=1)[:, :128] for frame in range(frames)]
    return np.repeat(np.clip(np.stack(pictures), 0, 255).astype(np.uint8)[..., None], 3, axis=3)


def measured(frames: Frames, info: ClipInfo | None = None) -> Measurements:
    """As if the frames had come from a file, without the encoding."""
    told = ClipInfo(SIZE[0], SIZE[1], FPS, len(frames), len(frames) / 24, "h264", None, None)
    pictures = (
        Picture(
            time_s=index / 24,
            luma=frame[..., 0],
            chroma=np.full((36, 64, 2), 128, np.uint8),
            full_luma=frame[..., 0] if index % 6 == 0 else None,
        )
        for index, frame in enumerate(frames)
    )
    return measure_pictures(info or told, pictures)


def metric(assessment: Assessment, name: str) -> Metric:
    (found,) = [metric for metric in assessment.metrics if metric.name == name]
    return found


def failed(assessment: Assessment) -> list[str]:
    return [metric.name for metric in assessment.metrics if metric.verdict is Verdict.FAIL]


def test_a_clean_clip_passes_with_full_marks() -> None:
    assessment = assess_clip(measured(moving()), ASKED)
    assert (assessment.verdict, assessment.score, assessment.reasons) == (Verdict.PASS, 10.0, ())


def test_animation_held_on_twos_and_threes_passes() -> None:
    for held in (2, 3, 8):
        frames = np.repeat(moving()[::held], held, axis=0)[:60]
        assert assess_clip(measured(frames), ASKED).verdict is Verdict.PASS


@pytest.mark.parametrize("black_frames", [2, 10])
def test_black_frames_are_found_where_they_are(black_frames: int) -> None:
    frames = moving()
    frames[20 : 20 + black_frames] = 4
    assessment = assess_clip(measured(frames), ASKED)
    assert failed(assessment) == ["black"]
    assert metric(assessment, "black").value == black_frames
    assert metric(assessment, "black").frames[0] == 20
    assert assessment.reasons == (f"black for {black_frames} frames from frame 20",)


def test_a_night_is_not_black() -> None:
    assert assess_clip(measured((moving() * 0.25).astype(np.uint8)), ASKED).verdict is Verdict.PASS


def test_a_frozen_stretch_is_found_where_motion_was_asked_for() -> None:
    frames = moving()
    frames[30:43] = frames[30]
    assessment = assess_clip(measured(frames), ASKED)
    assert failed(assessment) == ["frozen"]
    assert metric(assessment, "frozen").value == pytest.approx(0.5)
    assert metric(assessment, "frozen").frames[0] == 31


def test_stillness_that_was_asked_for_is_not_judged() -> None:
    frames = np.repeat(moving(1), 60, axis=0)
    assert failed(assess_clip(measured(frames), ASKED)) == ["frozen"]
    still = assess_clip(measured(frames), replace(ASKED, moving=False))
    assert metric(still, "frozen").verdict is Verdict.NOT_JUDGED
    assert still.verdict is Verdict.PASS


def test_a_hold_that_was_asked_for_is_left_out() -> None:
    frames = moving()
    frames[20:40] = frames[20]
    assert failed(assess_clip(measured(frames), ASKED)) == ["frozen"]
    assert assess_clip(measured(frames), replace(ASKED, holds=((20, 40),))).verdict is Verdict.PASS


def test_one_flat_tone_is_blank() -> None:
    frames = moving()
    frames[10:20] = 90
    assert "blank" in failed(assess_clip(measured(frames), ASKED))


@pytest.mark.parametrize(("gain", "lift", "says"), [(0.08, 0.0, "dark"), (0.1, 240.0, "bright")])
def test_a_wrong_exposure_is_found(gain: float, lift: float, says: str) -> None:
    frames = np.clip(moving() * gain + lift, 0, 255).astype(np.uint8)
    assessment = assess_clip(measured(frames), ASKED)
    assert metric(assessment, "exposure").verdict is Verdict.FAIL
    assert says in metric(assessment, "exposure").reason


def test_softness_is_a_warning_and_no_failure() -> None:
    frames = moving()
    frames[24:40] = gaussian_filter(frames[24:40].astype(float), (0, 3, 3, 0)).astype(np.uint8)
    assessment = assess_clip(measured(frames), ASKED)
    assert metric(assessment, "sharpness").verdict is Verdict.WARN
    assert 24 <= metric(assessment, "sharpness").frames[0] < 40
    assert assessment.verdict is Verdict.PASS
    assert assessment.score is not None
    assert 9 < assessment.score < 10


def test_a_short_clip_is_found_twice() -> None:
    assert failed(assess_clip(measured(moving(50)), ASKED)) == ["frame_count", "duration_error"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (replace(ASKED, width=256), "size"),
        (replace(ASKED, height=70), "size"),
        (replace(ASKED, fps=Fraction(25)), "rate"),
        (replace(ASKED, frames=61), "frame_count"),
        (replace(ASKED, audio=True), "audio_drift"),
    ],
)
def test_what_is_not_what_was_asked_for_fails(asked: AskedClip, name: str) -> None:
    assessment = assess_clip(measured(moving()), asked)
    assert name in failed(assessment)
    assert assessment.verdict is Verdict.FAIL
    assert assessment.score is not None
    assert assessment.score <= 4


@pytest.mark.parametrize(
    ("audio_s", "verdict"),
    [(2.5, Verdict.PASS), (2.52, Verdict.PASS), (2.58, Verdict.FAIL), (2.3, Verdict.FAIL)],
)
def test_sound_and_picture_must_be_of_one_length(audio_s: float, verdict: Verdict) -> None:
    info = ClipInfo(*SIZE, FPS, 60, 2.5, "h264", "aac", audio_s)
    assessment = assess_clip(measured(moving(), info), replace(ASKED, audio=True))
    assert metric(assessment, "audio_drift").verdict is verdict


def test_no_frames_are_not_judged() -> None:
    assessment = assess_clip(measured(moving(1)[:0]), ASKED)
    assert (assessment.verdict, assessment.score) == (Verdict.NOT_JUDGED, None)
    assert assessment.reasons == ("no frame could be decoded",)


def test_what_was_not_judged_has_no_value_and_does_not_count() -> None:
    assessment = assess_clip(measured(moving()), replace(ASKED, moving=False))
    for name in ("frozen", "audio_drift"):
        assert metric(assessment, name).value is None
        assert metric(assessment, name).reason
    assert assessment.score == 10.0


def test_each_metric_states_what_it_means() -> None:
    for found in assess_clip(measured(moving()), ASKED).metrics:
        assert found.unit
        assert found.source
        low, high = found.range
        assert found.value is None or (low <= found.value and (high is None or found.value <= high))


def test_defects_survive_the_encoder(tmp_path: Path) -> None:
    clean = moving()
    black, frozen = clean.copy(), clean.copy()
    black[20:23] = 0
    frozen[30:44] = frozen[30]
    found = {}
    for name, frames in (("clean", clean), ("black", black), ("frozen", frozen), ("short", clean[:40])):
        path = tmp_path / f"{name}.mp4"
        media.encode_video(frames, path, fps=FPS, size=SIZE)
        found[name] = failed(assess_clip(media.measure_clip(path), ASKED))
    assert found == {
        "clean": [],
        "black": ["black"],
        "frozen": ["frozen"],
        "short": ["frame_count", "duration_error"],
    }
