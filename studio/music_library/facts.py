"""What is known of a track: what its file says, what a library lists, and which of the two holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from studio.music_library.key_names import read_key
from studio.music_library.wording import fold

SLOWEST_BPM: Final = 20.0
FASTEST_BPM: Final = 400.0
LONGEST_TEXT: Final = 500
LONGEST_TAG: Final = 60
MOST_TAGS: Final = 30
EDITABLE: Final = ("title", "artist", "album", "genre", "year", "tags")

Raw = Mapping[str, tuple[str, ...]]
"""Tags as a file holds them: texts by their native name in lower case, such as `tbpm`, `tmpo` and `bpm`."""

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("tit2", "\xa9nam", "title"),
    "artist": ("tpe1", "\xa9art", "artist", "author", "tpe2", "aart", "albumartist", "wm/albumartist"),
    "album": ("talb", "\xa9alb", "album", "wm/albumtitle"),
    "genre": ("tcon", "\xa9gen", "genre", "wm/genre"),
    "year": ("tdrc", "tyer", "tdor", "\xa9day", "date", "year", "originaldate", "wm/year"),
    "bpm": ("tbpm", "bpm", "txxx:bpm", "tmpo", "----:com.apple.itunes:bpm", "wm/beatsperminute", "tempo"),
    "key": (
        *("tkey", "initialkey", "txxx:initialkey", "txxx:initial key", "----:com.apple.itunes:initialkey"),
        *("wm/initialkey", "key", "txxx:key"),
    ),
}
_LABELS: Final = (
    *("tmoo", "mood", "txxx:mood", "----:com.apple.itunes:mood", "wm/mood"),
    *("tit1", "grp1", "\xa9grp", "grouping", "wm/contentgroupdescription"),
)
_NUMBER: Final = re.compile(r"\s*(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:bpm)?\s*", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")
_SEPARATORS: Final = re.compile(r"[;/,|\0]")


@dataclass(frozen=True, slots=True)
class Facts:
    """One source's word on a track; None is what it does not say."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    genre: str | None = None
    year: int | None = None
    tags: tuple[str, ...] = ()
    bpm: float | None = None
    key: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What is said, by name."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}


def read_facts(raw: Raw) -> Facts:
    """What a file's tags say, whatever its format."""
    first = {fact: next(_texts(raw, names), None) for fact, names in _NAMES.items()}
    genres = tuple(_texts(raw, _NAMES["genre"]))
    return Facts(
        title=first["title"],
        artist=first["artist"],
        album=first["album"],
        genre=first["genre"],
        year=_first(read_year, raw, "year"),
        tags=read_tags((*genres, *_texts(raw, _LABELS))),
        bpm=_first(read_bpm, raw, "bpm"),
        key=_first(read_key, raw, "key"),
    )


def read_bpm(text: str) -> float | None:
    """A tempo as tags write it: "128", "127.98", "127,98" or "128 BPM"; 0 is none.

    Returns:
        Beats per minute, 20 to 400; None for whatever is no tempo.
    """
    found = _NUMBER.fullmatch(text)
    bpm = float(found[1].replace(",", ".")) if found else 0.0
    return bpm if SLOWEST_BPM <= bpm <= FASTEST_BPM else None


def read_year(text: str) -> int | None:
    """The year of "2019-05-01", "May 2019" and the like."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def read_tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Genres, moods and groupings as single tags, folded, each once: "Rock/Pop; Epic" are three."""
    parts = (" ".join(fold(part).split())[:LONGEST_TAG] for text in texts for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_TAGS]


def in_effect(
    tagged: Mapping[str, Any], listed: Mapping[str, Any], edited: Mapping[str, Any], *, name: str
) -> dict[str, Any]:
    """Title, artist and the like as they hold: a person's word, else the file's, else the list's.

    Args:
        tagged: What the file says, by fact.
        listed: What Apple's library says.
        edited: What a person says.
        name: The title where nobody says one.
    """
    held = {
        fact: next((said[fact] for said in (edited, tagged, listed) if fact in said), None)
        for fact in EDITABLE
    }
    return {**held, "title": held["title"] or name, "tags": list(held["tags"] or ())}


def _texts(raw: Raw, names: Iterable[str]) -> Any:
    """What stands under any of the names, cleaned, as long as it says something."""
    for name in names:
        for text in raw.get(name, ()):
            if cleaned := clean(text):
                yield cleaned


def clean(text: str) -> str:
    """Text that the database can hold, on one line, of a bearable length."""
    held = text.replace("\0", ";").encode("utf-8", "replace").decode()
    return " ".join(held.split())[:LONGEST_TEXT].strip("; ")


def _first(read: Any, raw: Raw, fact: str) -> Any:
    return next((value for text in _texts(raw, _NAMES[fact]) if (value := read(text)) is not None), None)
