"""A scan of the music library on the real stack: asked for, carried out, and found by search."""

import time
from typing import Any

import httpx
import pytest

from deployments.addresses import Addresses
from studio.settings import Settings
from tests.fakes.music import make_sound, tag

pytestmark = pytest.mark.journey


def test_a_scan_makes_music_to_be_found(tower: Addresses, tower_settings: Settings) -> None:
    tag(make_sound(tower_settings.media / "kaze.wav", seconds=3.0), title="Kaze no Tani", bpm="128")
    with httpx.Client(base_url=f"{tower.music_url}/api", trust_env=False, timeout=30) as http:
        started = http.post("/library/scan", json={})
        assert started.status_code == 202, started.text
        scan = _ended(http, f"/library/scans/{started.json()['id']}")
        assert (scan["state"], scan["error"]) == ("completed", None)
        assert scan["total"] == scan["scanned"] >= 1
        assert scan["analysed"] == scan["to_analyse"] >= 1
        (found,) = http.get("/search", params={"q": "kaze tani"}).json()
        assert (found["bpm"], found["bpm_source"]) == (128.0, "tag")
        assert http.get(f"/track/{found['id']}").json()["analysed"]


def _ended(http: httpx.Client, path: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while True:
        scan: dict[str, Any] = http.get(path).json()
        if scan["state"] not in ("queued", "scanning", "analysing"):
            return scan
        assert time.monotonic() < deadline, scan
        time.sleep(0.2)
