"""The renderer's child process: draws and encodes one animatic after another, as told on standard input.

A task is a line of JSON: `{path, prompt, negative, seed, width, height, storyboard, images}`, the pictures by
name. Answers are lines of JSON: `progress`, `preview`, and at the end of a task `done` or `error`.
"""

import base64
import io
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.animatic.engine import Actor, AnimaticRequest, render_frames
from studio.clients.media import encode_video
from studio.storyboard import CastMember, Storyboard

PREVIEW_PX: Final = 480
PREVIEW_EVERY_S: Final = 0.5
PROGRESS_EVERY_S: Final = 0.1

Frame = NDArray[np.uint8]
FrameSource = Callable[[AnimaticRequest], Iterable[Frame]]


def serve(frames_of: FrameSource) -> None:
    """Carry out tasks until standard input closes, which also happens when the server dies."""
    answers = _private_stdout()
    tasks: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_tasks, args=(tasks,), daemon=True).start()
    while True:
        _carry_out(json.loads(tasks.get()), frames_of, answers)


def _private_stdout() -> TextIO:
    """Keep standard output for answers; what libraries print goes to standard error."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "w", buffering=1, encoding="utf-8")


def _read_tasks(tasks: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)  # the server is gone: leave at once, also amid a render


def _carry_out(task: dict[str, Any], frames_of: FrameSource, answers: TextIO) -> None:
    def tell(kind: str, **told: object) -> None:
        answers.write(json.dumps({"type": kind} | told) + "\n")

    try:
        request = _request(task)
        frames = _told(frames_of(request), request.storyboard.frames, tell)
        size = (request.width_px, request.height_px)
        encode_video(frames, Path(task["path"]), fps=request.storyboard.fps, size=size)
    except Exception as error:  # noqa: BLE001 - whatever a render dies of is the prompt's error, not the server's
        tell(
            "error",
            error=type(error).__name__,
            message=str(error),
            traceback=traceback.format_exc().splitlines(),
        )
    else:
        tell("done")


def _request(task: dict[str, Any]) -> AnimaticRequest:
    board = Storyboard.from_json(task["storyboard"])
    return AnimaticRequest(
        prompt=task["prompt"],
        negative=task["negative"],
        seed=task["seed"],
        width_px=task["width"],
        height_px=task["height"],
        storyboard=board,
        actors=tuple(_actor(member, task["images"]) for member in board.cast),
    )


def _actor(member: CastMember, images: dict[str, str]) -> Actor:
    reference = None
    if member.image:
        with Image.open(images[member.image]) as image:
            reference = np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    return Actor(name=member.name, description=member.description, reference=reference)


def _told(frames: Iterable[Frame], total: int, tell: Callable[..., None]) -> Iterator[Frame]:
    told_at = shown_at = float("-inf")
    for number, frame in enumerate(frames, start=1):
        yield frame
        now = time.monotonic()
        if number == total or now - told_at >= PROGRESS_EVERY_S:
            told_at = now
            tell("progress", value=number, max=total)
        if number == total or now - shown_at >= PREVIEW_EVERY_S:
            shown_at = now
            tell("preview", jpeg=base64.b64encode(_jpeg(frame)).decode())


def _jpeg(frame: Frame) -> bytes:
    image = Image.fromarray(frame)
    image.thumbnail((PREVIEW_PX, PREVIEW_PX))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return content.getvalue()


if __name__ == "__main__":
    serve(render_frames)
