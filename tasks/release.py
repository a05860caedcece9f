"""A video released: put out under the fence of its run, then read back, with what comes of it for the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePath
from typing import Any

from db.models.production import ProductionJob
from db.queries import ownership, publications
from db.queries.ownership import Run
from db.queries.publications import Slot
from db.queries.specials import Series
from db.session import transaction
from studio import library
from studio.errors import PublishNotSeenError
from studio.library import Place
from studio.publication import Publication, ReadBack, State
from studio.settings import read_settings
from tasks.media_server import look_again, tell_and_read_back
from tasks.pictorial import Pictorial, draw_artwork
from tasks.publishing import Before, publication_at, putting_out

Noted = Callable[[Any, ProductionJob], None]
"""What else is written in the transaction in which the video appears: a session, and the job."""


@dataclass(frozen=True, slots=True)
class Release:
    """A finished video with all that is told of it, and the number that it goes by in its series."""

    slot: Slot
    series: Series
    title: str
    video: Path
    plot: str
    runtime_s: float
    pictorial: Pictorial
    subtitles: Mapping[str, bytes] = field(default_factory=dict)
    stood_at: str | None = None

    @property
    def place(self) -> Place:
        """Where it belongs in the library."""
        return Place(self.series.folder, self.slot.season, self.slot.number, self.title)


def put_release_out(run: Run, release: Release, noted: Noted) -> dict[str, Any]:
    """Put a video into the library, exactly once; returns what the stage records.

    The renames happen while the job's row and the series are held, so that a run that was superseded moves
    nothing, and nobody takes away meanwhile what this relies on.
    """
    before, aired = _before(release)
    place, sidecars = release.place, describe(release, aired)
    show = sidecars[PurePath(place.series) / "tvshow.nfo"]
    with (
        putting_out(
            release.video,
            place,
            sidecars=sidecars,
            artwork=draw_artwork(release.pictorial, place, before.known, show),
            subtitles=release.subtitles,
            owner=run.generation_id,
            before=before,
        ) as put_in_place,
        transaction() as session,
    ):
        job = ownership.own(session, run)
        publications.alone(session, job.project_id)
        publications.standing(session, release.slot)
        written = put_in_place()
        files = {path: digest for path, digest in before.files.items() if not before.is_own(path)}
        publications.put(
            session,
            release.slot,
            generation_id=job.id,
            path=str(written.path),
            files=files | dict(written.files),
        )
        job.published_path = str(written.path)
        noted(session, job)
        job.published_path = str(written.path)
    return {"published_path": str(written.path), "season": place.season, "number": place.number}


def settle_release(run: Run, put: Mapping[str, Any]) -> str:
    """Read the publication back, and end the generation by what the media server lists.

    The wait holds no transaction. Where the server is away the publication stands in the folder and is read
    back later; where it lists something else, or nothing, a person is asked. A clip that was made for an
    episode holds that up in neither case: it is read back later.
    """
    path = Path(put["published_path"])
    published = publication_at(path, put["season"], put["number"])
    with transaction() as session:
        is_child = ownership.own(session, run).parent_id is not None
    read = _not_waited_for(published) if is_child else tell_and_read_back(published)
    with transaction() as session:
        job = ownership.own(session, run)
        row = publications.of_generation(session, run.generation_id, locked=True)
        publications.note(session, row, read, tries=1 if read.state is State.NOT_LISTED else 0)
        ownership.add_event(session, job, "publication", state=read.state, reason=read.reason, url=read.url)
        if read.state is State.NOT_LISTED:
            ownership.settle(session, run, "needs_review", error=not_seen(path, read))
        else:
            ownership.settle(session, run, "completed", stage="done")
    return f"published at {path}: {_told(read)}"


def _not_waited_for(published: Publication) -> ReadBack:
    read = look_again(published, 0)
    return ReadBack(State.PENDING, read.reason) if read.state is State.NOT_LISTED else read


def not_seen(path: Path, read: ReadBack) -> dict[str, Any]:
    """Why a generation whose video lies in the library needs a person all the same."""
    return {
        "code": PublishNotSeenError.code,
        "message": read.reason or "",
        "details": {"published_path": str(path)},
    }


def describe(release: Release, aired: date) -> dict[PurePath, bytes]:
    """What tells the media server of the video, its season and its series."""
    place, series = release.place, release.series
    title = "Specials" if place.season == 0 else f"Season {place.season}"
    return {
        PurePath(series.folder) / "tvshow.nfo": library.tvshow_nfo(
            title=series.title, plot=series.plot, year=series.year
        ),
        place.home / "season.nfo": library.season_nfo(number=place.season, title=title),
        PurePath(library.nfo_path(place.video)): library.episode_nfo(
            title=release.title,
            season=place.season,
            episode=place.number,
            showtitle=series.title,
            plot=release.plot,
            aired=aired,
            runtime_min=max(1, round(release.runtime_s / 60)),
        ),
    }


def _before(release: Release) -> tuple[Before, date]:
    """What stands under the same number by now, and when it was first shown."""
    with transaction() as session:
        row = publications.standing(session, release.slot)
        known = publications.known_files(session, release.slot.project_id)
    today = datetime.now(UTC).date()
    if row is None:
        return Before.at(release.stood_at, known=known), today
    shown = row.published_at.date() if row.published_at else today
    stood = None if row.state == State.UNPUBLISHED else row.path
    return Before.at(stood, files=row.files, known=known), shown


def _told(read: ReadBack) -> str:
    if read.state is State.FOLDER:
        return f"no media server is configured, {read_settings().library} is the publication"
    return read.state.value if read.reason is None else f"{read.state.value}: {read.reason}"
