"""`tower storage` and `tower project` on the command line."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.session import transaction
from deployments.cli import command_line
from deployments.storage import size
from tests.fakes.generations import new_branch


def tower(*words: str) -> Result:
    return CliRunner().invoke(command_line(words), list(words), env=dict(os.environ))


def test_storage_is_told_as_a_table_and_as_a_document(connected: Path) -> None:
    told = tower("storage", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["store"]["files"] == 0
    shown = tower("storage")
    assert "A clean-up would free 0 B in 0 files." in shown.stdout


def test_a_clean_up_is_only_said_unless_it_is_to_be_done(connected: Path) -> None:
    assert json.loads(tower("storage", "clean", "--json").stdout)["applied"] is False
    assert json.loads(tower("storage", "clean", "--apply", "--json").stdout)["applied"] is True
    assert "--apply does it" in tower("storage", "clean").stdout


def test_a_project_leaves_and_comes_back_by_file(connected: Path) -> None:
    with transaction() as session:
        project_id = new_branch(session).project_id
    file = connected / "project.zip"
    left = tower("project", "export", str(project_id), str(file), "--json")
    assert left.exit_code == 0, left.output
    came = tower("project", "import", str(file), "--json")
    assert came.exit_code == 0, came.output
    assert json.loads(came.stdout)["name"] == json.loads(left.stdout)["name"]


@pytest.mark.parametrize(
    ("size_bytes", "told"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.2 MB"), (3e12, "3.0 TB")],
)
def test_sizes_are_told_as_people_read_them(size_bytes: float, told: str) -> None:
    assert size(size_bytes) == told
