import uuid
from fractions import Fraction
from pathlib import Path

import httpx
import psutil
import pytest

from studio.clients.comfyui import ComfyUI
from studio.clients.media import probe_clip
from studio.shipped import ANIMATIC
from studio.workflows import unmet_needs
from tests.fakes.prompts import CLIENT, ended, graph, post


def test_a_clip_has_the_size_length_and_rate_that_were_asked_for(client: ComfyUI, tmp_path: Path) -> None:
    job = ended(client, post(client, frames=10, fps=Fraction(24000, 1001)))
    client.download(job.outputs[0], tmp_path / "take.mp4")
    clip = probe_clip(tmp_path / "take.mp4")
    assert (clip.width, clip.height, clip.frames, clip.fps) == (128, 72, 10, Fraction(24000, 1001))
    assert clip.video_codec == "h264"


def test_the_same_seed_gives_the_same_file_and_another_seed_another(client: ComfyUI, tmp_path: Path) -> None:
    files = []
    for number, seed in enumerate((7, 7, 8)):
        files.append(tmp_path / f"{number}.mp4")
        client.download(ended(client, post(client, seed=seed)).outputs[0], files[-1])
    first, again, other = (file.read_bytes() for file in files)
    assert first == again
    assert first != other


def test_a_prefix_used_twice_gives_two_numbered_files(client: ComfyUI) -> None:
    jobs = [ended(client, post(client, filename_prefix="same/clip")) for _ in range(2)]
    assert [job.outputs[0].filename for job in jobs] == ["clip_00001_.mp4", "clip_00002_.mp4"]


def test_nothing_is_left_in_temp(home: Path, client: ComfyUI) -> None:
    ended(client, post(client))
    ended(client, post(client, prompt="raise"))
    assert list((home / "comfyui" / "temp").iterdir()) == []


def test_a_server_with_the_nodes_meets_the_workflows_needs(client: ComfyUI, http: httpx.Client) -> None:
    assert unmet_needs(ANIMATIC, client.object_info()) == ()
    assert list(http.get("/object_info/SaveVideo").json()) == ["SaveVideo"]
    assert http.get("/object_info/KSampler").json() == {}


def test_two_outputs_of_one_animatic_are_drawn_once_and_saved_twice(client: ComfyUI) -> None:
    both = {**graph(), "3": graph()["2"]}
    prompt_id = str(uuid.uuid4())
    client.submit(both, prompt_id=prompt_id, client_id=CLIENT)
    assert len({output.filename for output in ended(client, prompt_id).outputs}) == 2


def test_the_documents_own_prompt_is_rendered(http: httpx.Client, client: ComfyUI, tmp_path: Path) -> None:
    prompt = {
        "workflow_definition": {},
        "positive_prompt": "Kai Nakamura, anime style, cinematic lighting",
        "negative_prompt": "blurry, low quality",
        "steps": 20,
        "cfg_scale": 7.5,
        "duration_frames": 12,
    }
    answer = http.post("/prompt", json={"prompt": prompt, "client_id": "anime_production_1"})
    assert answer.status_code == 200
    assert isinstance(answer.json()["number"], int)
    client.download(ended(client, answer.json()["prompt_id"]).outputs[0], tmp_path / "take.mp4")
    clip = probe_clip(tmp_path / "take.mp4")
    assert (clip.width, clip.height, clip.frames, clip.fps) == (832, 480, 12, 24)


def test_the_documents_other_samples_answer(http: httpx.Client) -> None:
    assert "animatics" in http.get("/").text
    assert http.get("/history/12345-abcde-67890").json() == {}
    assert http.get("/queue").json() == {"queue_running": [], "queue_pending": []}
    stats = http.get("/system_stats").json()
    assert stats["queue"] == {"pending": 0, "running": 0}
    assert stats["devices"][0]["type"] == "cpu"
    assert stats["system"]["ram_total"] == psutil.virtual_memory().total


@pytest.mark.parametrize("path", ["/prompt", "/queue", "/history", "/object_info", "/system_stats", "/"])
def test_every_route_also_stands_under_api(http: httpx.Client, path: str) -> None:
    assert http.get(f"/api{path}").status_code == 200


def test_the_page_links_to_what_was_made(client: ComfyUI, http: httpx.Client) -> None:
    name = ended(client, post(client, filename_prefix="a/<b>")).outputs[0].filename
    assert name == "<b>_00001_.mp4"
    page = http.get("/").text
    assert "a/&lt;b&gt;_00001_.mp4" in page
    assert "<b>_" not in page
