"""Projects changed and taken away; what users prefer, and what a style's name stands for."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.production import create_app
from db.models.production import Asset, ProductionJob
from db.queries import generations, specials, takes
from db.session import transaction
from studio.clients.store import Stored
from studio.settings import Settings

A = "/api/anime"


def _ask(client: TestClient, project: int, **fields: Any) -> Any:
    body = {"prompt": "A duel in the rain", **fields}
    return client.post(f"{A}/projects/{project}/generate-from-command", json=body)


def _accepted(client: TestClient, project: int, **fields: Any) -> dict[str, Any]:
    answer = _ask(client, project, **fields)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def _asked(generation: dict[str, Any]) -> Any:
    with transaction() as session:
        return generations.request(session, generation["generation_id"])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_project_is_changed_in_what_is_named(client: TestClient, project: int, method: str) -> None:
    path = f"{A}/projects/{project}"
    before = client.get(path)
    change = {"description": "new", "metadata": {"a": 1}}
    changed = client.request(method, path, json=change, headers={"If-Match": before.headers["ETag"]})
    assert changed.json() == {**before.json(), **change, "updated_at": changed.json()["updated_at"]}
    assert client.get(path).json() == changed.json()
    late = client.request(method, path, json={"name": "x"}, headers={"If-Match": before.headers["ETag"]})
    assert late.status_code == 412
    for wrong in ({"name": ""}, {"name": None}, {"status": "gone"}, {"fps": 24}):
        assert client.request(method, path, json=wrong).status_code == 422


def test_an_archived_project_takes_no_generation(client: TestClient, project: int) -> None:
    assert client.patch(f"{A}/projects/{project}", json={"status": "archived"}).json()["status"] == "archived"
    refused = _ask(client, project)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "INVALID_STATE")
    client.patch(f"{A}/projects/{project}", json={"status": "active"})
    assert _ask(client, project).status_code == 202


def test_production_settings_hold_for_generations_that_follow(client: TestClient, project: int) -> None:
    path = f"{A}/projects/{project}/settings"
    first = client.get(path).json()
    assert (first["fps"], first["width"], first["height"], first["default_style"]) == (
        "24",
        832,
        480,
        "anime",
    )
    change = {"fps": 23.976, "width": 640, "height": 360, "default_style": "watercolor"}
    changed = client.put(path, json=change).json()
    assert (changed["fps"], changed["library_folder"]) == ("24000/1001", first["library_folder"])
    made = _accepted(client, project)
    asked = _asked(made)
    assert made["metadata"]["style"] == "watercolor"
    assert (asked.width, asked.height, asked.fps_num, asked.fps_den) == (640, 360, 24000, 1001)
    assert client.patch(path, json={"width": 641}).status_code == 422
    assert client.get(f"{A}/projects/{2**31 - 1}/settings").status_code == 404


def test_a_project_with_a_generation_under_way_stays(client: TestClient, project: int) -> None:
    _accepted(client, project)
    refused = client.delete(f"{A}/projects/{project}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "INVALID_STATE")
    assert client.get(f"{A}/projects/{project}").status_code == 200


def test_a_project_taken_away_leaves_its_files_and_its_folder(
    client: TestClient, kai: dict[str, Any]
) -> None:
    project = kai["project_id"]
    body = {"project_id": project, "scene_number": 1, "characters": [kai["name"]]}
    scene = client.post(f"{A}/scenes", json=body).json()
    client.post(f"{A}/projects/{project}/bible", json={"title": "b"})
    client.post(f"{A}/story-arcs", json={"project_id": project, "name": "arc"})
    client.post(f"{A}/scenes/{scene['id']}/cultural-validations")
    made = _accepted(client, project, scene_id=scene["id"])["generation_id"]
    folder = client.get(f"{A}/projects/{project}/settings").json()["library_folder"]
    sha256 = f"{project:064x}"
    with transaction() as session:
        takes.keep(session, Stored(sha256, Path("/a.mp4"), 1), kind="take", project_id=project)
        job = session.get_one(ProductionJob, made)
        specials.stands_at(specials.allocate(session, job), "/library/a.mp4")
        job.status = "completed"
    assert client.delete(f"{A}/projects/{project}").status_code == 204
    gone = ["projects/{}", "characters?project_id={}", "projects/{}/bible", "story-arcs?project_id={}"]
    for path in (*gone, "generations?project_id={}"):
        answer = client.get(f"{A}/{path.format(project)}")
        assert answer.status_code == 404 or answer.json() == []
    assert client.get(f"{A}/generations/{made}").status_code == 404
    with transaction() as session:
        assert session.get_one(Asset, sha256).project_id is None
    again = int(client.post(f"{A}/projects", json={"name": "Kaze no Tani"}).json()["id"])
    assert client.get(f"{A}/projects/{again}/settings").json()["library_folder"] != folder


def test_a_style_named_like_a_template_adds_its_settings(client: TestClient, project: int) -> None:
    name = f"Rainy noir {project}"
    template = {
        "name": name, "prompt_suffix": "wet asphalt, neon", "negative_prompt": "sun",
        "width": 512, "height": 512, "steps": 30, "cfg": 6.5, "workflow": "animatic",
    }  # fmt: skip
    assert client.post(f"{A}/style-templates", json=template).status_code == 201
    asked = _asked(_accepted(client, project, style=name, negative_prompt="text", width=640))
    assert asked.prompt == "A duel in the rain, wet asphalt, neon"
    assert asked.negative_prompt == "text, sun"
    assert (asked.width, asked.height, asked.workflow) == (640, 512, "animatic")
    assert asked.parameters == {"steps": 30, "cfg": 6.5}
    assert asked.body["prompt"] == "A duel in the rain"
    plain = _asked(_accepted(client, project, style=f"{name}!"))
    assert (plain.prompt, plain.parameters, plain.width) == ("A duel in the rain", {}, 832)


def test_preferences_hold_where_a_request_does_not_say(client: TestClient, project: int) -> None:
    path = f"{A}/preferences"
    assert client.get(path).json() == {"style": None, "quality": None, "duration": None}
    put = client.put(path, json={"style": "gouache", "quality": "draft", "duration": 2.0})
    assert put.text == '{"style":"gouache","quality":"draft","duration":2}'
    assert client.get(path).headers["ETag"] == put.headers["ETag"]
    liked = _accepted(client, project)
    assert liked["metadata"] == {"duration": 2, "style": "gouache", "quality": "draft"}
    assert _asked(liked).duration_s == 2
    said = _accepted(client, project, style="ink", quality="standard", duration=5)
    assert said["metadata"] == {"duration": 5, "style": "ink", "quality": "standard"}
    cleared = client.put(path, json={"style": None, "quality": None, "duration": None})
    assert cleared.json() == {"style": None, "quality": None, "duration": None}
    for wrong in ({"quality": "best"}, {"duration": 0}, {"mood": "grim"}):
        assert client.put(path, json=wrong).status_code == 422


def test_each_token_has_preferences_of_its_own(database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, rate_per_s=10_000, api_tokens=("one", "two"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), "http://localhost") as client:
            mine, theirs = ({"Authorization": f"Bearer {token}"} for token in ("one", "two"))
            client.put(f"{A}/preferences", json={"style": "ink"}, headers=mine)
            assert client.get(f"{A}/preferences", headers=mine).json()["style"] == "ink"
            assert client.get(f"{A}/preferences", headers=theirs).json()["style"] is None
