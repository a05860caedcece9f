"""Rows of the music library as they are shown."""

from typing import Any

from api.schemas.library import (
    BpmSources,
    EntryShown,
    PlaylistNamed,
    PlaylistShown,
    ScanShown,
    TrackFound,
    TrackMatched,
    TrackShown,
    TrackWhole,
)
from db.models.music_library import LibraryScan, MusicPlaylist, MusicTrack
from db.queries.music_listed import Listed
from db.queries.music_playlists import Counted, Placed
from db.queries.music_search import Found
from studio.music_library.matching import match

TRACK = "/api/track"
_PLAIN = ("title", "artist", "album", "genre", "year", "tags", "bpm", "bpm_source", "key", "key_source")


def show_track(row: MusicTrack | Listed) -> TrackShown:
    """A track in a list."""
    return TrackShown(**_track(row))


def show_found(found: Found) -> TrackFound:
    """A track that was searched for."""
    return TrackFound(**_track(found.track), is_corrected=found.is_corrected)


def show_matched(row: Listed, target_bpm: float, *, tempos: bool) -> TrackMatched:
    """A track that goes with a tempo."""
    assert row.bpm is not None
    how = match(row.bpm, target_bpm, tempos=tempos)
    return TrackMatched(
        **_track(row),
        tempo=how.tempo,
        matched_bpm=round(how.matched_bpm, 3),
        distance_bpm=round(how.distance_bpm, 3),
        speed_change_percent=round(how.speed_change_percent, 2),
    )


def show_whole(row: MusicTrack, playlists: list[MusicPlaylist]) -> TrackWhole:
    """All of a track."""
    by_hand = [*(["bpm"] if row.bpm_user else []), *(["key"] if row.key_user else []), *row.edited]
    return TrackWhole(
        **_track(row),
        path=row.location if row.location.startswith("/") else None,
        source=row.source,
        bpm_sources=_tempos(row),
        edited=sorted(by_hand),
        codec=row.codec,
        bit_rate=row.bit_rate,
        sample_rate=row.rate_hz,
        channels=row.channels,
        size_bytes=row.size_bytes,
        content_hash=row.content_hash,
        analysed=row.content_hash is not None and row.content_hash == row.analysed_hash,
        analyser=row.analyser,
        analysis_error=row.analysis_error,
        playlists=[PlaylistNamed(id=each.id or 0, name=each.name) for each in playlists],
        updated_at=row.updated_at,
    )


def show_playlist(counted: Counted) -> PlaylistShown:
    """A playlist in a list."""
    return PlaylistShown(**playlist_fields(counted))


def playlist_fields(counted: Counted) -> dict[str, Any]:
    """What a playlist shows of itself, without its places."""
    names = ("id", "name", "kind", "source", "parent_id", "state", "reason")
    held = {name: getattr(counted.row, name) for name in names}
    return {**held, "entries": counted.entries, "tracks": counted.tracks}


def show_entry(placed: Placed) -> EntryShown:
    """A place of a playlist."""
    entry = placed.entry
    reason = entry.reason or (None if placed.track else "There is no such track in the library.")
    track = None if placed.track is None else show_track(placed.track)
    return EntryShown(
        position=entry.position, track=track, written=entry.written, title=entry.title, reason=reason
    )


def show_scan(row: LibraryScan) -> ScanShown:
    """A scan."""
    held = row.model_dump()
    return ScanShown(**{**held, "flow_run_id": None if row.flow_run_id is None else str(row.flow_run_id)})


def _track(row: MusicTrack | Listed) -> dict[str, Any]:
    is_file = row.state == "present"
    return {
        "id": row.id,
        **{name: getattr(row, name) for name in _PLAIN},
        "duration": None if row.duration_s is None else round(row.duration_s, 3),
        "state": row.state,
        "reason": row.reason,
        "stream_url": f"{TRACK}/{row.id}/stream" if is_file else None,
        "cover_url": f"{TRACK}/{row.id}/cover" if row.cover and row.state != "missing" else None,
    }


def _tempos(row: MusicTrack) -> BpmSources:
    return BpmSources(
        user=row.bpm_user,
        tag=row.bpm_tag,
        apple_music=row.bpm_listed,
        analysed=row.bpm_analysed,
        analysed_confidence=row.bpm_confidence,
    )
