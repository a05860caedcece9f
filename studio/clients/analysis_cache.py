"""Analyses kept on disk, by the content of the file that was analysed; shared by processes."""

import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from studio.clients.sounding import require_file
from studio.errors import MediaError
from studio.tracks import BASIC, DETAILED, TrackAnalysis, basic_of, from_json, to_json

ANALYSER_VERSION: Final = "1"
"""Raised when an analysis would say something else of the same file: what was kept is then found no more."""
log = logging.getLogger(__name__)


def content_hash(path: Path) -> str:
    """SHA-256 of a file, as the store of assets names it; a track of 5 MB takes 4 ms.

    Raises:
        FileMissingError: There is no such file.
        MediaError: It cannot be read.
    """
    require_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}.", path=str(path)) from error


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of analyses, a file for each content and backend; a detailed one answers for a basic one."""

    folder: Path

    def count(self) -> int:
        """How many analyses of this version are kept."""
        return sum(1 for _ in (self.folder / ANALYSER_VERSION).glob("*/*.json"))

    def find(self, content: str, *, kind: str, backend: str) -> TrackAnalysis | None:
        """What is kept of a content; nothing where the file is damaged, for then it is analysed anew."""
        try:
            kept = json.loads(self._file(content, backend).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("an analysis that was kept cannot be read: %s", error)
            return None
        return answer(kept, content=content, kind=kind, backend=backend)

    def keep(self, analysis: TrackAnalysis) -> None:
        """Keep an analysis, whole or not at all; a disk that takes none costs the next call its time."""
        target = self._file(analysis.content_hash, analysis.backend)
        part = target.with_name(f".{target.name}.{uuid4().hex}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(to_json(analysis), separators=(",", ":")))
            part.replace(target)
        except OSError as error:
            log.warning("an analysis cannot be kept in %s: %s", self.folder, error)
            with suppress(OSError):
                part.unlink()

    def _file(self, content: str, backend: str) -> Path:
        return self.folder / ANALYSER_VERSION / content[:2] / f"{content[2:]}.{backend}.json"


def answer(kept: Any, *, content: str, kind: str, backend: str) -> TrackAnalysis | None:
    """What was kept, if it is whole, of that content and backend, and says as much as is asked for."""
    try:
        found = from_json(kept)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        log.warning("an analysis that was kept is damaged: %r", error)
        return None
    if (found.content_hash, found.backend) != (content, backend):
        return None
    if found.kind == kind:
        return found
    return basic_of(found) if (found.kind, kind) == (DETAILED, BASIC) else None
