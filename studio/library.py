"""How clips are named and described where a media server looks for them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final
from xml.etree import ElementTree as ET

LONGEST_NAME_BYTES: Final = 200
UNTITLED: Final = "Untitled"
_SERIES_BYTES: Final = 90
_TITLE_CHARACTERS: Final = 60
_JOINERS: Final = "\u200c\u200d"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Square and curly brackets would be read as a provider's id.
_STAND_INS: Final = str.maketrans(
    {"/": "-", "\\": "-", "|": "-", ":": "-", '"': "'", "[": "(", "]": ")", "{": "(", "}": ")"}
    | dict.fromkeys("<>?*")
)
_WINDOWS: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_YEAR: Final = re.compile(r" \(\d{4}\)$")
# After a dash these would be read as the last of several episodes in one file.
_RANGE: Final = re.compile(r"[xe]\d", re.IGNORECASE)
_STOPS: Final = re.compile(r"[.!?,;]+(?:\s|$)|[\n。！？、，]")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe_name(text: str, *, longest_bytes: int = LONGEST_NAME_BYTES) -> str:
    """`text` as a file name for any file system; what is left of nothing is "Untitled".

    Args:
        text: Any text.
        longest_bytes: The limit in UTF-8; at least 10.
    """
    shown = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    name = _trim(" ".join(shown.translate(_STAND_INS).split()))
    if _WINDOWS.match(name):
        name = f"_{name}"
    return _trim(name.encode()[:longest_bytes].decode(errors="ignore")) or UNTITLED


def series_folder(name: str, year: int, *, copy: int = 1) -> str:
    """The folder of a project's series; `copy` tells projects of one name apart."""
    mark = f" ({copy})" if copy > 1 else ""
    return f"{safe_name(name, longest_bytes=_SERIES_BYTES)}{mark} ({year})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a video stands among its series: clips and trailers are specials, season 0."""

    series: str
    season: int
    number: int
    title: str

    @property
    def home(self) -> PurePath:
        """The folder of the season, within the library."""
        return PurePath(self.series, f"Season {self.season:02d}")

    @property
    def video(self) -> PurePath:
        """Where the video lies within the library."""
        lead = f"{_YEAR.sub('', self.series)} S{self.season:02d}E{self.number:02d}"
        lead += " " if _RANGE.match(self.title.lstrip(". ")) else " - "
        room = LONGEST_NAME_BYTES - len(lead.encode())
        return self.home / f"{lead}{safe_name(self.title, longest_bytes=room)}.mp4"


def subtitle_path(video: PurePath, kind: str) -> PurePath:
    """Where subtitles of a video lie; `kind` is language and format, as `en.srt`."""
    return video.with_name(f"{video.stem}.{kind}")


def poster_path(folder: PurePath) -> PurePath:
    """Where the upright picture of a series or a season lies."""
    return folder / "poster.jpg"


def backdrop_path(folder: PurePath) -> PurePath:
    """Where the wide picture of a series lies."""
    return folder / "backdrop.jpg"


def nfo_path(video: PurePath) -> PurePath:
    """Where a video's description lies."""
    return video.with_suffix(".nfo")


def thumb_path(video: PurePath) -> PurePath:
    """Where a video's picture lies."""
    return video.with_name(f"{video.stem}-thumb.jpg")


def title_from(prompt: str) -> str:
    """A title for a clip that was given none: the beginning of its prompt, cut between words."""
    pieces = (" ".join(piece.split()) for piece in _STOPS.split(prompt))
    words = next(filter(None, pieces), " ".join(prompt.split()))
    if len(words) <= _TITLE_CHARACTERS:
        return words or UNTITLED
    cut = words[:_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" -–—:")
    return f"{cut}…"


def tvshow_nfo(*, title: str, plot: str, year: int) -> bytes:
    """The description of a series."""
    return _nfo("tvshow", {"title": title, "plot": plot, "year": year})


def season_nfo(*, number: int, title: str) -> bytes:
    """The description of a season; the specials are season 0."""
    return _nfo("season", {"title": title, "seasonnumber": number})


def episode_nfo(
    *, title: str, season: int, episode: int, showtitle: str, plot: str, aired: date, runtime_min: int
) -> bytes:
    """The description of a clip or an episode; a media server counts its length in minutes."""
    return _nfo(
        "episodedetails",
        {
            "title": title,
            "season": season,
            "episode": episode,
            "showtitle": showtitle,
            "plot": plot,
            "aired": aired.isoformat(),
            "runtime": runtime_min,
        },
    )


def free_copy(name: str, year: int, taken: Iterable[str]) -> str:
    """The first of a name's folders that is not taken; letters' case does not tell folders apart."""
    used = {folder.casefold() for folder in taken}
    copy = 1
    while (folder := series_folder(name, year, copy=copy)).casefold() in used:
        copy += 1
    return folder


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    return " " if category in _INVISIBLE else character


def _trim(name: str) -> str:
    """Windows drops dots and spaces at the end; a dot at the beginning hides a file."""
    return name.strip(". ").strip()


def _nfo(kind: str, fields: Mapping[str, str | int]) -> bytes:
    root = ET.Element(kind)
    for name, value in fields.items():
        ET.SubElement(root, name).text = _NOT_XML.sub("", str(value))
    ET.SubElement(root, "lockdata").text = "true"
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
