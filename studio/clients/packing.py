"""One file that holds many, with a manifest that says what each is: backups, and projects on their way.

A ZIP file, so that one that was cut off is known by its missing end, and a part is found without reading
those before it. What comes from elsewhere is believed in nothing: names, sizes and hashes are checked.
"""

import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from studio.clients.store import clear_parts, make_folder, storage_trouble, sync_folder
from studio.errors import ArchiveError, NewerArchiveError

MANIFEST: Final = "manifest.json"
MOST_PARTS: Final = 1_000_000
LARGEST_MANIFEST_BYTES: Final = 256 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Parts bear no time of their own: equal contents are equal files."""
_UNSAFE: Final = re.compile(r"[\x00-\x1f\\]|^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it lies in the file."""

    sha256: str
    size_bytes: int


@dataclass(slots=True)
class Packing:
    """A file under way: parts are added, the manifest comes last."""

    file: zipfile.ZipFile
    parts: dict[str, Packed] = field(default_factory=dict)

    def add(self, name: str, source: BinaryIO, *, shrinks: bool = False) -> Packed:
        """Add what `source` still holds; `shrinks` for what is not packed already, as text."""
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        sha256, size = hashlib.sha256(), 0
        with self.file.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(_CHUNK_BYTES):
                target.write(chunk)
                sha256.update(chunk)
                size += len(chunk)
        self.parts[name] = Packed(sha256.hexdigest(), size)
        return self.parts[name]


@contextmanager
def packing(target: Path, *, form: str, version: int, says: Mapping[str, Any]) -> Iterator[Packing]:
    """Write `target` whole, or not at all: under a dot-name until the block ends well.

    Args:
        target: The file to be; one of that name is replaced at the end.
        form: What kind of file this is, as its reader asks for it.
        version: Of that kind.
        says: Further fields of the manifest; read when the block has ended, so that it may fill them.

    Raises:
        StorageError: the disk is full, or the folder cannot be written.
    """
    part = target.parent / f".{target.name}-{uuid4().hex}.part"
    with storage_trouble(target.parent, setting="FILE"):
        make_folder(target.parent)
        clear_parts(target.parent, owner=f"{target.name}-", older_than_s=24 * 3600.0)
        try:
            with part.open("xb") as raw:
                part.chmod(0o600)
                with zipfile.ZipFile(raw, "w", allowZip64=True) as file:
                    made = Packing(file)
                    yield made
                    file.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), _manifest(made, form, version, says))
                raw.flush()
                os.fsync(raw.fileno())
            part.replace(target)
            sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)


def _manifest(made: Packing, form: str, version: int, says: Mapping[str, Any]) -> bytes:
    parts = {
        name: {"sha256": part.sha256, "size_bytes": part.size_bytes} for name, part in made.parts.items()
    }
    return json.dumps({"format": form, "version": version, **says, "parts": parts}, indent=1).encode()


@dataclass(frozen=True, slots=True)
class Pack:
    """A file that was opened: its manifest holds of what is in it."""

    file: zipfile.ZipFile
    manifest: Mapping[str, Any]
    parts: Mapping[str, Packed]

    def under(self, folder: str) -> dict[str, str]:
        """The parts in a folder, by their names within it."""
        start = f"{folder}/"
        return {name.removeprefix(start): name for name in self.parts if name.startswith(start)}

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """Open a part.

        Raises:
            ArchiveError: there is none of that name, or it is damaged.
        """
        if name not in self.parts:
            raise _refused(f"It has no part {name}.", name)
        try:
            with self.file.open(name) as source:
                yield cast(BinaryIO, source)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise _refused(f"The part {name} is damaged.", name) from error

    def text(self, name: str, *, largest_bytes: int) -> str:
        """A part that is text, its hash checked."""
        if name in self.parts and self.parts[name].size_bytes > largest_bytes:
            raise _refused(f"The part {name} is larger than {largest_bytes} bytes.", name)
        with self.reading(name) as source:
            content = source.read()
        if hashlib.sha256(content).hexdigest() != self.parts[name].sha256:
            raise _refused(f"The part {name} is not what the manifest says.", name)
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise _refused(f"The part {name} is no text.", name) from error

    def verify(self) -> None:
        """Hold every part against its hash in the manifest.

        Raises:
            ArchiveError: one is damaged, or another than was packed.
        """
        for name, said in self.parts.items():
            with self.reading(name) as source:
                found = hashlib.sha256()
                while chunk := source.read(_CHUNK_BYTES):
                    found.update(chunk)
            if found.hexdigest() != said.sha256:
                raise _refused(f"The part {name} is not what the manifest says.", name)


