"""The line for the renderers, the board, takes and thumbnails, over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from db.queries import branches, estimates, generations, jobs, ownership, places, takes
from db.queries.ownership import Run
from db.queries.places import Wish
from db.session import transaction
from studio.settings import Settings
from tests.fakes.staging import clip

A = "/api/anime"
WISH = Wish(("http://gpu-1", "http://gpu-2"), "animatic", 1.0, 1)


def _ask(client: TestClient, project: int, **asked: Any) -> str:
    body = {"prompt": "A duel", **asked}
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["generation_id"])


@pytest.fixture(autouse=True)
def _nobody_waits(client: TestClient) -> Iterator[None]:
    yield
    for each in client.get(f"{A}/queue").json()["entries"]:
        with transaction() as session:
            generations.locked(session, each["generation_id"]).status = "cancelled"
            places.withdraw(session, each["generation_id"])
    client.put(f"{A}/queue", json={"paused": False})


def _stand(generation_id: str) -> int:
    with transaction() as session:
        return places.ask(session, Run(generation_id, 1), 1, WISH).id or 0


def _claim(place_id: int) -> str | None:
    with transaction() as session:
        return places.claim(session, place_id, alive_s=60.0)


def _order(client: TestClient) -> list[str]:
    return [each["generation_id"] for each in client.get(f"{A}/queue").json()["entries"]]


def test_nobody_takes_a_place_while_the_line_is_paused(client: TestClient, project: int) -> None:
    place = _stand(_ask(client, project))
    assert client.put(f"{A}/queue", json={"paused": True}).json()["paused"] is True
    assert _claim(place) is None
    first = client.get(f"{A}/queue").json()["paused_at"]
    assert client.put(f"{A}/queue", json={"paused": True}).json()["paused_at"] == first
    assert client.put(f"{A}/queue", json={"paused": False}).json()["paused_at"] is None
    assert _claim(place) in WISH.servers


def test_who_has_a_place_keeps_it_when_the_line_is_paused(client: TestClient, project: int) -> None:
    generation_id = _ask(client, project)
    place = _stand(generation_id)
    server = _claim(place)
    client.put(f"{A}/queue", json={"paused": True})
    assert _claim(place) == server
    (entry,) = client.get(f"{A}/queue").json()["entries"]
    assert (entry["generation_id"], entry["place"], entry["server"]) == (generation_id, "placed", server)


def test_a_generation_is_let_in_before_those_of_a_higher_number(client: TestClient, project: int) -> None:
    ids = [_ask(client, project) for _ in range(3)]
    for each in ids:
        _stand(each)
    assert _order(client) == ids
    answer = client.put(f"{A}/generations/{ids[2]}/priority", json={"priority": 0})
    assert answer.status_code == 200
    assert _order(client) == [ids[2], ids[0], ids[1]]
    client.put(f"{A}/generations/{ids[0]}/priority", json={"priority": 9})
    assert _order(client) == [ids[2], ids[1], ids[0]]
    _stand(ids[2])
    assert client.get(f"{A}/queue").json()["entries"][0]["priority"] == 0


def test_those_before_it_make_a_generation_wait_longer(client: TestClient, project: int) -> None:
    ids = [_ask(client, project, duration=600) for _ in range(2)]
    with transaction() as session:
        for each in ids:
            ownership.begin_stage(session, Run(each, 1), "render")
        jobs = [generations.get(session, each) for each in ids]
        now, _ = estimates.pace(session)
    paced = {"render": 2.0}
    due = [
        estimates.expected(job, 600.0, now=now, ahead_s=600.0 * at, measured=paced)
        for at, job in enumerate(jobs)
    ]
    assert [(each - now).total_seconds() for each in due] == [1200.0, 2400.0]


def _below(project: int, kind: str, parent_id: str | None = None) -> str:
    with transaction() as session:
        at = branches.find(session, project, "main")
        of = {"project_id": project, "branch_id": branches.id_of(at), "title": kind}
        return jobs.accept_job(session, kind=kind, parent_id=parent_id, **of).id


def test_what_a_job_has_made_and_will_have_made_moves_with_it(client: TestClient, project: int) -> None:
    plan = _below(project, "direct")
    render = _below(project, "episode", plan)
    ended, child = _below(project, "clip", render), _below(project, "clip", render)
    with transaction() as session:
        generations.get(session, ended).status = "completed"
    assert {each["priority"] for each in client.get(f"{A}/queue").json()["entries"]} == {1, 5}
    rival = _ask(client, project)
    _stand(rival)
    _stand(child)
    assert client.put(f"{A}/generations/{plan}/priority", json={"priority": 0}).status_code == 200
    assert _order(client)[:2] == [child, rival]
    moved = [plan, render, child, _below(project, "clip", render), ended]
    with transaction() as session:
        assert [generations.get(session, each).priority for each in moved] == [0, 0, 0, 0, None]
        (told,) = generations.events_after(session, child, 1, limit=9)
    assert (told.kind, told.payload["priority"]) == ("priority", 0)


@pytest.mark.parametrize("body", [{"priority": -1}, {"priority": 10}, {"priority": "first"}, {}])
def test_a_priority_is_a_number_from_0_to_9(client: TestClient, project: int, body: dict[str, Any]) -> None:
    answer = client.put(f"{A}/generations/{_ask(client, project)}/priority", json=body)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "priority")


def test_one_that_has_ended_does_not_stand_in_line(client: TestClient, project: int) -> None:
    generation_id = _ask(client, project)
    with transaction() as session:
        generations.locked(session, generation_id).status = "failed"
    answer = client.put(f"{A}/generations/{generation_id}/priority", json={"priority": 0})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATE")
    assert generation_id not in _order(client)


@pytest.fixture
def scene(client: TestClient, project: int) -> int:
    made = client.post(f"{A}/scenes", json={"project_id": project, "scene_number": 7, "description": "Rain"})
    return int(made.json()["id"])


def test_the_board_shows_each_scene_with_the_newest_of_it(
    client: TestClient, project: int, scene: int
) -> None:
    (card,) = client.get(f"{A}/projects/{project}/board").json()
    assert (card["scene_id"], card["newest"], card["clip_path"]) == (scene, None, None)
    older, newer = (_ask(client, project, scene_id=scene) for _ in range(2))
    with transaction() as session:
        job = generations.locked(session, older)
        job.status, job.video_path = "completed", "/clips/older.mp4"
    (card,) = client.get(f"{A}/projects/{project}/board").json()
    assert (card["newest"]["generation_id"], card["newest"]["status"]) == (newer, "processing")
    assert card["clip_path"] == "/clips/older.mp4"
    listed = client.get(f"{A}/generations", params={"scene_id": scene}).json()
    assert [each["generation_id"] for each in listed] == [newer, older]


def test_the_board_is_paged(client: TestClient, project: int) -> None:
    for number in (3, 1, 2):
        client.post(f"{A}/scenes", json={"project_id": project, "scene_number": number})
    first = client.get(f"{A}/projects/{project}/board", params={"limit": 2})
    assert [card["scene_number"] for card in first.json()] == [1, 2]
    rest = client.get(first.links["next"]["url"])
    assert [card["scene_number"] for card in rest.json()] == [3]
    assert "next" not in rest.links


def test_a_take_is_shown_with_what_was_measured(client: TestClient, project: int) -> None:
    generation_id = _ask(client, project)
    run = Run(generation_id, 1)
    curve = {"label": "light, of 255", "least_top": 255.0, "metrics": ["black"], "values": [1.0, None, 2.5]}
    measured = {
        "metric": "black",
        "value": 2.0,
        "unit": "s",
        "threshold": 0.5,
        "verdict": "fail",
        "frames": [4],
        "source": "s",
        "reason": "dark",
    }
    made_of = {
        "inputs_hash": "a",
        "workflow": "animatic",
        "workflow_hash": "b",
        "model": "",
        "seed": 5,
        "parameters": {},
    }
    with transaction() as session:
        ownership.begin_stage(session, run, "assess")
        takes.record(session, run, 1, **made_of)
        takes.judge(session, run, 1, verdict="fail", score=3.0, reasons=["dark"], metrics=[measured])
        ownership.finish_stage(
            session,
            run,
            "assess",
            1,
            {"verdict": "fail", "score": 3.0, "reasons": ["dark"], "frames": 5, "curves": [curve]},
        )
    shown = client.get(f"{A}/generations/{generation_id}/takes/1").json()
    assert (shown["verdict"], shown["frames"], shown["seed"], shown["curves"]) == ("fail", 5, 5, [curve])
    assert shown["metrics"] == [measured]
    assert client.get(f"{A}/generations/{generation_id}/takes/2").status_code == 404


def test_a_thumbnail_of_a_clip_is_a_small_picture_of_it(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    path = settings.media / "take.mp4"
    path.write_bytes(clip(tmp_path, 12))
    asked = {"path": str(path), "width": "160"}
    answer = client.get(f"{A}/thumbnail", params=asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert 0 < picture.shape[1] <= 160
    again = client.get(f"{A}/thumbnail", params=asked, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_thumbnail_of_a_picture_keeps_its_shape(client: TestClient, settings: Settings) -> None:
    path = settings.media / "kai.png"
    Image.new("RGB", (800, 400), "#c02040").save(path)
    answer = client.get(f"{A}/thumbnail", params={"path": str(path)})
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (160, 320, 3)
    assert picture[80, 160].tolist() == pytest.approx([0x40, 0x20, 0xC0], abs=6)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 422, "VALIDATION_ERROR"),
        ({"path": "/etc/passwd"}, 422, "PATH_NOT_ALLOWED"),
        ({"path": "x", "width": "5000"}, 422, "VALIDATION_ERROR"),
        ({"asset_id": "0" * 64}, 404, "NOT_FOUND"),
    ],
)
def test_what_has_no_thumbnail_says_why(
    client: TestClient, asked: dict[str, str], status: int, code: str
) -> None:
    answer = client.get(f"{A}/thumbnail", params=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_file_that_is_no_picture_has_no_thumbnail(client: TestClient, settings: Settings) -> None:
    path = settings.media / "words.png"
    path.write_text("no picture")
    answer = client.get(f"{A}/thumbnail", params={"path": str(path)})
    assert answer.json()["error"]["code"] == "VALIDATION_ERROR"
