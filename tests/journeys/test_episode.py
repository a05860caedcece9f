"""An episode on a real tower: from nothing to three scenes on music, published and read back."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.clients import media
from tests.fakes.requests import ended, rendered, until

pytestmark = pytest.mark.journey


def test_an_episode_is_made_of_its_scenes_and_published(
    three_scenes: dict[str, Any], episodes: httpx.Client
) -> None:
    generation = three_scenes["generation"]
    assert (generation["status"], generation["stage"], generation["error"]) == ("completed", "done", None)
    assert [child["status"] for child in generation["children"]] == ["completed"] * 3
    published = Path(generation["published_path"])
    assert published.parts[-2:] == ("Season 01", "Three Scenes S01E01 - The Beginning.mp4")
    shown = episodes.get(f"/episodes/{three_scenes['episode']}").json()
    assert (shown["status"], shown["video_path"]) == ("completed", generation["video_path"])
    assert shown["quality_score"] == generation["quality"]["score"]
    info = media.probe_clip(published)
    assert shown["duration"] == f"00:{round(info.duration_s):02}"
    assert (info.width, info.height, info.fps) == (320, 184, 24)
    assert info.audio_codec == "aac"
    video = episodes.get(f"/episodes/{three_scenes['episode']}/video", headers={"Range": "bytes=0-99"})
    assert (video.status_code, video.content) == (206, published.read_bytes()[:100])


def test_a_scene_that_was_changed_is_made_anew_and_no_other(
    three_scenes: dict[str, Any], api: httpx.Client, episodes: httpx.Client
) -> None:
    api.put(f"/scenes/{three_scenes['scenes'][1]}", json={"description": "Kai in a village in the rain"})
    again = rendered(api, episodes, three_scenes["episode"], publish=False)
    assert (again["status"], again["published_path"]) == ("completed", None)
    assert [child["scene_id"] for child in again["children"]] == [three_scenes["scenes"][1]]
    listed = episodes.get(f"/episodes/{three_scenes['episode']}/renders").json()
    assert [row["generation_id"] for row in listed] == [
        again["generation_id"],
        three_scenes["generation"]["generation_id"],
    ]


def test_one_scene_that_fails_loses_no_other_and_the_episode_goes_on_when_it_is_there(
    three_scenes: dict[str, Any], api: httpx.Client, episodes: httpx.Client
) -> None:
    broken, scene = three_scenes["scenes"][2], {"description": "Kai at the sea in the morning"}
    workflow = {**scene, "metadata": {"duration": 1.5, "workflow": "no such workflow"}}
    assert api.put(f"/scenes/{broken}", json=workflow).status_code == 200
    waits = rendered(api, episodes, three_scenes["episode"], publish=False)
    assert (waits["status"], waits["error"]["code"]) == ("needs_review", "SCENES_MISSING")
    (missing,) = waits["error"]["details"]["missing"]
    assert (missing["scene_id"], missing["status"]) == (broken, "failed")
    assert episodes.get(f"/episodes/{three_scenes['episode']}").json()["status"] == "needs_review"
    api.put(f"/scenes/{broken}", json={**scene, "metadata": {"duration": 1.5}})
    order = {"project_id": three_scenes["project"], "command": "generate_scene",
             "parameters": {"scene_id": broken, "quality": "draft"}}  # fmt: skip
    mended = api.post("/director/command", json=order).json()["generation_id"]
    assert until(api, mended, ended)["status"] == "completed"
    whole = until(api, waits["generation_id"], lambda seen: seen["status"] == "completed")
    assert whole["error"] is None
    assert len(whole["children"]) == 1
