"""Publications after their run: taken away, asked about again, completed when they are seen."""

import logging
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

from db.locks import Lock
from db.models.production import ProductionJob
from db.models.publishing import Published
from db.queries import generations, ownership, publications, specials, survey
from db.session import transaction
from studio.clients.library import Standing, withdraw
from studio.errors import FileMissingError, StateError
from studio.publication import Publication, ReadBack, State
from studio.settings import read_settings
from tasks.media_server import look_again, look_for_removed
from tasks.publishing import Before, publication_at

log = logging.getLogger(__name__)
PATIENT_TRIES = 3
"""A server that was away has come back and been told so often, before what it lists is a verdict."""


def unpublish(generation_id: str) -> None:
    """Take a video out of the library, tell the media server so, and ask once whether it has let go of it.

    Where it has not yet, it is asked again by the timer.

    Raises:
        NotFoundError: nothing of that generation lies in the library.
        StateError: it is under way.
    """
    with transaction() as session:
        row = taken_away(session, generation_id)
    look_at(row)


def taken_away(session: Any, generation_id: str) -> Published:
    """A video out of the library, in the caller's transaction; returns its row for who asks the server.

    Raises:
        NotFoundError: nothing of that generation lies in the library.
        StateError: it is under way.
    """
    job, row = can_be_taken_away(session, generation_id)
    left = _take_away(row, publications.of_project(session, row.project_id))
    publications.withdrawn(session, row, left)
    if row.season == 0:
        specials.stands_at(specials.allocate(session, job), None)
    job.published_path = None
    ownership.add_event(session, job, "publication", state=State.UNPUBLISHED, reason=None, url=None)
    return row


def can_be_taken_away(session: Any, generation_id: str) -> tuple[ProductionJob, Published]:
    """What would be taken out of the library, held until the transaction ends.

    Raises:
        NotFoundError: nothing of that generation lies in the library.
        StateError: it is under way.
    """
    job = generations.locked(session, generation_id)
    if job.status == "processing":
        raise StateError("It is under way; it can be taken away once it has ended.", stage=job.stage)
    publications.alone(session, job.project_id)
    return job, publications.of_generation(session, generation_id, locked=True)


def look_at_due() -> None:
    """Ask the media server about every publication whose time has come; one process does so at a time.

    What was published before one was configured is told and asked about as well, a few at a time.

    Raises:
        UnavailableError: the database does not answer.
    """
    with survey.held(Lock.PUBLICATIONS) as is_mine:
        if not is_mine:
            return
        with transaction() as session:
            if read_settings().jellyfin_url is not None:
                publications.take_up(session)
            due = publications.due(session)
        for row in due:
            look_at(row)


def _take_away(row: Published, rows: Iterable[Published]) -> dict[str, str]:
    """Remove the video with what is its own, and what its season and series share if it is the last of them.

    Returns the files that are left, which what else lies there has a share in.
    """
    root, rows = read_settings().library, list(rows)
    before = Before.at(row.path, files=row.files)
    if before.path is None:
        return {}
    home = before.path.parent
    others = [each.path for each in rows if each.id != row.id and each.state != State.UNPUBLISHED]
    is_last_of_series = not others
    is_last_of_season = all(PurePath(path).parent != root / home for path in others)
    shared = publications.shared(rows, inside=before.path.parts[0])

    def is_going(path: str) -> bool:
        is_of_season = PurePath(path).parent == home
        return before.is_own(path) or is_last_of_series or (is_last_of_season and is_of_season)

    going = {path: sha256 for path, sha256 in shared.items() if is_going(path)}
    withdraw(Standing(root / before.path, {root / path: digest for path, digest in going.items()}), root=root)
    return {path: sha256 for path, sha256 in row.files.items() if path not in going}


def look_at(row: Published) -> None:
    """One look, kept where nobody has published or taken away anything meanwhile."""
    read = _read(row)
    with transaction() as session:
        now = publications.locked(session, row.id or 0)
        if now is None or now.updated_at != row.updated_at:
            return
        publications.note(session, now, _patient(row, read), tries=row.tries + 1)
        if read.state is State.LISTED:
            publications.complete(session, now)


def _read(row: Published) -> ReadBack:
    if row.state == State.UNPUBLISHED:
        path = Path(row.path)
        gone = Publication(path, path.parents[1], row.season, row.number, 0)
        read = look_for_removed(gone, row.tries)
        return ReadBack(State.UNPUBLISHED, read.reason, read.item_id)
    try:
        return look_again(publication_at(Path(row.path), row.season, row.number), row.tries)
    except FileMissingError as error:
        return ReadBack(State.NOT_LISTED, error.message)


def _patient(row: Published, read: ReadBack) -> ReadBack:
    """What was pending since the server was away stays so until that has had time to look."""
    if read.state is State.NOT_LISTED and row.state == State.PENDING and row.tries < PATIENT_TRIES:
        return ReadBack(State.PENDING, read.reason)
    if read.state is State.PENDING and row.state == State.NOT_LISTED:
        return ReadBack(State.NOT_LISTED, read.reason)
    return read
