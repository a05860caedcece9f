"""The fake against the real server: the same calls, and answers of the same status, fields and words."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from studio.clients.comfyui import ComfyUI
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.serving import wait_until
from tests.live.graphs import CLIENT, Nodes, clip, failing, loading, node, slow
from tests.live.server import RealComfyUI

ANYTHING = {"current_inputs", "current_outputs", "traceback", "workflow", "input_config", "argv"}
"""Fields whose content is the server's own business."""
WORDS = {"type", "message", "status", "status_str", "class_type", "exception_type"}
"""Fields whose very words readers go by."""
BY_NODE = {"nodes", "outputs", "meta", "node_errors"}
"""Fields that have a field for a node."""
BROKEN = "broken"
HELD = "held"
Call = Callable[["Side"], httpx.Response]


@dataclass(frozen=True)
class Side:
    """One of the two servers; `set_up` makes the fake behave as the real one does of itself."""

    http: httpx.Client
    set_up: Callable[[str], None]

    def post(self, graph: Nodes, prompt_id: str | None = None) -> str:
        prompt_id = prompt_id or str(uuid.uuid4())
        body = {"prompt": graph, "prompt_id": prompt_id, "client_id": CLIENT}
        self.http.post("/prompt", json=body)
        return prompt_id

    def run(self, graph: Nodes) -> str:
        """Posted, and over."""
        prompt_id = self.post(graph)
        wait_until(lambda: self.http.get(f"/history/{prompt_id}").json(), 60)
        return prompt_id

    def begin(self) -> str:
        """Posted, and running until it is interrupted."""
        self.set_up(HELD)
        prompt_id = self.post(slow())
        wait_until(lambda: self.http.get("/queue").json()["queue_running"], 60)
        return prompt_id

    def interrupted(self) -> str:
        prompt_id = self.begin()
        self.http.post("/interrupt", json={"prompt_id": prompt_id})
        wait_until(lambda: self.http.get(f"/history/{prompt_id}").json(), 60)
        return prompt_id

    def failed(self) -> str:
        self.set_up(BROKEN)
        return self.run(failing("TowerOutOfMemory"))

    def waiting(self) -> str:
        self.begin()
        return self.post(clip())

    def history(self, prompt_id: str) -> httpx.Response:
        """The answer with the one name in it that differs from run to run taken off."""
        reply = self.http.get(f"/history/{prompt_id}")
        entry = reply.json()[prompt_id]
        return httpx.Response(reply.status_code, headers=reply.headers, json=entry)

    def job(self, prompt_id: str) -> httpx.Response:
        return self.http.get(f"/api/jobs/{prompt_id}")

    def refused(self, graph: Nodes) -> httpx.Response:
        body = {"prompt": graph, "prompt_id": str(uuid.uuid4()), "client_id": CLIENT}
        return self.http.post("/prompt", json=body)


MISSING = loading("UNETLoader", unet_name="nowhere.safetensors", weight_dtype="default")
CALLS: dict[str, Call] = {
    "post": lambda side: side.refused(clip()),
    "post, a missing model": lambda side: side.refused(MISSING),
    "post, partly valid": lambda side: side.refused(clip() | MISSING),
    "post, a missing node": lambda side: side.refused(clip() | {"8": node("VHS_Load")}),
    "post, no outputs": lambda side: side.refused({"blank": clip()["blank"]}),
    "post, no nodes": lambda side: side.refused({}),
    "post, no prompt": lambda side: side.http.post("/prompt", json={}),
    "post, no JSON": lambda side: side.http.post("/prompt", content=b"x"),
    "post, no UUID": lambda side: side.http.post("/prompt", json={"prompt": clip(), "prompt_id": "x"}),
    "queue, idle": lambda side: side.http.get("/queue"),
    "queue, busy": lambda side: (side.waiting(), side.http.get("/queue"))[1],
    "length": lambda side: side.http.get("/prompt"),
    "history, unknown": lambda side: side.http.get(f"/history/{uuid.uuid4()}"),
    "history, pending": lambda side: side.http.get(f"/history/{side.waiting()}"),
    "history, done": lambda side: side.history(side.run(clip())),
    "history, interrupted": lambda side: side.history(side.interrupted()),
    "history, failed": lambda side: side.history(side.failed()),
    "job, unknown": lambda side: side.job(str(uuid.uuid4())),
    "job, running": lambda side: side.job(side.begin()),
    "job, pending": lambda side: side.job(side.waiting()),
    "job, done": lambda side: side.job(side.run(clip())),
    "job, interrupted": lambda side: side.job(side.interrupted()),
    "job, failed": lambda side: side.job(side.failed()),
    "delete": lambda side: side.http.post("/queue", json={"delete": [side.waiting()]}),
    "delete, unknown": lambda side: side.http.post("/queue", json={"delete": [str(uuid.uuid4())]}),
    "interrupt": lambda side: side.http.post("/interrupt", json={"prompt_id": side.begin()}),
    "interrupt, not running": lambda side: side.http.post("/interrupt", json={"prompt_id": "x"}),
    "interrupt, no body": lambda side: side.http.post("/interrupt"),
    "free": lambda side: side.http.post("/free", json={"unload_models": True, "free_memory": True}),
    "upload": lambda side: upload(side, "a.png"),
    "upload, no picture": lambda side: side.http.post("/upload/image", data={"type": "input"}),
    "view, no such file": lambda side: view(side, "gone.mp4"),
    "view": lambda side: view(side, made(side)),
    "object info, unknown": lambda side: side.http.get("/object_info/Nowhere"),
    "object info": lambda side: side.http.get("/object_info/SaveVideo"),
}


