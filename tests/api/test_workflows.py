"""Workflows of users: imported, versioned, enabled and disabled."""

import socket
from contextlib import closing
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fakes.comfyui import fake_comfyui

W = "/api/anime/workflows"
GRAPH = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "anime.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 0, "steps": 20, "positive": ["2", 0], "model": ["1", 0]},
    },
}
BINDINGS = {"prompt": {"node": "2", "input": "text"}, "seed": {"node": "3", "input": "seed"}}
_numbers = count(1)


@pytest.fixture
def name() -> str:
    return f"mine {next(_numbers)}"


def _import(client: TestClient, name: str, graph: Any = GRAPH, bindings: Any = BINDINGS, **more: Any) -> Any:
    return client.post(W, json={"name": name, "graph": graph, "bindings": bindings, **more})


def test_a_graph_is_imported_with_what_it_needs(client: TestClient, name: str) -> None:
    made = _import(client, name)
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["version"], shown["enabled"], shown["graph"]) == (1, True, GRAPH)
    assert shown["needs"] == {
        "nodes": ["CLIPTextEncode", "CheckpointLoaderSimple", "KSampler"],
        "models": [
            {"class_type": "CheckpointLoaderSimple", "input": "ckpt_name", "file": "anime.safetensors"}
        ],
    }
    assert {"negative", "width", "steps"} <= set(shown["optional"])
    assert client.get(f"{W}/{name}").json() == shown
    listed = {row["name"]: row for row in client.get(W).json()}
    assert "graph" not in listed[name]
    assert {"animatic", name} <= listed.keys()


def test_a_graph_of_a_name_that_there_is_becomes_its_next_version(client: TestClient, name: str) -> None:
    first = _import(client, name).json()
    assert _import(client, name).status_code == 200
    other = {**GRAPH, "3": {**GRAPH["3"], "inputs": {"seed": 1}}}
    second = _import(client, name, other)
    assert (second.status_code, second.json()["version"]) == (201, 2)
    assert client.get(f"{W}/{name}").json()["version"] == 2
    assert client.get(f"{W}/{name}?version=1").json() == first
    assert client.get(f"{W}/{name}?version=3").status_code == 404


