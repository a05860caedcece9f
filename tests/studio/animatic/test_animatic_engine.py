"""What an animatic promises: exact shape and count, determinism, and pictures that follow the request."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.animatic.caption import make_caption
from studio.animatic.engine import Actor, AnimaticRequest, Picture, actor_regions, render_frames
from studio.errors import InvalidError
from studio.storyboard import Camera, CastMember, Framing, Shot, Storyboard, TimedEvent

SIZE = (320, 184)
KAI = Actor("Kai", "red hair, green eyes, dark blue coat, tall man")


def request_of(
    prompt: str,
    shots: Sequence[tuple[int, Framing, Camera]] = ((2, Framing.WIDE, Camera.HOLD),),
    *,
    characters: tuple[str, ...] = (),
    actors: tuple[Actor, ...] = (KAI,),
    size: tuple[int, int] = SIZE,
    fps: Fraction = Fraction(24),
    seed: int = 5,
    negative: str = "",
    caption: bool = False,
    events: tuple[TimedEvent, ...] = (),
    cast: tuple[CastMember, ...] = (),
) -> AnimaticRequest:
    planned, at = [], 0
    for frames, framing, camera in shots:
        planned.append(Shot(at, frames, framing, camera, characters))
        at += frames
    board = Storyboard(at, fps, tuple(planned), events, cast)
    return AnimaticRequest(prompt, negative, seed, *size, board, actors, caption)


def first(request: AnimaticRequest) -> Picture:
    return next(render_frames(request))


def luma(picture: Picture) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)


def change(one: Picture, other: Picture) -> float:
    return float(np.abs(luma(one) - luma(other)).mean())


def digest(request: AnimaticRequest) -> str:
    return hashlib.sha256(b"".join(frame.tobytes() for frame in render_frames(request))).hexdigest()


@pytest.mark.parametrize(
    "place", ["village", "city street", "beach", "mystical forest", "temple", "classroom"]
)
@pytest.mark.parametrize("framing", [Framing.WIDE, Framing.CLOSE])
def test_night_is_darker_than_day_by_half(place: str, framing: Framing) -> None:
    shots = [(1, framing, Camera.HOLD)]
    day, night = (first(request_of(f"a {place} at {time}", shots)) for time in ("noon", "night"))
    assert luma(night).mean() <= 0.5 * luma(day).mean()


@pytest.mark.parametrize("framing", list(Framing))
def test_a_red_haired_character_has_red_hair_in_the_picture(framing: Framing) -> None:
    request = request_of(
        "Kai in a village at day", [(1, framing, Camera.HOLD)], characters=("Kai",), size=(640, 368)
    )
    x0, y0, x1, y1 = actor_regions(request, 0)["Kai"]
    without = first(request_of("Kai in a village at day", [(1, framing, Camera.HOLD)], size=(640, 368)))
    picture = first(request)
    drawn = (picture != without).any(axis=2)
    rows = np.flatnonzero(drawn[y0:y1, x0:x1].any(axis=1))
    crown = y0 + int(rows[0])
    head = slice(crown, crown + max(8, (y1 - y0) // 8))
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)[head, x0:x1][drawn[head, x0:x1]]
    vivid = hsv[(hsv[:, 1] > 130) & (hsv[:, 2] > 60)]
    assert len(vivid) > 20
    assert np.mean((vivid[:, 0] < 12) | (vivid[:, 0] > 170)) > 0.5


@pytest.mark.parametrize("framing", list(Framing))
@pytest.mark.parametrize("camera", [Camera.HOLD, Camera.PAN_RIGHT, Camera.PUSH_IN])
def test_removing_a_character_changes_its_region_alone(framing: Framing, camera: Camera) -> None:
    shots = [(5, framing, camera)]
    request = request_of("Kai in a rainy forest", shots, characters=("Kai",))
    with_kai, without = (
        list(render_frames(r)) for r in (request, request_of("Kai in a rainy forest", shots))
    )
    for number, (one, other) in enumerate(zip(with_kai, without, strict=True)):
        x0, y0, x1, y1 = actor_regions(request, number)["Kai"]
        differs = (one != other).any(axis=2)
        assert differs[y0:y1, x0:x1].mean() > 0.05
        differs[y0:y1, x0:x1] = False
        assert not differs.any()


def test_two_characters_have_a_region_each() -> None:
    request = request_of(
        "a village",
        [(1, Framing.MEDIUM, Camera.HOLD)],
        characters=("Kai", "Yuki"),
        actors=(KAI, Actor("Yuki", "")),
    )
    kai, yuki = (actor_regions(request, 0)[name] for name in ("Kai", "Yuki"))
    assert (kai[0] + kai[2]) / 2 < SIZE[0] / 2 < (yuki[0] + yuki[2]) / 2


def test_a_character_known_from_the_cast_alone_is_drawn_from_its_description() -> None:
    cast = (CastMember("Kai", KAI.description),)
    shots = [(1, Framing.MEDIUM, Camera.HOLD)]
    from_cast = first(request_of("a village", shots, characters=("Kai",), actors=(), cast=cast))
    from_actor = first(request_of("a village", shots, characters=("Kai",)))
    assert np.array_equal(from_cast, from_actor)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    shots = [(3, Framing.WIDE, Camera.PAN_LEFT), (2, Framing.CLOSE, Camera.HOLD)]
    one, again, other = (
        digest(request_of("Kai in a mystical forest", shots, characters=("Kai",), seed=seed))
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
    scenes = [first(request_of("a mystical forest", shots, seed=seed)) for seed in (1, 2)]
    assert change(*scenes) > 5


def test_another_process_draws_the_same_frames() -> None:
    code = (
        "import hashlib; from fractions import Fraction; from studio.storyboard import *;"
        "from studio.animatic.engine import *;"
        "board = Storyboard(2, Fraction(24), (Shot(0, 2, Framing.MEDIUM, Camera.PUSH_IN, ('Kai',)),));"
        "frames = render_frames(AnimaticRequest('rain over a city at night', '', 3, 160, 96, board));"
        "print(hashlib.sha256(b''.join(f.tobytes() for f in frames)).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    shots = [(2, Framing.MEDIUM, Camera.PUSH_IN)]
    here = digest(
        request_of(
            "rain over a city at night",
            shots,
            characters=("Kai",),
            actors=(),
            size=(160, 96),
            seed=3,
            caption=True,
        )
    )
    assert there == here


def test_other_prompts_give_other_scenes() -> None:
    prompts = (
        "a village at day",
        "a beach at sunset",
        "a forest",
        "a city at night",
        "a desert",
        "a classroom",
        "space",
    )
    scenes = [first(request_of(prompt)) for prompt in prompts]
    for i, one in enumerate(scenes):
        assert min(change(one, other) for other in scenes[i + 1 :] or [255 - one]) > 12


def test_prompts_that_name_no_place_still_differ() -> None:
    assert change(first(request_of("a promise is made")), first(request_of("the long goodbye"))) > 5


def test_rain_shows_and_the_negative_prompt_takes_it_away() -> None:
    rain, clear = first(request_of("a village in the rain")), first(request_of("a village"))
    assert change(rain, clear) > 8
    dry = request_of("a village in the rain", negative="rain")
    assert luma(first(dry)).mean() > luma(rain).mean() + 8


def test_a_reference_picture_gives_the_character_its_colours() -> None:
    picture = np.zeros((300, 120, 4), np.uint8)
    picture[20:290, 20:100] = (210, 20, 200, 255)
    shots = [(1, Framing.MEDIUM, Camera.HOLD)]
    request = request_of("a village at day", shots, characters=("Mei",), actors=(Actor("Mei", "", picture),))
    x0, y0, x1, y1 = actor_regions(request, 0)["Mei"]
    hsv = cv2.cvtColor(first(request), cv2.COLOR_RGB2HSV)[y0:y1, x0:x1].reshape(-1, 3)
    magenta = (np.abs(hsv[:, 0].astype(int) - 152) < 8) & (hsv[:, 1] > 150)
    assert magenta.mean() > 0.5


def test_the_caption_keeps_the_size_and_covers_the_foot_alone() -> None:
    plain, labelled = (first(request_of("a village", caption=c)) for c in (False, True))
    assert plain.shape == labelled.shape
    rows = np.flatnonzero((plain != labelled).any(axis=(1, 2)))
    assert rows.min() > 0.85 * SIZE[1]
    assert rows.max() == SIZE[1] - 1


def test_the_caption_writes_the_prompt_in_its_own_script() -> None:
    feet = []
    for prompt in ("夜の雨", "夜の雪", "ночь", "", "밤", "夜 " * 10_000):
        shot = Shot(0, 1, Framing.WIDE, Camera.HOLD)
        feet.append(make_caption((832, 480), prompt, shot, 1, Fraction(24)).bar[..., 0].astype(int))
    written = [int((foot - feet[3] > 100).sum()) for foot in feet]
    assert min(each for at, each in enumerate(written) if at != 3) > 30
    assert np.abs(feet[0] - feet[1]).max() > 100


@settings(max_examples=12, deadline=None)
@given(
    width=st.integers(16, 120).map(lambda n: n * 2),
    height=st.integers(16, 120).map(lambda n: n * 2),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    fps=st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(8), Fraction(60)]),
    prompt=st.sampled_from(
        ["", "sea", "snowy village", "classroom at night", "スタジオ city", "a temple, sakura"]
    ),
    framing=st.sampled_from(list(Framing)),
    camera=st.sampled_from(list(Camera)),
    caption=st.booleans(),
)
def test_frames_have_the_exact_shape_and_count(
    width: int,
    height: int,
    counts: list[int],
    fps: Fraction,
    prompt: str,
    framing: Framing,
    camera: Camera,
    caption: bool,
) -> None:
    shots = [(count, framing, camera) for count in counts]
    request = request_of(prompt, shots, characters=("Kai",), size=(width, height), fps=fps, caption=caption)
    frames = list(render_frames(request))
    assert len(frames) == sum(counts)
    assert {(frame.shape, str(frame.dtype)) for frame in frames} == {((height, width, 3), "uint8")}


@pytest.mark.parametrize("size", [(8, 64), (64, 9000)])
def test_a_size_that_cannot_be_drawn_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidError):
        first(request_of("a village", size=size))


def test_shots_that_do_not_cover_the_clip_are_refused() -> None:
    board = Storyboard(10, Fraction(24), (Shot(0, 4, Framing.WIDE, Camera.HOLD),))
    with pytest.raises(InvalidError):
        first(AnimaticRequest("a village", "", 1, *SIZE, board))


def test_a_frame_outside_the_clip_has_no_regions() -> None:
    with pytest.raises(InvalidError):
        actor_regions(request_of("a village"), 2)