def upload(side: Side, name: str) -> httpx.Response:
    return side.http.post("/upload/image", files={"image": (name, b"kai")}, data={"type": "input"})


def view(side: Side, name: str) -> httpx.Response:
    return side.http.get("/view", params={"filename": name, "subfolder": "tower", "type": "output"})


def made(side: Side) -> str:
    entry = side.history(side.run(clip())).json()
    return str(entry["outputs"]["save"]["images"][0]["filename"])


@pytest.fixture
def real(real_server: RealComfyUI, client: ComfyUI) -> Side:
    return Side(client.http, lambda _: None)


@pytest.fixture
def fake(real: Side) -> Iterator[Side]:
    """Of the age of the real one, with the nodes that it has."""
    is_today = real.http.get("/api/jobs").headers["content-type"].startswith("application/json")
    known = real.http.get("/object_info").json()
    with (
        fake_comfyui(has_jobs_route=is_today, object_info=known) as server,
        httpx.Client(base_url=server.url, trust_env=False) as http,
    ):
        yield Side(http, lambda wanted: set_up(server, wanted))
        server.is_held = False


def set_up(server: FakeComfyUI, wanted: str) -> None:
    if wanted == HELD:
        server.is_held = True
    else:
        server.error = ("torch.OutOfMemoryError", "CUDA out of memory.")


@pytest.mark.parametrize("name", CALLS)
def test_the_fake_answers_as_the_real_one_does(real: Side, fake: Side, name: str) -> None:
    require_same(told(CALLS[name](fake)), told(CALLS[name](real)))


def test_the_fake_knows_what_the_real_one_tells_of_itself(real: Side, fake: Side) -> None:
    known, there = (side.http.get("/system_stats").json() for side in (fake, real))
    assert known.keys() == there.keys()
    assert known["system"].keys() <= there["system"].keys()
    assert known["devices"][0].keys() == there["devices"][0].keys()


def test_the_fake_tells_the_events_that_the_real_one_does(real: Side, fake: Side) -> None:
    graph = slow(steps=4, step_s=0.2)
    require_same_events(events(fake, graph), events(real, graph))


def test_the_fake_tells_of_a_failure_as_the_real_one_does(real: Side, fake: Side) -> None:
    fake.set_up(BROKEN)
    graph = failing("TowerOutOfMemory")
    require_same_events(events(fake, graph), events(real, graph))


def require_same(fake: set[str], real: set[str]) -> None:
    differences = [f"lacks {line}" for line in sorted(real - fake)]
    differences += [f"invents {line}" for line in sorted(fake - real)]
    assert not differences, "The fake\n" + "\n".join(differences)


def require_same_events(fake: dict[str, set[str]], real: dict[str, set[str]]) -> None:
    assert fake.keys() == real.keys()
    assert in_order(fake) == in_order(real)
    for kind in real:
        require_same(fake[kind], real[kind])


def events(side: Side, graph: Nodes) -> dict[str, set[str]]:
    """The kinds of events of a prompt in the order in which each came last, and the fields of each."""
    address = str(side.http.base_url.join("/ws")).replace("http", "ws", 1)
    found: dict[str, set[str]] = {}
    with closing(connect(f"{address}?clientId={CLIENT}", proxy=None, max_size=None)) as socket:
        side.post(graph)
        while not is_last(message := json.loads(next_text(socket))):
            kind = message["type"]
            found.pop(kind, None)
            found[kind] = lines(message["data"])
    return found


def in_order(kinds: Iterable[str]) -> list[str]:
    """Without those that come whenever there is something to tell."""
    return [kind for kind in kinds if not kind.startswith("progress")]


def next_text(socket: Any) -> str:
    while not isinstance(message := socket.recv(timeout=60), str):
        pass
    return message


def is_last(message: Any) -> bool:
    return message["type"] == "executing" and message["data"]["node"] is None


def told(reply: httpx.Response) -> set[str]:
    """Status, fields and their types, and the words that readers go by; a line each."""
    is_json = reply.headers.get("content-type", "").startswith("application/json")
    return {f"status {reply.status_code}"} | (lines(reply.json()) if is_json else {"no JSON"})


def lines(value: Any, at: str = "") -> set[str]:
    match value:
        case dict():
            fields = {"*" if at.rpartition(".")[2] in BY_NODE else key: each for key, each in value.items()}
            inner = {line for key in fields.keys() - ANYTHING for line in lines(fields[key], f"{at}.{key}")}
            return inner | {f"{at}.{key}" for key in fields}
        case list():
            return {line for each in value for line in lines(each, f"{at}[]")} | {f"{at}[]"}
        case bool() | None:
            return {f"{at} = {value}"}
        case int() | float():
            return {f"{at} = number"}
        case _:
            return {f"{at} = {value if at.rpartition('.')[2] in WORDS else 'text'}"}
