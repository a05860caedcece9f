"""A tower is backed up while a clip is being made, and another home carries the clip to its end."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deployments import restoring, stack
from deployments.addresses import Addresses
from deployments.backup import make_backup
from studio.settings import Settings
from tests.conftest import forget

PROMPT = {"prompt": "Kai walking through a forest at dawn", "duration": 1.0, "quality": "draft", "seed": 5}
UNDER_WAY = ("plan", "check", "render", "assess")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Settings]:
    ports = {f"{name}_port": 0 for name in ("anime", "episodes", "music", "echo", "comfyui", "prefect")}
    settings = Settings(
        home=tmp_path / "home", database_url=None, prefect_api_url=None, comfyui_urls=(), reconcile_s=0.5,
        **ports,
    )  # fmt: skip
    yield settings
    stack.down(settings)
    forget(settings.home)


@pytest.mark.journey
def test_what_was_under_way_in_a_backup_is_carried_to_its_end_in_another_home(
    api: httpx.Client,
    project: int,
    tower: Addresses,
    tower_settings: Settings,
    elsewhere: Settings,
    tmp_path: Path,
) -> None:
    done = started(api, project)
    ended(api, done)
    going = started(api, project)
    await_stage(api, going)
    made = make_backup(tower.database_url, tower_settings, tmp_path / "tower.zip", {})
    assert made.missing == made.damaged == []
    restoring.restore_backup(elsewhere, tmp_path / "tower.zip", force=False)
    addresses = stack.ensure_up(elsewhere)
    with httpx.Client(base_url=f"{addresses.anime_url}/api/anime", trust_env=False, timeout=30) as other:
        before = other.get(f"/generations/{done}").json()
        assert Path(before["video_path"]).is_relative_to(elsewhere.assets)
        assert other.get(f"/assets/{before['takes'][0]['video_sha256']}/content").status_code == 200
        after = ended(other, going)
    assert after["status"] in ("completed", "needs_review"), after["error"]
    assert after["attempt"] > 1
    assert Path(after["video_path"]).is_relative_to(elsewhere.assets)
    ended(api, going)


def started(api: httpx.Client, project: int) -> str:
    answer = api.post(f"/projects/{project}/generate-from-command", json=PROMPT)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["generation_id"])


def await_stage(api: httpx.Client, generation_id: str) -> None:
    """Wait until a run carries it."""
    deadline = time.monotonic() + 120
    while (seen := api.get(f"/generations/{generation_id}").json())["stage"] not in UNDER_WAY:
        assert seen["status"] == "processing", seen
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ended(api: httpx.Client, generation_id: str) -> dict[str, object]:
    deadline = time.monotonic() + 200
    while (seen := api.get(f"/generations/{generation_id}").json())["status"] == "processing":
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)
    return dict(seen)
