"""A renderer delivers what it should not: found, named, repaired or rendered again, told by the API."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.production import create_app
from studio.retakes import MOTION
from studio.settings import Settings
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.staging import SIZE, black_headed, clip, flashing, frozen

pytestmark = pytest.mark.journey
FRAMES = 24


@pytest.fixture(scope="module")
def renderer() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture
def api(
    renderer: FakeComfyUI, connected: Path, prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """The production API; a request that it accepts is carried out before it answers."""
    monkeypatch.setenv("TOWER_COMFYUI_URLS", renderer.url)
    monkeypatch.setenv("TOWER_POLL_S", "0.05")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    def carry_out(generation_id: str, attempt: int) -> None:
        """In a process of its own, as every run is."""
        run = f"asyncio.run(produce_scene({generation_id!r}, {attempt}))"
        code = f"import asyncio; from flows.produce_scene import produce_scene; {run}"
        environment = {**os.environ, "PREFECT_API_URL": prefect_server, "PREFECT_LOGGING_LEVEL": "ERROR"}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)

    app = create_app(Settings(home=connected, rate_per_s=10_000))
    with TestClient(app, "http://localhost") as client:
        app.state.commands = replace(app.state.commands, submit=carry_out)
        yield client


def _produced(api: TestClient, **asked: object) -> dict[str, Any]:
    """A clip of one second that was asked for, as it ended."""
    project = api.post("/api/anime/projects", json={"name": "Takes"}).json()["id"]
    body = {"prompt": "a village by day", "duration": 1, "width": SIZE[0], "height": SIZE[1], "fps": 24}
    answer = api.post(f"/api/anime/projects/{project}/generate-from-command", json={**body, **asked})
    assert answer.status_code == 202, answer.text
    shown = api.get(f"/api/anime/generations/{answer.json()['generation_id']}")
    return dict(shown.json())


def _story(api: TestClient, generation: dict[str, Any]) -> list[dict[str, Any]]:
    """What was decided about it, oldest first."""
    told = api.get("/api/anime/decisions", params={"generation_id": generation["generation_id"]})
    assert all(decision["made_by"] == "loop" for decision in told.json())
    return list(reversed(told.json()))


def test_a_flashing_a_frozen_and_a_short_take_are_found_named_and_answered_by_cause(
    api: TestClient, renderer: FakeComfyUI, tmp_path: Path
) -> None:
    short = clip(tmp_path, FRAMES - 2, name="short.mp4")
    outputs = [flashing(tmp_path, FRAMES), frozen(tmp_path, FRAMES), short]
    renderer.reset(outputs=outputs, render_s=0.1, load_s=0.4)
    seen = _produced(api, quality="high", seed=7)
    assert (seen["status"], seen["quality"]["verdict"], len(renderer.posts)) == ("completed", "pass", 3)
    story = _story(api, seen)
    assert [(step["decision"], step["take"], step["reason"]) for step in story] == [
        ("retake", 1, "take 1 failed by flashes: another seed"),
        ("retake", 2, "take 2 failed by frozen: motion asked for in the prompt"),
        ("repair", 3, "take 3 failed by duration_error, frame_count: repaired without rendering (make up)"),
        ("keep", 4, "it passes"),
    ]
    flashed, stood, fell_short, repaired = seen["takes"]
    assert [take["verdict"] for take in seen["takes"]] == ["fail", "fail", "fail", "pass"]
    assert flashed["seed"] == 7
    turned = {"knob": "seed", "value": stood["seed"], "failed": ["flashes"], "next_take": 2}
    assert story[0]["details"] == turned
    assert stood["seed"] != 7
    assert fell_short["seed"] == stood["seed"]
    assert MOTION in fell_short["parameters"]["prompt"]
    assert (repaired["repaired_from"], repaired["repairs"][0]["fix"]) == (3, "make up")
    assert Path(seen["published_path"]).read_bytes() == Path(seen["video_path"]).read_bytes()


def test_a_black_head_is_repaired_and_nothing_is_rendered_for_it(
    api: TestClient, renderer: FakeComfyUI, tmp_path: Path
) -> None:
    renderer.reset(output=black_headed(tmp_path, FRAMES))
    seen = _produced(api, quality="draft")
    assert (seen["status"], seen["quality"]["verdict"], len(renderer.posts)) == ("completed", "pass", 1)
    assert [(step["decision"], step["take"]) for step in _story(api, seen)] == [("repair", 1), ("keep", 2)]
    assert seen["takes"][1]["repairs"] == [
        {"fix": "fill", "metric": "black", "what": "2 frames without a picture filled from those beside them"}
    ]
