from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.production import create_app
from studio.settings import Settings

A = "/api/anime"
HUGE = 10**30


def _details(answer: Any, status: int = 422) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json()["error"]["details"])


def _character(client: TestClient, project: int, name: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"{A}/characters", json={"project_id": project, "name": name, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _scene(client: TestClient, project: int, number: int, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"{A}/scenes", json={"project_id": project, "scene_number": number, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("wrong", [HUGE, 2**31, 0, -1, "x", "1.5"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/projects/{}"),
        ("GET", "/characters/{}"),
        ("PUT", "/characters/{}"),
        ("GET", "/characters?project_id={}"),
        ("GET", "/scenes/{}"),
        ("GET", "/scenes?project_id={}"),
        ("GET", "/projects/{}/bible"),
        ("GET", "/scenes/{}/audio"),
        ("POST", "/projects/{}/generate-from-command"),
        ("GET", "/generations?project_id={}"),
    ],
)
def test_an_id_that_cannot_be_is_refused(client: TestClient, method: str, path: str, wrong: object) -> None:
    body = None if method == "GET" else {"prompt": "x"} if "generate" in path else {"description": "x"}
    assert _details(client.request(method, A + path.format(wrong), json=body))["value"] == str(wrong)


@pytest.mark.parametrize(
    "path",
    [
        "/projects/{}",
        "/characters/{}",
        "/scenes/{}",
        "/scenes/{}/audio",
        "/projects/{}/bible",
        "/characters?project_id={}",
        "/scenes?project_id={}",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(A + path.format(2**31 - 1))
    assert _details(answer, 404)["value"] == 2**31 - 1
    assert answer.json()["error"]["code"] == "NOT_FOUND"


def test_a_project_id_may_be_sent_as_the_string_that_it_was_given_as(
    client: TestClient, project: int
) -> None:
    made = client.post(f"{A}/characters", json={"project_id": str(project), "name": "Rin"})
    assert made.json()["project_id"] == project
    flag = client.post(f"{A}/characters", json={"project_id": True, "name": "Rin"})
    assert _details(flag)["field"] == "project_id"


def test_unknown_fields_are_refused_by_name_and_all_faults_are_listed(client: TestClient) -> None:
    answer = client.post(f"{A}/projects", json={"name": "", "nmae": "x", "metadata": []})
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["details"] == {"field": "name", "value": "", "expected": "at least 1 long"}
    assert [(fault["field"], fault["value"]) for fault in error["errors"]] == [
        ("name", ""),
        ("metadata", "array"),
        ("nmae", "x"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"name": "x", "description": "\\u0000"}',
        b'{"name": "x", "metadata": {"a": "\\u0000"}}',
        b'{"name": "x", "metadata": {"a\\u0000": 1}}',
        b'{"name": "x", "metadata": {"a": ["\\udfff"]}}',
        b'{"name": "x", "metadata": {"a": NaN}}',
        b'{"name": "x", "metadata": {"a": 1e999}}',
        b'{"name": "x", "metadata": ' + b'{"a":' * 100 + b"1" + b"}" * 101,
        b'{"name": "   "}',
        b'{"name": "' + b"x" * 201 + b'"}',
    ],
)
def test_what_the_database_cannot_hold_is_refused(client: TestClient, content: bytes) -> None:
    answer = client.post(f"{A}/projects", content=content, headers={"Content-Type": "application/json"})
    _details(answer)


def test_a_free_form_object_takes_any_key(client: TestClient) -> None:
    metadata = {"": None, "ключ": [1, 2.5, {"deep": True}], "n": 10**18, "__proto__": {}}
    made = client.post(f"{A}/projects", json={"name": "Free", "metadata": metadata})
    assert made.json()["metadata"] == metadata


@pytest.mark.parametrize("branch", ["nowhere", "a%00b", "", "x" * 201])
def test_an_unknown_branch_is_not_found(client: TestClient, project: int, branch: str) -> None:
    answer = client.get(f"{A}/characters?project_id={project}&branch={branch}")
    assert answer.status_code == (404 if branch == "nowhere" else 422)
    scene = {"project_id": project, "scene_number": 1, "branch_name": "nowhere"}
    assert _details(client.post(f"{A}/scenes", json=scene), 404)["value"] == "nowhere"


def test_query_and_body_may_not_name_two_branches(client: TestClient, project: int) -> None:
    body = {"project_id": project, "name": "Rin", "branch_name": "main"}
    assert client.post(f"{A}/characters?branch=main", json=body).status_code == 201
    assert _details(client.post(f"{A}/characters?branch=other", json=body))["field"] == "branch_name"


def test_a_name_is_on_a_branch_once(client: TestClient, project: int, kai: dict[str, Any]) -> None:
    again = client.post(f"{A}/characters", json={"project_id": project, "name": kai["name"]})
    assert _details(again, 409)["field"] == "name"
    assert again.json()["error"]["code"] == "DUPLICATE"
    rin = _character(client, project, "Rin")
    taken = client.put(f"{A}/characters/{rin['id']}", json={"name": kai["name"]})
    assert _details(taken, 409)["value"] == kai["name"]
    assert client.get(f"{A}/characters/{rin['id']}").json() == rin


def test_the_version_rises_when_something_changed(client: TestClient, kai: dict[str, Any]) -> None:
    path = f"{A}/characters/{kai['id']}"
    assert client.put(path, json={}).json() == kai
    assert client.put(path, json={"description": kai["description"]}).json()["version"] == 1
    assert client.put(path, json={"description": "new"}).json()["version"] == 2
    assert client.put(path, json={"description": "new", "image_path": None}).json()["version"] == 2


def test_null_clears_what_may_be_empty_and_nothing_else(client: TestClient, project: int) -> None:
    rin = _character(client, project, "Rin", image_path="/a.png", comfyui_workflow="w")
    path = f"{A}/characters/{rin['id']}"
    cleared = client.put(path, json={"image_path": None}).json()
    assert (cleared["image_path"], cleared["comfyui_workflow"], cleared["warnings"]) == (None, "w", [])
    for field in ("name", "description"):
        assert _details(client.put(path, json={field: None}))["field"] == field


def test_a_write_holds_only_for_what_was_read(client: TestClient, kai: dict[str, Any]) -> None:
    path = f"{A}/characters/{kai['id']}"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": f'"x", W/{etag}'}).status_code == 304
    first = client.put(path, json={"description": "1"}, headers={"If-Match": etag})
    assert first.status_code == 200
    late = client.put(path, json={"description": "2"}, headers={"If-Match": etag})
    assert late.json()["error"]["code"] == "PRECONDITION_FAILED"
    assert late.status_code == 412
    assert client.get(path).json() == first.json()
    assert client.get(path).headers["ETag"] == first.headers["ETag"]
    assert client.put(path, json={"description": "3"}, headers={"If-Match": "*"}).status_code == 200


def test_a_picture_that_is_there_is_no_warning(client: TestClient, project: int, settings: Any) -> None:
    picture = settings.media / "rin.png"
    picture.write_bytes(b"x")
    assert _character(client, project, "Rin", image_path=str(picture))["warnings"] == []
    warned = _character(client, project, "Mei", image_path="/etc/passwd")["warnings"]
    assert [(warning["field"], warning["value"]) for warning in warned] == [("image_path", "/etc/passwd")]


def test_a_scene_keeps_its_cast_in_order(client: TestClient, project: int, kai: dict[str, Any]) -> None:
    cast = ["Zoe", kai["name"], "Ann", "Zoe"]
    scene = _scene(client, project, 1, characters=cast)
    assert scene["characters"] == cast[:3]
    assert [warning["value"] for warning in scene["warnings"]] == ["Zoe", "Ann"]
    _character(client, project, "Ann")
    seen = client.get(f"{A}/scenes/{scene['id']}").json()
    assert [warning["value"] for warning in seen["warnings"]] == ["Zoe"]
    recast = client.put(f"{A}/scenes/{scene['id']}", json={"characters": ["Ann", "Zoe"]}).json()
    assert (recast["characters"], recast["version"]) == (["Ann", "Zoe"], 2)
    same = client.put(f"{A}/scenes/{scene['id']}", json={"characters": ["Ann", "Zoe"]}).json()
    assert same == recast
    assert client.put(f"{A}/scenes/{scene['id']}", json={"characters": []}).json()["characters"] == []


def test_a_scene_number_is_on_a_branch_once(client: TestClient, project: int) -> None:
    _scene(client, project, 1)
    second = _scene(client, project, 2)
    taken = client.post(f"{A}/scenes", json={"project_id": project, "scene_number": 1})
    assert _details(taken, 409)["field"] == "scene_number"
    moved = client.put(f"{A}/scenes/{second['id']}", json={"scene_number": 1})
    assert _details(moved, 409)["value"] == 1
    assert client.put(f"{A}/scenes/{second['id']}", json={"scene_number": 3}).json()["scene_number"] == 3


def test_a_second_bible_is_a_further_version(client: TestClient, project: int) -> None:
    path = f"{A}/projects/{project}/bible"
    _details(client.get(path), 404)
    _details(client.post(f"{path}/characters", json={"name": "Kai"}), 404)
    assert client.post(path, json={"title": "one"}).json()["version"] == 1
    assert client.post(f"{path}/characters", json={"name": "Kai"}).status_code == 201
    assert _details(client.post(f"{path}/characters", json={"name": "Kai"}), 409)["value"] == "Kai"
    second = client.post(path, json={"title": "two"}).json()
    assert (second["version"], [who["name"] for who in second["characters"]]) == (2, ["Kai"])
    assert client.get(path).json() == second


def test_sync_points_come_in_the_order_of_their_times(client: TestClient, project: int) -> None:
    path = f"{A}/scenes/{_scene(client, project, 1)['id']}/audio"
    _details(client.get(path), 404)
    points = [{"time": 3, "event": "c"}, {"time": 0.5, "event": "b"}, {"time": 0, "event": "a"}]
    first = client.post(path, json={"audio_path": "/a.mp3", "bpm": 90.5, "sync_points": points}).json()
    assert [point["event"] for point in first["sync_points"]] == ["a", "b", "c"]
    second = client.post(path, json={"audio_path": "/b.mp3"}).json()
    assert client.get(path).json() == second


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bpm", 0),
        ("bpm", -1),
        ("bpm", True),
        ("bpm", "fast"),
        ("sync_points", [{"time": -0.1, "event": "x"}]),
        ("sync_points", [{"time": 1}]),
        ("sync_points", [{"time": 1, "event": "x", "beat": 1}]),
        ("audio_path", ""),
        ("audio_path", None),
    ],
)
def test_audio_that_cannot_be_is_refused(client: TestClient, project: int, field: str, value: Any) -> None:
    path = f"{A}/scenes/{_scene(client, project, 1)['id']}/audio"
    answer = client.post(path, json={"audio_path": "/a.mp3", field: value})
    assert _details(answer)["field"].startswith(field)


def _walk(client: TestClient, path: str) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    next_path: str | None = path
    while next_path is not None:
        answer = client.get(next_path)
        assert answer.status_code == 200, answer.text
        seen += answer.json()
        link = answer.links.get("next")
        next_path = link["url"] if link else None
    return seen


def test_pages_lose_nothing_and_repeat_nothing(client: TestClient, project: int) -> None:
    for number in (5, 3, 4, 1, 2):
        _character(client, project, f"C{number}")
        _scene(client, project, number)
    names = [row["name"] for row in _walk(client, f"{A}/characters?project_id={project}&limit=2")]
    assert names == ["C5", "C3", "C4", "C1", "C2"]
    for limit in (1, 2, 4, 5):
        scenes = _walk(client, f"{A}/scenes?project_id={project}&branch=main&limit={limit}")
        assert [row["scene_number"] for row in scenes] == [1, 2, 3, 4, 5]
    whole = client.get(f"{A}/scenes?project_id={project}&limit=5")
    assert "Link" not in whole.headers
    projects = [row["id"] for row in _walk(client, f"{A}/projects?limit=2")]
    assert len(projects) == len(set(projects))
    assert str(project) in projects


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "cursor=", "cursor=x", "cursor=1.2.3", f"cursor={HUGE}"]
)
def test_a_page_that_cannot_be_is_refused(client: TestClient, project: int, query: str) -> None:
    for path in (
        f"{A}/projects?",
        f"{A}/characters?project_id={project}&",
        f"{A}/scenes?project_id={project}&",
    ):
        assert _details(client.get(path + query))["field"] in {"limit", "cursor"}


def test_projects_of_one_name_are_projects_of_their_own(client: TestClient) -> None:
    ids = {client.post(f"{A}/projects", json={"name": "Same % Name_"}).json()["id"] for _ in range(3)}
    assert len(ids) == 3


def test_the_description_of_the_service_has_the_documented_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    command = described["components"]["schemas"]["GenerationAsked"]["examples"][0]
    assert command["characters"] == ["Kai Nakamura"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            schema = operation["responses"]["422"]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Envelope"}, (path, method)
            assert operation["tags"]


def test_without_its_database_the_service_is_not_healthy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create_app(settings), "http://localhost") as client:
        answer = client.get(f"{A}/health")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")


def test_a_body_that_is_no_json_is_told_as_such(client: TestClient) -> None:
    answer = client.post(f"{A}/projects", content="{", headers={"content-type": "application/json"})
    assert _details(answer) == {"field": "body", "value": None, "expected": "JSON"}
    assert answer.json()["error"]["message"].startswith("Invalid body: this is no JSON: ")
    assert answer.json()["error"]["message"].endswith(", at character 1")


def test_a_blank_prompt_is_answered_in_words(client: TestClient, project: int) -> None:
    answer = client.post(f"{A}/projects/{project}/generate-from-command", json={"prompt": "  "})
    assert _details(answer)["expected"] == "text that is not blank"
