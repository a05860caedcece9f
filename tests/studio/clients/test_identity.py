"""Characters told apart by another interpreter: its answers, and all the ways in which it has none."""

import stat
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.clients import media
from studio.clients.identity import READER, IdentityReader
from studio.errors import IdentityUnavailableError, MediaError
from studio.measures.identity import Crop, likenesses

RED, BLUE, GREY = (200, 40, 40), (40, 60, 200), (120, 120, 120)
IMGUTILS = '''
import numpy as np

def detect_heads(picture):
    """A head wherever a picture has colour, as the real one finds none in grey."""
    pixels = np.asarray(picture).astype(int)
    if np.ptp(pixels.mean(axis=(0, 1))) < 20:
        return []
    return [((10, 10, 30, 30), "head", 0.9)]

def ccip_batch_extract_features(pictures):
    print("a library that talks")
    if FAILS:
        raise OSError(FAILS)
    return np.stack([np.resize(np.asarray(one).mean(axis=(0, 1)) / 255, 768) for one in pictures])

def ccip_batch_differences(features):
    return np.abs(np.stack(features)[:, None] - np.stack(features)[None]).mean(axis=2)
'''


def _picture(colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((64, 64, 3), colour, np.uint8)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    shown = [GREY] * 6 + [RED] * 18
    media.encode_video([_picture(each) for each in shown], path, fps=Fraction(24), size=(64, 64))
    return path


@pytest.fixture
def interpreter(tmp_path: Path) -> Callable[..., Path]:
    """An interpreter with a package that answers as `dghs-imgutils` 0.19 does, and fails as it does."""

    def make(*, fails: str = "", instead: str = "") -> Path:
        package = tmp_path / "packages" / "imgutils"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"FAILS = {fails!r}\n{IMGUTILS}")
        for name in ("metrics", "detect"):
            (package / f"{name}.py").write_text("from imgutils import *\n")
        script = tmp_path / "python"
        run = instead or f'PYTHONPATH={package.parent} exec {sys.executable} "$@"'
        script.write_text(f"#!/bin/sh\n{run}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return script

    return make


def test_each_character_is_as_different_as_its_nearest_head(
    interpreter: Callable[..., Path], clip: Path
) -> None:
    references = {"Kai": [_picture(RED)], "Mira": [_picture(BLUE)], "Nobody": [_picture(GREY)]}
    found = IdentityReader(interpreter()).compare(clip, 24, 64, references)
    assert set(found) == {"Kai", "Mira"}
    assert found["Kai"].difference < 0.03
    assert found["Mira"].difference > 0.2
    assert found["Kai"].frame >= 6
    assert len(found["Kai"].feature) == 768


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"fails": "We couldn't connect to 'https://huggingface.co'"}, "OSError: We couldn't connect"),
        ({"instead": "kill -9 $$"}, "it ended with -9"),
        ({"instead": "echo Segmentation fault >&2; exit 139"}, "139: Segmentation fault"),
        ({"instead": "echo no json"}, "did not answer in JSON"),
        ({"instead": f'exec {sys.executable} -S "$@"'}, "No module named 'imgutils'"),
    ],
)
def test_what_is_missing_or_fails_is_told(
    interpreter: Callable[..., Path], clip: Path, how: dict[str, str], said: str
) -> None:
    with pytest.raises(IdentityUnavailableError, match=said):
        IdentityReader(interpreter(**how)).compare(clip, 24, 64, {"Kai": [_picture(RED)]})


def test_an_interpreter_that_is_not_there_or_takes_too_long_is_told(
    interpreter: Callable[..., Path], clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(IdentityUnavailableError, match="does not run"):
        IdentityReader(tmp_path / "missing").compare(clip, 24, 64, {})
    slow = interpreter(instead="exec sleep 30")
    with pytest.raises(IdentityUnavailableError, match="does not run"):
        IdentityReader(slow, longest_s=0.1).compare(clip, 24, 64, {})


def test_a_clip_that_cannot_be_decoded_is_no_matter_of_identity(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no clip")
    with pytest.raises(MediaError):
        IdentityReader(Path(sys.executable)).compare(text, 24, 64, {})


def test_the_reader_needs_nothing_of_tower() -> None:
    assert "studio" not in READER.read_text()


def _crops(*where: str | int) -> list[Crop]:
    return [
        Crop(each, None, ()) if isinstance(each, str) else Crop(None, each, (float(index),))
        for index, each in enumerate(where)
    ]


def test_a_character_need_not_be_seen_in_every_frame() -> None:
    """Frames 0 and 1 show somebody else; in 2 and 3 the nearer of two heads counts."""
    crops = _crops("Kai", 0, 1, 2, 2, 3)
    to_kai = np.array([0.0, 0.5, 0.5, 0.4, 0.1, 0.12])
    differences = np.zeros((6, 6))
    differences[:, 0] = differences[0] = to_kai
    kai = likenesses(crops, differences)["Kai"]
    assert (kai.frame, kai.feature) == (2, (4.0,))
    assert kai.difference == pytest.approx(0.115)


def test_without_heads_in_frames_nobody_is_told_apart() -> None:
    assert likenesses(_crops("Kai", "Mira"), np.zeros((2, 2))) == {}
    assert likenesses(_crops(0, 1), np.zeros((2, 2))) == {}
