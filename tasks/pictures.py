"""The pictures that a take is made from: kept in the store, so that it is made of the same however often."""

from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from db.queries import takes
from db.session import transaction
from studio.clients import store
from studio.clients.stills import save_last_frame
from studio.clients.store import Stored
from studio.clients.uploads import recognise
from studio.errors import MediaError
from studio.settings import read_settings


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the store."""

    path: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """This picture as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> Self | None:
        """The picture that `to_json` wrote, or none."""
        return None if value is None else cls(**value)


def keep_reference(path: Path, project_id: int) -> Picture:
    """Take a character's reference picture into the store.

    Raises:
        FileMissingError: it cannot be read any more.
        MediaError: it is no picture.
    """

    def suffix_of(copy: Path) -> str:
        found = recognise(copy)
        if found.kind != "picture":
            raise MediaError(f"{path.name} is no picture.", path=str(path))
        return found.suffix

    with store.reading(path) as source:
        stored = store.take_in(source, root=read_settings().assets, suffix_of=suffix_of)
    return _noted(stored, "reference", project_id)


def keep_last_frame(clip: Path, project_id: int) -> Picture:
    """Take the frame that a clip ends with into the store.

    Raises:
        FileMissingError: there is no such clip.
        MediaError: its end cannot be decoded.
    """
    with TemporaryDirectory(prefix="tower-frame-") as folder:
        frame = Path(folder) / "last.png"
        save_last_frame(clip, frame)
        return _noted(store.put(frame, root=read_settings().assets), "frame", project_id)


def _noted(stored: Stored, kind: str, project_id: int) -> Picture:
    with transaction() as session:
        takes.keep(session, stored, kind=kind, project_id=project_id)
    return Picture(str(stored.path), stored.sha256)
