"""Whole supervisors as processes, with two real parts: PostgreSQL and the renderer."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from db.embedded.identity import Identity
from db.embedded.server import EmbeddedPostgres
from deployments import stack, status
from deployments.guard import marked
from deployments.supervise import BUSY
from studio.errors import StackError
from studio.settings import Settings

LIGHT = """
import sys
from deployments.supervise import Tower, carry
from studio.settings import read_settings
parts = lambda plan: [part for part in plan.parts() if part.name in ("postgres", "renderer")]
sys.exit(carry(Tower(read_settings(), parts=parts)))
"""


class LightTower:
    """A supervisor in a process of its own, and what it says of itself."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.settings = Settings.model_validate({"home": home, "stop_s": 15.0})
        given = {"TOWER_HOME": str(home), "PATH": os.defpath, **environment}
        for name in ("ANIME", "PREFECT", "COMFYUI"):
            given.setdefault(f"TOWER_{name}_PORT", "0")
        self.process = subprocess.Popen(
            [sys.executable, "-c", LIGHT],
            env=given,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def status(self) -> status.Status:
        return status.read(self.settings)

    def pids(self) -> dict[str, int]:
        return {part["name"]: part["pid"] for part in self.status().document["parts"]}

    def is_up(self) -> bool:
        return self.status().state == status.UP

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)


def forget_store(home: Path) -> None:
    """What root's server of a closed home keeps outside of it."""
    shutil.rmtree(EmbeddedPostgres(home).place.store)


def comes_true(fact: Callable[[], bool], within_s: float = 20.0) -> bool:
    deadline = time.monotonic() + within_s
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.05)
    return fact()


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LightTower]:
    """A tower that is up, and still is after every test."""
    tower = LightTower(tmp_path_factory.mktemp("owner") / "home")
    assert comes_true(tower.is_up)
    yield tower
    tower.end()
    forget_store(tower.settings.home)


@pytest.fixture
def light(tmp_path: Path) -> Iterator[Callable[..., LightTower]]:
    """Starts further towers, which end with the test."""
    made: list[LightTower] = []

    def start(home: Path = tmp_path / "home", **environment: str) -> LightTower:
        made.append(LightTower(home, **environment))
        return made[-1]

    yield start
    for tower in made:
        tower.end()
    forget_store(tmp_path / "home")


def test_two_towers_run_side_by_side_and_one_going_down_leaves_no_process_and_the_other_up(
    owner: LightTower, light: Callable[..., LightTower]
) -> None:
    second = light()
    assert comes_true(second.is_up)
    pids = [identity for identity in map(Identity.of, second.pids().values()) if identity]
    assert len(pids) == 2
    assert stack.down(second.settings)
    assert second.process.wait(1) == 0
    assert not any(identity.is_alive() for identity in pids)
    assert marked(second.status().mark) == []
    assert owner.is_up()


def test_a_second_supervisor_of_one_home_leaves_at_once(
    owner: LightTower, light: Callable[..., LightTower]
) -> None:
    second = light(owner.settings.home)
    assert second.process.wait(20) == BUSY
    assert owner.is_up()


def test_a_killed_supervisor_leaves_no_process_and_the_next_one_finds_every_row(
    light: Callable[..., LightTower],
) -> None:
    first = light()
    assert comes_true(first.is_up)
    with closing(psycopg.connect(first.status().addresses().database_url)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        connection.commit()
    left = [identity for identity in map(Identity.of, first.pids().values()) if identity]
    first.process.kill()
    first.process.wait()
    assert first.status().state == "down"
    assert comes_true(lambda: not any(identity.is_alive() for identity in left))
    second = light()
    assert comes_true(second.is_up)
    with closing(psycopg.connect(second.status().addresses().database_url)) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


@pytest.mark.parametrize("name", ["postgres", "renderer"])
def test_a_part_that_is_killed_comes_back_at_its_address(owner: LightTower, name: str) -> None:
    before = owner.status().addresses()
    killed = owner.pids()[name]
    os.kill(killed, signal.SIGKILL)
    assert comes_true(lambda: owner.is_up() and owner.pids()[name] not in (killed, None))
    restarts = {part["name"]: part["restarts"] for part in owner.status().document["parts"]}
    assert restarts[name] >= 1
    assert owner.status().addresses() == before
    psycopg.connect(before.database_url).close()


def test_a_database_has_one_tower_and_the_other_is_told_whose(
    owner: LightTower, light: Callable[..., LightTower]
) -> None:
    guest = light(DATABASE_URL=owner.status().addresses().database_url)
    assert guest.process.wait(20) == 1
    why = guest.status().public(guest.settings.home)["error"]
    assert f"pid {owner.process.pid} " in why
    assert owner.is_up()


def test_a_taken_port_ends_the_start_with_its_reason(
    owner: LightTower, light: Callable[..., LightTower]
) -> None:
    port = owner.status().addresses().comfyui_urls[0].rpartition(":")[2]
    second = light(TOWER_COMFYUI_PORT=port)
    assert second.process.wait(20) == 1
    error = second.status().public(second.settings.home)["error"]
    assert f"Port {port} for the renderer is used by python" in error
    assert f"TOWER_COMFYUI_URLS=http://127.0.0.1:{port}" in error


def test_the_state_shows_each_part_and_no_secret(owner: LightTower) -> None:
    assert comes_true(owner.is_up)
    document = owner.status().public(owner.settings.home)
    assert document["state"] == "up"
    kinds = {part["name"]: part["kind"] for part in document["parts"]}
    assert kinds == {"postgres": "embedded", "renderer": "embedded"}
    assert set(document["parts"][0]) == {"name", "kind", "state", "address", "pid", "restarts", "since"}
    password = owner.status().addresses().database_url.split(":")[2].split("@")[0]
    assert password not in json.dumps(document)
    assert (owner.settings.run_dir / "state.json").stat().st_mode & 0o077 == 0
    assert all(psutil.pid_exists(part["pid"]) for part in document["parts"])


def test_a_start_that_fails_says_why_and_leaves_no_process(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    settings = Settings.model_validate(
        {
            "home": tmp_path / "home", "postgres_bin": nowhere,
            "anime_port": 0, "episodes_port": 0, "music_port": 0, "echo_port": 0,
            "prefect_port": 0, "comfyui_port": 0,
        }
    )  # fmt: skip
    with pytest.raises(StackError, match=f"No PostgreSQL in {nowhere}"):
        stack.ensure_up(settings)
    assert stack.running(settings) is None
    assert marked(status.read(settings).mark) == []


def test_nothing_is_said_to_run_in_a_home_that_never_had_a_tower(tmp_path: Path) -> None:
    settings = Settings.model_validate({"home": tmp_path})
    assert status.read(settings).public(tmp_path) == {"state": "down", "home": str(tmp_path), "parts": []}
    assert not stack.down(settings)
