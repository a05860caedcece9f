"""How animatics move: camera, parallax, cuts, life in held shots, accents."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest

from studio.animatic.engine import Actor, AnimaticRequest, Picture, render_frames
from studio.storyboard import Camera, EventKind, Framing, Shot, Storyboard, TimedEvent


def filmed(
    prompt: str,
    shots: Sequence[tuple[int, Framing, Camera]],
    *,
    characters: tuple[str, ...] = (),
    seed: int = 5,
    events: tuple[TimedEvent, ...] = (),
) -> list[Picture]:
    planned, at = [], 0
    for frames, framing, camera in shots:
        planned.append(Shot(at, frames, framing, camera, characters))
        at += frames
    board = Storyboard(at, Fraction(24), tuple(planned), events)
    actors = (Actor("Kai", "red hair, green eyes, dark blue coat, tall man"),)
    return list(render_frames(AnimaticRequest(prompt, "", seed, 320, 184, board, actors, caption=False)))


def luma(picture: Picture) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)


def change(one: Picture, other: Picture) -> float:
    return float(np.abs(luma(one) - luma(other)).mean())


def flow(one: Picture, other: Picture) -> np.ndarray:
    tracker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return tracker.calc(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), cv2.cvtColor(other, cv2.COLOR_RGB2GRAY), None)


@pytest.mark.parametrize(
    ("camera", "axis", "sign"),
    [
        (Camera.PAN_RIGHT, 0, -1),
        (Camera.PAN_LEFT, 0, 1),
        (Camera.TILT_UP, 1, 1),
        (Camera.TILT_DOWN, 1, -1),
    ],
)
@pytest.mark.parametrize("framing", [Framing.WIDE, Framing.CLOSE])
def test_a_pan_moves_the_picture_against_the_camera(
    camera: Camera, axis: int, sign: int, framing: Framing
) -> None:
    frames = filmed("a village at day", [(24, framing, camera)])
    field = flow(frames[11], frames[13])
    moved = field.reshape(-1, 2).mean(axis=0)
    assert sign * moved[axis] > 0.3
    assert abs(moved[1 - axis]) < 0.4 * abs(moved[axis])


@pytest.mark.parametrize(("camera", "grows"), [(Camera.PUSH_IN, True), (Camera.PULL_OUT, False)])
def test_a_push_in_spreads_the_picture_and_a_pull_out_gathers_it(camera: Camera, grows: bool) -> None:
    frames = filmed("a village at day", [(24, Framing.WIDE, camera)])
    field = flow(frames[9], frames[14])
    spread = field[:, 220:, 0].mean() - field[:, :100, 0].mean()
    assert (spread > 0.1) if grows else (spread < -0.1)


def test_near_things_move_more_than_far_ones_under_a_pan() -> None:
    frames = filmed("a meadow at day", [(24, Framing.WIDE, Camera.PAN_RIGHT)], seed=8)
    field = flow(frames[10], frames[14])
    assert np.abs(field[150:, :, 0]).mean() > 1.4 * np.abs(field[60:110, :, 0]).mean()


@pytest.mark.parametrize(
    "prompt", ["a mystical forest", "a village at day", "a city at night, rain", "a beach"]
)
def test_a_cut_stands_out_from_the_motion_inside_shots(prompt: str) -> None:
    shots = [
        (16, Framing.WIDE, Camera.PUSH_IN),
        (16, Framing.MEDIUM, Camera.HOLD),
        (16, Framing.MEDIUM, Camera.PAN_RIGHT),
        (16, Framing.CLOSE, Camera.HOLD),
    ]
    frames = filmed(prompt, shots, characters=("Kai",))
    changes = np.array([change(a, b) for a, b in pairwise(frames)])
    cuts = np.array([15, 31, 47])
    assert changes[cuts].min() > 2 * np.delete(changes, cuts).max()


def test_a_held_shot_lives_and_does_not_jump() -> None:
    frames = filmed("a mystical forest", [(24, Framing.WIDE, Camera.HOLD)], characters=("Kai",))
    changes = [change(a, b) for a, b in pairwise(frames)]
    assert change(frames[0], frames[-1]) > 0.3
    assert max(changes) < 2.5


def test_an_accent_lifts_the_light_softly() -> None:
    shots = [(24, Framing.WIDE, Camera.HOLD)]
    accent = (TimedEvent(0.5, EventKind.ACCENT),)
    plain, lit = (filmed("a village", shots, events=e) for e in ((), accent))
    ratio = np.array([luma(b).mean() / luma(a).mean() for a, b in zip(plain, lit, strict=True)])
    assert ratio[:12] == pytest.approx(1.0)
    assert 1.02 < ratio[12] <= 1.05
    assert ratio[23] < ratio[12]
