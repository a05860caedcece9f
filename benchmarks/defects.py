"""Defects at graded severity, laid into clean frames or sound; each says where it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.clips import Clip, Frames

Spoiled = tuple[Frames, range]
DARK = 5.0


@dataclass(frozen=True, slots=True)
class Defect:
    """How a clip is spoiled, how badly, and the metrics that are to say so.

    `spoil(clip, severity, random)` gives the frames and where among them the defect lies. `least` is the
    severity from which on it has to be found; None: as it comes.
    """

    name: str
    unit: str
    severities: Sequence[float]
    metrics: tuple[str, ...]
    spoil: Callable[[Clip, float, np.random.Generator], Spoiled]
    least: float | None = None
    at_most: bool = False

    def is_due(self, severity: float) -> bool:
        """Whether the defect has to be found at this severity."""
        if self.least is None:
            return False
        return severity <= self.least if self.at_most else severity >= self.least


def flicker(clip: Clip, percent: float, _random: np.random.Generator) -> Spoiled:
    """The light goes up and down from frame to frame."""
    gain = 1 + percent / 100 * np.where(np.arange(len(clip.frames)) % 2, 1.0, -1.0)
    return _lit(clip.frames, gain), range(len(clip.frames))


def uneven_flicker(clip: Clip, percent: float, random: np.random.Generator) -> Spoiled:
    """The light differs in each frame, anywhere between the two extremes."""
    gain = 1 + percent / 100 * random.uniform(-1, 1, len(clip.frames))
    return _lit(clip.frames, gain), range(len(clip.frames))


def slow_flicker(clip: Clip, percent: float, _random: np.random.Generator) -> Spoiled:
    """The light sways at 5 Hz."""
    gain = 1 + percent / 100 * np.sin(2 * np.pi * 5 * np.arange(len(clip.frames)) / float(clip.fps))
    return _lit(clip.frames, gain), range(len(clip.frames))


def freeze(clip: Clip, length: float, random: np.random.Generator) -> Spoiled:
    """A picture is shown for `length` frames; what it hides is lost."""
    at = _place(clip, int(length), random)
    frames = clip.frames.copy()
    frames[at.start : at.stop] = frames[at.start]
    return frames, at


def stall(clip: Clip, length: float, random: np.random.Generator) -> Spoiled:
    """A picture is shown for `length` frames more; the rest comes later."""
    at = _place(clip, int(length), random)
    order = np.concatenate([np.arange(at.start), np.full(int(length), at.start), np.arange(at.start, 10**4)])
    return clip.frames[order[: len(clip.frames)]], at


def black(clip: Clip, length: float, random: np.random.Generator) -> Spoiled:
    """Frames without a picture."""
    at = _place(clip, int(length), random, anywhere=True)
    frames = clip.frames.copy()
    frames[at.start : at.stop] = 0
    return frames, at


def blank(clip: Clip, length: float, random: np.random.Generator) -> Spoiled:
    """Frames of one grey, as an undecoded picture."""
    at = _place(clip, int(length), random, anywhere=True)
    frames = clip.frames.copy()
    frames[at.start : at.stop] = 128
    return frames, at


def flashing(clip: Clip, rate_hz: float, _random: np.random.Generator) -> Spoiled:
    """A quarter of the picture goes white and back at `rate_hz` for two seconds."""
    return _flashing(clip, rate_hz, (235, 235, 235), (20, 20, 20))


def red_flashing(clip: Clip, rate_hz: float, _random: np.random.Generator) -> Spoiled:
    """A quarter of the picture goes a saturated red and back to grey of the same lightness."""
    return _flashing(clip, rate_hz, (250, 10, 10), (70, 70, 70))


def strobe(clip: Clip, rate_hz: float, _random: np.random.Generator) -> Spoiled:
    """The whole picture goes to a third of its light and back."""
    at = _middle(clip, 2.0)
    wave = (np.arange(len(at)) * 2 * rate_hz / float(clip.fps)).astype(int) % 2
    gain = np.ones(len(clip.frames))
    gain[at.start : at.stop] = np.where(wave, 0.3, 1.0)
    return _lit(clip.frames, gain), at


def jpeg(clip: Clip, quality: float, _random: np.random.Generator) -> Spoiled:
    """Each frame goes through JPEG."""
    options = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    frames = [
        cv2.imdecode(cv2.imencode(".jpg", frame, options)[1], cv2.IMREAD_COLOR) for frame in clip.frames
    ]
    return np.stack(frames).astype(np.uint8), range(len(frames))


def blur(clip: Clip, sigma_px: float, random: np.random.Generator) -> Spoiled:
    """Half a second out of focus."""
    at = _place(clip, round(float(clip.fps) / 2), random, anywhere=True)
    frames = clip.frames.copy()
    for index in at:
        frames[index] = cv2.GaussianBlur(frames[index], (0, 0), sigma_px)
    return frames, at


def noise(clip: Clip, sigma: float, random: np.random.Generator) -> Spoiled:
    """White noise over the whole clip."""
    frames = [
        np.clip(frame + random.normal(0, sigma, frame.shape), 0, 255).astype(np.uint8)
        for frame in clip.frames
    ]
    return np.stack(frames), range(len(frames))


def banding(clip: Clip, bits: float, _random: np.random.Generator) -> Spoiled:
    """As few tones as `bits` can tell."""
    step = 2 ** (8 - int(bits))
    return (clip.frames // step * step + step // 2).astype(np.uint8), range(len(clip.frames))


def duplicates(clip: Clip, count: float, random: np.random.Generator) -> Spoiled:
    """Single frames shown again in the place of the next."""
    frames = clip.frames.copy()
    at = sorted(int(n) for n in random.choice(np.arange(6, len(frames) - 6, 5), int(count), replace=False))
    frames[at] = frames[[index - 1 for index in at]]
    return frames, range(at[0], at[-1] + 1)


def drops(clip: Clip, count: float, random: np.random.Generator) -> Spoiled:
    """Single frames left out."""
    length = len(clip.frames)
    gone = sorted(int(n) for n in random.choice(np.arange(6, length - 6, 5), int(count), replace=False))
    return np.delete(clip.frames, gone, axis=0), range(gone[0], gone[-1] + 1)


def splice(clip: Clip, frames: float, random: np.random.Generator) -> Spoiled:
    """Somewhere else for a while, which nobody asked for."""
    at = _place(clip, int(frames), random)
    spliced = clip.frames.copy()
    other = 255 - spliced[::-1, :, ::-1]
    spliced[at.start : at.stop] = other[at.start : at.stop]
    return spliced, at


def dark(clip: Clip, share: float, _random: np.random.Generator) -> Spoiled:
    """Too little light."""
    return _lit(clip.frames, np.full(len(clip.frames), share)), range(len(clip.frames))


def bright(clip: Clip, stops: float, _random: np.random.Generator) -> Spoiled:
    """Too much light, by so many stops of the camera."""
    light = (clip.frames / 255.0) ** 2.2 * 2**stops
    frames = np.round(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    return frames, range(len(frames))


def _lit(frames: Frames, gain: NDArray[np.float64]) -> Frames:
    return np.clip(np.round(frames * gain[:, None, None, None]), 0, 255).astype(np.uint8)


def _flashing(clip: Clip, rate_hz: float, on: tuple[int, int, int], off: tuple[int, int, int]) -> Spoiled:
    at = _middle(clip, 2.0)
    frames = clip.frames.copy()
    high, wide = frames.shape[1] // 2, frames.shape[2] // 2
    for index in at:
        lit = int((index - at.start) * 2 * rate_hz / float(clip.fps)) % 2
        frames[index, high // 2 : high // 2 + high, wide // 2 : wide // 2 + wide] = on if lit else off
    return frames, at


def _middle(clip: Clip, length_s: float) -> range:
    length = min(round(length_s * float(clip.fps)), len(clip.frames) - 4)
    start = (len(clip.frames) - length) // 2
    return range(start, start + length)


def _place(clip: Clip, length: int, random: np.random.Generator, *, anywhere: bool = False) -> range:
    """A stretch of the clip where nothing is meant to stand still, or one with a picture to lose."""
    held = clip.frames.mean(axis=(1, 2, 3)) < DARK if anywhere else np.zeros(len(clip.frames), bool)
    for first, end in clip.holds:
        held[first:end] = not anywhere
    starts = [n for n in range(1, len(held) - length - 1) if not held[n : n + length].any()]
    start = int(random.choice(starts))
    return range(start, start + length)


DEFECTS: tuple[Defect, ...] = (
    Defect("flicker, alternating", "%", (1, 2, 3, 4.5), ("flicker",), flicker, 3),
    Defect("flicker, uneven", "%", (1, 2, 3, 4.5), ("flicker",), uneven_flicker),
    Defect("flicker at 5 Hz", "%", (1, 2, 3, 4.5), ("flicker",), slow_flicker, 3),
    Defect("freeze", "frames", (6, 9, 12, 24), ("frozen",), freeze, 12),
    Defect("stall", "frames", (6, 9, 12, 24), ("frozen",), stall, 12),
    Defect("black", "frames", (1, 2, 4), ("black",), black, 2),
    Defect("blank", "frames", (1, 2, 4), ("blank",), blank),
    Defect("flashing, a quarter", "Hz", (2, 3, 4, 6), ("flashes",), flashing, 3),
    Defect("strobe", "Hz", (2, 3, 4, 6), ("flashes",), strobe),
    Defect("red flashing, a quarter", "Hz", (2, 3, 4, 6), ("red_flashes", "flashes"), red_flashing, 3),
    Defect("JPEG", "quality", (30, 15, 8, 4), ("blockiness",), jpeg, 15, at_most=True),
    Defect("blur", "px", (1, 2, 4), ("sharpness",), blur),
    Defect("noise", "levels", (4, 8, 16), ("noise",), noise),
    Defect("banding", "bits", (6, 5, 4), ("banding",), banding),
    Defect("duplicates", "frames", (1, 3, 6), ("duplicates",), duplicates),
    Defect("drops", "frames", (1, 3, 6), ("drops", "frame_count"), drops),
    Defect("unasked shot", "frames", (12, 24), ("cuts",), splice),
    Defect("dark", "of the light", (0.2, 0.1, 0.05), ("exposure",), dark),
    Defect("bright", "stops", (1, 2, 3), ("exposure", "clipped_highlights"), bright),
)
