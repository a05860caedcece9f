"""Clips judged on request: the document of the command line, files of the media roots alone, reports kept."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from db.models.production import Stage
from db.session import transaction
from studio.clients import media
from studio.clients.judging import judge_file
from studio.settings import Settings
from tests.fakes.generations import new_generation

ASSESS = "/api/anime/quality/assess"
MEANT = {"duration": 1, "fps": 24, "width": 128, "height": 72}


@pytest.fixture(scope="module")
def clips(settings: Settings) -> dict[str, Path]:
    """A pan over blots, whole and with two black frames, a picture, and a text."""
    blots = np.random.default_rng(5).integers(40, 210, (9, 40, 3), np.uint8)
    shot = cv2.resize(blots, (320, 72), interpolation=cv2.INTER_CUBIC)
    frames = np.stack([shot[:, 2 * n : 2 * n + 128] for n in range(24)])
    black = frames.copy()
    black[10:12] = 0
    paths = {name: settings.media / f"assess {name}.mp4" for name in ("clean", "black", "text")}
    for name, pictures in (("clean", frames), ("black", black)):
        media.encode_video(pictures, paths[name], fps=Fraction(24), size=(128, 72))
    paths["text"].write_text("no clip")
    paths["picture"] = settings.media / "assess.png"
    picture = np.full((80, 80, 3), 255, np.uint8)
    picture[20:60, 20:60] = (20, 20, 220)
    cv2.imwrite(str(paths["picture"]), picture)
    return paths


def _assess(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(ASSESS, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {metric["name"]: metric for metric in document["metrics"]}


def test_the_document_is_that_of_the_command_line(client: TestClient, clips: dict[str, Path]) -> None:
    shown = _assess(client, path=str(clips["black"]))
    assert (shown["file"], shown["verdict"], shown["score"]) == (str(clips["black"]), "fail", 4.0)
    assert _by_name(shown)["black"]["frames"] == [10, 11]
    alone = judge_file(clips["black"])
    assert shown == {"file": str(clips["black"]), **alone, "report": None}


def test_what_was_asked_for_is_judged_only_where_it_is_said(
    client: TestClient, clips: dict[str, Path]
) -> None:
    bare = _by_name(_assess(client, path=str(clips["clean"])))
    assert {bare[name]["verdict"] for name in ("frame_count", "size", "rate", "motion")} == {"not judged"}
    meant = _by_name(_assess(client, path=str(clips["clean"]), asked=MEANT))
    assert {meant[name]["verdict"] for name in ("frame_count", "size", "rate", "motion")} == {"pass"}
    other = _assess(client, path=str(clips["clean"]), asked={**MEANT, "duration": 2, "fps": "24000/1001"})
    assert {"frame_count", "duration_error"} <= {
        name for name, metric in _by_name(other).items() if metric["verdict"] == "fail"
    }
    still = _by_name(_assess(client, path=str(clips["clean"]), asked={**MEANT, "motion": False}))
    assert still["frozen"]["verdict"] == "not judged"


def test_references_make_the_palette_be_judged(client: TestClient, clips: dict[str, Path]) -> None:
    without = _by_name(_assess(client, path=str(clips["clean"])))["palette_consistency"]
    assert (without["verdict"], without["reason"]) == ("not judged", "no reference image")
    shown = _assess(client, path=str(clips["clean"]), references=[str(clips["picture"])])
    assert _by_name(shown)["palette_consistency"]["value"] is not None


def test_an_asset_is_judged_and_its_report_is_kept(
    client: TestClient, clips: dict[str, Path], settings: Settings
) -> None:
    sent = client.post("/api/anime/assets", files={"file": ("x", clips["black"].read_bytes())})
    shown = _assess(client, asset_id=sent.json()["sha256"], report=True, preset="high")
    report = shown["report"]
    read = client.get(report["content"])
    assert (read.status_code, read.headers["content-type"]) == (200, "image/svg+xml")
    assert read.text.startswith("<svg")
    listed = client.get("/api/anime/assets", params={"kind": "report"}).json()
    assert report["asset_id"] in [each["sha256"] for each in listed]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "VALIDATION_ERROR"),
        ({"path": "{clean}", "asset_id": "0" * 64}, 422, "VALIDATION_ERROR"),
        ({"path": "/etc/passwd"}, 422, "PATH_NOT_ALLOWED"),
        ({"path": "{media}/../outside.mp4"}, 422, "PATH_NOT_ALLOWED"),
        ({"path": "{media}/missing.mp4"}, 404, "FILE_NOT_FOUND"),
        ({"path": "{text}"}, 422, "VALIDATION_ERROR"),
        ({"path": "{clean}", "references": ["/etc/passwd"]}, 422, "PATH_NOT_ALLOWED"),
        ({"path": "{clean}", "references": ["{text}"]}, 422, "VALIDATION_ERROR"),
        ({"path": "{clean}", "preset": "best"}, 422, "VALIDATION_ERROR"),
        ({"path": "{clean}", "asked": {"duration": 1}}, 422, "VALIDATION_ERROR"),
        ({"asset_id": "0" * 64}, 404, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_the_envelope(
    client: TestClient, clips: dict[str, Path], settings: Settings, body: Any, status: int, code: str
) -> None:
    names = {"media": str(settings.media), **{name: str(path) for name, path in clips.items()}}

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(each) for each in value]
        return value.format(**names) if isinstance(value, str) else value

    answer = client.post(ASSESS, json={name: filled(value) for name, value in body.items()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def test_the_report_on_a_take_is_read_by_its_number(client: TestClient, tmp_path: Path) -> None:
    sheet = tmp_path / "report.svg"
    sheet.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    with transaction() as session:
        job = new_generation(session)
        told = {"verdict": "pass", "score": 10.0, "reasons": [], "report_path": str(sheet)}
        session.add(Stage(generation_id=job.id, stage="assess", take=1, attempt=1, result=told))
        at = f"/api/anime/generations/{job.id}/takes"
    answer = client.get(f"{at}/1/report")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get(f"{at}/2/report").json()["error"]["code"] == "NOT_FOUND"
    sheet.unlink()
    assert client.get(f"{at}/1/report").json()["error"]["code"] == "FILE_NOT_FOUND"
