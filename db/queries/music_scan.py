"""What scans write of tracks: batches in a statement each, people's words left alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    Text,
    all_,
    any_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import Session, col, column

from db.models.music_library import MusicPlaylistEntry, MusicTrack, MusicWord
from studio.music_library.changes import Known, Stamp
from studio.music_library.facts import in_effect
from studio.music_library.wording import corrigible, words_of

_OF_A_FILE: Final = (
    *("source", "state", "reason", "duration_s", "codec", "bit_rate", "rate_hz", "channels", "cover"),
    *("size_bytes", "mtime_ns", "content_hash", "tagged", "bpm_tag", "key_tag"),
)
_IN_EFFECT: Final = ("title", "artist", "album", "genre", "year", "tags")
_WORDS: Final = ("title_words", "artist_words", "further_words")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a row survives whatever a source says."""

    tagged: Mapping[str, Any]
    listed: Mapping[str, Any]
    edited: Mapping[str, Any]


_NOTHING: Final = Kept({}, {}, {})


def known(session: Session) -> list[Known]:
    """Every track that has a path, as a scan looks at it."""
    columns = (
        *(MusicTrack.id, MusicTrack.location, MusicTrack.size_bytes, MusicTrack.mtime_ns),
        *(MusicTrack.state, MusicTrack.cover, MusicTrack.content_hash),
    )
    rows = session.execute(select(*map(col, columns)).where(col(MusicTrack.location).startswith("/")))
    return [Known(row[0] or 0, row[1], Stamp(row[2], row[3]), row[4], row[5], row[6]) for row in rows]


def relocate(session: Session, moved: Mapping[int, str]) -> None:
    """Note where files have moved to; all that is known of them stays."""
    if moved:
        there = values(column("id", Integer), column("location", String), name="there").data([*moved.items()])
        session.execute(
            update(MusicTrack)
            .where(col(MusicTrack.id) == there.c.id)
            .values(location=there.c.location)
            .execution_options(synchronize_session=False)
        )


def write_files(session: Session, rows: Sequence[Values]) -> None:
    """Write what files say; each row has `location` and the columns of a file."""
    if not rows:
        return
    kept = _kept(session, col(MusicTrack.location).in_([row["location"] for row in rows]))
    full = []
    for row in rows:
        held = kept.get(row["location"], _NOTHING)
        full.append({**row, **effective(row["location"], row["tagged"], held.listed, held.edited)})
    _upsert(session, full, (*_OF_A_FILE, *_IN_EFFECT, *_WORDS))


def write_listed(session: Session, rows: Sequence[Values]) -> None:
    """Write what Apple's library says; of a track with a file, state and stream stay the file's."""
    if not rows:
        return
    kept = _kept(session, col(MusicTrack.location).in_([row["location"] for row in rows]))
    full = []
    for row in rows:
        held = kept.get(row["location"], _NOTHING)
        full.append({**row, **effective(row["location"], held.tagged, row["listed"], held.edited)})
    _upsert(session, full, ("persistent_id", "listed", "bpm_listed", *_IN_EFFECT, *_WORDS), stateful=True)


def effective(
    location: str, tagged: Mapping[str, Any], listed: Mapping[str, Any], edited: Mapping[str, Any]
) -> Values:
    """Title, artist and the like in effect, with the words under which they are found."""
    held = in_effect(tagged, listed, edited, name=name_of(location))
    words = (
        words_of(held["title"]),
        words_of(held["artist"]),
        words_of(held["album"], held["genre"], *held["tags"], str(held["year"] or "")),
    )
    return {**held, **dict(zip(_WORDS, map(" ".join, words), strict=True))}


def name_of(location: str) -> str:
    """What a track is called where nobody says: its file's name without the suffix."""
    name = location.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def mark(session: Session, ids: Iterable[int], *, state: str, reason: str | None) -> None:
    """Set a state of many rows."""
    if marked := list(ids):
        session.execute(
            update(MusicTrack)
            .where(col(MusicTrack.id) == any_(bindparam("ids", type_=ARRAY(BigInteger))))
            .values(state=state, reason=reason, updated_at=func.now())
            .execution_options(synchronize_session=False),
            {"ids": marked},
        )


def recover(session: Session, covers: Mapping[int, str | None]) -> None:
    """Note pictures that came into, or went from, the folders of unchanged files."""
    if covers:
        rows = [(number, name) for number, name in covers.items()]
        there = values(column("id", Integer), column("cover", String), name="there").data(rows)
        session.execute(
            update(MusicTrack)
            .where(col(MusicTrack.id) == there.c.id)
            .values(cover=there.c.cover)
            .execution_options(synchronize_session=False)
        )


