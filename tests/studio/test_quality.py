"""Assessing clips that the tests make: each defect is found, and clean ones pass."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from studio.clients import media
from studio.clients.inspection import inspect_clip
from studio.measures.sound import Sound
from studio.metering import measure_pictures
from studio.pictures import ClipInfo, Measurements, Picture
from studio.quality import AskedClip, Assessment, Metric, Verdict, assess_clip
from studio.thresholds import THRESHOLDS

FPS = Fraction(24)
SIZE = (128, 72)
Frames = NDArray[np.uint8]
ASKED = AskedClip(width=128, height=72, fps=FPS, frames=60)
RANDOM = np.random.default_rng(4)
PAINTED = 120 + 40 * gaussian_filter(RANDOM.normal(size=(72, 512)), 2) / 0.14


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


def warned(assessment: Assessment) -> list[str]:
    return [metric.name for metric in assessment.metrics if metric.verdict is Verdict.WARN]


def lit(frames: Frames, gain: NDArray[np.float64]) -> Frames:
    return np.clip(np.round(frames * gain[:, None, None, None]), 0, 255).astype(np.uint8)


def test_a_clean_clip_passes_with_full_marks() -> None:
    assessment = assess_clip(measured(moving()), ASKED)
    assert (assessment.verdict, assessment.score, assessment.reasons) == (Verdict.PASS, 10.0, ())


@pytest.mark.parametrize("held", [2, 3, 8])
def test_animation_held_on_twos_and_threes_and_longer_passes(held: int) -> None:
    frames = np.repeat(moving()[::held], held, axis=0)[:60]
    assert assess_clip(measured(frames), ASKED).verdict is Verdict.PASS


@pytest.mark.parametrize("black_frames", [2, 10])
def test_black_frames_are_found_where_they_are(black_frames: int) -> None:
    frames = moving()
    frames[10 : 10 + black_frames] = 4
    assessment = assess_clip(measured(frames), ASKED)
    assert failed(assessment) == ["black"]
    assert metric(assessment, "black").value == black_frames
    assert metric(assessment, "black").frames[:2] == (10, 11)
    assert assessment.reasons[0] == f"black for {black_frames} frames from frame 10"


@pytest.mark.parametrize("at", [0, 58])
def test_a_black_head_or_tail_is_found(at: int) -> None:
    frames = moving()
    frames[at : at + 2] = 0
    assert failed(assess_clip(measured(frames), ASKED)) == ["black"]


def test_one_black_frame_is_let_pass() -> None:
    frames = moving()
    frames[10] = 0
    assert failed(assess_clip(measured(frames), ASKED)) == []


@pytest.mark.parametrize("black_frames", [1, 4, 12])
def test_black_that_is_faded_into_and_out_of_is_no_defect(black_frames: int) -> None:
    away = np.maximum(np.abs(np.arange(60) - 30) - black_frames / 2, 0)
    faded = lit(moving(), np.minimum(away / 10, 1))
    assert failed(assess_clip(measured(faded), replace(ASKED, moving=False))) == []


def test_a_fade_that_never_comes_back_is_black() -> None:
    gone = lit(moving(), np.clip((20 - np.arange(60)) / 10, 0, 1))
    assert failed(assess_clip(measured(gone), ASKED)) == ["black", "visible"]


def test_a_night_is_not_black() -> None:
    assert failed(assess_clip(measured((moving() * 0.25).astype(np.uint8)), ASKED)) == []


def test_a_frozen_stretch_is_found_where_motion_was_asked_for() -> None:
    frames = moving()
    frames[30:42] = frames[30]
    assessment = assess_clip(measured(frames), ASKED)
    assert failed(assessment) == ["frozen"]
    assert metric(assessment, "frozen").value == pytest.approx(0.5)
    assert metric(assessment, "frozen").frames[0] == 30


def test_where_nobody_asked_for_motion_a_frozen_stretch_warns() -> None:
    frames = moving()
    frames[30:42] = frames[30]
    assessment = assess_clip(measured(frames), None)
    assert (failed(assessment), warned(assessment)) == ([], ["frozen"])
    assert metric(assessment, "size").verdict is Verdict.NOT_JUDGED


def test_in_limited_animation_a_long_hold_warns() -> None:
    frames = np.repeat(moving()[::6], 6, axis=0)[:60]
    frames[24:40] = frames[24]
    assessment = assess_clip(measured(frames), ASKED)
    assert failed(assessment) == []
    assert "frozen" in warned(assessment)


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
    assert failed(assess_clip(measured(frames), ASKED)) == ["blank"]


@pytest.mark.parametrize(("gain", "lift", "says"), [(0.08, 0.0, "dark"), (0.1, 240.0, "bright")])
def test_a_clip_that_cannot_be_seen_fails(gain: float, lift: float, says: str) -> None:
    frames = np.clip(moving() * gain + lift, 0, 255).astype(np.uint8)
    assessment = assess_clip(measured(frames), ASKED)
    assert metric(assessment, "visible").verdict is Verdict.FAIL
    assert says in metric(assessment, "visible").reason


def test_softness_is_a_warning_and_costs_half_a_mark() -> None:
    frames = moving()
    frames[24:36] = gaussian_filter(frames[24:36].astype(float), (0, 4, 4, 0)).astype(np.uint8)
    assessment = assess_clip(measured(frames), ASKED)
    assert warned(assessment) == ["sharpness"]
    assert metric(assessment, "sharpness").frames in ((24, 30), (30, 24))
    assert (assessment.verdict, assessment.score) == (Verdict.PASS, 9.5)


@pytest.mark.parametrize("shape", ["alternating", "5 Hz"])
def test_flicker_of_three_percent_fails_and_is_measured(shape: str) -> None:
    wave = np.where(np.arange(60) % 2, 1.0, -1.0)
    if shape == "5 Hz":
        wave = np.sin(2 * np.pi * 5 * np.arange(60) / 24)
    assessment = assess_clip(measured(lit(moving(), 1 + 0.03 * wave)), ASKED)
    assert failed(assessment) == ["flicker"]
    assert metric(assessment, "flicker").value == pytest.approx(0.03, abs=0.008)


def test_a_pulse_on_each_beat_is_no_flicker() -> None:
    since = np.arange(60) % 12
    assert assess_clip(measured(lit(moving(), 1 + 0.05 * np.exp(-since / 5))), ASKED).score == 10.0


def test_a_cut_nobody_asked_for_warns_at_its_frame() -> None:
    frames = moving()
    frames[30:] = frames[30:, ::-1] // 3
    asked = replace(ASKED, cuts=())
    assert warned(assess_clip(measured(frames), asked)) == ["cuts"]
    assert metric(assess_clip(measured(frames), asked), "cuts").frames == (30,)
    assert warned(assess_clip(measured(frames), replace(ASKED, cuts=(30,)))) == []
    assert metric(assess_clip(measured(frames), ASKED), "cuts").verdict is Verdict.NOT_JUDGED


def test_frames_shown_twice_are_counted_in_full_motion_alone() -> None:
    frames = moving()
    for at in (12, 24, 40):
        frames[at] = frames[at - 1]
    assert metric(assess_clip(measured(frames), ASKED), "duplicates").frames == (12, 24, 40)
    on_twos = assess_clip(measured(np.repeat(moving(30), 2, axis=0)), ASKED)
    assert metric(on_twos, "duplicates").verdict is Verdict.NOT_JUDGED


def test_frames_left_out_of_a_pan_are_counted() -> None:
    frames = np.delete(moving(63), (15, 30, 45), axis=0)
    assert metric(assess_clip(measured(frames), ASKED), "drops").frames == (15, 29, 43)


def test_a_short_clip_is_found_twice_and_ends_the_assessment() -> None:
    assessment = assess_clip(measured(moving(50)), ASKED)
    assert failed(assessment) == ["frame_count", "duration_error"]
    assert assessment.score == 3.0
    assert metric(assessment, "black").verdict is Verdict.NOT_JUDGED
    assert metric(assessment, "black").reason == "the technical stage failed"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (replace(ASKED, width=256), "size"),
        (replace(ASKED, height=70), "size"),
        (replace(ASKED, fps=Fraction(25)), "rate"),
        (replace(ASKED, frames=61), "frame_count"),
        (replace(ASKED, audio=True), "audio"),
    ],
)
def test_what_is_not_what_was_asked_for_fails(asked: AskedClip, name: str) -> None:
    assessment = assess_clip(measured(moving()), asked)
    assert name in failed(assessment)
    assert assessment.verdict is Verdict.FAIL
    assert assessment.score is not None
    assert assessment.score <= 4


@pytest.mark.parametrize(
    ("starts_s", "ends_s", "verdict"),
    [
        (0.0, 2.5, Verdict.PASS),
        (0.0, 2.52, Verdict.PASS),
        (0.0, 2.58, Verdict.FAIL),
        (0.0, 2.42, Verdict.FAIL),
        (0.08, 2.5, Verdict.FAIL),
    ],
)
def test_sound_begins_and_ends_with_the_picture(starts_s: float, ends_s: float, verdict: Verdict) -> None:
    info = ClipInfo(*SIZE, FPS, 60, 2.5, "h264", "aac", ends_s - starts_s)
    sound = Sound(starts_s, ends_s, -23.0, -6.0, 0, 0.0, 0.0)
    assessment = assess_clip(measured(moving(), info).with_sound(sound), replace(ASKED, audio=True))
    assert metric(assessment, "audio_drift").verdict is verdict


def test_no_frames_are_not_judged() -> None:
    assessment = assess_clip(measured(moving(1)[:0]), ASKED)
    assert (assessment.verdict, assessment.score) == (Verdict.NOT_JUDGED, None)
    assert assessment.reasons == ("no frame could be decoded",)


def test_what_was_not_judged_has_no_value_a_reason_and_no_weight() -> None:
    assessment = assess_clip(measured(moving()), replace(ASKED, moving=False))
    for name in ("frozen", "audio_drift", "palette_consistency", "cuts"):
        assert metric(assessment, name).value is None
        assert metric(assessment, name).reason
    assert assessment.score == 10.0


def test_each_metric_states_what_it_means() -> None:
    for found in assess_clip(measured(moving()), ASKED).metrics:
        assert found.unit
        assert found.source
        low, high = found.range
        assert found.value is None or (low <= found.value and (high is None or found.value <= high))


def test_stricter_presets_have_no_looser_limit_and_all_judge_alike_what_is_safe() -> None:
    draft, standard, high = (THRESHOLDS[name] for name in ("draft", "standard", "high"))
    assert draft["flashes"] == standard["flashes"] == high["flashes"]
    for looser, stricter in ((draft, standard), (standard, high)):
        for name, limit in looser.items():
            for bound, other in ((limit.warn, stricter[name].warn), (limit.fail, stricter[name].fail)):
                assert (bound is None) == (other is None)
                if bound is not None and other is not None:
                    assert other >= bound if limit.is_floor else other <= bound


def test_defects_survive_the_encoder(tmp_path: Path) -> None:
    clean = moving()
    black, frozen = clean.copy(), clean.copy()
    black[20:22] = 0
    frozen[30:42] = frozen[30]
    found = {}
    for name, frames in (("clean", clean), ("black", black), ("frozen", frozen), ("short", clean[:40])):
        path = tmp_path / f"{name}.mp4"
        media.encode_video(frames, path, fps=FPS, size=SIZE)
        found[name] = failed(assess_clip(inspect_clip(path), ASKED))
    assert found == {
        "clean": [],
        "black": ["black"],
        "frozen": ["frozen"],
        "short": ["frame_count", "duration_error"],
    }
