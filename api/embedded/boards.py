"""Storyboards for the embedded renderer: the one that was sent, or a plain one of several shots."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from studio.storyboard import Camera, EventKind, Framing, Shot, Storyboard, TimedEvent

SHOT_S: Final = 2.5
_MOVES: Final = (
    (Framing.WIDE, Camera.PAN_RIGHT),
    (Framing.MEDIUM, Camera.PUSH_IN),
    (Framing.WIDE, Camera.PULL_OUT),
    (Framing.CLOSE, Camera.HOLD),
    (Framing.MEDIUM, Camera.PAN_LEFT),
    (Framing.WIDE, Camera.TILT_UP),
)


def plain_storyboard(frames: int, fps: Fraction, *, seed: int) -> Storyboard:
    """Shots of about `SHOT_S`, two at least where two frames allow it; the seed decides on the first move.

    Args:
        frames: Length of the clip, frames, >= 1.
        fps: Frame rate, frames per second, > 0.
        seed: Any whole number.
    """
    shots = min(frames, max(2, round(frames / fps / SHOT_S)))
    starts = [frames * index // shots for index in range(shots)]
    ends = [*starts[1:], frames]
    return Storyboard(
        frames=frames,
        fps=fps,
        shots=tuple(
            Shot(start, end - start, *_MOVES[(index + seed) % len(_MOVES)])
            for index, (start, end) in enumerate(zip(starts, ends, strict=True))
        ),
        events=tuple(TimedEvent(float(start / fps), EventKind.CUT) for start in starts[1:]),
    )


def storyboard_of(inputs: Mapping[str, Any]) -> Storyboard:
    """The storyboard of an animatic node, whose inputs have been checked."""
    if inputs.get("storyboard"):
        return Storyboard.from_json(json.loads(inputs["storyboard"]))
    fps = Fraction(inputs["fps"]).limit_denominator(1001)
    return plain_storyboard(inputs["frames"], fps, seed=inputs["seed"])


def complaints(inputs: Mapping[str, Any], has_image: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """What is wrong with the inputs of an animatic beyond their types: `(input, complaint)`."""
    for side in ("width", "height"):
        if inputs[side] % 2:
            yield side, f"{inputs[side]} is odd; H.264 takes even sizes"
    try:
        yield from _board_complaints(storyboard_of(inputs), inputs, has_image)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        yield "storyboard", f"no storyboard: {type(error).__name__} {error}"


def _board_complaints(
    board: Storyboard, inputs: Mapping[str, Any], has_image: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    if fault := _fault(board, inputs):
        yield "storyboard", fault
    for member in board.cast:
        if member.image and not has_image(member.image):
            yield "storyboard", f"Invalid image file: {member.image}"


def _fault(board: Storyboard, inputs: Mapping[str, Any]) -> str | None:
    if board.frames != inputs["frames"] or not math.isclose(board.fps, inputs["fps"], rel_tol=1e-3):
        return f"it has {board.frames} frames at {board.fps}, the node {inputs['frames']} at {inputs['fps']}"
    edges = [0, *(shot.end_frame_exclusive for shot in board.shots)]
    is_covering = edges[-1] == board.frames and all(start < end for start, end in pairwise(edges))
    if not is_covering or [shot.start_frame for shot in board.shots] != edges[:-1]:
        return "its shots do not cover the clip one after the other"
    return None


def graph_of_loose(prompt: Mapping[str, Any]) -> dict[str, Any]:
    """The animatic graph for the API document's own sample body; steps and scale mean nothing to it."""
    given = {
        "prompt": prompt.get("positive_prompt", ""),
        "negative": prompt.get("negative_prompt", ""),
        "seed": prompt.get("seed", 0),
        "width": prompt.get("width", 832),
        "height": prompt.get("height", 480),
        "frames": prompt.get("duration_frames", 120),
        "fps": prompt.get("fps", 24.0),
    }
    save = {"video": ["1", 0], "filename_prefix": "animatic", "format": "mp4", "codec": "h264"}
    return {
        "1": {"class_type": "TowerAnimatic", "inputs": given},
        "2": {"class_type": "SaveVideo", "inputs": save},
    }


def is_loose(prompt: Mapping[str, Any]) -> bool:
    """Whether a prompt is of the document's form and no graph."""
    return "positive_prompt" in prompt or "workflow_definition" in prompt
