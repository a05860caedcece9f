"""Screenshots of every page, for the docs: `TOWER_HOME=... python -m benchmarks.screenshots URL [FOLDER]`.

The tower at URL, of that home, is filled with a small project first, on which everything is then shown.
Chromium is Debian's, or the one that TOWER_TEST_CHROMIUM names.
"""

import io
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from studio.clients import media
from studio.composition import compose
from studio.settings import read_settings

WIDE, HIGH, PHONE = 1360, 900, 390
LARGEST_BYTES = 250_000
PATIENCE_MS = 180_000
COLOURS = 192
WITHIN_S = 900.0
FRAME = """() => Promise.all([...document.querySelectorAll("video[preload=auto]")].map(
    video => new Promise(done => (video.onseeked = done, video.currentTime = 1))))"""
SCENES = (
    "Kai stands at the edge of a mystical forest at dusk",
    "Mira waits at the shrine as fog rolls over the steps",
    "The siblings cross a wooden bridge in the rain at night",
    "A train station at night, snow on the platform",
)
CAST = {
    "Kai Nakamura": "Short black hair, amber eyes, a navy coat with brass buttons; seventeen, careful.",
    "Mira": "Long silver hair, green eyes, white kimono, red sash; Kai's older sister.",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, and how it is looked at; `until` is what must be seen of it first."""

    path: str
    scheme: Literal["light", "dark"] = "light"
    wide: int = WIDE
    until: str = "h1"


def main(url: str, folder: Path) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=180, headers={"Origin": url}) as http:
        track = _track(http)
        shots = _filled(http, track)
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("TOWER_TEST_CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        for name, shot in shots.items():
            view = {"width": shot.wide, "height": HIGH}
            context = browser.new_context(
                base_url=url, viewport=view, color_scheme=shot.scheme, reduced_motion="reduce"
            )
            _shoot(context.new_page(), shot, folder / f"{name}.png")
            context.close()
        browser.close()


def _shoot(page: Page, shot: Shot, to: Path) -> None:
    page.goto(shot.path, wait_until="load")
    page.locator(shot.until).first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("[...document.images].every(each => each.loading == 'lazy' || each.complete)")
    page.evaluate(FRAME)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(to, optimize=True)
    assert to.stat().st_size < LARGEST_BYTES, to
    print(to, to.stat().st_size)


def _track(http: httpx.Client) -> str:
    """A piece of music in the tower's library: its id there."""
    folder = read_settings().music[0]
    folder.mkdir(parents=True, exist_ok=True)
    samples, _ = compose(bpm=112.0, bars=12, seed=5)
    media.write_wav(folder / "Lantern Song.wav", samples, media.SOUND_RATE_HZ)
    assert http.post("/music/scan").status_code == 303
    deadline = time.monotonic() + WITHIN_S
    while not (found := re.search(r'href="/music/(\d+)">[^<]*</a>(?s:.*?) BPM', http.get("/music").text)):
        assert time.monotonic() < deadline
        time.sleep(1)
    return found[1]


def _filled(http: httpx.Client, track: str) -> dict[str, Shot]:
    """A project with something on every page; the pages by name."""
    api = Api(http)
    about = "Two siblings carry a lantern through a forest that forgets its visitors."
    project = int(api.post("/projects", name="The Lantern Wood", description=about)["id"])
    at = f"/projects/{project}"
    for name, looks in CAST.items():
        api.post("/characters", project_id=project, name=name, description=looks)
    world = "The wood takes a memory from whoever walks without a light."
    api.post(f"{at}/bible", title="The Lantern Wood", description=world)
    scenes = [_scene(api, project, number, words) for number, words in enumerate(SCENES, 1)]
    clips = [_asked(api, project, words, scene) for words, scene in zip(SCENES, scenes, strict=True)]
    clips.append(_asked(api, project, f"{SCENES[0]}, seen from behind, fireflies", scenes[0], seed=11))
    for each in clips:
        _wait(api, each)
    episode = _episode(http, api, project, scenes, track)
    trailer = http.post(f"{at}/trailers", data={"length": "8", "track_id": track})
    assert trailer.status_code == 303, trailer.text
    _wait(api, str(api.get("/generations", project_id=project, kind="trailer")[0]["generation_id"]))
    merge = _conflict(api, project, scenes[-1])
    api.put(f"/scenes/{scenes[1]}", description=f"{SCENES[1]}; the lantern goes out")
    talk = {"conversation": "screens", "project": str(project)}
    wish = "Create a 5-second anime scene with Mira at the shrine at night"
    http.post("/echo", data={**talk, "message": wish})
    _asked(api, project, SCENES[2], None, duration=24, title="The Bridge in the Rain")
    new = f"/new?project={project}&prompt=Kai+with+silver+hair+at+the+shrine"
    fine = f"/new?project={project}&prompt=Mira+waits+at+the+shrine+in+the+snow&track={track}"
    takes = f"/generations/{clips[-1]}?b={clips[0]}:1"
    return {
        "now": Shot("/", until="img[data-preview][src]:visible"),
        "now-dark": Shot("/", "dark"),
        "new-clip": Shot(fine, until="#plan .shots"),
        "new-clip-refused": Shot(new, "dark", until="#plan .find"),
        "project": Shot(at, until=".badge:text('Stale')"),
        "phone": Shot(at, wide=PHONE),
        "phone-new-clip": Shot(fine, wide=PHONE, until="#plan .shots"),
        "characters": Shot(f"{at}/characters", "dark"),
        "bible": Shot(f"{at}/bible"),
        "takes": Shot(takes, until="video >> nth=1"),
        "takes-dark": Shot(takes, "dark", until="video >> nth=1"),
        "episode": Shot(episode, until="#timeline svg"),
        "episode-dark": Shot(episode, "dark", until="#timeline svg"),
        "trailers": Shot(f"{at}/trailers", until="video"),
        "versions": Shot(f"{at}/versions"),
        "merge": Shot(f"{at}/merges/{merge}", "dark"),
        "music": Shot("/music"),
        "track": Shot(f"/music/{track}", until="img.sheet"),
        "echo": Shot("/echo?conversation=screens", until=".said"),
        "storage": Shot("/storage", until="#sums .list"),
        "projects": Shot("/projects"),
    }


@dataclass(frozen=True, slots=True)
class Api:
    """The production API, which refuses nothing of this."""

    http: httpx.Client

    def post(self, path: str, **body: object) -> Any:
        return self.http.post(f"/api/anime{path}", json=body).raise_for_status().json()

    def put(self, path: str, *, branch: str = "main", **body: object) -> None:
        self.http.put(f"/api/anime{path}", json=body, params={"branch": branch}).raise_for_status()

    def get(self, path: str, **params: str | int) -> Any:
        return self.http.get(f"/api/anime{path}", params=params).raise_for_status().json()


def _scene(api: Api, project: int, number: int, words: str) -> int:
    cast = [name for name in CAST if name.partition(" ")[0] in words]
    told = api.post("/scenes", project_id=project, scene_number=number, description=words, characters=cast)
    return int(told["id"])


def _episode(http: httpx.Client, api: Api, project: int, scenes: Sequence[int], track: str) -> str:
    """An episode of these scenes, laid on the track and rendered: its page."""
    made = http.post(f"/projects/{project}/episodes", data={"title": "The Wood Forgets"})
    page = made.headers["Location"]
    order = ",".join(f"scene_{each}" for each in scenes)
    for form in ({"do": "order", "scenes": order}, {"do": "music", "track_id": track}, {"do": "render"}):
        answer = http.post(page, data=form)
        assert answer.status_code == 303, answer.text
    _wait(api, str(api.get("/generations", project_id=project, kind="episode")[0]["generation_id"]))
    return page


def _asked(api: Api, project: int, words: str, scene: int | None, **more: object) -> str:
    body = {"prompt": words, "duration": 3, **({} if scene is None else {"scene_id": scene}), **more}
    return str(api.post(f"/projects/{project}/generate-from-command", **body)["generation_id"])


def _wait(api: Api, generation_id: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while api.get(f"/generations/{generation_id}")["status"] == "processing":
        assert time.monotonic() < deadline
        time.sleep(0.5)


def _conflict(api: Api, project: int, scene: int) -> int:
    api.post("/commit", project_id=project, message="The cast, four scenes, an episode")
    api.post("/branch", project_id=project, branch_name="darker ending")
    for branch, words in (
        ("darker ending", "The last train has left"),
        ("main", "A train waits in the snow"),
    ):
        api.put(f"/scenes/{scene}", branch=branch, description=words)
        api.post("/commit", project_id=project, branch=branch, message=words)
    asked = {"project_id": project, "source_branch": "darker ending"}
    return int(api.http.post("/api/anime/merge", json=asked).json()["error"]["details"]["merge_id"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "docs/screenshots"))
