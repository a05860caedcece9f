"""Whole requests on a real tower: from a sentence to a file in the library, looked at from outside."""

import hashlib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from deployments.addresses import Addresses
from studio.clients import media, sync_proof
from studio.settings import Settings
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.requests import DURATION_S, accepted, ask, ended, until

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def clip(api: httpx.Client, track: Path) -> dict[str, Any]:
    """One clip with music, produced once for the tests that look at it."""
    project_id = int(api.post("/projects", json={"name": "The Clip", "description": "a test"}).json()["id"])
    sheet = {"project_id": project_id, "name": "Kai", "description": "short red hair, blue coat"}
    api.post("/characters", json=sheet)
    answer = ask(api, project_id, characters=["Kai"], audio_path=str(track), title="Into the Village")
    return until(api, accepted(answer), ended)


def test_a_sentence_becomes_a_published_clip(clip: dict[str, Any]) -> None:
    assert (clip["status"], clip["stage"], clip["error"]) == ("completed", "done", None)
    assert clip["quality"]["verdict"] == "pass"
    published = Path(clip["published_path"])
    assert published.parts[-3:] == (
        f"The Clip ({published.parts[-3][-5:-1]})",
        "Season 00",
        "The Clip S00E01 - Into the Village.mp4",
    )
    assert published.read_bytes() == Path(clip["video_path"]).read_bytes()
    assert hashlib.sha256(published.read_bytes()).hexdigest() == clip["takes"][0]["clip_sha256"]


def test_the_file_is_what_was_asked_for(clip: dict[str, Any]) -> None:
    with av.open(clip["published_path"]) as file:
        video, sound = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate) == (320, 184, 24)
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video)]
    assert len(pictures) == round(DURATION_S * 24)
    info = media.probe_clip(Path(clip["published_path"]))
    assert info.audio_duration_s is not None
    assert abs(info.duration_s - DURATION_S) <= 1 / 24
    assert abs(info.audio_duration_s - DURATION_S) <= 1 / 24
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 2


def test_the_cuts_measured_in_the_file_lie_on_the_beats_measured_in_it(clip: dict[str, Any]) -> None:
    again = sync_proof.measure_sync(Path(clip["published_path"]))
    assert clip["sync"]["offsets_ms"] == pytest.approx(again.offsets_ms)
    assert len(clip["sync"]["offsets_ms"]) >= 1
    assert clip["sync"]["bpm"] == pytest.approx(120, abs=1)
    assert np.abs(clip["sync"]["offsets_ms"]).max() <= 1e3 / 24


def test_the_description_for_the_media_server_is_there(clip: dict[str, Any]) -> None:
    video = Path(clip["published_path"])
    episode = ET.parse(video.with_suffix(".nfo")).getroot()
    told = {tag: episode.findtext(tag) for tag in ("title", "season", "episode", "showtitle")}
    assert told == {"title": "Into the Village", "season": "0", "episode": "1", "showtitle": "The Clip"}
    assert (video.parent.parent / "tvshow.nfo").exists()
    assert not [path for path in video.parent.iterdir() if path.name.startswith(".")]


def test_the_media_server_lists_the_clip_with_its_picture(
    api: httpx.Client, clip: dict[str, Any], media_server: FakeJellyfin, tower_settings: Settings
) -> None:
    shown = clip["publication"]
    assert (shown["state"], shown["reason"], shown["path"]) == ("listed", None, clip["published_path"])
    item = media_server.item(shown["item_id"])
    inside = Path(clip["published_path"]).relative_to(tower_settings.library)
    assert item["Path"] == f"/media/anime/{inside}"
    assert (item["Name"], item["ParentIndexNumber"], item["IndexNumber"]) == ("Into the Village", 0, 1)
    assert "Primary" in item["ImageTags"]
    assert api.get("/jellyfin").json()["state"] == "ready"


def test_the_run_is_completed_in_prefect_with_its_tasks(clip: dict[str, Any], tower: Addresses) -> None:
    with httpx.Client(base_url=tower.prefect_api_url, trust_env=False) as prefect:
        run = prefect.get(f"/flow_runs/{clip['flow_run_id']}").json()
        wanted = {"flow_runs": {"id": {"any_": [clip["flow_run_id"]]}}}
        tasks = prefect.post("/task_runs/filter", json=wanted).json()
        artifacts = prefect.post("/artifacts/filter", json=wanted).json()
    assert run["state_type"] == "COMPLETED"
    assert {task["name"].rsplit("-", 1)[0] for task in tasks} == {
        "plan",
        "check consistency",
        "render",
        "assess quality",
        "choose take",
        "sync to beat",
        "publish",
    }
    assert {task["state_type"] for task in tasks} == {"COMPLETED"}
    progress = [artifact["data"] for artifact in artifacts if artifact["type"] == "progress"]
    assert progress == [100.0]


def test_the_event_stream_tells_the_whole_story_and_ends(api: httpx.Client, clip: dict[str, Any]) -> None:
    told = api.get(f"/generations/{clip['generation_id']}/events").text
    numbers = [int(line[4:]) for line in told.splitlines() if line.startswith("id: ")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert '"status":"completed"' in told.splitlines()[-2]
    for stage in ("plan", "check", "render", "assess", "sync", "publish"):
        assert f'"stage":"{stage}"' in told
    late = api.get(
        f"/generations/{clip['generation_id']}/events", headers={"Last-Event-ID": str(numbers[-3])}
    ).text
    assert [int(line[4:]) for line in late.splitlines() if line.startswith("id: ")] == numbers[-2:]


def test_a_take_pins_what_made_it(clip: dict[str, Any]) -> None:
    take = clip["takes"][0]
    assert take["workflow"] == "animatic"
    assert len(take["inputs_hash"]) == len(take["workflow_hash"]) == 64
    assert take["server"].startswith("http://127.0.0.1:")


def test_equal_requests_with_a_seed_give_equal_pictures(api: httpx.Client, project: int) -> None:
    ids = [accepted(ask(api, project, duration=0.5, seed=11)) for _ in range(2)]
    takes = [until(api, generation_id, ended)["takes"][0] for generation_id in ids]
    assert takes[0]["video_sha256"] == takes[1]["video_sha256"]


def test_a_clip_without_music_says_so(api: httpx.Client, project: int) -> None:
    seen = until(api, accepted(ask(api, project, duration=0.5)), ended)
    assert seen["status"] == "completed"
    assert seen["sync"] is None
    assert media.probe_clip(Path(seen["published_path"])).audio_codec is None
