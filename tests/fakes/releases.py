"""Generations with nothing left to be done but publishing, and a library to publish them in."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from db.models.production import ProductionJob, Stage, Take
from db.models.project import Branch
from db.queries import publications, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.clients import media, store
from tasks.publish import publish_clip
from tests.fakes.generations import new_branch, new_generation

SIZE = (160, 90)


def video(folder: Path, seed: int = 1, frames: int = 6) -> Path:
    """A clip of coloured noise, as no other seed gives."""
    rng = np.random.default_rng(seed)
    pictures = [rng.integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)] * frames
    path = folder / f"clip-{seed}.mp4"
    media.encode_video(pictures, path, fps=Fraction(24), size=SIZE)
    return path


def series() -> Branch:
    """The main branch of a project."""
    with transaction() as session:
        return new_branch(session)


def ready(home: Path, branch: Branch, *, seed: int = 1, **asked: Any) -> Run:
    """A clip that is rendered, judged and synced."""
    stored = store.put(video(home, seed), root=home / "assets")
    with transaction() as session:
        job = new_generation(session, branch, **asked)
        takes.keep(session, stored, kind="clip", project_id=job.project_id)
        made_of = {"inputs_hash": "i", "workflow": "animatic", "workflow_hash": "h", "model": "m", "seed": 1}
        session.add(Take(generation_id=job.id, take=1, attempt=1, clip_sha256=stored.sha256, **made_of))
        results = {
            "plan": {"cast": []},
            "assess": {"score": 7.0},
            "sync": {"clip_sha256": stored.sha256, "report": {}},
        }
        for stage, result in results.items():
            session.add(_finished(job, stage, result))
        job.video_path = str(stored.path)
        return Run(job.id, job.attempt)


def published(run: Run) -> ProductionJob:
    """Its publish stage carried; the generation as it stands then."""
    publish_clip.fn(run)
    return standing(run)


def standing(run: Run) -> ProductionJob:
    with transaction() as session:
        return session.get_one(ProductionJob, run.generation_id)


def publication(run: Run) -> dict[str, Any]:
    """What the API shows of it."""
    with transaction() as session:
        return publications.shown(publications.of_generation(session, run.generation_id))


def files(library: Path) -> list[str]:
    """What lies in the library, by path."""
    return sorted(str(path.relative_to(library)) for path in library.rglob("*") if path.is_file())


def _finished(job: ProductionJob, stage: str, result: dict[str, Any]) -> Stage:
    now = job.created_at
    return Stage(generation_id=job.id, stage=stage, take=1, attempt=1, finished_at=now, result=result)
