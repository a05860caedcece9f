"""Tracks that a request names: by their files, or by the words of those."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from studio.echo.clauses import Clause
from studio.echo.phrases import AUDIO_FILE

_STEM: Final = re.compile(r"[a-z0-9]+")
_SOUND_WORD: Final = (
    r"(?:track|song|music|theme|piece|tune|soundtrack|audio|score|melody|file|recording|beat|bgm)"
)


def find_sound(clause: Clause, tracks: Sequence[str]) -> tuple[int, int, str] | None:
    """The sound file that a clause names: its place, and its path; by its name, or the words of that."""
    if re.search(AUDIO_FILE, clause.low) is not None:
        return next(iter(_by_file(clause, tracks)), None)
    by_words = (_by_words(clause.low, path) for path in tracks)
    return max(
        (each for each in by_words if each is not None), key=lambda each: each[1] - each[0], default=None
    )


def find_sounds(clause: Clause, tracks: Sequence[str]) -> list[str]:
    """The paths of all tracks that an order about music names, in their order; a word of a name is enough."""
    named = [(start, path) for start, _, path in _by_file(clause, tracks)]
    if not named and re.search(AUDIO_FILE, clause.low) is None:
        spans = ((path, _by_words(clause.low, path, is_music=True)) for path in tracks)
        named = sorted((span[0], path) for path, span in spans if span is not None)
    return list(dict.fromkeys(path for _, path in named))


def _by_file(clause: Clause, tracks: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    for found in re.finditer(AUDIO_FILE, clause.low):
        path = _track_called(clause.text[found.start() : found.end()], tracks)
        if path is not None:
            yield found.start(), found.end(), path


def _track_called(written: str, tracks: Sequence[str]) -> str | None:
    """The track of that file name, slips put right; a whole path stands for itself."""
    name = PurePosixPath(written).name.lower()
    for path in tracks:
        if path.lower() == written.lower() or (
            "/" not in written and fuzz.ratio(PurePosixPath(path).name.lower(), name) >= 85
        ):
            return path
    return written if written.startswith("/") and ".." not in written else None


def _by_words(low: str, path: str, *, is_music: bool = False) -> tuple[int, int, str] | None:
    """Where the words of a file's name stand; with `is_music` one word that is no other's is enough."""
    stem = _STEM.findall(path[path.rfind("/") + 1 :].rsplit(".", 1)[0].lower())
    stem = [_as_written(low, word) for word in stem]
    if not stem or stem[0] not in low:
        return None
    whole = re.search(
        r"\b(?:the )?" + r"[\s_-]+".join(map(re.escape, stem)) + rf"\b(?: {_SOUND_WORD}\b)?", low
    )
    if whole is not None and (len(stem) > 1 or re.search(rf"{_SOUND_WORD}$", whole[0])):
        return whole.start(), whole.end(), path
    first = re.escape(stem[0])
    part = re.search(rf"\b(?:the )?{first} {_SOUND_WORD}\b", low)
    part = part or re.search(
        rf"\b(?:the )?{_SOUND_WORD} (?:of|from|called|named|:)\s*(?:the )?{first}\b", low
    )
    if part is None and is_music:
        part = re.search(rf"\b(?:the )?{first}\b", low)
    return None if part is None or len(stem[0]) < 4 else (part.start(), part.end(), path)


def _as_written(low: str, word: str) -> str:
    """How a text writes a word of five letters or more, with a slip in it or none."""
    if word in low or len(word) < 5:
        return word
    near = (each for each in _STEM.findall(low) if each[0] == word[0] and OSA.distance(each, word) == 1)
    return next(near, word)


def with_words(low: str, start: int, end: int) -> tuple[int, int]:
    """The span of a track with the words that only say that it is the music."""
    before = re.search(
        r",?\s*\b(?:(?:and )?(?:set |cut |synced |timed |edited |lay it |laid )?(?:to|on|with|"
        r"using|over|under)(?: the (?:music|song|track|sound)(?: of)?)?|"
        r"(?:(?:make|let|have) (?:the |all )?cuts (?:land|fall|hit) |(?:that |which )?(?:follow(?:s|ing)?|"
        r"match(?:es|ing)?) "
        r"|(?:cut|synced|timed|edited|in time|moving|dancing) )?(?:(?:on|to|with|in) )?(?:the |every |each )?"
        r"(?:beats?|rhythm|tempo|pace|downbeats?) of|"
        r"(?:with |the )?(?:music|audio|soundtrack|song|track)[:=]?|with|to)\s+(?:the )?$",
        low[:start],
    )
    after = re.match(
        (
            r"\s*(?:underneath|as (?:the )?(?:music|soundtrack|bgm|background music|score)|playing|in "
            r"the background|under it|for music)\b"
        ),
        low[end:],
    )
    return before.start() if before else start, end + (after.end() if after else 0)