def identified(session: Session, persistent_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Id and location of the tracks of Apple's that are known."""
    columns = (MusicTrack.persistent_id, MusicTrack.id, MusicTrack.location)
    rows = session.execute(
        select(*map(col, columns)).where(col(MusicTrack.persistent_id).in_(list(persistent_ids)))
    )
    return {str(row[0]): (int(row[1] or 0), str(row[2])) for row in rows}


def at(session: Session, locations: Iterable[str]) -> dict[str, int]:
    """The ids of the tracks at those places."""
    query = select(col(MusicTrack.location), col(MusicTrack.id))
    rows = session.execute(query.where(col(MusicTrack.location).in_(list(locations))))
    return {row[0]: int(row[1] or 0) for row in rows}


def merge(session: Session, into: Mapping[int, int]) -> None:
    """Tracks that turn out to be others: their places in playlists and people's words go over."""
    if not into:
        return
    pairs = values(column("old", Integer), column("new", Integer), name="pairs").data([*into.items()])
    silent = {"synchronize_session": False}
    session.execute(
        update(MusicPlaylistEntry)
        .where(col(MusicPlaylistEntry.track_id) == pairs.c.old)
        .values(track_id=pairs.c.new)
        .execution_options(**silent)
    )
    old = (
        select(MusicTrack).join(pairs, col(MusicTrack.id) == pairs.c.old).add_columns(pairs.c.new).subquery()
    )
    session.execute(
        update(MusicTrack)
        .where(col(MusicTrack.id) == old.c.new)
        .values(
            bpm_user=func.coalesce(MusicTrack.bpm_user, old.c.bpm_user),
            key_user=func.coalesce(MusicTrack.key_user, old.c.key_user),
            edited=old.c.edited.op("||")(MusicTrack.edited),
        )
        .execution_options(**silent)
    )
    session.execute(delete(MusicTrack).where(col(MusicTrack.id).in_(list(into))).execution_options(**silent))


def unlisted(session: Session, library: str, persistent_ids: Iterable[str]) -> list[int]:
    """Tracks without a file that a library of Apple's listed, and lists no more."""
    query = select(col(MusicTrack.id)).where(
        col(MusicTrack.location).startswith("apple:"),
        col(MusicTrack.state) != "missing",
        col(MusicTrack.listed)["library"].astext == library,
        col(MusicTrack.persistent_id) != all_(bindparam("listed_still", type_=ARRAY(Text))),
    )
    return [int(number or 0) for number in session.scalars(query, {"listed_still": list(persistent_ids)})]


def add_words(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Have the words of these tracks known to whoever misspells them."""
    words = {word for row in rows for name in _WORDS for word in corrigible(row[name].split())}
    if words:
        session.execute(
            insert(MusicWord).on_conflict_do_nothing(), [{"word": word} for word in sorted(words)]
        )


def _kept(session: Session, where: ColumnElement[bool]) -> dict[str, Kept]:
    """What the rows say that the source does not; nobody edits them until the transaction ends."""
    columns = (MusicTrack.location, MusicTrack.tagged, MusicTrack.listed, MusicTrack.edited)
    query = select(*map(col, columns)).where(where).order_by(col(MusicTrack.id)).with_for_update()
    return {row[0]: Kept(row[1], row[2], row[3]) for row in session.execute(query)}


def _upsert(
    session: Session, rows: Sequence[Values], written: Iterable[str], *, stateful: bool = False
) -> None:
    """Insert, or update what is `written`; `stateful` rows bring a state for what has no file."""
    statement = insert(MusicTrack)
    new = statement.excluded
    changes: dict[str, Any] = {name: new[name] for name in written}
    if stateful:
        has_file = col(MusicTrack.content_hash).is_not(None)
        changes["state"] = _either(has_file & (new.state != "protected"), MusicTrack.state, new.state)
        changes["reason"] = _either(has_file & (new.state != "protected"), MusicTrack.reason, new.reason)
        changes["duration_s"] = func.coalesce(MusicTrack.duration_s, new.duration_s)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["location"], set_={**changes, "updated_at": func.now()}
        ),
        list(rows),
    )
    add_words(session, rows)


def _either(condition: Any, kept: Any, new: Any) -> Any:
    return case((condition, kept), else_=new)
