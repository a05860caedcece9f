"""A trailer's stages, on takes that were accepted."""

from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from db.models.production import QualityMetrics, Take
from db.models.project import Branch, Scene
from db.queries import branches, takes, trailers
from db.queries.ownership import Run
from db.session import transaction
from studio.assembly_document import read_document
from studio.clients import media, store
from studio.errors import InvalidError
from studio.settings import read_settings
from tasks import control
from tasks.review import await_review, may_publish
from tasks.trailer import (
    assemble_trailer,
    assess_trailer,
    is_to_be_published,
    keep_trailer,
    plan_trailer,
    publish_trailer,
)
from tests.fakes.generations import new_branch, new_generation
from tests.fakes.staging import clip, job


def completed(session: Session, branch: Branch, folder: Path, number: int, score: float | None) -> str:
    """An accepted take of two shots, of a scene of its own."""
    clip(folder, 50 + number, 46, name=f"{number}.mp4")
    kept = store.put(folder / f"{number}.mp4", root=read_settings().assets)
    takes.keep(session, kept, kind="clip", project_id=branch.project_id)
    scene = Scene(branch_id=branches.id_of(branch), project_id=branch.project_id, scene_number=number)
    session.add(scene)
    session.flush()
    row = new_generation(session, branch, scene_id=scene.id, title=f"Scene {number}")
    made = {"inputs_hash": "0", "workflow": "animatic", "workflow_hash": "0", "model": "none", "seed": 1}
    session.add(Take(generation_id=row.id, take=1, attempt=1, video_sha256=kept.sha256, **made))
    session.add(QualityMetrics(generation_id=row.id, take=1, verdict="pass", score=score))
    row.status, row.chosen_take = "completed", 1
    session.flush()
    return row.id


def asked(session: Session, branch: Branch, **request: object) -> Run:
    row = trailers.accept(session, branch, "Kaze: Trailer", {"length": 8.0, "audio_path": None, **request})
    return Run(row.id, 1)


@pytest.fixture
def branch(connected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Branch:
    """A project with three accepted takes, and one that failed."""
    monkeypatch.setenv("TOWER_MEDIA_ROOTS", str(tmp_path))
    with transaction() as session:
        branch = new_branch(session)
        for number, score in ((2, 7.0), (1, 9.0), (3, None)):
            completed(session, branch, tmp_path, number, score)
        failed = new_generation(session, branch)
        failed.status = "failed"
    return branch


def test_a_trailer_shows_every_scene_on_the_beats_and_stays_in_the_store(
    branch: Branch, tmp_path: Path
) -> None:
    samples = np.zeros((20 * 48_000, 2), np.float32)
    for beat in range(40):
        samples[beat * 24_000 : beat * 24_000 + 500] = 0.5 * np.hanning(500)[:, None]
    media.write_wav(tmp_path / "music.wav", samples, 48_000)
    with transaction() as session:
        run = asked(session, branch, audio_path=str(tmp_path / "music.wav"))
    planned = plan_trailer.fn(run)
    laid = read_document(planned["assembly"])
    assert [moment.number for moment in laid.clips] == sorted(moment.number for moment in laid.clips)
    assert {moment.number for moment in laid.clips} <= {1, 2, 3}
    assert laid.report.hit_rate_1_frame == 1.0
    synced = assemble_trailer.fn(run)
    assert abs(synced["assembled"]["av_offset_ms"]) < 2.0
    verdict = assess_trailer.fn(run)
    assert verdict["verdict"] in ("pass", "warn", "fail")
    assert not is_to_be_published(run)
    keep_trailer.fn(run)
    made = job(run)
    assert (made.status, made.published_path) == ("completed", None)
    assert media.probe_clip(Path(str(made.video_path))).frames == laid.frames


def test_a_trailer_is_published_as_a_special_once_somebody_approves_it(
    branch: Branch, tmp_path: Path
) -> None:
    with transaction() as session:
        run = asked(session, branch, publish=True)
    plan_trailer.fn(run)
    assemble_trailer.fn(run)
    verdict = {**assess_trailer.fn(run), "verdict": "fail"}
    assert is_to_be_published(run)
    assert not may_publish(run, verdict)
    await_review.fn(run, verdict)
    control.approve(run.generation_id)
    heir = Run(run.generation_id, job(run).attempt)
    publish_trailer.fn(heir)
    made = job(run)
    assert made.status == "completed"
    published = Path(str(made.published_path))
    assert published.parent.name == "Season 00"
    assert published.name.endswith("Kaze- Trailer.mp4")
    assert published.read_bytes() == Path(str(made.video_path)).read_bytes()


def test_the_best_takes_are_looked_at_in_the_order_of_the_story(branch: Branch, tmp_path: Path) -> None:
    with transaction() as session:
        found = trailers.accepted(session, branch.project_id, branches.id_of(branch), limit=2)
        assert [(each.number, each.score) for each in found] == [(1, 9.0), (2, 7.0)]
        newer = completed(session, branch, tmp_path, 9, 8.0)
        newest = trailers.accepted(session, branch.project_id, branches.id_of(branch), limit=9)
    assert [each.number for each in newest] == [1, 2, 3, 9]
    assert newest[-1].generation_id == newer


def test_without_accepted_takes_there_is_no_trailer(connected: Path) -> None:
    with transaction() as session:
        run = asked(session, new_branch(session))
    with pytest.raises(InvalidError, match="no accepted takes"):
        plan_trailer.fn(run)
