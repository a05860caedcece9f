"""`tower music analyze`: one document, an entry a file, in the documented fields, without a stack."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deployments.cli import VERBS, command_line
from deployments.music import app
from tests.studio.sounds import clicks, write_sound

DOCUMENTED = {"bpm", "confidence", "tempo_changes", "beat_times", "analysis_duration", "metadata"}


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound(tmp_path_factory.mktemp("music") / "track.mp3", clicks(120, 8))


def analyze(home: Path, *words: object) -> Result:
    environment = {"TOWER_HOME": str(home)}
    return CliRunner().invoke(app, ["analyze", *map(str, words)], env=environment)


def test_each_file_is_an_entry_in_the_documented_fields(track: Path, tmp_path: Path) -> None:
    told = analyze(tmp_path, track, track, "--json")
    assert told.exit_code == 0
    entries = json.loads(told.stdout)["files"]
    assert [entry["file"] for entry in entries] == [str(track)] * 2
    assert entries[0].keys() >= DOCUMENTED
    assert entries[0]["bpm"] == pytest.approx(120, abs=0.5)
    assert entries[0] == entries[1]
    assert len(list((tmp_path / "cache" / "analyses").rglob("*.json"))) == 1


def test_a_file_that_fails_has_its_error_and_the_others_are_analysed(track: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp3"
    text.write_text("no music")
    told = analyze(tmp_path, text, tmp_path / "none.wav", track, "--json")
    assert told.exit_code == 1
    bad, missing, good = json.loads(told.stdout)["files"]
    assert (bad["file"], bad["error"]["code"]) == (str(text), "VALIDATION_ERROR")
    assert missing["error"]["code"] == "FILE_NOT_FOUND"
    assert "error" not in good


def test_people_are_told_tempo_key_and_errors(track: Path, tmp_path: Path) -> None:
    told = analyze(tmp_path, track, tmp_path / "none.wav", "--detailed")
    assert told.exit_code == 1
    for part in ("120.0", "8A", "There is no", "LUFS"):
        assert part in told.stdout


def test_a_picture_of_each_analysis_is_written(track: Path, tmp_path: Path) -> None:
    told = analyze(tmp_path, track, "--picture", tmp_path / "pictures", "--json")
    assert told.exit_code == 0
    assert (tmp_path / "pictures" / "track.mp3.svg").read_text().startswith("<svg")


def test_the_whole_command_needs_no_stack_and_loads_nothing_slow(track: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from deployments.cli import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    words = ["music", "analyze", str(track), "--json"]
    environment = {**os.environ, "TOWER_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment, check=True
    )
    assert json.loads(ran.stdout)["files"][0]["bpm"] == pytest.approx(120, abs=0.5)
    slow = {"scipy", "librosa", "numba", "pyloudnorm", "cv2", "prefect", "sqlalchemy", "httpx"}
    assert slow.isdisjoint(ran.stderr.split())
    assert (tmp_path / "cache" / "analyses").is_dir()


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["music", "analyze", "x.mp3", "--backend", "ear"], "VALIDATION_ERROR: No such backend.", 2),
        (["music", "analyze"], "Missing argument", 2),
        (["nonsense"], "No such command", 2),
    ],
)
def test_wrong_usage_is_exit_code_2(words: list[str], said: str, code: int, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "deployments.cli", *words]
    environment = {**os.environ, "TOWER_HOME": str(tmp_path)}
    ran = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == code
    assert said in ran.stderr


def test_help_shows_every_verb() -> None:
    told = CliRunner().invoke(command_line([]), ["--help"])
    assert told.exit_code == 0
    assert all(verb in told.stdout for verb in VERBS)
