import io
import json
import uuid

from PIL import Image
from websockets.sync.client import connect

from studio.clients.comfyui import ComfyUI, JobState
from tests.fakes.prompts import CLIENT, ended, graph, post
from tests.fakes.serving import wait_until


def test_events_come_in_the_documented_order(client: ComfyUI, url: str) -> None:
    with connect(url.replace("http", "ws") + "/ws?clientId=orderly") as socket:
        prompt_id = str(uuid.uuid4())
        client.submit(graph(), prompt_id=prompt_id, client_id="orderly")
        seen, previews = [], []
        while not seen or seen[-1] != ("executing", None):
            message = socket.recv(timeout=10)
            if isinstance(message, bytes):
                previews.append(message)
                continue
            event = json.loads(message)
            kind = event["type"], event["data"].get("node")
            seen += [] if seen and seen[-1] == kind else [kind]
    kinds = [kind for kind in seen if kind[0] not in ("progress", "progress_state")]
    assert kinds == [
        ("status", None),
        ("execution_start", None),
        ("execution_cached", None),
        ("executing", "1"),
        ("executing", "2"),
        ("executed", "2"),
        ("execution_success", None),
        ("status", None),
        ("executing", None),
    ]
    assert ("progress", "1") in seen
    assert previews[0][:8] == bytes([0, 0, 0, 1, 0, 0, 0, 1])
    assert Image.open(io.BytesIO(previews[0][8:])).size == (128, 72)


def test_the_client_sees_progress_to_the_end_and_others_see_nothing(client: ComfyUI) -> None:
    with client.watch("mine", timeout_s=5) as mine, client.watch("other", timeout_s=0.2) as other:
        prompt_id = str(uuid.uuid4())
        client.submit(graph(), prompt_id=prompt_id, client_id="mine")
        seen = []
        for event in mine:
            seen += [event] if event else []
            if event and event.finished:
                break
        assert next(other) is None
    assert max(event.value for event in seen if event.value is not None) == 1.0
    assert any(event.preview for event in seen)
    assert seen[-1].prompt_id == prompt_id


def test_who_comes_late_is_told_what_runs(client: ComfyUI, url: str) -> None:
    running = post(client, prompt="hang")
    wait_until(lambda: client.job(running).state is JobState.RUNNING)
    with connect(f"{url.replace('http', 'ws')}/ws?clientId={CLIENT}") as socket:
        status, executing = (json.loads(socket.recv(timeout=5)) for _ in range(2))
    client.cancel(running)
    ended(client, running)
    assert status["data"]["status"] == {"exec_info": {"queue_remaining": 1}}
    assert executing["data"]["node"] == "1"
