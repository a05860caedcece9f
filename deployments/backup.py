"""`tower backup` and `tower restore`: all that a tower knows and keeps, as one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.markup import escape

from db.backup import Snapshot, snapshot
from db.embedded.binaries import BACKUP, find_binaries
from deployments import restoring
from deployments.databases import reached
from deployments.restoring import DATABASE, FORM, VERSION
from studio.clients import store
from studio.clients.packing import Packing, packing
from studio.errors import FileMissingError
from studio.settings import Settings, read_settings

WITH_GAPS: Final = 3
_screen = Console(stderr=True)


@dataclass(slots=True)
class Backup:
    """What a backup holds, and what it could not have."""

    file: Path
    alembic_revision: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    assets: int = 0
    files: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = {"file": str(self.file), "size_bytes": self.file.stat().st_size, "assets": self.assets}
        told |= {"alembic_revision": self.alembic_revision, "rows": sum(self.rows.values())}
        return {**told, "files": self.files, "missing": self.missing, "damaged": self.damaged}


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write; else one in TOWER_HOME/backups.")
    ] = None,
    with_library: Annotated[
        bool, typer.Option("--with-library", help="Also what is published; it can be published again.")
    ] = False,
    with_media: Annotated[
        bool, typer.Option("--with-media", help="Also TOWER_HOME/media, where your own files lie.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")] = False,
) -> None:
    """Back up database, versions and store while the tower works; exit code 3 where files were missing."""
    settings = read_settings()
    target = file or settings.home / "backups" / f"tower-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    folders = {"library": settings.library} if with_library else {}
    folders |= {"media": settings.media} if with_media else {}
    with _screen.status("backing up"), reached(settings) as url:
        made = make_backup(url, settings, target.absolute(), folders)
    typer.echo(json.dumps(made.as_json(), indent=2)) if as_json else _tell(made)
    if made.missing or made.damaged:
        raise typer.Exit(WITH_GAPS)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tower backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Set aside what the database holds, under another name.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")] = False,
) -> None:
    """Restore a backup into an empty TOWER_HOME or database; `tower up` carries on what was under way."""
    settings = read_settings()
    with _screen.status("restoring"):
        done = restoring.restore_backup(settings, file, force=force)
    if as_json:
        typer.echo(json.dumps(done.as_json(), indent=2))
    else:
        restoring.tell(done, settings)


def make_backup(url: str, settings: Settings, target: Path, folders: Mapping[str, Path]) -> Backup:
    """Write the file: everything as of one moment, each file of the store by its hash.

    Raises:
        StackError: pg_dump does not suit the server.
        StorageError: the disk is full.
    """
    made = Backup(target)
    programs = find_binaries(settings.postgres_bin, BACKUP)
    says = _says(settings)
    with snapshot(url) as seen, packing(target, form=FORM, version=VERSION, says=says) as pack:
        made.alembic_revision, made.rows = seen.revision(), seen.rows()
        _add_database(pack, seen, programs, target.parent)
        _add_assets(pack, seen, settings.assets, made)
        for name, folder in folders.items():
            made.files[name] = _add_folder(pack, name, folder)
        says |= {"alembic_revision": made.alembic_revision, "rows": made.rows}
        says |= {"missing": made.missing, "damaged": made.damaged}
    return made


def _says(settings: Settings) -> dict[str, Any]:
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tower": metadata.version("tower-anime"),
        "folders": {name: str(path) for name, path in restoring.folders_of(settings).items()},
        "settings": _settings(settings),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    """What was set, without secrets: to compare with, nothing is set by it."""
    given = {name: getattr(settings, name) for name in sorted(settings.model_fields_set)}
    return {name: _word(value) for name, value in given.items() if not _is_secret(value)}


def _is_secret(value: object) -> bool:
    inner = value if isinstance(value, tuple) else (value,)
    return any(isinstance(each, SecretStr) for each in inner)


def _word(value: object) -> Any:
    if isinstance(value, tuple):
        return [_word(each) for each in value]
    return value if isinstance(value, int | float | str | bool | None) else str(value)


def _add_database(pack: Packing, seen: Snapshot, programs: Path, folder: Path) -> None:
    with TemporaryDirectory(prefix=".tower-dump-", dir=folder) as scratch:
        dump = Path(scratch) / DATABASE
        seen.dump(dump, programs)
        with dump.open("rb") as source:
            pack.add(DATABASE, source)


def _add_assets(pack: Packing, seen: Snapshot, root: Path, made: Backup) -> None:
    """Each file that the snapshot names; one that only rows of other tables name has no row of its own."""
    rows = {asset.sha256: Path(asset.path) for asset in seen.assets()}
    for sha256 in sorted(rows.keys() | seen.mentioned()):
        path = store.find(sha256, root=root) or rows.get(sha256)
        if path is None:
            continue
        try:
            with store.reading(path) as source:
                packed = pack.add(f"assets/{sha256[:2]}/{sha256[2:]}{path.suffix}", source)
        except FileMissingError:
            made.missing.append(str(path))
            continue
        made.assets += 1
        if packed.sha256 != sha256:
            made.damaged.append(str(path))


def _add_folder(pack: Packing, name: str, folder: Path) -> int:
    """Plain files; dot-files are work under way, and links lead elsewhere."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    inside = [path.relative_to(folder) for path in files]
    kept = [path for path in inside if not any(step.startswith(".") for step in path.parts)]
    for path in kept:
        with (folder / path).open("rb") as source:
            pack.add(f"{name}/{path.as_posix()}", source)
    return len(kept)


def _tell(made: Backup) -> None:
    out = Console(soft_wrap=True, highlight=False)
    size = made.file.stat().st_size / 1e6
    out.print(f"[bold]{escape(str(made.file))}[/]  {size:.1f} MB")
    out.print(
        f"{sum(made.rows.values())} rows, {made.assets} files of the store, schema {made.alembic_revision}"
    )
    for name, count in made.files.items():
        out.print(f"{count} files of {name}")
    for word, paths in (("missing", made.missing), ("damaged", made.damaged)):
        for path in paths:
            out.print(f"[red]{word}: {escape(path)}[/]")
