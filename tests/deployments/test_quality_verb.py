"""`tower quality assess`: one document, an entry a file, and an exit code that says whether all pass."""

import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from deployments.quality import app
from studio.clients import media


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, Path]:
    ramp = np.add.outer(np.arange(144), np.arange(600)).astype(np.uint8)
    frames = np.stack([np.repeat(ramp[:, 4 * n : 4 * n + 256, None], 3, axis=2) for n in range(48)])
    black = frames.copy()
    black[10:12] = 0
    paths = {}
    for name, pictures in (("clean", frames), ("black", black)):
        paths[name] = tmp_path / f"{name}.mp4"
        media.encode_video(pictures, paths[name], fps=Fraction(24), size=(256, 144))
    paths["text"] = tmp_path / "text.mp4"
    paths["text"].write_text("no clip")
    paths["reference"] = tmp_path / "reference.png"
    reference = np.full((80, 80, 3), 255, np.uint8)
    reference[20:60, 20:60] = (20, 20, 220)
    cv2.imwrite(str(paths["reference"]), reference)
    return paths


def test_each_file_is_an_entry_with_its_metrics(clips: dict[str, Path]) -> None:
    told = CliRunner().invoke(app, [str(clips["clean"]), str(clips["black"]), "--json"])
    assert told.exit_code == 1
    clean, black = json.loads(told.stdout)["files"]
    assert (clean["file"], clean["verdict"]) == (str(clips["clean"]), "pass")
    assert (black["verdict"], black["score"]) == ("fail", 4.0)
    (metric,) = [metric for metric in black["metrics"] if metric["name"] == "black"]
    assert (metric["value"], metric["unit"], metric["frames"]) == (2.0, "frames", [10, 11])


def test_a_file_that_is_no_clip_fails_without_a_score_and_the_others_are_judged(
    clips: dict[str, Path],
) -> None:
    told = CliRunner().invoke(app, [str(clips["text"]), str(clips["clean"]), "--json"])
    text, clean = json.loads(told.stdout)["files"]
    assert (text["verdict"], text["score"], text["metrics"]) == ("fail", None, [])
    assert clean["verdict"] == "pass"
    assert told.exit_code == 1


def test_a_reference_makes_the_palette_be_judged(clips: dict[str, Path]) -> None:
    arguments = [str(clips["clean"]), "--json", "--reference", str(clips["reference"])]
    told = CliRunner().invoke(app, arguments)
    (clean,) = json.loads(told.stdout)["files"]
    (metric,) = [metric for metric in clean["metrics"] if metric["name"] == "palette_consistency"]
    assert (metric["verdict"], told.exit_code) == ("warn", 0)


def test_a_report_is_drawn_where_it_is_asked_for(clips: dict[str, Path], tmp_path: Path) -> None:
    arguments = [str(clips["black"]), "--report", str(tmp_path / "sheets")]
    told = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert "black for 2 frames" in " ".join(told.stdout.split())
    assert (tmp_path / "sheets" / "black.mp4.svg").read_text().startswith("<svg")