@contextmanager
def unpacking(path: Path, *, form: str, version: int, stored: str = "") -> Iterator[Pack]:
    """Open a file that `packing` wrote; nothing is read but its list of parts and its manifest.

    Args:
        path: The file.
        form: The kind of file that it must be.
        version: The newest of that kind that is understood.
        stored: A folder whose parts must lie there as they are, not shrunk; so no small file can hold a
            large one in them.

    Raises:
        ArchiveError: it is none, was cut off, or holds what it must not.
        NewerArchiveError: it was written by a newer Tower.
    """
    try:
        with zipfile.ZipFile(path) as file:
            infos = _checked(file.infolist(), stored)
            manifest = _read_manifest(file, infos)
            _check_form(manifest, form, version)
            yield Pack(file, manifest, _parts(manifest, infos))
    except (zipfile.BadZipFile, FileNotFoundError, IsADirectoryError) as error:
        raise _refused(f"{path.name} is no whole archive: {error}", path.name) from error


def _checked(infos: list[zipfile.ZipInfo], stored: str) -> dict[str, zipfile.ZipInfo]:
    """The members by name: plain files with names that stay inside, each there once."""
    if len(infos) > MOST_PARTS:
        raise _refused(f"It holds more than {MOST_PARTS} parts.", "parts")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name in found or not is_inside(name) or kind not in (0, stat.S_IFREG) or info.flag_bits & 1:
            raise _refused(f"It holds a part that it must not: {name[:200]!r}.", name[:200])
        if stored and name.startswith(f"{stored}/") and info.compress_type != zipfile.ZIP_STORED:
            raise _refused(f"The part {name[:200]} must not be shrunk.", name[:200])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(f"The part {name[:200]} is packed in a way that is not known.", name[:200])
        found[name] = info
    return found


def is_inside(name: str) -> bool:
    """Whether a name leads to a file within the folder that it is put into, on any system."""
    steps = name.split("/")
    return not _UNSAFE.search(name) and all(step not in ("", ".", "..") for step in steps)


def _read_manifest(file: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo]) -> dict[str, Any]:
    if MANIFEST not in infos:
        raise _refused("It has no manifest.", MANIFEST)
    if infos[MANIFEST].file_size > LARGEST_MANIFEST_BYTES:
        raise _refused("Its manifest is too large.", MANIFEST)
    try:
        manifest = json.loads(file.read(MANIFEST))
    except (ValueError, RecursionError) as error:
        raise _refused("Its manifest cannot be read.", MANIFEST) from error
    if not isinstance(manifest, dict):
        raise _refused("Its manifest is no object.", MANIFEST)
    return manifest


def _check_form(manifest: Mapping[str, Any], form: str, version: int) -> None:
    found, number = manifest.get("format"), manifest.get("version")
    if found != form or not isinstance(number, int):
        raise _refused(f"This is no {form}.", "format")
    if number > version:
        raise NewerArchiveError(
            f"This {form} is of version {number}; this Tower reads up to {version}.",
            field="version", value=number, expected=f"at most {version}",
        )  # fmt: skip


def _parts(manifest: Mapping[str, Any], infos: Mapping[str, zipfile.ZipInfo]) -> dict[str, Packed]:
    """What the manifest says of the parts; it and the file must hold the same ones, of the same sizes."""
    try:
        said = {
            name: Packed(str(part["sha256"]), int(part["size_bytes"]))
            for name, part in cast(dict[str, Any], manifest["parts"]).items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused("Its manifest does not list the parts.", "parts") from error
    sizes = {name: info.file_size for name, info in infos.items() if name != MANIFEST}
    if sizes != {name: part.size_bytes for name, part in said.items()}:
        raise _refused("Its parts are not those that its manifest lists.", "parts")
    return said


def _refused(message: str, part: str) -> ArchiveError:
    return ArchiveError(message, field="file", value=part, expected="an archive that Tower made")
