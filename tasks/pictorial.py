"""Artwork of what is published, made of its takes; what a person put in its place is never touched."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio import artwork, library
from studio.clients.library import hash_of
from studio.clients.stills import sample_frames
from studio.errors import FileMissingError, MediaError
from studio.library import Place
from studio.settings import read_settings

log = logging.getLogger(__name__)
Pixels = NDArray[np.uint8]

FRAMES: Final = 12
MOST_TAKES: Final = 12
"""The best by their score are looked at."""


@dataclass(frozen=True, slots=True)
class Still:
    """A take that pictures can be made of; an animatic's caption is no part of them."""

    path: Path
    score: float | None
    is_animatic: bool


@dataclass(frozen=True, slots=True)
class Pictorial:
    """What pictures are made of; `is_leading`: whether those of the series are to be made of it anew."""

    title: str
    takes: tuple[Still, ...]
    is_leading: bool = False


def draw_artwork(
    pictorial: Pictorial, place: Place, known: Mapping[str, Collection[str]], show: bytes
) -> dict[PurePath, bytes]:
    """The pictures that are to be written, by path within the library.

    Args:
        pictorial: What they are made of.
        place: What they are of.
        known: Hashes of what was ever written, by path: pictures with others are a person's.
        show: The series' description; where it changes, its pictures may show an old title.
    """
    best = _best(pictorial)
    if not best:
        return {}
    (first, is_animatic), (second, is_second_animatic) = best[0], best[min(1, len(best) - 1)]
    home = PurePath(place.series)
    thumb = artwork.draw_thumb(first, is_animatic=is_animatic)
    drawn = {library.thumb_path(place.video): thumb}
    anew = pictorial.is_leading or _is_renamed(home, show)
    if _wanted(library.poster_path(home), known, anew=anew):
        poster = artwork.draw_poster(first, pictorial.title, is_animatic=is_animatic)
        drawn[library.poster_path(home)] = poster
    if _wanted(library.backdrop_path(home), known, anew=anew):
        drawn[library.backdrop_path(home)] = artwork.draw_backdrop(second, is_animatic=is_second_animatic)
    if _wanted(library.poster_path(place.home), known, anew=anew):
        poster = artwork.draw_poster(first, _season_title(pictorial.title, place), is_animatic=is_animatic)
        drawn[library.poster_path(place.home)] = poster
    return drawn


def _season_title(title: str, place: Place) -> str:
    return f"{title} Specials" if place.season == 0 else f"{title} Season {place.season}"


def _wanted(path: PurePath, known: Mapping[str, Collection[str]], *, anew: bool) -> bool:
    """A picture that is not there, or that is ours and out of date."""
    there = hash_of(read_settings().library / path)
    return there is None or (anew and there in known.get(str(path), ()))


def _is_renamed(home: PurePath, show: bytes) -> bool:
    there = hash_of(read_settings().library / home / "tvshow.nfo")
    return there is not None and there != sha256(show).hexdigest()


def _best(pictorial: Pictorial) -> list[tuple[Pixels, bool]]:
    """A frame of each take that shows something, the best first."""
    ranked = sorted(pictorial.takes, key=lambda take: -(take.score or 0.0))[:MOST_TAKES]
    found = [(take, frame) for take in ranked if (frame := _frame_of(take)) is not None]
    order = artwork.choose_take([frame for _, frame in found], [take.score for take, _ in found])
    return [(found[index][1], found[index][0].is_animatic) for index in order]


def _frame_of(take: Still) -> Pixels | None:
    """Pictures are an extra: what cannot be decoded is published without."""
    try:
        frames = sample_frames(take.path, FRAMES)
    except (MediaError, FileMissingError) as error:
        log.warning("no pictures are made of %s: %s", take.path.name, error.message)
        return None
    shown = [artwork.without_caption(frame) if take.is_animatic else frame for frame in frames]
    chosen = artwork.choose_frame(shown)
    return None if chosen is None else shown[chosen]
