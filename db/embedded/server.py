"""PostgreSQL as a part of the tower: started, watched and stopped by this process."""

import fcntl
import logging
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

import psycopg

from db.databases import PREFECT, PRODUCTION, ensure
from db.embedded import launch
from db.embedded.identity import Identity
from db.embedded.place import ENVIRONMENT, ROLE, Place, ensure_data, make_place
from db.embedded.ports import free_port, is_free, listener
from db.embedded.postmaster import Postmaster, clear_stale, read_postmaster
from studio.errors import PortTakenError, StackError

HOST: Final = "127.0.0.1"
_LAUNCHES: Final = 5
_PAUSE_S: Final = 0.02
_OPTIONS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
_log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """One server on one data folder, owned by this process until `stop`.

    Start it from the main thread: the server gets its death signal when the thread that
    started it ends.
    """

    def __init__(
        self, home: Path, *, port: int = 0, binaries: Path | None = None, log: Path | None = None
    ) -> None:
        self.home = home
        self.log = log or home / "logs" / "postgres.log"
        self._asked_port = port
        self._binaries = binaries
        self._place: Place | None = None
        self._lock: int | None = None
        self._port = 0
        self._serves = False
        self._child: subprocess.Popen[bytes] | None = None
        self._adopted: Identity | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def pid(self) -> int | None:
        """The postmaster's, while it lives."""
        running = self._child or self._adopted
        return running.pid if running and self.is_alive() else None

    @property
    def place(self) -> Place:
        if self._place is None:
            self._place = make_place(self.home, self._binaries)
        return self._place

    def url(self, database: str = PRODUCTION) -> str:
        return f"postgresql://{ROLE}:{self.place.password}@{HOST}:{self._port}/{database}"

    def start(self, *, timeout_s: float = 60.0) -> str:
        """Serve, whatever the last owner left behind; returns the URL of `anime_production`."""
        deadline = time.monotonic() + timeout_s
        try:
            self.launch()
            self._await(deadline)
        except BaseException:
            self.stop()
            raise
        return self.url()

    def launch(self) -> None:
        """Adopt the server that runs on our data folder, or start one; does not wait for it."""
        self._own()
        ensure_data(self.place)
        self._child = self._adopted = None
        orphan = self._orphan()
        if orphan:
            self._adopted, self._port = orphan.identity, orphan.port
            _log.info("adopted PostgreSQL, pid %d, port %d", orphan.identity.pid, orphan.port)
        else:
            self._port = self._choose_port()
            self._child = self._spawn()

    def is_alive(self) -> bool:
        if self._child:
            return self._child.poll() is None
        return self._adopted is not None and self._adopted.is_alive()

    def is_ready(self) -> bool:
        """Whether it takes connections now; its databases are there then."""
        if self._refusal() is not None:
            return False
        if not self._serves:
            ensure(self.url("postgres"), PRODUCTION, PREFECT)
            self._serves = True  # clients have our address from now on: the port stays
        return True

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Shut down fast and cleanly; harder, which costs a recovery, once the time is over."""
        for number, wait_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
            if self._ends_after(number, wait_s):
                break
        self._child = self._adopted = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _own(self) -> None:
        if self._lock is not None:
            return
        path = self.place.own / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode().strip()
            os.close(descriptor)
            raise StackError(
                f"PostgreSQL of {self.home} belongs to another process (pid {holder})."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._lock = descriptor

    def _orphan(self) -> Postmaster | None:
        """The server that a killed owner left, once it is clear that it stays."""
        deadline = time.monotonic() + 15.0
        while True:
            found = read_postmaster(self.place.data)
            if found is None:
                clear_stale(self.place.data)
                return None
            if not found.is_stopping:
                return found
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL (pid {found.identity.pid}) does not finish stopping.")
            time.sleep(_PAUSE_S)

    def _choose_port(self) -> int:
        """The port asked for, or the one stored; another where the stored one is taken."""
        stored = self.place.own / "port"
        fixed = self._port if self._serves else self._asked_port
        if fixed and not is_free(fixed):
            raise PortTakenError(
                f"Port {fixed} for PostgreSQL is used by {listener(fixed)}; "
                "choose another with TOWER_POSTGRES_PORT, or 0 for any."
            )
        if fixed:
            return fixed
        kept = int(stored.read_text()) if stored.exists() else 0
        port = kept if kept and is_free(kept) else free_port(HOST)
        stored.write_text(f"{port}\n")
        return port

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        argv = [str(self.place.programs / "postgres"), "-D", str(self.place.data)]
        for name, value in {**_OPTIONS, "port": str(self._port)}.items():
            argv += ["-c", f"{name}={value}"]
        user = self.place.user
        whole = launch.command(argv, death_signal=signal.SIGINT, user=(user.uid, user.gid) if user else None)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                whole, env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def _refusal(self) -> str | None:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def _await(self, deadline: float) -> None:
        """A port lost in a race, or backends of a killed server not gone yet, are worth another try."""
        launches = 1
        while not self.is_ready():
            if not self.is_alive():
                if launches == _LAUNCHES:
                    raise StackError(f"PostgreSQL does not start: {self._last_words()}")
                time.sleep(0.1 * 2**launches)
                launches += 1
                self.launch()
            elif time.monotonic() > deadline:
                raise StackError(f"PostgreSQL does not answer: {self._refusal()}")
            time.sleep(_PAUSE_S)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def _ends_after(self, number: signal.Signals, wait_s: float) -> bool:
        deadline = time.monotonic() + wait_s
        if self._child:
            self._child.send_signal(number)
        elif self._adopted:
            self._adopted.signal(number)
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_S)
        return True
