"""What has changed in the music folders since they were last looked through."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

READ_AGAIN: Final = frozenset({"unreadable"})
"""Whatever made a file unreadable may have gone without touching its size and time."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a changed file from an unchanged one without opening it."""

    size_bytes: int | None
    mtime_ns: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A track's row, as far as a scan looks at it."""

    id: int
    location: str
    stamp: Stamp
    state: str
    cover: str | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Files to be read, rows whose file came back as it was, rows whose file is gone."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    returned: tuple[int, ...]
    vanished: tuple[Known, ...]
    unchanged: int

    @property
    def to_read(self) -> tuple[str, ...]:
        return (*self.new, *self.changed)


def compare(known: Iterable[Known], seen: Mapping[str, Stamp]) -> Changes:
    """Hold what is known against what is there, by path, size and time; nothing is opened for it."""
    rows = {row.location: row for row in known}
    changed, returned, unchanged = [], [], 0
    for path, stamp in seen.items():
        if (row := rows.get(path)) is None:
            continue
        if row.stamp != stamp or row.state in READ_AGAIN:
            changed.append(path)
        elif row.state == "missing":
            returned.append(row.id)
        else:
            unchanged += 1
    return Changes(
        new=tuple(path for path in seen if path not in rows),
        changed=tuple(changed),
        returned=tuple(returned),
        vanished=tuple(row for path, row in rows.items() if path not in seen),
        unchanged=unchanged,
    )


class Moves:
    """Files that are gone from one path and found, equal to the byte, at another."""

    def __init__(self, vanished: Iterable[Known]) -> None:
        self._left = {row.id: row for row in vanished}
        self._by_content: defaultdict[str, list[Known]] = defaultdict(list)
        for row in self._left.values():
            if row.content_hash is not None:
                self._by_content[row.content_hash].append(row)

    def left(self) -> list[Known]:
        """The vanished rows that have been found nowhere."""
        return list(self._left.values())

    def origin(self, path: str, content_hash: str) -> Known | None:
        """The vanished row that a new file is; of several the one of that file name. Each is given once."""
        rows = self._by_content.get(content_hash)
        if not rows:
            return None
        name = path.rpartition("/")[2]
        row = next((row for row in rows if row.location.rpartition("/")[2] == name), rows[0])
        rows.remove(row)
        del self._left[row.id]
        return row
