"""A finished file held against its cut list: what is as it should be passes, each defect is found by name."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.assembly import Assembly, SceneClip, Transition, Wishes, lay_episode
from studio.checks.assembled import Meant, cuts_meant, fades
from studio.clients import inspection, media
from studio.clients.assembling import assemble
from studio.clients.conforming import conform, read_chapters
from studio.quality import Assessment, Verdict, assess_assembled
from tests.fakes.staging import clip

FPS = Fraction(24)
SIZE = (128, 72)
LUFS = -20.0

Pictures = list[NDArray[np.uint8]]
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Made:
    laid: Assembly
    path: Path
    told: dict[str, object]
    pictures: Pictures
    sound: Sound


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three scenes, the last out of black, the second of two shots, with a card before them."""
    folder = tmp_path_factory.mktemp("whole")
    scenes = []
    for number, shots in enumerate(((40,), (12, 30), (36,)), 1):
        clip(folder, *(number, *shots), name=f"{number}.mp4")
        frames = media.probe_clip(folder / f"{number}.mp4").frames
        scenes.append(
            SceneClip(
                number,
                number,
                f"Scene {number}",
                folder / f"{number}.mp4",
                frames,
                FPS,
                *SIZE,
                first_frame=number,
            )
        )
    scenes[2] = replace(scenes[2], transition=Transition("fade", 12))
    laid = lay_episode(scenes, Wishes(*SIZE, FPS, "Whole", loudness_lufs=LUFS))
    hiss = np.random.default_rng(1).normal(0, 0.1, round(laid.duration_s * 48_000))
    noise = np.convolve(hiss, np.hanning(16) / 4, "same")
    media.write_wav(folder / "music.wav", noise, 48_000)
    told = assemble(laid, folder / "whole.mp4", music=folder / "music.wav")
    indices = tuple(range(laid.frames))
    pictures = inspection.stills(folder / "whole.mp4", indices, width_px=SIZE[0])
    sound = media.decode_audio(folder / "whole.mp4", rate_hz=48_000, mono=False)
    return Made(laid, folder / "whole.mp4", asdict(told), pictures, sound)


def judged(made: Made, path: Path) -> Assessment:
    clip, meant = conform(made.laid, path, made.told)
    return assess_assembled(clip, meant, read_chapters(path, made.laid))


def failed(assessment: Assessment) -> set[str]:
    return {metric.name for metric in assessment.metrics if metric.verdict is Verdict.FAIL}


def value(assessment: Assessment, name: str) -> float | None:
    (found,) = [metric.value for metric in assessment.metrics if metric.name == name]
    return found


def test_what_was_assembled_as_it_was_meant_passes(made: Made) -> None:
    found = judged(made, made.path)
    assert (found.verdict, failed(found)) == (Verdict.PASS, set())
    assert [value(found, name) for name in ("as_cut", "cuts_kept", "cuts", "chapters")] == [0, 0, 0, 0]
    assert value(found, "as_mixed") == pytest.approx(0.0, abs=0.2)
    assert value(found, "loudness") == pytest.approx(0.0, abs=0.3)
    assert value(found, "av_offset") == pytest.approx(0.0, abs=0.02)


def _held(pictures: Pictures, laid: Assembly) -> Pictures:
    at, end = laid.parts[1].at + 20, laid.parts[1].end - 3
    return [*pictures[:at], *[pictures[at]] * (end - at), *pictures[end:]]


def _black(pictures: Pictures, laid: Assembly) -> Pictures:
    at = laid.parts[1].at + 6
    return [*pictures[:at], *[np.zeros_like(pictures[0])] * 4, *pictures[at + 4 :]]


def _late(pictures: Pictures, laid: Assembly) -> Pictures:
    """The first scene is shown for three frames more, and the second for as many less."""
    at = laid.parts[1].at
    return [*pictures[:at], *[pictures[at - 1]] * 3, *pictures[at + 3 :]]


def _short(pictures: Pictures, _laid: Assembly) -> Pictures:
    return pictures[:-4]


def _unchanged(pictures: Pictures, _laid: Assembly) -> Pictures:
    return pictures


def _as_heard(sound: Sound) -> Sound:
    return sound


def _louder(sound: Sound) -> Sound:
    return sound * np.float32(1.4)


def _silent(sound: Sound) -> Sound:
    return np.zeros_like(sound)


@pytest.mark.parametrize(
    ("spoil", "hear", "found"),
    [
        (_held, _as_heard, {"as_cut"}),
        (_black, _as_heard, {"as_cut", "black"}),
        (_late, _as_heard, {"as_cut", "cuts_kept"}),
        (_short, _as_heard, {"frame_count", "duration_error"}),
        (_unchanged, _louder, {"as_mixed"}),
        (_unchanged, _silent, {"as_mixed"}),
    ],
)
def test_a_defect_is_found_by_its_name(
    made: Made,
    tmp_path: Path,
    spoil: Callable[[Pictures, Assembly], Pictures],
    hear: Callable[[Sound], Sound],
    found: set[str],
) -> None:
    media.encode_video(spoil(made.pictures, made.laid), tmp_path / "mute.mp4", fps=FPS, size=SIZE)
    media.mux_sound(tmp_path / "mute.mp4", hear(made.sound), tmp_path / "whole.mp4")
    assert failed(judged(made, tmp_path / "whole.mp4")) == {*found, "chapters"}  # it was written without any


def test_cuts_within_clips_are_meant_and_so_is_the_dark_of_a_fade(made: Made) -> None:
    _, meant = conform(made.laid, made.path, made.told)
    parts = made.laid.parts
    own = parts[1].at + 2 + 12 - parts[1].begin
    assert {parts[1].at, parts[2].at, own} <= set(cuts_meant(meant) or ())
    assert fades(made.laid) == ((parts[2].at - 6, 12),)


def test_a_clip_that_is_gone_leaves_it_not_judged(made: Made, tmp_path: Path) -> None:
    gone = replace(made.laid.clips[0], path=tmp_path / "gone.mp4")
    laid = replace(made.laid, clips=(gone, *made.laid.clips[1:]))
    clip, meant = conform(laid, made.path, made.told)
    assert isinstance(meant.drawn, str)
    assert cuts_meant(meant) is None
    found = assess_assembled(clip, meant, laid.chapters)
    told = {metric.name: metric for metric in found.metrics}
    assert told["as_cut"].verdict is told["cuts_kept"].verdict is Verdict.NOT_JUDGED
    assert "gone.mp4" in told["as_cut"].reason


def test_without_sound_nothing_is_said_of_it(made: Made) -> None:
    silent = {**made.told, "loudness_lufs": None, "av_offset_ms": None, "reason": "there is no sound"}
    clip, meant = conform(made.laid, made.path, silent)
    assert isinstance(meant, Meant)
    told = {m.name: m for m in assess_assembled(clip, meant, ()).metrics}
    assert told["av_offset"].reason == "there is no sound"
    assert told["as_mixed"].verdict is Verdict.NOT_JUDGED
