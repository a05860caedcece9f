"""Searching the music library, and a single track of it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditions import ConditionsAsked
from api.library_views import show_found, show_matched, show_whole
from api.schemas.fields import Id
from api.schemas.library import TrackChange, TrackFound, TrackMatched, TrackWhole
from api.schemas.library_queries import MatchAsked, SearchAsked
from db.models.music_library import MusicTrack
from db.queries import music_matching, music_playlists, music_search, music_tracks
from db.session import transaction
from studio.music_library.matching import read_tolerance

router = APIRouter(tags=["library"])


@router.get("/search")
def search(request: Request, response: Response, asked: Annotated[SearchAsked, Query()]) -> list[TrackFound]:
    """Tracks by words, tag, artist, tempo, key, length and playlist; slips of the pen are forgiven."""
    page, wanted = asked.page(request, response), asked.wanted()
    after = page.after(3)
    with transaction() as session:
        if wanted.playlist_id is not None:
            music_playlists.get(session, wanted.playlist_id)
        found = music_search.search(session, wanted, limit=page.one_more, after=after)
    rows = page.cut(found, lambda each: f"{each.tier}.{each.rank}.{each.track.id}")
    return [show_found(each) for each in rows]


@router.get("/bpm/find-matching")
def find_matching(
    request: Request, response: Response, asked: Annotated[MatchAsked, Query()]
) -> list[TrackMatched]:
    """Tracks that go with a tempo, the nearest first, with the change of speed that each would need."""
    page, tempos = asked.page(request, response), asked.tempos == "all"
    tolerance_bpm = read_tolerance(asked.tolerance, asked.target_bpm)
    (skip,) = page.after(1)
    with transaction() as session:
        rows = music_matching.matching(
            session,
            asked.target_bpm,
            tolerance_bpm,
            tempos=tempos,
            keys=asked.keys(),
            limit=page.one_more,
            skip=skip,
        )
    shown = page.cut(rows, lambda _: str(skip + page.limit))
    return [show_matched(row, asked.target_bpm, tempos=tempos) for row in shown]


@router.get("/track/{track_id}", response_model=TrackWhole)
def get_track(track_id: Id, conditions: ConditionsAsked) -> TrackWhole | Response:
    """All that is known of a track, and from where."""
    with transaction() as session:
        row = music_tracks.get(session, track_id)
        return conditions.answer(show_whole(row, list(music_tracks.playlists_of(session, track_id))))


@router.patch("/track/{track_id}", response_model=TrackWhole)
def change_track(track_id: Id, body: TrackChange, conditions: ConditionsAsked) -> TrackWhole | Response:
    """Put a track right by hand: no scan and no analysis changes that again."""
    with transaction() as session:
        row = music_tracks.get(session, track_id, alone=True)
        playlists = list(music_tracks.playlists_of(session, track_id))
        conditions.check(show_whole(row, playlists))
        said = body.model_dump(exclude_unset=True, exclude={"bpm", "bpm_correction", "key"})
        row = music_tracks.change(session, row, said, **_by_hand(body, row))
        return conditions.tag(show_whole(row, playlists))


def _by_hand(body: TrackChange, row: MusicTrack) -> dict[str, float | str | None]:
    changed: dict[str, float | str | None] = {}
    if body.bpm_correction is not None:
        changed["bpm_user"] = body.bpm_of(row.bpm)
    elif "bpm" in body.model_fields_set:
        changed["bpm_user"] = body.bpm
    if "key" in body.model_fields_set:
        changed["key_user"] = body.key
    return changed
