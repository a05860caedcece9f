"""A render process whose pictures are noise by seed, and which fails as its prompt says."""

import os
import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from api.embedded.render import serve
from studio.animatic.engine import AnimaticRequest

COMMAND = (sys.executable, __file__)


def frames_of(request: AnimaticRequest) -> Iterator[NDArray[np.uint8]]:
    noise = np.random.default_rng(request.seed)
    for number in range(request.storyboard.frames):
        if number == 2:
            _misbehave(request)
        yield noise.integers(0, 255, (request.height_px, request.width_px, 3), dtype=np.uint8)


def _misbehave(request: AnimaticRequest) -> None:
    match request.prompt:
        case "crash":
            os._exit(7)
        case "raise":
            raise ValueError("no such place")
        case "print":
            os.write(1, b"a library speaks\n")
        case "cast":
            shapes = [actor.reference.shape for actor in request.actors if actor.reference is not None]
            raise ValueError(f"{len(request.actors)} actors, pictures {shapes}")
        case "hang":
            time.sleep(60)


if __name__ == "__main__":
    serve(frames_of)
