"""Approved takes, given out as JSON lines to teach models by."""

import json
from typing import Any

from fastapi.testclient import TestClient

from db.models.judgement import Feedback
from db.models.learning import TrainingExample
from db.models.production import Asset, Take
from db.models.project import Branch
from db.session import transaction
from tests.fakes.generations import new_branch, new_generation

A = "/api/anime"


def _taught(branch: Branch, number: int, *ratings: int) -> str:
    """An approved first take, rated so."""
    sha256 = f"{branch.id:032x}{number:032x}"
    with transaction() as session:
        job = new_generation(session, branch)
        session.add(Asset(sha256=sha256, path=f"/store/{sha256}.mp4", kind="take", size_bytes=1))
        made_of = {"inputs_hash": "", "workflow": "w", "workflow_hash": "", "model": "m", "seed": 1}
        session.add(Take(generation_id=job.id, take=1, attempt=1, parameters={}, repairs=[], **made_of))
        session.flush()
        told = {"caption": f"caption {number}", "characters": ["Kai"], "project_id": job.project_id}
        session.add(TrainingExample(generation_id=job.id, take=1, sha256=sha256, **told))
        for index, rating in enumerate(ratings):
            session.add(Feedback(generation_id=job.id, take=1, token=str(index), rating=rating))
        return job.id


def _lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_approved_take_is_a_line_with_its_file_caption_and_rating(client: TestClient) -> None:
    with transaction() as session:
        branch = new_branch(session)
    ids = [_taught(branch, 1, 4, 5), _taught(branch, 2)]
    first, second = _lines(client.get(f"{A}/projects/{branch.project_id}/training-examples"))
    assert [first["generation_id"], second["generation_id"]] == ids
    assert (first["take"], first["caption"], first["characters"]) == (1, "caption 1", ["Kai"])
    assert first["path"] == f"/store/{first['asset_id']}.mp4"
    assert (first["rating"], second["rating"]) == (4.5, None)


def test_long_exports_lead_on(client: TestClient) -> None:
    with transaction() as session:
        branch = new_branch(session)
    for number in (1, 2, 3):
        _taught(branch, number)
    at = f"{A}/projects/{branch.project_id}/training-examples"
    page = client.get(at, params={"limit": 2})
    rest = client.get(page.links["next"]["url"])
    assert [line["caption"] for line in _lines(page)] == ["caption 1", "caption 2"]
    assert [line["caption"] for line in _lines(rest)] == ["caption 3"]
    assert "next" not in rest.links


def test_a_project_without_examples_has_no_lines_and_a_missing_one_is_not_found(
    client: TestClient, project: int
) -> None:
    assert _lines(client.get(f"{A}/projects/{project}/training-examples")) == []
    assert client.get(f"{A}/projects/{2**31 - 1}/training-examples").status_code == 404