def test_a_disabled_workflow_is_not_taken(client: TestClient, project: int, name: str) -> None:
    _import(client, name)
    _import(client, name, {**GRAPH, "2": {"class_type": "T", "inputs": {"text": ""}}})
    ask = f"/api/anime/projects/{project}/generate-from-command"
    body = {"prompt": "A duel", "workflow": name}
    assert client.post(ask, json=body).status_code == 202
    etag = client.get(f"{W}/{name}").headers["ETag"]
    assert client.put(f"{W}/{name}", json={"enabled": False}).json()["enabled"] is False
    assert client.post(ask, json=body).status_code == 422
    late = client.put(f"{W}/{name}", json={"enabled": True}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert client.put(f"{W}/{name}", json={"enabled": True}).json()["enabled"] is True
    assert client.post(ask, json=body).status_code == 202
    assert client.put(f"{W}/{name}!", json={"enabled": True}).status_code == 404


@pytest.mark.parametrize(
    ("graph", "bindings", "field"),
    [
        (GRAPH, {**BINDINGS, "steps": {"node": "9", "input": "steps"}}, "bindings.steps.node"),
        (GRAPH, {**BINDINGS, "steps": {"node": "3", "input": "stepz"}}, "bindings.steps.input"),
        (GRAPH, {**BINDINGS, "negative": {"node": "3", "input": "positive"}}, "bindings.negative.input"),
        (GRAPH, {**BINDINGS, "mood": {"node": "2", "input": "text"}}, "bindings.mood"),
        (GRAPH, {"seed": BINDINGS["seed"]}, "bindings"),
        ({}, BINDINGS, "graph"),
        ({**GRAPH, "4": {"class_type": "SaveVideo"}}, BINDINGS, "graph.4"),
        ({**GRAPH, "4": []}, BINDINGS, "graph.4"),
        ({**GRAPH, "4": {"class_type": "T", "inputs": {"in": ["7", 0]}}}, BINDINGS, "graph.4.inputs.in"),
    ],
)
def test_a_graph_that_cannot_run_is_refused_by_place(
    client: TestClient, name: str, graph: Any, bindings: Any, field: str
) -> None:
    refused = _import(client, name, graph, bindings)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["field"] == field
    assert client.get(f"{W}/{name}").status_code == 404


def test_a_file_of_the_editor_is_refused_with_the_way_to_the_right_one(client: TestClient, name: str) -> None:
    editor = {"nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}
    error = _import(client, name, editor).json()["error"]
    assert "Workflow > Export (API)" in error["message"]
    assert error["details"]["field"] == "graph"


def test_what_a_model_takes_is_kept_with_its_graph(client: TestClient, name: str) -> None:
    said = {
        "limits": {"side_multiple": 16, "frame_step": 4, "most_frames": 81, "fps": 23.976},
        "detours": {"first_frame": [{"node": "2", "passes": ["clip"]}]},
        "rank": 90,
    }
    shown = _import(client, name, **said).json()
    assert shown["limits"] == {
        "side_multiple": 16, "frame_step": 4, "most_frames": 81, "most_pixels": None, "fps": "24000/1001",
    }  # fmt: skip
    assert (shown["detours"], shown["rank"]) == (said["detours"], 90)
    other = _import(client, name, **{**said, "limits": {"side_multiple": 32}}).json()
    assert (other["version"], other["rank"]) == (2, 90)


def test_a_rank_holds_for_all_versions(client: TestClient, name: str) -> None:
    assert _import(client, name).json()["rank"] == 50
    assert client.put(f"{W}/{name}", json={"rank": 7}).json()["rank"] == 7
    second = {**GRAPH, "3": {**GRAPH["3"], "inputs": {"seed": 1}}}
    assert _import(client, name, second).json()["rank"] == 7
    again = _import(client, name, second, rank=8)
    assert (again.status_code, again.json()["rank"], again.json()["version"]) == (200, 8, 2)
    assert client.get(f"{W}/{name}?version=1").json()["rank"] == 8
    changed = client.put(f"{W}/{name}", json={"rank": 9, "enabled": False}).json()
    assert (changed["rank"], changed["enabled"]) == (9, False)
    third = {**GRAPH, "3": {**GRAPH["3"], "inputs": {"seed": 2}}}
    assert _import(client, name, third).json()["enabled"] is False


@pytest.mark.parametrize(
    "body", [{}, {"enabled": None}, {"rank": -1}, {"rank": 1001}, {"rank": 1.5}, {"rank": True}]
)
def test_a_change_that_changes_nothing_that_there_is_is_refused(client: TestClient, body: Any) -> None:
    assert client.put(f"{W}/animatic", json=body).status_code == 422


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"limits": {"side_multiple": 1}}, "limits.side_multiple"),
        ({"limits": {"fps": 0}}, "limits.fps"),
        ({"limits": {"side_multiple": 64, "most_pixels": 64}}, "limits.most_pixels"),
        ({"limits": {"mood": 1}}, "limits.mood"),
        ({"detours": {"first_frame": [{"node": "9"}]}}, "detours.first_frame.0.node"),
        ({"rank": "first"}, "rank"),
        ({"bindings": {**BINDINGS, "steps": {"node": "2", "input": "text"}}}, "bindings.steps.input"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_place(
    client: TestClient, name: str, said: Any, field: str
) -> None:
    refused = client.post(W, json={"name": name, "graph": GRAPH, "bindings": BINDINGS, **said})
    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["details"]["field"] == field


def test_a_workflow_is_held_against_each_server(
    client: TestClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(client, name)
    with fake_comfyui() as fake, closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        gone = f"http://127.0.0.1:{silent.getsockname()[1]}"
        secret = fake.url.replace("http://", "http://me:secret@")
        monkeypatch.setenv("TOWER_COMFYUI_URLS", f"{secret},{gone}")
        alive, dead = client.post(f"{W}/{name}/check").json()
        assert (alive["server"], alive["verdict"], alive["reason"]) == (fake.url, "refused", None)
        missing = [each["class_type"] for each in alive["findings"]]
        assert missing == ["CheckpointLoaderSimple", "CLIPTextEncode", "KSampler"]
        assert {each["kind"] for each in alive["findings"]} == {"missing_node_type"}
        assert (dead["server"], dead["verdict"], dead["findings"]) == (gone, "not judged", [])
        assert gone in dead["reason"]
        (asked,) = client.post(f"{W}/animatic/check?server={fake.url}/").json()
        assert (asked["server"], asked["verdict"], asked["findings"]) == (fake.url, "runs", [])
        refused = client.post(f"{W}/animatic/check?server=http://elsewhere")
        assert refused.status_code == 422
        assert refused.json()["error"]["details"] == {
            "field": "server", "value": "http://elsewhere", "expected": f"{fake.url}, {gone}",
        }  # fmt: skip
        assert client.post(f"{W}/nothing of that name/check").status_code == 404
        assert client.post(f"{W}/{name}/check?version=9").status_code == 404


def test_what_comes_with_tower_keeps_its_name(client: TestClient) -> None:
    refused = _import(client, "animatic")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "DUPLICATE")
    assert _import(client, "odd", optional=["mood"]).json()["error"]["details"]["field"] == "optional"
