import json
import uuid
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from studio.clients.comfyui import ComfyUI
from studio.errors import GraphError, MissingNodeError
from studio.storyboard import CastMember
from tests.fakes.prompts import CLIENT, board, ended, graph
from tests.fakes.serving import wait_until


def node_error(answer: httpx.Response, node: str = "1") -> str:
    assert answer.status_code == 400
    body = answer.json()
    assert body["error"]["type"] == "prompt_outputs_failed_validation"
    assert body["node_errors"][node]["dependent_outputs"] == ["2"]
    return str(body["node_errors"][node]["errors"][0]["type"])


def with_input(node: str, **inputs: Any) -> dict[str, Any]:
    changed = graph()
    changed[node]["inputs"] |= inputs
    return changed


@pytest.mark.parametrize(
    ("faulty", "type_"),
    [
        (with_input("1", width=32), "value_smaller_than_min"),
        (with_input("1", fps=1000), "value_bigger_than_max"),
        (with_input("1", frames="many"), "invalid_input_type"),
        (with_input("1", frames=None), "invalid_input_type"),
        (with_input("1", width=129), "custom_validation_failed"),
        (with_input("1", storyboard="{}"), "custom_validation_failed"),
        (with_input("1", storyboard="[" * 100_000), "custom_validation_failed"),
        (with_input("1", storyboard=board(frames=9)), "custom_validation_failed"),
        (with_input("1", storyboard=board((CastMember("Kai", "", "none.png"),))), "custom_validation_failed"),
        (with_input("1", storyboard=board((CastMember("Kai", "", "../x"),))), "custom_validation_failed"),
        (with_input("1", prompt=["1", 0]), "return_type_mismatch"),
    ],
)
def test_a_faulty_animatic_is_refused_in_comfyuis_words(http: httpx.Client, faulty: Any, type_: str) -> None:
    answer = http.post("/prompt", content=json.dumps({"prompt": faulty}))
    assert node_error(answer) == type_


@pytest.mark.parametrize(
    ("inputs", "type_"),
    [
        ({"codec": "vp9"}, "value_not_in_list"),
        ({"video": ["1"]}, "bad_linked_input"),
        ({"video": ["9", 0]}, "exception_during_validation"),
        ({"video": ["1", 1]}, "exception_during_validation"),
        ({"video": "clip.mp4"}, "invalid_input_type"),
    ],
)
def test_a_faulty_output_is_refused_in_comfyuis_words(http: httpx.Client, inputs: Any, type_: str) -> None:
    assert node_error(http.post("/prompt", json={"prompt": with_input("2", **inputs)}), "2") == type_


def test_a_missing_input_is_named(http: httpx.Client) -> None:
    faulty = graph()
    del faulty["1"]["inputs"]["seed"]
    answer = http.post("/prompt", json={"prompt": faulty})
    assert node_error(answer) == "required_input_missing"
    assert answer.json()["node_errors"]["1"]["errors"][0]["extra_info"] == {"input_name": "seed"}


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ({"client_id": "x"}, "no_prompt"),
        ({"prompt": {}}, "prompt_no_outputs"),
        ({"prompt": {"1": graph()["1"]}}, "prompt_no_outputs"),
        ({"prompt": {"1": {"class_type": "KSampler", "inputs": {}}}}, "missing_node_type"),
        ({"prompt": {"1": {"inputs": {}}}}, "missing_node_type"),
        ({"prompt": {"1": 5}}, "missing_node_type"),
        ({"prompt": graph(), "prompt_id": "12345-abcde-67890"}, "invalid_prompt_id"),
        ({"prompt": graph(), "prompt_id": str(uuid.uuid4()).upper()}, "invalid_prompt_id"),
    ],
)
def test_a_prompt_that_cannot_be_taken_is_refused_by_type(http: httpx.Client, body: Any, type_: str) -> None:
    answer = http.post("/prompt", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == type_


def test_the_client_sorts_the_refusals(client: ComfyUI) -> None:
    with pytest.raises(GraphError, match="even"):
        client.submit(with_input("1", width=129), prompt_id=str(uuid.uuid4()), client_id=CLIENT)
    unknown = {**graph(), "9": {"class_type": "KSampler", "inputs": {}}}
    with pytest.raises(MissingNodeError, match="KSampler"):
        client.submit(unknown, prompt_id=str(uuid.uuid4()), client_id=CLIENT)


def test_of_a_good_and_a_bad_output_the_good_one_is_queued(http: httpx.Client, client: ComfyUI) -> None:
    bad = {**graph()["2"], "inputs": {**graph()["2"]["inputs"], "codec": "vp9"}}
    answer = http.post("/prompt", json={"prompt": {**graph(), "3": bad}})
    assert answer.status_code == 200
    assert list(answer.json()["node_errors"]) == ["3"]
    assert len(ended(client, answer.json()["prompt_id"]).outputs) == 1


@pytest.mark.parametrize(
    "content", [b"no json", b"", b"[1]", b"\xff", b'{"prompt": 5}', b'{"a": NaN}', b'{"a": 1e999}']
)
def test_a_body_that_is_no_json_is_a_500_in_plain_text(http: httpx.Client, content: bytes) -> None:
    answer = http.post("/prompt", content=content)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_id_posted_twice_is_run_twice(client: ComfyUI, http: httpx.Client) -> None:
    prompt_id = str(uuid.uuid4())
    for _ in range(2):
        client.submit(graph(filename_prefix="twice/x"), prompt_id=prompt_id, client_id=CLIENT)
    wait_until(lambda: client.queue_length() == 0)
    assert http.get(f"/history/{prompt_id}").json()[prompt_id]["outputs"]["2"]["images"][0]["filename"] == (
        "x_00002_.mp4"
    )


def test_a_foreign_origin_is_refused_and_our_own_is_not(http: httpx.Client, url: str) -> None:
    assert http.get("/queue", headers={"origin": "http://evil.example"}).status_code == 403
    assert http.get("/queue", headers={"origin": "null"}).status_code == 403
    assert http.get("/queue", headers={"origin": url}).status_code == 200
    assert http.get("/queue", headers={"host": "evil.example:8188"}).status_code == 403
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(url.replace("http", "ws") + "/ws", origin="http://x"),
    ):
        pass
