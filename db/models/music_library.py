"""The music library: what its sources say of each track, what people say, and what holds of the two."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Float, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field

from db.models.base import PUBLIC, Moment, Table, json_column, one_of, utc

SOURCES: Final = ("folder", "apple_music")
TRACK_STATES: Final = ("present", "missing", "cloud_only", "protected", "unreadable")
PLAYLIST_KINDS: Final = ("playlist", "folder", "smart")
SCAN_STATES: Final = ("queued", "scanning", "analysing", "completed", "failed", "interrupted")

BPM: Final = "COALESCE(bpm_user, bpm_tag, bpm_listed, bpm_analysed)"
BPM_SOURCE: Final = (
    "CASE WHEN bpm_user IS NOT NULL THEN 'user' WHEN bpm_tag IS NOT NULL THEN 'tag' "
    "WHEN bpm_listed IS NOT NULL THEN 'apple_music' WHEN bpm_analysed IS NOT NULL THEN 'analysed' END"
)
KEY: Final = "COALESCE(key_user, key_tag, key_analysed)"
KEY_SOURCE: Final = (
    "CASE WHEN key_user IS NOT NULL THEN 'user' WHEN key_tag IS NOT NULL THEN 'tag' "
    "WHEN key_analysed IS NOT NULL THEN 'analysed' END"
)
SEARCH: Final = (
    "setweight(to_tsvector('simple'::regconfig, title_words), 'A'::\"char\") "
    "|| setweight(to_tsvector('simple'::regconfig, artist_words), 'B'::\"char\") "
    "|| setweight(to_tsvector('simple'::regconfig, further_words), 'C'::\"char\")"
)
TITLE_SEARCH: Final = "to_tsvector('simple'::regconfig, title_words)"


def _worked_out(expression: str, kind: Any) -> Any:
    """A column that the database works out of others; nobody writes it."""
    return Field(default=None, sa_column=Column(kind, Computed(expression, persisted=True), nullable=True))


def _words() -> Any:
    return Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class MusicTrack(Table, table=True):
    """A track: `tagged` is what its file says, `listed` what Apple's library and `edited` what a person says.

    Title, artist and the like hold what is in effect. BPM and key in effect are worked out by the database,
    so that no scan and no analysis can put itself before a person.
    """

    __tablename__ = "music_tracks"
    __table_args__ = (
        one_of("source", SOURCES),
        one_of("state", TRACK_STATES),
        CheckConstraint("bpm_user > 0", name="bpm_user"),
        Index("ix_music_tracks_search", "search", postgresql_using="gin"),
        Index("ix_music_tracks_title_search", "title_search", postgresql_using="gin"),
        Index("ix_music_tracks_title", "title_words", postgresql_using="hash"),
        Index("ix_music_tracks_tags", "tags", postgresql_using="gin"),
        Index("ix_music_tracks_bpm", "bpm", "id"),
        Index("ix_music_tracks_key", "key", "id"),
        Index("ix_music_tracks_content", "content_hash"),
        Index(
            "ix_music_tracks_unanalysed",
            "id",
            postgresql_where=text("state = 'present' AND content_hash IS DISTINCT FROM analysed_hash"),
        ),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    location: str = Field(unique=True)
    source: str
    persistent_id: str | None = Field(default=None, unique=True)
    state: str = "present"
    reason: str | None = None
    title: str
    artist: str | None = None
    album: str | None = None
    genre: str | None = None
    year: int | None = None
    tags: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    duration_s: float | None = None
    codec: str | None = None
    bit_rate: int | None = None
    rate_hz: int | None = None
    channels: int | None = None
    cover: str | None = None
    size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    mtime_ns: int | None = Field(default=None, sa_type=BigInteger)
    content_hash: str | None = None
    tagged: dict[str, Any] = json_column()
    listed: dict[str, Any] = json_column()
    edited: dict[str, Any] = json_column()
    bpm_tag: float | None = None
    bpm_listed: float | None = None
    bpm_analysed: float | None = None
    bpm_confidence: float | None = None
    bpm_user: float | None = None
    bpm: float | None = _worked_out(BPM, Float)
    bpm_source: str | None = _worked_out(BPM_SOURCE, String)
    key_tag: str | None = None
    key_analysed: str | None = None
    key_confidence: float | None = None
    key_user: str | None = None
    key: str | None = _worked_out(KEY, String)
    key_source: str | None = _worked_out(KEY_SOURCE, String)
    analysed_hash: str | None = None
    analyser: str | None = None
    analysis_error: str | None = None
    title_words: str = _words()
    artist_words: str = _words()
    further_words: str = _words()
    search: Any = _worked_out(SEARCH, TSVECTOR)
    title_search: Any = _worked_out(TITLE_SEARCH, TSVECTOR)
    created_at: Moment = utc()
    updated_at: Moment = utc()


class MusicWord(Table, table=True):
    """A word that occurs in the library: what a misspelt one is held against."""

    __tablename__ = "music_words"
    __table_args__ = (
        Index(
            "ix_music_words_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
        {"schema": PUBLIC},
    )

    word: str = Field(primary_key=True, sa_type=Text)


class MusicPlaylist(Table, table=True):
    """A playlist: a file of the music folders, or one of Apple's library."""

    __tablename__ = "music_playlists"
    __table_args__ = (
        one_of("kind", PLAYLIST_KINDS),
        one_of("state", ("present", "missing", "unreadable")),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    location: str = Field(unique=True)
    source: str
    kind: str = "playlist"
    name: str
    parent_id: int | None = Field(
        default=None,
        foreign_key="music_playlists.id",
        ondelete="SET NULL",
        sa_type=BigInteger,
        index=True,
    )
    state: str = "present"
    reason: str | None = None
    size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    mtime_ns: int | None = Field(default=None, sa_type=BigInteger)
    created_at: Moment = utc()
    updated_at: Moment = utc()


class MusicPlaylistEntry(Table, table=True):
    """A place in a playlist: a track, or why it is none."""

    __tablename__ = "music_playlist_entries"
    __table_args__ = (
        Index("ix_music_playlist_entries_open", "location", postgresql_where=text("track_id IS NULL")),
        Index("ix_music_playlist_entries_track", "track_id", "playlist_id"),
        {"schema": PUBLIC},
    )

    playlist_id: int = Field(
        foreign_key="music_playlists.id", ondelete="CASCADE", primary_key=True, sa_type=BigInteger
    )
    position: int = Field(primary_key=True)
    written: str
    title: str | None = None
    location: str | None = None
    track_id: int | None = Field(
        default=None, foreign_key="music_tracks.id", ondelete="SET NULL", sa_type=BigInteger
    )
    reason: str | None = None


class LibraryScan(Table, table=True):
    """A walk through the music: how far it is, and what it found."""

    __tablename__ = "library_scans"
    __table_args__ = (one_of("state", SCAN_STATES), {"schema": PUBLIC})

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    state: str = "queued"
    flow_run_id: UUID | None = None
    total: int | None = None
    scanned: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    counts: dict[str, int] = json_column()
    to_analyse: int | None = None
    analysed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    notes: list[str] = json_column(empty="[]")
    error: str | None = None
    created_at: Moment = utc()
    started_at: Moment | None = utc(nullable=True)
    heartbeat_at: Moment | None = utc(nullable=True)
    finished_at: Moment | None = utc(nullable=True)
