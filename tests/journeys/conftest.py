"""A tower, its API, and what requests need."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deployments.addresses import Addresses
from studio.clients import media
from studio.composition import compose
from studio.settings import Settings

_names = itertools.count(1)


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
