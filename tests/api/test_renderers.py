"""What users of several GPUs are told of them."""

import socket
import time
from contextlib import closing

import pytest
from fastapi.testclient import TestClient

from db.models.rendering import RenderServer
from db.queries import servers
from db.session import transaction
from tasks.renderers import ANSWERS_WITHIN_S, forget
from tests.fakes.comfyui import fake_comfyui


def test_each_renderer_is_shown_as_it_is(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_comfyui() as fake, closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        gone = f"http://127.0.0.1:{silent.getsockname()[1]}"
        secret = fake.url.replace("http://", "http://me:secret@")
        monkeypatch.setenv("TOWER_COMFYUI_URLS", f"{secret},{gone}")
        with transaction() as session:
            session.add(RenderServer(url=secret))
            session.flush()
            servers.failed(session, secret, "wan", blame=3, set_aside_s=600)
        alive, dead = client.get("/api/anime/renderers").json()
    assert alive == {
        "server": fake.url,
        "alive": True,
        "reason": None,
        "version": "0.27.0",
        "devices": [
            {
                "name": "cuda:0 NVIDIA GeForce RTX 3060",
                "type": "cuda",
                "vram_total": 12 * 2**30,
                "vram_free": 2**33,
            }
        ],
        "queue": 0,
        "places": 0,
        "expected_wait_s": 0.0,
        "set_aside_for": ["wan"],
    }
    assert (dead["server"], dead["alive"], dead["devices"], dead["queue"]) == (gone, False, [], None)
    assert gone in dead["reason"]


def test_a_renderer_that_hangs_is_shown_as_dead_and_soon(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_comfyui() as fake:
        monkeypatch.setenv("TOWER_COMFYUI_URLS", fake.url)
        fake.is_silent = True
        begun = time.monotonic()
        (dead,) = client.get("/api/anime/renderers").json()
        fake.is_silent = False
    assert time.monotonic() - begun < ANSWERS_WITHIN_S + 2.0
    assert (dead["alive"], dead["version"], dead["queue"]) == (False, None, None)


def test_the_models_of_the_renderers_are_listed_and_forgotten_when_they_go(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_comfyui() as fake:
        monkeypatch.setenv("TOWER_COMFYUI_URLS", fake.url)
        first = client.get("/api/anime/models", params={"folder": "diffusion_models", "limit": 1})
        assert 'rel="next"' in first.headers["link"]
        assert set(first.json()[0]) == {"server", "folder", "file", "seen_at"}
        fake.object_info["UNETLoader"]["input"]["required"]["unet_name"] = [["new.safetensors"]]
        forget(fake.url)
        listed = client.get("/api/anime/models", params={"folder": "diffusion_models"}).json()
    mine = [(model["server"], model["file"]) for model in listed if model["server"] == fake.url]
    assert mine == [(fake.url, "new.safetensors")]
