"""Words of the music library that somebody may have meant, where what was written is none."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, Text, exists, func, select, text, true, values
from sqlmodel import Session, col, column

from db.models.music_library import MusicWord
from studio.music_library.wording import Term, corrigible

_MOST_READINGS: Final = 5
_HAS_TRIGRAMS: Final = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")
_LEAST_LIKENESS: Final = 0.3
"""Trigram similarity of words, 0 to 1; two letters of five that changed places leave 0.33."""


def readings(session: Session, terms: Sequence[Term]) -> list[list[Term]] | None:
    """Each word, and what else it may have been meant to be; None where there is nothing of that kind."""
    slips = corrigible(term.word for term in terms)
    if not slips or not session.scalar(_HAS_TRIGRAMS):
        return None
    meant: dict[str, list[Term]] = {}
    for slip, word in session.execute(_alike(slips)):
        meant.setdefault(slip, []).append(Term(word, is_prefix=False))
    return [[term, *meant.get(term.word, ())] for term in terms] if meant else None


def _alike(slips: Sequence[str]) -> Select[str, str]:
    """The words of the library that are most like each of those that are none of its own."""
    asked = values(column("slip", Text), name="asked").data([(slip,) for slip in slips])
    likeness = func.similarity(MusicWord.word, asked.c.slip)
    word = (
        select(col(MusicWord.word))
        .where(col(MusicWord.word).op("%")(asked.c.slip), likeness >= _LEAST_LIKENESS)
        .order_by(likeness.desc(), col(MusicWord.word))
        .limit(_MOST_READINGS)
        .lateral("alike")
    )
    known = exists().where(col(MusicWord.word) == asked.c.slip)
    return select(asked.c.slip, word.c.word).join(word, true()).where(~known)
