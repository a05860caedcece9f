"""Requests to a running tower, and waiting for what becomes of them."""

import time
from collections.abc import Callable
from typing import Any

import httpx

DURATION_S = 3.0


def ask(api: httpx.Client, project_id: int, **asked: object) -> httpx.Response:
    body = {"prompt": "Kai in a village by day", "duration": DURATION_S, "width": 320, "height": 184}
    return api.post(f"/projects/{project_id}/generate-from-command", json={**body, **asked})


def accepted(answer: httpx.Response) -> str:
    assert answer.status_code == 202, answer.text
    return str(answer.json()["generation_id"])


def until(
    api: httpx.Client, generation_id: str, is_so: Callable[[dict[str, Any]], bool], within_s: float = 120
) -> dict[str, Any]:
    deadline = time.monotonic() + within_s
    while True:
        seen: dict[str, Any] = api.get(f"/generations/{generation_id}").json()
        if is_so(seen):
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)


def ended(seen: dict[str, Any]) -> bool:
    return seen["status"] != "processing"


def rendered(api: httpx.Client, episodes: httpx.Client, episode: str, **asked: object) -> dict[str, Any]:
    """A render of an episode, once it has ended."""
    answer = episodes.post(f"/episodes/{episode}/render", json={"quality": "draft", **asked})
    return until(api, accepted(answer), ended, within_s=300)
