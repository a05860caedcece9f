from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.clients.comfyui import ComfyUI, OutputFile
from tests.fakes.prompts import ended, png, post


def viewed(client: ComfyUI) -> tuple[OutputFile, dict[str, str]]:
    output = ended(client, post(client)).outputs[0]
    return output, {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}


def test_a_file_is_viewed_whole_in_part_and_by_its_head(client: ComfyUI, http: httpx.Client) -> None:
    _, params = viewed(client)
    whole = http.get("/view", params=params)
    part = http.get("/view", params=params, headers={"range": "bytes=4-7"})
    head = http.head("/view", params=params)
    assert whole.headers["content-type"] == "video/mp4"
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"filename": "none.mp4"}, 404),
        ({}, 404),
        ({"filename": "../../../etc/passwd"}, 403),
        ({"filename": "/etc/passwd"}, 403),
        ({"filename": "x.mp4", "subfolder": "../.."}, 403),
        ({"filename": "x.mp4", "type": "../output"}, 403),
        ({"filename": "x" * 300}, 403),
        ({"filename": "a\0b"}, 403),
        ({"filename": "..", "subfolder": "tower"}, 403),
    ],
)
def test_what_is_not_there_or_not_ours_is_not_shown(http: httpx.Client, params: Any, status: int) -> None:
    assert http.get("/view", params=params).status_code == status


def test_a_link_out_of_the_folder_is_not_followed(home: Path, http: httpx.Client) -> None:
    (home / "comfyui" / "output" / "link.mp4").symlink_to("/etc/passwd")
    assert http.get("/view", params={"filename": "link.mp4"}).status_code == 403


def test_an_upload_that_a_browser_could_run_is_sent_as_a_download(
    http: httpx.Client, client: ComfyUI
) -> None:
    name = client.upload_image("page.svg", b"<svg/>")
    shown = http.get("/view", params={"filename": name, "type": "input"})
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"


def test_uploads_of_one_name_do_not_overwrite_each_other(client: ComfyUI, http: httpx.Client) -> None:
    names = [client.upload_image("ref.png", png(colour)) for colour in ("red", "red", "blue")]
    assert names == ["ref.png", "ref.png", "ref (1).png"]
    assert http.get("/view", params={"filename": "ref (1).png", "type": "input"}).content == png("blue")


def test_an_upload_overwrites_when_asked_and_keeps_its_subfolder(http: httpx.Client) -> None:
    for colour in ("red", "blue"):
        answer = http.post(
            "/upload/image",
            files={"image": ("ref.png", png(colour))},
            data={"overwrite": "true", "subfolder": "cast"},
        )
        assert answer.json() == {"name": "ref.png", "subfolder": "cast", "type": "input"}
    shown = http.get("/view", params={"filename": "ref.png", "subfolder": "cast", "type": "input"})
    assert shown.content == png("blue")


@pytest.mark.parametrize(
    "form", [{"subfolder": "../.."}, {"type": "output"}, {"subfolder": "/etc"}, {"subfolder": "a\0b"}]
)
def test_an_upload_out_of_the_input_folder_is_refused(http: httpx.Client, form: dict[str, str]) -> None:
    assert http.post("/upload/image", files={"image": ("x.png", b"x")}, data=form).status_code == 400


def test_an_upload_without_a_picture_is_refused(http: httpx.Client) -> None:
    assert http.post("/upload/image", data={"type": "input"}).status_code == 400


def test_a_prefix_out_of_the_output_folder_fails_the_prompt(client: ComfyUI) -> None:
    job = ended(client, post(client, filename_prefix="../../x/clip"))
    assert "leads out" in str(job.error)
