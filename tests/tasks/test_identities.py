"""Characters who are told apart by learned features, where an interpreter is set up for it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select
from sqlmodel import col

from db.models.learning import CharacterAppearance
from db.models.production import QualityAssessment
from db.queries import characters
from db.queries.ownership import Run
from db.session import transaction
from tasks.assess import assess_take
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.publish import publish_clip
from tasks.render import render_take
from tasks.sync import sync_to_beat
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.generations import new_branch, new_generation


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that finds in every frame somebody else than the references show."""
    feature = [0.5, 0.25]
    crops = [{"name": "Kai", "feature": feature}, {"frame": 0, "feature": feature}]
    answer = json.dumps({"crops": crops, "differences": [[0, 0.4], [0.4, 0]]})
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\nprintf '%s' '{answer}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("TOWER_IDENTITY_PYTHON", str(script))


def _with_kai(tmp_path: Path, **asked: object) -> Run:
    """A generation with a character who has a reference picture."""
    picture = tmp_path / "media" / "kai.png"
    picture.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(picture), np.full((64, 64, 3), (30, 30, 200), np.uint8))
    with transaction() as session:
        branch = new_branch(session)
        characters.create(session, branch, {"name": "Kai", "image_path": str(picture), "details": {}})
        return Run(new_generation(session, branch, characters=("Kai",), prompt="Kai", **asked).id, 1)


def _made(run: Run) -> dict[str, object]:
    for stage in (plan_scene, check_consistency, render_take):
        stage.fn(run)
    return assess_take.fn(run)


def _metric(run: Run) -> QualityAssessment:
    with transaction() as session:
        return session.get_one(QualityAssessment, (run.generation_id, 1, "identity"))


def test_a_stranger_fails_a_take(fake: FakeComfyUI, tmp_path: Path, strangers: None) -> None:
    run = _with_kai(tmp_path, quality="draft")
    assert _made(run)["verdict"] == "fail"
    metric = _metric(run)
    assert (metric.value, metric.threshold) == (0.4, 0.1785)
    assert metric.reason == "Kai does not look like Kai"


def test_the_feature_is_kept_with_the_appearance(fake: FakeComfyUI, tmp_path: Path, strangers: None) -> None:
    run = _with_kai(tmp_path, quality="draft")
    _made(run)
    sync_to_beat.fn(run)
    publish_clip.fn(run)
    with transaction() as session:
        query = select(CharacterAppearance).where(col(CharacterAppearance.generation_id) == run.generation_id)
        (seen,) = session.scalars(query)
        assert (seen.name, seen.embedding) == ("Kai", [0.5, 0.25])


@pytest.mark.parametrize(
    ("python", "reason"),
    [(None, "TOWER_IDENTITY_PYTHON names no interpreter"), ("/missing", "/missing does not run")],
)
def test_without_an_interpreter_identity_is_not_judged_and_says_why(
    fake: FakeComfyUI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str | None, reason: str
) -> None:
    if python is not None:
        monkeypatch.setenv("TOWER_IDENTITY_PYTHON", python)
    run = _with_kai(tmp_path, quality="draft")
    assert _made(run)["verdict"] == "pass"
    assert _metric(run).verdict == "not judged"
    assert reason in _metric(run).reason
