"""An episode on a real tower: from nothing to three scenes on music, published and read back."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.addresses import Addresses
from studio.clients import media
from tests.fakes.requests import ended, until

pytestmark = pytest.mark.journey

PLACES = ("Kai in a forest at night", "Kai in a village by day, walking", "Kai at the sea at sunset")
SIZE = {"width": 320, "height": 184}


@pytest.fixture(scope="module")
def episodes(tower: Addresses) -> Any:
    with httpx.Client(base_url=f"{tower.episodes_url}/api/anime", trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def made(api: httpx.Client, episodes: httpx.Client, track: Path) -> dict[str, Any]:
    """An episode of three scenes, the last out of the second, rendered once."""
    project = int(api.post("/projects", json={"name": "Three Scenes"}).json()["id"])
    api.put(f"/projects/{project}/settings", json=SIZE)
    api.post("/characters", json={"project_id": project, "name": "Kai", "description": "red hair, blue coat"})
    scenes = [_scene(api, project, number, text) for number, text in enumerate(PLACES, 1)]
    body = {"project_id": project, "title": "The Beginning", "scenes": scenes,
            "metadata": {"title_card": True, "transition": {"kind": "dissolve", "seconds": 0.25}},
            "audio": {"audio_path": str(track)}}  # fmt: skip
    episode = episodes.post("/episodes", json=body).json()
    generation = _rendered(api, episodes, episode["id"])
    return {"project": project, "episode": episode["id"], "scenes": scenes, "generation": generation}


def _scene(api: httpx.Client, project: int, number: int, text: str) -> int:
    body = {"project_id": project, "scene_number": number, "description": text, "characters": ["Kai"],
            "metadata": {"duration": 1.5}}  # fmt: skip
    return int(api.post("/scenes", json=body).json()["id"])


def _rendered(api: httpx.Client, episodes: httpx.Client, episode: str, **asked: object) -> dict[str, Any]:
    answer = episodes.post(f"/episodes/{episode}/render", json={"quality": "draft", **asked})
    assert answer.status_code == 202, answer.text
    return until(api, answer.json()["generation_id"], ended, within_s=300)


def test_an_episode_is_made_of_its_scenes_and_published(made: dict[str, Any], episodes: httpx.Client) -> None:
    generation = made["generation"]
    assert (generation["status"], generation["stage"], generation["error"]) == ("completed", "done", None)
    assert [child["status"] for child in generation["children"]] == ["completed"] * 3
    published = Path(generation["published_path"])
    assert published.parts[-2:] == ("Season 01", "Three Scenes S01E01 - The Beginning.mp4")
    shown = episodes.get(f"/episodes/{made['episode']}").json()
    assert (shown["status"], shown["video_path"]) == ("completed", generation["video_path"])
    assert shown["quality_score"] == generation["quality"]["score"]
    info = media.probe_clip(published)
    assert shown["duration"] == f"00:{round(info.duration_s):02}"
    assert (info.width, info.height, info.fps) == (320, 184, 24)
    assert info.audio_codec == "aac"
    video = episodes.get(f"/episodes/{made['episode']}/video", headers={"Range": "bytes=0-99"})
    assert (video.status_code, video.content) == (206, published.read_bytes()[:100])


def test_a_scene_that_was_changed_is_made_anew_and_no_other(
    made: dict[str, Any], api: httpx.Client, episodes: httpx.Client
) -> None:
    api.put(f"/scenes/{made['scenes'][1]}", json={"description": "Kai in a village in the rain"})
    again = _rendered(api, episodes, made["episode"], publish=False)
    assert (again["status"], again["published_path"]) == ("completed", None)
    assert [child["scene_id"] for child in again["children"]] == [made["scenes"][1]]
    listed = episodes.get(f"/episodes/{made['episode']}/renders").json()
    assert [row["generation_id"] for row in listed] == [
        again["generation_id"],
        made["generation"]["generation_id"],
    ]


def test_one_scene_that_fails_loses_no_other_and_the_episode_goes_on_when_it_is_there(
    made: dict[str, Any], api: httpx.Client, episodes: httpx.Client
) -> None:
    broken, scene = made["scenes"][2], {"description": "Kai at the sea in the morning"}
    workflow = {**scene, "metadata": {"duration": 1.5, "workflow": "no such workflow"}}
    assert api.put(f"/scenes/{broken}", json=workflow).status_code == 200
    waits = _rendered(api, episodes, made["episode"], publish=False)
    assert (waits["status"], waits["error"]["code"]) == ("needs_review", "SCENES_MISSING")
    (missing,) = waits["error"]["details"]["missing"]
    assert (missing["scene_id"], missing["status"]) == (broken, "failed")
    assert episodes.get(f"/episodes/{made['episode']}").json()["status"] == "needs_review"
    api.put(f"/scenes/{broken}", json={**scene, "metadata": {"duration": 1.5}})
    order = {"project_id": made["project"], "command": "generate_scene",
             "parameters": {"scene_id": broken, "quality": "draft"}}  # fmt: skip
    mended = api.post("/director/command", json=order).json()["generation_id"]
    assert until(api, mended, ended)["status"] == "completed"
    whole = until(api, waits["generation_id"], lambda seen: seen["status"] == "completed")
    assert whole["error"] is None
    assert len(whole["children"]) == 1
