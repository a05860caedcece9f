"""Bad input and trouble on the way: a clear reason, and nothing half published."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import create_engine, text

from db.session import psycopg_url
from deployments.addresses import Addresses
from deployments.report import NO_SYNC
from studio.settings import Settings
from tests.fakes.requests import accepted, ask, ended, until

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def no_audio(tower: Addresses, tower_settings: Settings) -> Path:
    tower_settings.media.mkdir(parents=True, exist_ok=True)
    path = tower_settings.media / "song.mp3"
    path.write_text("these are words, not a song")
    return path


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"duration": 0}, "duration"),
        ({"duration": 10_000}, "duration"),
        ({"characters": ["Nobody"]}, "characters"),
        ({"quality": "superb"}, "quality"),
        ({"mood": "sad"}, "mood"),
        ({"prompt": ""}, "prompt"),
    ],
)
def test_a_request_that_cannot_be_made_is_refused_by_field_and_makes_no_generation(
    api: httpx.Client, project: int, asked: dict[str, Any], field: str
) -> None:
    answer = ask(api, project, **asked)
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"].startswith(field)
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert api.get(f"/generations?project_id={project}").json() == []


def test_a_file_that_is_no_audio_is_refused(api: httpx.Client, project: int, no_audio: Path) -> None:
    answer = ask(api, project, audio_path=str(no_audio))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/etc/passwd", 422, "PATH_NOT_ALLOWED"),
        ("/dev/zero", 422, "PATH_NOT_ALLOWED"),
        ("{media}/../../../etc/passwd", 422, "PATH_NOT_ALLOWED"),
        ("{media}/nothing-here.wav", 404, "FILE_NOT_FOUND"),
    ],
)
def test_a_path_outside_the_roots_is_not_opened(
    api: httpx.Client, project: int, tower_settings: Settings, path: str, status: int, code: str
) -> None:
    answer = ask(api, project, audio_path=path.format(media=tower_settings.media))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_character_that_is_gone_by_the_time_of_the_check_is_a_conflict(
    api: httpx.Client, project: int, tower: Addresses
) -> None:
    generation_id = accepted(ask(api, project, characters=["Kai"]))
    engine = create_engine(psycopg_url(tower.database_url))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE anime_api.characters SET name = 'Kay' WHERE project_id = :id"), {"id": project}
        )
    engine.dispose()
    seen = until(api, generation_id, ended)
    assert (seen["status"], seen["stage"], seen["error"]["code"]) == (
        "failed",
        "check",
        "CONSISTENCY_CONFLICT",
    )
    assert seen["error"]["details"]["findings"][0]["character"] == "Kai"
    assert seen["published_path"] is None
    again = api.post(f"/generations/{generation_id}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "INVALID_STATE")


def test_a_library_that_cannot_be_written_fails_with_its_name_and_a_retry_publishes(
    api: httpx.Client, project: int, tower_settings: Settings
) -> None:
    name = api.get(f"/projects/{project}").json()["name"]
    year = api.get(f"/projects/{project}").json()["created_at"][:4]
    blocker = tower_settings.library / f"{name} ({year})"
    blocker.parent.mkdir(parents=True, exist_ok=True)
    blocker.write_text("a file where the series' folder should be")
    generation_id = accepted(ask(api, project, duration=0.5))
    seen = until(api, generation_id, ended)
    assert (seen["status"], seen["error"]["code"]) == ("failed", "STORAGE_UNAVAILABLE")
    assert seen["published_path"] is None
    assert blocker.is_file()
    blocker.unlink()
    assert api.post(f"/generations/{generation_id}/retry").status_code == 202
    retried = until(api, generation_id, ended)
    assert retried["status"] == "completed"
    assert [take["take"] for take in retried["takes"]] == [1]
    shutil.rmtree(blocker)


def test_a_cancelled_generation_publishes_nothing_and_leaves_the_renderer(
    api: httpx.Client, project: int, tower: Addresses
) -> None:
    generation_id = accepted(ask(api, project, duration=20, width=832, height=480))
    until(api, generation_id, lambda seen: seen["stage"] == "render" and seen["progress"] > 0)
    answer = api.post(f"/generations/{generation_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    with httpx.Client(base_url=tower.comfyui_urls[0], trust_env=False) as renderer:
        queue = renderer.get("/queue").json()
    assert queue == {"queue_running": [], "queue_pending": []}
    seen = api.get(f"/generations/{generation_id}").json()
    assert (seen["status"], seen["published_path"]) == ("cancelled", None)


def test_the_event_stream_shows_pictures_on_the_way(api: httpx.Client, project: int) -> None:
    generation_id = accepted(ask(api, project, duration=10, width=832, height=480))
    with api.stream("GET", f"/generations/{generation_id}/events", timeout=120) as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line == "event: preview")
        picture = next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")
    pixels = cv2.imdecode(np.frombuffer(base64.b64decode(picture), np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape[1] > pixels.shape[0] > 16
    api.post(f"/generations/{generation_id}/cancel")


def test_the_command_line_prints_one_document_and_tells_by_its_exit_code(
    tower: Addresses, tower_settings: Settings, no_audio: Path
) -> None:
    environment = {**os.environ, "TOWER_HOME": str(tower_settings.home)}

    def produce(*arguments: str) -> tuple[int, dict[str, Any]]:
        command = [sys.executable, "-m", "deployments.cli", "produce", *arguments, "--json"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return done.returncode, json.loads(done.stdout)

    code, document = produce("a quiet sea at dawn", "--duration", "0.5", "--seed", "1")
    nothing = {**NO_SYNC, "reason": "no music"}
    assert (code, document["status"], document["sync"]) == (0, "completed", nothing)
    assert Path(document["published_path"]).exists()
    code, document = produce("a quiet sea", "--audio", str(no_audio))
    assert (code, document["status"], document["error"]["code"]) == (2, "failed", "VALIDATION_ERROR")
    code, document = produce("a quiet sea", "--character", "Nobody")
    assert (code, document["generation_id"], document["error"]["code"]) == (2, None, "VALIDATION_ERROR")
