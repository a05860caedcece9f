"""Stages carried out one by one on what was just accepted, and what became of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import col

from db.models.production import GenerationEvent, ProductionJob
from db.models.rendering import RenderPlace
from db.queries import generations, ownership, places
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media
from studio.errors import SupersededError
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.render import render_take
from tests.fakes.generations import new_generation
from tests.fakes.serving import wait_until

Frames = Sequence[NDArray[np.uint8]]

FPS = Fraction(24)
SIZE = (128, 72)


def clip(tmp_path: Path, *shots: int, name: str = "take.mp4") -> bytes:
    """A clip of shots of so many frames; each is a moving texture of its own."""
    rng = np.random.default_rng(5)
    frames = []
    for length in shots:
        shot = _texture(rng)
        frames += [shot[:, 2 * index : 2 * index + SIZE[0]] for index in range(length)]
    media.encode_video(frames, tmp_path / name, fps=FPS, size=SIZE)
    return (tmp_path / name).read_bytes()


def black(tmp_path: Path, frames: int) -> bytes:
    media.encode_video([np.zeros((72, 128, 3), np.uint8)] * frames, tmp_path / "b.mp4", fps=FPS, size=SIZE)
    return (tmp_path / "b.mp4").read_bytes()


def _texture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blots with soft edges, so that no codec is blamed for them."""
    blots = rng.integers(0, 256, (9, 40, 3), np.uint8)
    return np.asarray(cv2.resize(blots, (320, 72), interpolation=cv2.INTER_CUBIC), np.uint8)


def flashing(tmp_path: Path, frames: int) -> bytes:
    """A clip that goes dark and bright again six times a second."""
    return spoiled(tmp_path, frames, lambda shown, index: shown[index] // (8 if index // 2 % 2 else 1))


def frozen(tmp_path: Path, frames: int) -> bytes:
    """A clip of one picture."""
    return spoiled(tmp_path, frames, lambda shown, _index: shown[0])


def black_headed(tmp_path: Path, frames: int) -> bytes:
    """A clip whose first two frames are black."""
    return spoiled(tmp_path, frames, lambda shown, index: shown[index] * np.uint8(index > 1))


def blocky(tmp_path: Path, frames: int) -> bytes:
    """A clip of pictures that JPEG has cut into blocks."""

    def shown_at(shown: Frames, index: int) -> NDArray[np.uint8]:
        packed = cv2.imencode(".jpg", shown[index], [cv2.IMWRITE_JPEG_QUALITY, 2])[1]
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)

    return spoiled(tmp_path, frames, shown_at)


def spoiled(tmp_path: Path, frames: int, shown_at: Callable[[Frames, int], NDArray[np.uint8]]) -> bytes:
    shot = _texture(np.random.default_rng(5))
    shown = [shot[:, 2 * index : 2 * index + SIZE[0]] for index in range(frames)]
    spoiled = [np.ascontiguousarray(shown_at(shown, index)) for index in range(frames)]
    media.encode_video(spoiled, tmp_path / "spoiled.mp4", fps=FPS, size=SIZE)
    return (tmp_path / "spoiled.mp4").read_bytes()


def accepted(**asked: object) -> Run:
    with transaction() as session:
        return Run(new_generation(session, **asked).id, 1)


def planned(**asked: object) -> Run:
    run = accepted(**asked)
    plan_scene.fn(run)
    check_consistency.fn(run)
    return run


def job(run: Run) -> ProductionJob:
    with transaction() as session:
        return generations.get(session, run.generation_id)


def held(run: Run) -> list[str]:
    """Places that the generation still holds or stands in line for."""
    states = (*places.LIVE_PLACES, "cancelling")
    with transaction() as session:
        query = select(RenderPlace).where(col(RenderPlace.generation_id) == run.generation_id)
        return [row.state for row in session.scalars(query) if row.state in states]


def superseding(run: Run) -> Run:
    """The attempt that follows `run`, which may be writing at this moment: the verdict falls again then."""

    def is_taken_over() -> bool:
        with transaction() as session:
            return ownership.take_over(session, run) is not None

    wait_until(is_taken_over)
    return Run(run.generation_id, run.attempt + 1)


def render_until_superseded(run: Run) -> None:
    with suppress(SupersededError):
        render_take.fn(run)


def rows(run: Run) -> list[RenderPlace]:
    """Every place that the generation ever had, in order."""
    with transaction() as session:
        query = select(RenderPlace).where(col(RenderPlace.generation_id) == run.generation_id)
        return list(session.scalars(query.order_by(col(RenderPlace.id))))


def told(run: Run, kind: str = "remedy") -> list[dict[str, Any]]:
    """What was told of the generation under events of that kind."""
    with transaction() as session:
        query = select(GenerationEvent).where(col(GenerationEvent.generation_id) == run.generation_id)
        events = session.scalars(query.order_by(col(GenerationEvent.seq)))
        return [event.payload for event in events if event.kind == kind]
