"""Putting a backup in place: first everything is looked at, then files, then the database at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from db import backup_restore
from db.databases import beside, prefect_name
from db.embedded.binaries import BACKUP, find_binaries
from db.tower_lock import TowerLock
from deployments import status
from deployments.databases import reached
from studio.clients import store
from studio.clients.packing import Pack, unpacking
from studio.errors import ArchiveError, NotEmptyError, StackError
from studio.settings import Settings

FORM: Final = "tower-backup"
VERSION: Final = 1
DATABASE: Final = "database.dump"
KEPT: Final = ("library", "media")


@dataclass(slots=True)
class Restored:
    """What was put in place."""

    file: str
    alembic_revision: str
    rows: int
    assets: int = 0
    files: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    not_in_library: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def folders_of(settings: Settings) -> dict[str, Path]:
    """Where things lie that rows name by path."""
    return {
        "assets": settings.assets.resolve(),
        "library": settings.library.resolve(),
        "media": settings.media.resolve(),
        "home": settings.home.resolve(),
    }


def restore_backup(settings: Settings, file: Path, *, force: bool) -> Restored:
    """Restore a file that `tower backup` wrote.

    Raises:
        ArchiveError: it is none, or damaged; nothing was touched.
        NewerArchiveError: a newer Tower wrote it.
        NotEmptyError: there is something already, and no `force`.
        StackError: the stack is up.
    """
    if status.read(settings).is_alive:
        raise StackError("The stack is up: `tower down` first.")
    with unpacking(file, form=FORM, version=VERSION, stored="assets") as pack:
        done = _looked_at(pack, file)
        with reached(settings, makes=True) as url:
            _require_room(url, settings, pack, force=force)
            _put_assets(pack, settings.assets, done)
            for name in KEPT:
                done.files[name] = _put_folder(pack, name, folders_of(settings)[name])
            done.set_aside = _put_database(pack, url, settings, force=force)
            there = (path.is_file() for path in backup_restore.published(url))
            done.not_in_library = sum(not is_there for is_there in there)
    return done


def _looked_at(pack: Pack, file: Path) -> Restored:
    """Everything is held against its hash before anything is written."""
    revision = str(pack.manifest.get("alembic_revision"))
    backup_restore.check_revision(revision)
    pack.verify()
    rows = sum(dict(pack.manifest.get("rows", {})).values())
    return Restored(str(file), revision, rows)


def _require_room(url: str, settings: Settings, pack: Pack, *, force: bool) -> None:
    own = TowerLock()
    own.hold(url)
    own.release()
    if force:
        return
    backup_restore.require_empty(url)
    for name in KEPT:
        folder = folders_of(settings)[name]
        if pack.under(name) and folder.is_dir() and any(folder.iterdir()):
            raise NotEmptyError(
                f"{folder} is not empty; with --force, files of the backup replace those of the same name.",
                field=name, value=str(folder), expected="an empty folder",
            )  # fmt: skip


def _put_assets(pack: Pack, root: Path, done: Restored) -> None:
    """A file that was damaged when it was packed has no place in a store of contents."""
    for inside, name in pack.under("assets").items():
        path = PurePosixPath(inside)
        sha256 = f"{path.parent.name}{path.name.partition('.')[0]}"
        if pack.parts[name].sha256 != sha256:
            done.damaged.append(inside)
        elif store.find(sha256, root=root) is None:
            _put(pack, name, store.place(sha256, path.suffix, root=root))
        done.assets += pack.parts[name].sha256 == sha256


def _put_folder(pack: Pack, name: str, folder: Path) -> int:
    parts = pack.under(name)
    for inside, part in parts.items():
        _put(pack, part, folder / inside)
    return len(parts)


def _put(pack: Pack, name: str, target: Path) -> None:
    with store.storage_trouble(target.parent), pack.reading(name) as source:
        store.make_folder(target.parent)
        part = store.stage(store.chunks(source), target.parent)
        try:
            if part.sha256 != pack.parts[name].sha256:
                raise ArchiveError("It changed while it was read.", field="file", value=name)
            part.settle(target)
        finally:
            part.discard()


def _put_database(pack: Pack, url: str, settings: Settings, *, force: bool) -> list[str]:
    moves = backup_restore.moves_between(_told(pack.manifest.get("folders")), folders_of(settings))
    programs = find_binaries(settings.postgres_bin, BACKUP)
    with TemporaryDirectory(prefix=".tower-restore-", dir=_scratch(settings)) as scratch:
        dump = Path(scratch) / DATABASE
        _put(pack, DATABASE, dump)
        aside = backup_restore.restore(url, dump, programs=programs, moves=moves, force=force)
    if aside and settings.prefect_api_url is None:
        kept = backup_restore.set_aside(beside(url, prefect_name(url)))
        aside += [kept] if kept else []
    return aside


def _told(folders: object) -> Mapping[str, str]:
    return folders if isinstance(folders, dict) else {}


def _scratch(settings: Settings) -> Path:
    settings.home.mkdir(parents=True, exist_ok=True)
    return settings.home


def tell(done: Restored, settings: Settings) -> None:
    """Say what was put in place."""
    out = Console(soft_wrap=True, highlight=False)
    out.print(f"[bold]{escape(str(settings.home))}[/]  {done.rows} rows, {done.assets} files of the store")
    for name, count in done.files.items():
        if count:
            out.print(f"{count} files of {name}")
    for name in done.set_aside:
        out.print(f"set aside: database {escape(name)}")
    if done.not_in_library:
        out.print(
            f"{done.not_in_library} published videos are not in {escape(str(settings.library))}: the backup "
            "was made without the library. POST /generations/ID/publication publishes one again."
        )
    for name in done.damaged:
        out.print(f"[red]damaged in the backup, left out: {escape(name)}[/]")
    out.print("`tower up` starts it and carries on what was under way.")
