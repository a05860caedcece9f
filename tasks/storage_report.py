"""What takes how much: the store by state, kind and project, and the folders beside it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from os import scandir
from pathlib import Path
from typing import Any

from db.queries import storage
from db.session import reading
from studio.retention import Standing
from studio.settings import Settings
from tasks import housekeeping
from tasks.housekeeping import Shelf

Amount = dict[str, int]


def report(settings: Settings, project_id: int | None = None) -> dict[str, Any]:
    """What takes how much, of everything or of one project's files in the store."""
    shelf = housekeeping.look(settings.assets)
    with reading() as session:
        names = storage.project_names(session)
        database = storage.database_bytes(session)
    owned = {sha256: shelf.project_of(sha256) for sha256 in shelf.files}
    mine = [sha256 for sha256 in shelf.files if project_id is None or owned[sha256] == project_id]
    would = housekeeping.would_go(shelf, datetime.now(UTC), project_id=project_id)
    told = {
        "store": {
            **_amount(shelf, mine),
            "by_state": _by(shelf, mine, {sha256: str(shelf.verdicts[sha256].standing) for sha256 in mine}),
            "by_kind": _by(shelf, mine, {sha256: _kind(shelf, sha256) for sha256 in mine}),
            "by_project": _by_project(shelf, mine, owned, names),
        },
        "clean_up": {"files": len(would.files), "size_bytes": would.size_bytes},
    }
    if project_id is None:
        told |= {"folders": _folders(settings), "database_bytes": database}
    return told


def clean(
    settings: Settings, apply: bool, project_id: int | None, unreferenced_days: int | None
) -> dict[str, Any]:
    """A clean-up, as JSON values."""
    done = housekeeping.clean_up(
        settings.assets, apply=apply, project_id=project_id, unreferenced_days=unreferenced_days
    )
    return {
        "applied": done.is_applied,
        "files": len(done.files),
        "size_bytes": done.size_bytes,
        "by_state": _sums(done.files),
        "first": done.files[:100],
        "named_meanwhile": done.kept,
    }


def _kind(shelf: Shelf, sha256: str) -> str:
    return shelf.rows[sha256].kind if sha256 in shelf.rows else "unknown"


def _amount(shelf: Shelf, hashes: Iterable[str]) -> Amount:
    sizes = [shelf.files[sha256].size_bytes for sha256 in hashes]
    return {"files": len(sizes), "size_bytes": sum(sizes)}


def _by(shelf: Shelf, hashes: Iterable[str], words: dict[str, str]) -> dict[str, Amount]:
    found: dict[str, list[str]] = {}
    for sha256 in hashes:
        found.setdefault(words[sha256], []).append(sha256)
    return {word: _amount(shelf, found[word]) for word in sorted(found)}


def _by_project(
    shelf: Shelf, hashes: Iterable[str], owned: dict[str, int | None], names: dict[int, str]
) -> list[dict[str, Any]]:
    found: dict[int | None, list[str]] = {}
    for sha256 in hashes:
        found.setdefault(owned[sha256], []).append(sha256)
    return [
        {
            "project_id": project_id,
            "name": names.get(project_id or 0),
            **_amount(shelf, mine),
            "by_state": _by(shelf, mine, {sha256: str(shelf.verdicts[sha256].standing) for sha256 in mine}),
        }
        for project_id, mine in sorted(found.items(), key=lambda item: item[0] or 0)
    ]


def _sums(files: Iterable[dict[str, Any]]) -> dict[str, Amount]:
    found = {str(standing): {"files": 0, "size_bytes": 0} for standing in Standing}
    for each in files:
        found[each["standing"]]["files"] += 1
        found[each["standing"]]["size_bytes"] += each["size_bytes"]
    return {standing: amount for standing, amount in found.items() if amount["files"]}


def _folders(settings: Settings) -> dict[str, Amount]:
    return {
        "library": _under(settings.library),
        "media": _under(settings.media),
        "backups": _under(settings.home / "backups"),
        "caches": _under(settings.home / "cache"),
        "renderer": _under(settings.home / "comfyui"),
        "logs": _under(settings.log_dir),
        "half_stored": _half_stored(settings.assets),
    }


def _half_stored(root: Path) -> Amount:
    """Parts of files that are being stored, or whose process died; they go after a day."""
    sizes = [path.stat().st_size for path in (root / "sha256").glob(".*.part")]
    return {"files": len(sizes), "size_bytes": sum(sizes)}


def _under(folder: Path) -> Amount:
    """Files below a folder; links are not followed."""
    files = size = 0
    folders = [folder] if folder.is_dir() else []
    while folders:
        for entry in scandir(folders.pop()):
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                files += 1
                size += entry.stat(follow_symlinks=False).st_size
    return {"files": files, "size_bytes": size}
