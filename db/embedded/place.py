"""Where a tower's PostgreSQL keeps its data, and how that folder comes to be."""

import hashlib
import logging
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db.embedded import launch
from db.embedded.binaries import User, find_binaries, runnable
from studio.errors import StackError

ROLE: Final = "tower"
SYSTEM_STORE: Final = Path("/var/lib/tower")
ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one server. `own` is ours alone, `store` the server's user can enter."""

    own: Path
    store: Path
    programs: Path
    user: User | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.store / "data"

    @property
    def password(self) -> str:
        return (self.own / "password").read_text().strip()


def server_user() -> User | None:
    """PostgreSQL refuses to run as root: then it runs as `nobody`."""
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam("nobody")
    except KeyError as error:
        raise StackError("PostgreSQL cannot run as root, and there is no user `nobody`.") from error
    return User(found.pw_uid, found.pw_gid)


def make_place(home: Path, chosen_binaries: Path | None) -> Place:
    """Create or find the folders of the server that belongs to `home`, and its programs."""
    user = server_user()
    found = find_binaries(chosen_binaries)
    own = home / "postgres"
    own.mkdir(parents=True, exist_ok=True)
    store = own if user is None else _store_of(user, own)
    programs = runnable(found, user, store)
    return Place(own, store, programs, user)


def ensure_data(place: Place) -> None:
    """Make the password and the data folder, unless they are there.

    Raises:
        StackError: The data folder is there and its password is gone.
    """
    password = place.own / "password"
    if not password.exists():
        _keep_aside(place)
        _write_secret(password, secrets.token_urlsafe(24))
    if not place.data.exists():
        _initialise(place)


def _store_of(user: User, own: Path) -> Path:
    """Where the data is, once it is anywhere; else in the home if `user` can enter that."""
    digest = hashlib.sha256(os.fsencode(own.parent.resolve())).hexdigest()[:16]
    system = SYSTEM_STORE / digest
    elsewhere = (system / "data").exists() and (own / "password").exists()
    inside = not elsewhere and ((own / "data").exists() or user.can_enter(own.parent))
    for folder in () if inside else (SYSTEM_STORE, system):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    store = own if inside else system
    store.chmod(0o711)
    (store / "home").write_text(f"{own.parent.resolve()}\n")
    if not user.can_enter(store):
        raise StackError(f"PostgreSQL runs as user {user.uid}, who cannot enter {store}.")
    return store


def _keep_aside(place: Place) -> None:
    """A home that was emptied begins anew; what its database held under /var/lib stays on disk."""
    if not place.data.exists():
        return
    if place.store == place.own:
        raise StackError(
            f"{place.own / 'password'} is gone: without its password the database cannot be opened."
        )
    kept = place.data.with_name(f"data-{time.time_ns()}")
    place.data.rename(kept)
    _log.warning("this home is new; the database of the one before it was kept as %s", kept)


def _write_secret(path: Path, value: str) -> None:
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{value}\n")
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _initialise(place: Place) -> None:
    """Run initdb in a temporary folder and rename it, so that a data folder is always a whole one."""
    for leftover in place.store.glob(".initdb-*"):
        shutil.rmtree(leftover)
    workspace = Path(tempfile.mkdtemp(prefix=".initdb-", dir=place.store))
    handed = workspace / "password"
    _write_secret(handed, place.password)
    if place.user:
        for path in (workspace, handed):
            os.chown(path, place.user.uid, place.user.gid)
    _run_initdb(place, workspace / "data", handed)
    (workspace / "data").rename(place.data)
    shutil.rmtree(workspace)


def _run_initdb(place: Place, target: Path, password: Path) -> None:
    argv = [str(place.programs / "initdb"), "--pgdata", str(target), "--username", ROLE]
    argv += ["--pwfile", str(password), "--auth=scram-sha-256", "--encoding=UTF8", *_locale(place.programs)]
    user = (place.user.uid, place.user.gid) if place.user else None
    done = subprocess.run(
        launch.command(argv, death_signal=launch.KILL, user=user),
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise StackError(f"initdb failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def _locale(programs: Path) -> list[str]:
    """Unicode's letters whatever the machine's locales; PostgreSQL brings them from 17 on."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r" (\d+)", said.stdout)
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", *(builtin if version and int(version[1]) >= 17 else ())]
