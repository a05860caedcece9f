"""Analyses for routes: what is kept is answered at once, what is not is computed in another process."""

from functools import partial
from pathlib import Path
from typing import Final

from api import counted
from api.computing import compute
from db.queries import track_analyses
from db.session import transaction
from studio.clients.analysis_cache import Cache, content_hash
from studio.clients.store import open_allowed
from studio.clients.track_analysis import analyse_track
from studio.errors import FileMissingError, InvalidError
from studio.settings import Settings
from studio.tracks import TrackAnalysis

_COUNTED: Final = counted.Cache("analyses")
HASHED_HERE_BYTES: Final = 32 * 1024 * 1024
"""Hashing this much takes 20 ms; the content of a larger file is found out in the other process."""


def analysis_of(audio_path: str, settings: Settings, *, kind: str, backend: str | None) -> TrackAnalysis:
    """The analysis of a file that a request names; called from a route's thread.

    Raises:
        FileMissingError: There is no such file.
        PathNotAllowedError: It lies outside the media roots.
        MediaError: It holds no sound.
        BusyError, ComputeError: As `compute` raises them.
    """
    chosen = backend or settings.music_backend
    try:
        path = open_allowed(audio_path, settings.roots)
        found = _kept(path, settings, kind=kind, backend=chosen)
        _COUNTED.count(is_hit=found is not None)
        if found is not None:
            return found
        work = partial(analyse_track, path, kind=kind, backend=chosen, cache=settings.analyses)
        found = compute(work)
    except FileMissingError as error:
        raise FileMissingError(error.message, field="audio_path", value=audio_path) from error
    except InvalidError as error:
        raise _of_the_path(error, audio_path) from error
    with transaction() as session:
        track_analyses.keep(session, found)
    return found


def _of_the_path(error: InvalidError, audio_path: str) -> InvalidError:
    """A fault of the file, told as one of the field that names it."""
    if error.details.get("field") == "backend":
        return error
    expected = error.details.get("expected", "a sound file")
    return type(error)(error.message, field="audio_path", value=audio_path, expected=expected)


def _kept(path: Path, settings: Settings, *, kind: str, backend: str) -> TrackAnalysis | None:
    """What is kept on this host's disk, or in the table, where another host may have put it."""
    if path.stat().st_size > HASHED_HERE_BYTES:
        return None
    content, cache = content_hash(path), Cache(settings.analyses)
    found = cache.find(content, kind=kind, backend=backend)
    if found is not None:
        return found
    with transaction() as session:
        found = track_analyses.find(session, content, kind=kind, backend=backend)
    if found is not None:
        cache.keep(found)
    return found
