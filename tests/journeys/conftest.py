"""A tower, its API, and what requests need."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.addresses import Addresses
from studio.clients import media
from studio.composition import compose
from studio.settings import Settings
from tests.fakes.requests import rendered

_names = itertools.count(1)
PLACES = ("Kai in a forest at night", "Kai in a village by day, walking", "Kai at the sea at sunset")
SIZE = {"width": 320, "height": 184}


@pytest.fixture(scope="session")
def api(tower: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tower.anime_url}/api/anime", trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture(scope="session")
def track(tower_settings: Settings) -> Path:
    """A piece of music that requests may name."""
    tower_settings.media.mkdir(parents=True, exist_ok=True)
    path = tower_settings.media / "track.wav"
    samples, _ = compose(bpm=120.0, bars=4, seed=3)
    media.write_wav(path, samples, media.SOUND_RATE_HZ)
    return path


@pytest.fixture
def project(api: httpx.Client) -> int:
    """A project with one character."""
    answer = api.post("/projects", json={"name": f"Journey {next(_names)}"})
    project_id = int(answer.json()["id"])
    sheet = {"project_id": project_id, "name": "Kai", "description": "short red hair, blue coat"}
    assert api.post("/characters", json=sheet).status_code == 201
    return project_id


@pytest.fixture(scope="session")
def episodes(tower: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tower.episodes_url}/api/anime", trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture(scope="session")
def three_scenes(api: httpx.Client, episodes: httpx.Client, track: Path) -> dict[str, Any]:
    """An episode of three scenes, rendered once, for all who look at one."""
    project = int(api.post("/projects", json={"name": "Three Scenes"}).json()["id"])
    api.put(f"/projects/{project}/settings", json=SIZE)
    api.post("/characters", json={"project_id": project, "name": "Kai", "description": "red hair, blue coat"})
    scenes = [_scene(api, project, number, text) for number, text in enumerate(PLACES, 1)]
    body = {"project_id": project, "title": "The Beginning", "scenes": scenes,
            "metadata": {"title_card": True, "transition": {"kind": "dissolve", "seconds": 0.25}},
            "audio": {"audio_path": str(track)}}  # fmt: skip
    episode = episodes.post("/episodes", json=body).json()
    generation = rendered(api, episodes, episode["id"])
    return {"project": project, "episode": episode["id"], "scenes": scenes, "generation": generation}


def _scene(api: httpx.Client, project: int, number: int, text: str) -> int:
    body = {"project_id": project, "scene_number": number, "description": text, "characters": ["Kai"],
            "metadata": {"duration": 1.5}}  # fmt: skip
    return int(api.post("/scenes", json=body).json()["id"])
