"""What a project's people keep beside its scenes: made, read, changed, taken away."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

A = "/api/anime"
ROOTED = [
    ("/style-templates", {"name": "noir"}, {"description": "dark"}),
    ("/story-arcs", {"name": "The fall"}, {"status": "active", "scene_ids": [2, 1]}),
    ("/timelines", {"name": "Ten years before"}, {"description": "a flashback"}),
    ("/cultural-elements", {"name": "Tea"}, {"avoid": ["mug"], "prefer": ["chawan"]}),
]


def _made(client: TestClient, path: str, project: int, **fields: Any) -> dict[str, Any]:
    body = fields if path == "/style-templates" else {"project_id": project, **fields}
    answer = client.post(A + path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _at(path: str, project: int) -> str:
    return A + path if path == "/style-templates" else f"{A}{path}?project_id={project}"


@pytest.fixture
def scene(client: TestClient, project: int) -> dict[str, Any]:
    body = {"project_id": project, "scene_number": 1, "description": "Kai drinks tea from a mug, by the Mug."}
    return dict(client.post(f"{A}/scenes", json=body).json())


@pytest.mark.parametrize(("path", "fields", "change"), ROOTED)
def test_a_resource_is_made_read_changed_and_taken_away(
    client: TestClient, project: int, path: str, fields: dict[str, Any], change: dict[str, Any]
) -> None:
    fields = {"name": f"{fields['name']} {project} {path}"}
    made = _made(client, path, project, **fields)
    one = f"{A}{path}/{made['id']}"
    first = client.get(one)
    assert first.json() == made
    assert made in client.get(_at(path, project)).json()
    changed = client.put(one, json=change, headers={"If-Match": first.headers["ETag"]})
    assert changed.json() == {**made, **change, "updated_at": changed.json()["updated_at"]}
    assert client.delete(one, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.delete(one).status_code == 404


@pytest.mark.parametrize(("path", "fields", "change"), ROOTED)
def test_a_name_is_there_once_and_unknown_fields_are_refused(
    client: TestClient, project: int, path: str, fields: dict[str, Any], change: dict[str, Any]
) -> None:
    fields = {"name": f"Once {fields['name']} {project}"}
    _made(client, path, project, **fields)
    body = fields if path == "/style-templates" else {"project_id": project, **fields}
    again = client.post(A + path, json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "DUPLICATE")
    other = _made(client, path, project, name=f"Other {project}")
    assert client.put(f"{A}{path}/{other['id']}", json=fields).status_code == 409
    assert client.put(f"{A}{path}/{other['id']}", json={"nmae": "x"}).status_code == 422
    assert client.put(f"{A}{path}/{other['id']}", json={"name": None}).status_code == 422


@pytest.mark.parametrize(("path", "fields", "change"), ROOTED[1:])
def test_a_list_of_a_project_leads_on(
    client: TestClient, project: int, path: str, fields: dict[str, Any], change: dict[str, Any]
) -> None:
    names = ["C", "A", "B"]
    for name in names:
        _made(client, path, project, name=name)
    first = client.get(f"{_at(path, project)}&limit=2")
    rest = client.get(first.headers["Link"].partition(">")[0].lstrip("<"))
    assert [row["name"] for row in first.json() + rest.json()] == names
    assert "Link" not in rest.headers
    assert client.get(f"{A}{path}?project_id={2**31 - 1}").status_code == 404


@pytest.mark.parametrize("path", ["/story-arcs", "/timelines"])
def test_arcs_and_timelines_are_told_in_an_order_that_can_be_changed(
    client: TestClient, project: int, path: str
) -> None:
    ids = [_made(client, path, project, name=name)["id"] for name in "ABC"]
    order = f"{A}/projects/{project}{path}/order"
    told = client.put(order, json={"ids": [ids[2], ids[0], ids[1]]}).json()
    assert [row["name"] for row in told] == ["C", "A", "B"]
    assert client.get(_at(path, project)).json() == told
    for wrong in ([ids[0]], [*ids, ids[0]], [*ids, 2**31 - 1]):
        assert client.put(order, json={"ids": wrong}).status_code == 422
    assert _made(client, path, project, name="D")["position"] == 4


def test_what_holds_on_a_timeline_comes_by_scene_number(client: TestClient, project: int) -> None:
    timeline = _made(client, "/timelines", project, name="Main")["id"]
    path = f"{A}/timelines/{timeline}/context"
    for number, state in ((9, "dead"), (2, "introduced"), (5, None)):
        body = {"from_scene_number": number, "subject": "Kai", "state": state, "note": "n"}
        assert client.post(path, json=body).status_code == 201
    rows = client.get(path).json()
    assert [(row["from_scene_number"], row["state"]) for row in rows] == [
        (2, "introduced"),
        (5, None),
        (9, "dead"),
    ]
    one = f"{A}/storyline-context/{rows[0]['id']}"
    assert client.put(one, json={"state": "absent"}).json()["state"] == "absent"
    assert client.put(one, json={"state": "asleep"}).status_code == 422
    assert client.delete(one).status_code == 204
    assert client.delete(f"{A}/timelines/{timeline}").status_code == 204
    assert client.get(f"{A}/storyline-context/{rows[1]['id']}").status_code == 404


def test_a_scene_is_held_against_the_terms_to_avoid(
    client: TestClient, project: int, scene: dict[str, Any]
) -> None:
    path = f"{A}/scenes/{scene['id']}/cultural-validations"
    blind = client.post(path).json()
    assert (blind["verdict"], blind["reason"]) == ("not judged", "the project has no terms to avoid")
    _made(client, "/cultural-elements", project, name="Tea", avoid=["mug", "kettle"], prefer=["chawan"])
    found = client.post(path)
    assert found.status_code == 201
    judged = found.json()
    assert (judged["verdict"], judged["scene_version"]) == ("warn", 1)
    assert [scene["description"][f["start"] : f["end"]] for f in judged["findings"]] == ["mug", "Mug"]
    assert judged["findings"][0]["prefer"] == ["chawan"]
    client.put(f"{A}/scenes/{scene['id']}", json={"description": "Kai drinks tea."})
    assert client.post(path).json()["verdict"] == "pass"
    assert [row["verdict"] for row in client.get(path).json()] == ["pass", "warn", "not judged"]
    assert client.get(f"{path}?branch=nowhere").status_code == 404


def test_a_bible_tells_its_history_and_speaks_of_characters_one_by_one(
    client: TestClient, project: int
) -> None:
    path = f"{A}/projects/{project}/bible"
    client.post(path, json={"title": "v1", "content": {"magic": "wind", "gone": 1}})
    client.post(path, json={"title": "v2", "content": {"magic": "wind", "new": [1]}})
    history = client.get(f"{path}/history").json()
    assert [row["version"] for row in history] == [2, 1]
    assert history[0]["changes"] == {"title": "v2", "content": {"gone": None, "new": [1]}}
    assert history[1]["changes"] == {
        "title": "v1", "description": "", "content": {"magic": "wind", "gone": 1},
    }  # fmt: skip
    kai = client.post(f"{path}/characters", json={"name": "Kai", "role": "hero"}).json()
    one = f"{path}/characters/{kai['id']}"
    changed = client.put(one, json={"role": None}).json()
    assert (changed["role"], changed["version"]) == (None, 2)
    assert client.put(one, json={"role": None}).json() == changed
    assert client.get(f"{path}/characters").json() == [changed]
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.get(path).json()["characters"] == []


def test_a_character_taken_away_leaves_its_name_in_scenes(
    client: TestClient, project: int, kai: dict[str, Any]
) -> None:
    body = {"project_id": project, "scene_number": 1, "characters": [kai["name"]]}
    scene = client.post(f"{A}/scenes", json=body).json()
    assert client.get(f"{A}/characters/{kai['id']}/appearances").json() == []
    assert client.delete(f"{A}/characters/{kai['id']}").status_code == 204
    assert client.get(f"{A}/characters/{kai['id']}").status_code == 404
    left = client.get(f"{A}/scenes/{scene['id']}").json()
    assert (left["characters"], left["warnings"][0]["value"]) == ([kai["name"]], kai["name"])
    assert client.delete(f"{A}/scenes/{scene['id']}").status_code == 204
    assert client.delete(f"{A}/scenes/{scene['id']}").status_code == 404
    assert client.get(f"{A}/scenes?project_id={project}").json() == []


def test_a_scene_is_taken_off_its_music(client: TestClient, scene: dict[str, Any]) -> None:
    path = f"{A}/scenes/{scene['id']}/audio"
    assert client.delete(path).status_code == 404
    client.post(path, json={"audio_path": "/a.mp3"})
    client.post(path, json={"audio_path": "/b.mp3"})
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/style-templates/{}", "/story-arcs/{}", "/timelines/{}", "/timelines/{}/context",
        "/storyline-context/{}", "/cultural-elements/{}", "/projects/{}/settings",
        "/projects/{}/bible/history", "/projects/{}/bible/characters", "/characters/{}/appearances",
        "/scenes/{}/cultural-validations", "/story-arcs?project_id={}", "/timelines?project_id={}",
        "/cultural-elements?project_id={}", "/decisions?project_id={}", "/director/log?project_id={}",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    for wrong in (0, -1, 2**31, 10**30, "x", "1.5", "%00"):
        assert client.get(A + path.format(wrong)).status_code == 422
    assert client.get(A + path.format(2**31 - 1)).status_code == 404
