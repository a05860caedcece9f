"""An assembled episode in a browser: about each join, the very frames that were meant are drawn."""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from studio.assembly import SceneClip, Transition, Wishes, lay_episode
from studio.clients import inspection, media
from studio.clients.assembling import assemble
from tests.fakes.staging import FPS, SIZE, clip

pytestmark = pytest.mark.browser

SEEK = """async ([file, times]) => {
  const video = document.createElement("video");
  video.muted = true;
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  video.src = URL.createObjectURL(new Blob([bytes], {type: "video/mp4"}));
  await new Promise((done, failed) => {
    video.onloadeddata = done;
    video.onerror = () => failed(new Error(video.error.message));
  });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const drawing = canvas.getContext("2d", {willReadFrequently: true});
  const found = [];
  for (const time of times) {
    await new Promise((done) => { video.requestVideoFrameCallback(done); video.currentTime = time; });
    drawing.drawImage(video, 0, 0);
    const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height).data;
    found.push(btoa(Array.from(pixels, (value) => String.fromCharCode(value)).join("")));
  }
  return found;
}"""


def scenes(folder: Path) -> list[SceneClip]:
    """Three scenes: one to be copied, one dissolved into, one out of black."""
    intos = (None, Transition("dissolve", 8), Transition("fade", 8))
    made = []
    for number, into in enumerate(intos, 1):
        clip(folder, *[10] * number, 40, name=f"{number}.mp4")
        path = folder / f"{number}.mp4"
        made.append(SceneClip(number, number, "A scene", path, 40 + 10 * number, FPS, *SIZE, transition=into))
    return made


def test_a_browser_draws_every_frame_about_the_joins(browser: Browser, tmp_path: Path) -> None:
    laid = lay_episode(scenes(tmp_path), Wishes(*SIZE, FPS, title_card="A Title", end_card="End"))
    hiss = np.random.default_rng(1).normal(0, 0.1, 48_000)
    media.write_wav(tmp_path / "music.wav", hiss, 48_000)
    made = assemble(laid, tmp_path / "episode.mp4", music=tmp_path / "music.wav")
    assert min(made.copied_frames, made.encoded_frames) > 0
    near = [part.at + step for part in laid.parts[1:] for step in (-3, -1, 0, 1, 4)]
    np.random.default_rng(2).shuffle(near)
    wanted = sorted({at + step for at in near for step in (-1, 0, 1)})
    stills = inspection.stills(tmp_path / "episode.mp4", tuple(wanted), width_px=SIZE[0])
    meant = dict(zip(wanted, stills, strict=True))
    for at, drawn in zip(near, _drawn(browser, tmp_path / "episode.mp4", near), strict=True):
        off = [np.abs(drawn - meant[at + step].astype(int)).mean() for step in (-1, 0, 1)]
        assert off[1] < 5.0, f"frame {at} is another picture"
        assert off[1] <= min(off) + 0.5, f"frame {at} is a neighbour of it"


def _drawn(browser: Browser, path: Path, frames: list[int]) -> list[NDArray[Any]]:
    """What a browser shows amid each frame's time: RGB."""
    page = browser.new_page()
    file = b64encode(path.read_bytes()).decode()
    told = page.evaluate(SEEK, [file, [float((frame + 0.5) / FPS) for frame in frames]])
    page.close()
    shape = (SIZE[1], SIZE[0], 4)
    return [np.frombuffer(b64decode(each), np.uint8).reshape(shape)[..., :3].astype(int) for each in told]
