"""Units that systemd takes, and parts that run as processes of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from db.databases import PRODUCTION, beside, ensure
from db.tower_lock import TowerLock
from deployments.databases import database_of, reached
from deployments.part import part_environment, written_units
from deployments.parts import MODULES
from studio.errors import ConflictError, StackError
from studio.settings import Settings

ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here: apt-get install systemd")
@pytest.mark.parametrize("home", ["home", 'a home, 100% "quoted" $HOME'])
def test_systemd_takes_every_unit(home: str, tmp_path: Path) -> None:
    for name, text in written_units(Settings(home=tmp_path / home)).items():
        (tmp_path / name).write_text(text)
    units = sorted(str(path) for path in tmp_path.glob("tower*"))
    assert len(units) == 9
    assert analyzed(tmp_path, *units) == (0, [])
    broken = tmp_path / "tower-broken.service"
    broken.write_text("[Service]\nExecStart=/nowhere/tower\n")
    assert analyzed(tmp_path, str(broken))[0] != 0


def analyzed(folder: Path, *units: str) -> tuple[int, list[str]]:
    """The exit code, and what is said of our units."""
    assert ANALYZE is not None
    environment = {"PATH": os.defpath, "SYSTEMD_LOG_LEVEL": "warning", "XDG_RUNTIME_DIR": str(folder)}
    done = subprocess.run(
        [ANALYZE, "--user", "--man=no", "--recursive-errors=yes", "verify", *units],
        env={**environment, "SYSTEMD_UNIT_PATH": f"{folder}:", "HOME": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, [line for line in done.stderr.splitlines() if "tower" in line]


def test_every_unit_runs_this_tower_on_this_home(tmp_path: Path) -> None:
    for name, text in written_units(Settings(home=tmp_path)).items():
        assert "@" not in text, name
        if name.endswith(".service"):
            assert f'ExecStart="{Path(sys.executable).parent}/tower"' in text
            assert f'Environment="TOWER_HOME={tmp_path.resolve()}"' in text


def test_parts_find_real_addresses(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr("postgresql://u:p@db/anime"), anime_port=9000)
    found = part_environment("api", settings)
    assert found["DATABASE_URL"] == "postgresql://u:p@db/anime"
    assert found["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert found["TOWER_COMFYUI_URLS"] == "http://127.0.0.1:8188"
    assert found["TOWER_ANIME_PORT"] == "9000"
    assert "PREFECT_WORKER_QUERY_SECONDS" in part_environment("worker", settings)


def test_parts_need_ports_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="TOWER_ANIME_PORT, TOWER_COMFYUI_PORT"):
        part_environment("api", Settings(home=tmp_path, anime_port=0, comfyui_port=0))


def test_a_part_that_is_elsewhere_needs_no_port_and_is_asked_there(tmp_path: Path) -> None:
    """A model that nobody carries is not asked for, and one that is named is asked where it is."""
    database = SecretStr("postgresql://u:p@db/anime")
    alone = part_environment("api", Settings(home=tmp_path, database_url=database, ollama_host=None))
    assert "OLLAMA_HOST" not in alone
    named = Settings(home=tmp_path, database_url=database, ollama_host="gpu:11434", ollama_port=0)
    assert part_environment("api", named)["OLLAMA_HOST"] == "gpu:11434"
    own = Settings(home=tmp_path, database_url=database, ollama_host=None, language_model="embedded")
    assert part_environment("language-model", own)["OLLAMA_HOST"] == "http://127.0.0.1:11434"
    elsewhere = Settings(
        home=tmp_path, database_url=database, prefect_api_url="http://flows/api", prefect_port=0,
        comfyui_urls=("http://gpu:8188",), comfyui_port=0,
    )  # fmt: skip
    assert part_environment("worker", elsewhere)["TOWER_COMFYUI_URLS"] == "http://gpu:8188"


def test_every_unit_names_a_part_that_there_is_and_the_target_starts_them_all(tmp_path: Path) -> None:
    units = written_units(Settings(home=tmp_path))
    services = [name for name in units if name.startswith("tower-") and name.endswith(".service")]
    parts = {name.removeprefix("tower-").removesuffix(".service") for name in services}
    assert parts == {"postgres", "database", *MODULES}
    for name in parts:
        assert f'/tower" part {name}\n' in units[f"tower-{name}.service"]
        assert f"tower-{name}.service" in units["tower-parts.target"]


def test_the_embedded_database_is_found_where_it_was_served_last(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="DATABASE_URL"):
        database_of(Settings(home=tmp_path))
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "password").write_text("secret\n")
    (tmp_path / "postgres" / "port").write_text("5444\n")
    assert database_of(Settings(home=tmp_path)) == "postgresql://tower:secret@127.0.0.1:5444/anime_production"
    assert ":5433/" in database_of(Settings(home=tmp_path, postgres_port=5433))


def test_verbs_work_on_the_database_that_a_part_of_its_own_carries(postgres_url: str, tmp_path: Path) -> None:
    """Nobody else can start it meanwhile: a backup would be refused."""
    given = urlsplit(postgres_url)
    ensure(postgres_url, PRODUCTION)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "password").write_text(str(given.password))
    (tmp_path / "postgres" / "port").write_text(str(given.port))
    with reached(Settings(home=tmp_path, database_url=None)) as url:
        assert urlsplit(url).port == given.port
    assert not (tmp_path / "postgres" / "lock").exists()


def test_the_part_of_the_database_makes_its_tables_and_holds_its_lock(
    postgres_url: str, tmp_path: Path
) -> None:
    ensure(postgres_url, "parted")
    url = beside(postgres_url, "parted")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(60)
        held = subprocess.Popen(
            [sys.executable, "-m", "deployments.cli", "part", "database"],
            env={
                "PATH": os.defpath, "TOWER_HOME": str(tmp_path), "DATABASE_URL": url,
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
            },
        )  # fmt: skip
        try:
            assert told.recv(64) == b"READY=1"
            with pytest.raises(ConflictError, match=f"pid {held.pid} "):
                TowerLock().hold(url)
        finally:
            held.send_signal(signal.SIGTERM)
        assert held.wait(20) == 0
    after = TowerLock()
    after.hold(url)
    after.release()


def test_a_part_that_there_is_not_is_a_fault_of_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deployments.cli", "part", "kitchen"],
        env={"PATH": os.defpath}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "There is no such part" in done.stderr
