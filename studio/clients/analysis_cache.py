"""Analyses kept on disk, by the content of the file that was analysed; shared by processes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of analyses, one file each."""

    folder: Path

    def count(self) -> int:
        """How many analyses are kept."""
        return sum(1 for _ in self.folder.glob("*/*.json"))
