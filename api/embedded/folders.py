"""The embedded renderer's three folders, and the rule that no name leads out of them."""

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Final

from studio.errors import PathNotAllowedError

TYPES: Final = ("input", "output", "temp")
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Folders:
    """`input` takes uploads, `output` keeps results, `temp` holds what a prompt needs while it runs."""

    root: Path

    def prepare(self) -> None:
        """Make the folders and clear what an earlier run left in `temp`."""
        shutil.rmtree(self.root / "temp", ignore_errors=True)
        for name in TYPES:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def path(self, type_: str, subfolder: str, filename: str) -> Path:
        """The path that `/view` names; it need not exist.

        Raises:
            PathNotAllowedError: the name leads out of its folder, also by a link.
        """
        base = (self.root / type_).resolve()
        is_name = "\0" not in subfolder + filename and len((subfolder + filename).encode()) <= LONGEST_NAME
        path = (base / subfolder / filename).resolve() if is_name else base
        if type_ not in TYPES or path == base or not path.is_relative_to(base):
            raise PathNotAllowedError("The name leads out of the renderer's folders.", value=filename)
        return path

    def input_image(self, name: str) -> Path | None:
        """The uploaded picture of that name; None when there is none."""
        try:
            path = self.path("input", "", name)
        except PathNotAllowedError:
            return None
        return path if path.is_file() else None

    def store(self, type_: str, subfolder: str, filename: str, content: bytes, *, overwrite: bool) -> str:
        """Keep an upload whole, under its name or, where other content has that, as `name (1).png`."""
        wanted = self.path(type_, subfolder, filename)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        part = wanted.with_name(f".{wanted.name}.{os.getpid()}.part")
        _write(part, content)
        try:
            if overwrite:
                part.replace(wanted)
                return wanted.name
            return _link_as_free_name(part, wanted, content)
        finally:
            part.unlink(missing_ok=True)

    def save_output(self, source: Path, prefix: str) -> dict[str, str]:
        """Copy a finished file into `output` as `prefix_00001_.mp4`, the next free number, whole."""
        stem = PurePosixPath(prefix)
        first = self.path("output", str(stem.parent), f"{stem.name}_.mp4")
        first.parent.mkdir(parents=True, exist_ok=True)
        target = first.with_name(f"{stem.name}_{_next_number(first.parent, stem.name):05}_{source.suffix}")
        part = target.with_name(f".{target.name}.part")
        try:
            _write(part, source.read_bytes())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        subfolder = "" if str(stem.parent) == "." else str(stem.parent)
        return {"filename": target.name, "subfolder": subfolder, "type": "output"}

    def newest_outputs(self, limit: int) -> list[str]:
        """Names of the newest results relative to `output`, newest first."""
        base = self.root / "output"
        found: list[tuple[float, str]] = []
        for path in base.rglob("*.mp4"):
            with suppress(OSError):
                found.append((path.stat().st_mtime, path.relative_to(base).as_posix()))
        return [name for _, name in sorted(found, reverse=True)[:limit]]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _link_as_free_name(part: Path, wanted: Path, content: bytes) -> str:
    for number in count():
        target = wanted if number == 0 else wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        try:
            target.hardlink_to(part)  # fails when the name is taken, so two uploads never share one
        except FileExistsError:
            if target.is_file() and target.read_bytes() == content:
                return target.name
        else:
            return target.name
    raise AssertionError("count() has no end")


def _next_number(folder: Path, stem: str) -> int:
    pattern = re.compile(re.escape(stem) + r"_(\d+)_\.\w+")
    numbers = (int(found[1]) for entry in os.scandir(folder) if (found := pattern.fullmatch(entry.name)))
    return max(numbers, default=0) + 1
