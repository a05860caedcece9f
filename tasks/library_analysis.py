"""Hearing what is new in the music library: tempo and key, a few tracks at a time, the rest the next time."""

import logging
from pathlib import Path
from typing import Final

from prefect import task

from db.queries import library_scans, music_hearing, track_analyses
from db.queries.music_hearing import Unheard
from db.session import transaction
from studio.clients.track_analysis import ANALYSER_VERSION, analyse_track
from studio.errors import FileMissingError, MediaError
from studio.settings import Settings, read_settings
from studio.tracks import DETAILED, TrackAnalysis
from tasks.policy import RETRIED

log = logging.getLogger(__name__)
BATCH: Final = 20


@task(name="analyse new tracks", **RETRIED)
def analyse_new(scan_id: int) -> int:
    """Analyse the tracks whose sound has not been heard yet; what is done is kept one by one."""
    settings = read_settings()
    heard = 0
    with transaction() as session:
        library_scans.note(
            session, scan_id, state="analysing", to_analyse=music_hearing.count_unheard(session), analysed=0
        )
    after = 0
    while batch := _next_batch(after):
        for track in batch:
            _analyse(track, settings)
            heard, after = heard + 1, track.id
            with transaction() as session:
                library_scans.note(session, scan_id, analysed=heard)
        log.info("library scan %d: %d tracks analysed", scan_id, heard)
    return heard


def _next_batch(after: int) -> list[Unheard]:
    with transaction() as session:
        return music_hearing.unheard(session, after=after, limit=BATCH)


def _analyse(track: Unheard, settings: Settings) -> None:
    """One at a time: whatever somebody waits for has the other processors."""
    try:
        analysis = _known(track, settings) or analyse_track(
            Path(track.location),
            kind=DETAILED,
            backend=settings.music_backend,
            cache=settings.analyses,
        )
    except FileMissingError:
        return  # the next scan says that it is gone
    except MediaError as error:
        with transaction() as session:
            music_hearing.note_failure(session, track, ANALYSER_VERSION, error.message)
        return
    with transaction() as session:
        track_analyses.keep(session, analysis)
        music_hearing.note(session, track, ANALYSER_VERSION, analysis)


def _known(track: Unheard, settings: Settings) -> TrackAnalysis | None:
    """What another host or another track of that content has found already."""
    with transaction() as session:
        return track_analyses.find(session, track.content_hash, kind=DETAILED, backend=settings.music_backend)
