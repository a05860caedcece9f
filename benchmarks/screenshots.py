"""Screenshots of every page, for the docs: `python -m benchmarks.screenshots URL [FOLDER]`.

The tower at URL is filled with a small project first, on which everything is then shown. Chromium is
Debian's, or the one that TOWER_TEST_CHROMIUM names.
"""

import io
import os
import shutil
import sys
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright

SIZE = {"width": 1360, "height": 900}
LARGEST_BYTES = 300_000
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


def main(url: str, folder: Path) -> None:
    with httpx.Client(base_url=f"{url}/api/anime", trust_env=False, timeout=60) as api:
        pages = _filled(api)
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("TOWER_TEST_CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        for name, (path, scheme, width) in pages.items():
            context = browser.new_context(
                base_url=url, viewport={**SIZE, "width": width}, color_scheme=scheme, reduced_motion="reduce"
            )
            _shoot(context.new_page(), path, folder / f"{name}.png")
            context.close()
        browser.close()


def _shoot(page: Page, path: str, to: Path) -> None:
    page.goto(path, wait_until="load")
    page.wait_for_function("[...document.images].every(each => each.loading == 'lazy' || each.complete)")
    page.evaluate(FRAME)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(to, optimize=True)
    assert to.stat().st_size < LARGEST_BYTES, to
    print(to, to.stat().st_size)


def _filled(api: httpx.Client) -> dict[str, tuple[str, str, int]]:
    """A project with something on every page; the pages by name, with scheme and width."""
    about = "Two siblings carry a lantern through a forest that forgets its visitors."
    project = int(api.post("/projects", json={"name": "The Lantern Wood", "description": about}).json()["id"])
    for name, looks in CAST.items():
        api.post("/characters", json={"project_id": project, "name": name, "description": looks})
    bible = {
        "title": "The Lantern Wood",
        "description": "The wood takes a memory from whoever walks without a light.",
    }
    api.post(f"/projects/{project}/bible", json=bible)
    ids = []
    for number, words in enumerate(SCENES, 1):
        cast = [name for name in CAST if name.partition(" ")[0] in words]
        told = {"project_id": project, "scene_number": number, "description": words, "characters": cast}
        ids.append(int(api.post("/scenes", json=told).json()["id"]))
    clips = [_asked(api, project, words, scene) for words, scene in zip(SCENES, ids, strict=True)]
    clips.append(_asked(api, project, SCENES[0], ids[0]))
    merge = _conflict(api, project, ids[-1])
    for each in clips:
        _wait(api, each)
    under_way = _asked(api, project, SCENES[1], None)
    assert under_way
    at = f"/projects/{project}"
    return {
        "now": ("/", "light", 1360),
        "new-clip": (f"/new?project={project}&prompt=Kai+with+silver+hair+at+the+shrine", "light", 1360),
        "project": (at, "light", 1360),
        "characters": (f"{at}/characters", "dark", 1360),
        "takes": (f"/generations/{clips[-1]}", "light", 1360),
        "versions": (f"{at}/versions", "light", 1360),
        "merge": (f"{at}/merges/{merge}", "dark", 1360),
        "phone": (at, "light", 390),
    }


def _asked(api: httpx.Client, project: int, words: str, scene: int | None) -> str:
    body = {"prompt": words, "duration": 3, **({} if scene is None else {"scene_id": scene})}
    answer = api.post(f"/projects/{project}/generate-from-command", json=body)
    return str(answer.raise_for_status().json()["generation_id"])


def _wait(api: httpx.Client, generation_id: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while api.get(f"/generations/{generation_id}").json()["status"] == "processing":
        assert time.monotonic() < deadline
        time.sleep(0.5)


def _conflict(api: httpx.Client, project: int, scene: int) -> int:
    api.post("/commit", json={"project_id": project, "message": "The cast, and four scenes"})
    api.post("/branch", json={"project_id": project, "branch_name": "darker ending"})
    for branch, words in (
        ("darker ending", "The last train has left"),
        ("main", "A train waits in the snow"),
    ):
        api.put(f"/scenes/{scene}", json={"description": words}, params={"branch": branch})
        api.post("/commit", json={"project_id": project, "branch": branch, "message": words})
    asked = {"project_id": project, "source_branch": "darker ending"}
    return int(api.post("/merge", json=asked).json()["error"]["details"]["merge_id"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "docs/screenshots"))
