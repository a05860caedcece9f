"""A trailer on a real tower: of three scenes on music, published as a special and read back."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from studio.clients import media, sync_proof
from studio.settings import Settings
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.requests import accepted, ended, until

pytestmark = pytest.mark.journey

ASKED_S = 8.0


@pytest.fixture(scope="module")
def trailer(api: httpx.Client, three_scenes: dict[str, Any], track: Path) -> dict[str, Any]:
    body = {"length": ASKED_S, "audio_path": str(track), "title": "See Them Soon", "publish": True}
    answer = api.post(f"/projects/{three_scenes['project']}/trailer", json=body)
    assert answer.headers["Location"].endswith(f"/generations/{answer.json()['generation_id']}")
    return until(api, accepted(answer), ended, within_s=300)


def test_it_is_published_as_a_special_and_read_back(
    trailer: dict[str, Any], media_server: FakeJellyfin, tower_settings: Settings
) -> None:
    assert (trailer["kind"], trailer["status"], trailer["error"]) == ("trailer", "completed", None)
    published = Path(trailer["published_path"])
    assert (published.parent.name, published.name[:17]) == ("Season 00", "Three Scenes S00E")
    assert published.read_bytes() == Path(trailer["video_path"]).read_bytes()
    shown = trailer["publication"]
    assert (shown["state"], shown["reason"], shown["path"]) == ("listed", None, str(published))
    item = media_server.item(shown["item_id"])
    assert item["Path"] == f"/media/anime/{published.relative_to(tower_settings.library)}"
    assert (item["Name"], item["ParentIndexNumber"]) == ("See Them Soon", 0)


def test_its_moments_are_cut_on_the_beats_and_its_music_fades(trailer: dict[str, Any]) -> None:
    path = Path(trailer["video_path"])
    info = media.probe_clip(path)
    assert (info.width, info.height, info.fps) == (320, 184, 24)
    assert info.duration_s == pytest.approx(ASKED_S, abs=1.5)
    heard = sync_proof.measure_sync(path)
    assert len(heard.offsets_ms) >= 2
    assert heard.bpm == pytest.approx(120, abs=1)
    assert np.abs(heard.offsets_ms).max() <= 1e3 / 48
    sound = media.decode_audio(path, rate_hz=48_000)
    assert np.abs(sound[-480:]).max() < 0.05 * np.abs(sound).max()


def test_the_whole_was_held_against_its_cut_list(api: httpx.Client, trailer: dict[str, Any]) -> None:
    assert trailer["quality"]["verdict"] == "pass"
    sheet = api.get(f"/generations/{trailer['generation_id']}/takes/1/report").text
    said = [each.text for each in ET.fromstring(sheet).iter("{http://www.w3.org/2000/svg}text")]
    wanted = ("as_cut", "cuts_kept", "cuts", "av_offset", "as_mixed", "frame_count", "audio")
    values = {name: said[said.index(name) + 1] for name in wanted}
    assert {value.split()[0] for name, value in values.items() if name not in ("av_offset", "as_mixed")} == {
        "0"
    }
    assert said[said.index("chapters") + 1] == "not judged: none were meant"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"length": 3}, 422, "VALIDATION_ERROR"),
        ({"length": "long"}, 422, "VALIDATION_ERROR"),
        ({"seconds": 20}, 422, "VALIDATION_ERROR"),
        ({"audio_path": "/etc/hostname"}, 422, "PATH_NOT_ALLOWED"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_envelope(
    api: httpx.Client, three_scenes: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    answer = api.post(f"/projects/{three_scenes['project']}/trailer", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_a_project_with_nothing_accepted_has_no_trailer(api: httpx.Client, project: int) -> None:
    answer = api.post(f"/projects/{project}/trailer", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATE")
