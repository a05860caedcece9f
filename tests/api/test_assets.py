"""Files of users: taken into the store once they could be opened, and given out again."""

import io
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.production import create_app
from studio.clients.media import encode_video
from studio.settings import Settings

ASSETS = "/api/anime/assets"


def _picture(shade: int = 0, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), (shade, 0, 0)).save(file, form)
    return file.getvalue()


def _sound(seconds: float = 0.1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(round(seconds * 8000) * 2))
    return file.getvalue()


def _video(folder: Path) -> bytes:
    path = folder / "clip.mp4"
    frames = (np.full((32, 64, 3), shade, np.uint8) for shade in (10, 200, 30))
    encode_video(frames, path, fps=Fraction(24), size=(64, 32))
    return path.read_bytes()


def _upload(client: TestClient, content: bytes, name: str = "x", **fields: Any) -> Any:
    return client.post(ASSETS, files={"file": (name, content)}, data=fields)


def _stored(settings: Settings) -> set[Path]:
    return {path for path in (settings.assets / "sha256").rglob("*") if path.is_file()}


def test_each_kind_is_told_by_its_content_and_not_by_its_name(client: TestClient, tmp_path: Path) -> None:
    cases = [
        (_picture(1), "picture", ".png", "image/png"),
        (_picture(2, "JPEG"), "picture", ".jpg", "image/jpeg"),
        (_sound(), "sound", ".wav", "audio/x-wav"),
        (_video(tmp_path), "video", ".mp4", "video/mp4"),
    ]
    for content, kind, suffix, media_type in cases:
        made = _upload(client, content, "page.html")
        assert made.status_code == 201, made.text
        shown = made.json()
        assert (shown["kind"], Path(shown["path"]).suffix, shown["size_bytes"]) == (
            kind,
            suffix,
            len(content),
        )
        assert shown["media_type"].split("/")[0] == media_type.split("/")[0]
        assert Path(shown["path"]).read_bytes() == content
        assert client.get(f"{ASSETS}/{shown['sha256']}").json() == {**shown, "made_by": [], "used_by": []}
        assert made.headers["Location"].endswith(shown["sha256"])


def test_an_uploaded_picture_is_good_for_a_character(client: TestClient, project: int) -> None:
    path = _upload(client, _picture(3), project_id=str(project)).json()["path"]
    body = {"project_id": project, "name": "Rin", "image_path": path}
    assert client.post("/api/anime/characters", json=body).json()["warnings"] == []
    assert [row["path"] for row in client.get(f"{ASSETS}?project_id={project}").json()] == [path]


def test_equal_files_are_kept_once(client: TestClient, settings: Settings) -> None:
    first = _upload(client, _picture(4)).json()
    there = _stored(settings)
    assert _upload(client, _picture(4), "other.jpg").json() == first
    assert _stored(settings) == there


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"#!/bin/sh\nrm -rf /\n",
        b"#EXTM3U\n/etc/passwd\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        _picture()[:45],
        _sound()[:40],
    ],
)
def test_what_cannot_be_opened_is_refused_and_nothing_is_kept(
    client: TestClient, settings: Settings, content: bytes
) -> None:
    there = _stored(settings)
    refused = _upload(client, content, "x.png")
    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["details"]["field"] == "file"
    assert _stored(settings) == there


def test_content_is_given_whole_or_in_part(client: TestClient) -> None:
    content = _sound(0.2)
    path = f"{ASSETS}/{_upload(client, content).json()['sha256']}/content"
    whole = client.get(path)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    assert client.get(path, headers={"Range": "bytes=-5"}).content == content[-5:]
    assert client.get(path, headers={"Range": f"bytes={len(content)}-"}).status_code == 416


def test_an_asset_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get(f"{ASSETS}/{'0' * 64}").status_code == 404
    assert client.get(f"{ASSETS}/{'0' * 64}/content").status_code == 404
    assert client.get(f"{ASSETS}/..%2f..%2fetc").status_code in (404, 422)
    assert _upload(client, _picture(), project_id=str(2**31 - 1)).status_code == 404


def test_uploads_are_forms_of_bounded_size(client: TestClient, database: str, tmp_path: Path) -> None:
    assert client.post(ASSETS, json={}).status_code == 415
    assert client.post(ASSETS, data={"a": "b"}).status_code == 415
    no_file = client.post(ASSETS, files={"other": b"x"})
    assert (no_file.status_code, no_file.json()["error"]["details"]["field"]) == (422, "file")
    small = Settings(home=tmp_path, rate_per_s=10_000, max_body_bytes=2_000)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(small), "http://localhost") as narrow:
            large = _upload(narrow, bytes(3_000))
            assert (large.status_code, large.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_assets_are_listed_newest_first_and_lead_on(client: TestClient, project: int) -> None:
    made = [_upload(client, _picture(100 + shade), project_id=str(project)).json() for shade in range(3)]
    first = client.get(f"{ASSETS}?project_id={project}&limit=2&kind=picture")
    rest = client.get(first.headers["Link"].partition(">")[0].lstrip("<"))
    assert [row["sha256"] for row in first.json() + rest.json()] == [row["sha256"] for row in reversed(made)]
