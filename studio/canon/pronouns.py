"""Whom a pronoun may mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from studio.canon.members import CHARACTER, STRANGER, Member, Profile
from studio.canon.people import HE, SHE
from studio.canon.reading import Reading

PRONOUNS: Final = {"she": SHE, "her": SHE, "herself": SHE, "he": HE, "his": HE, "him": HE, "himself": HE}


def referents(
    reading: Reading, place: int, members: Sequence[Member], profiles: Mapping[str, Profile]
) -> tuple[str, ...]:
    """The characters of its gender that the pronoun at `place` may mean; none where a stranger may be."""
    word = reading.terms[place].words
    if word in {"its", "it", "my", "your", "our"}:
        return ()
    gender = PRONOUNS.get(word, "")
    for nearby in _sentences(reading, place, members):
        fitting = [member for member in nearby if _fits(member, gender, profiles)]
        named = [member for member in fitting if member.kind == CHARACTER]
        if any(member.kind == STRANGER and member.gender == gender for member in fitting):
            return ()
        sure = [member for member in named if gender in _genders(member, profiles)]
        named = sure or named
        if named:
            return tuple(dict.fromkeys(name for member in named for name in member.names))
        if fitting:
            return ()
    return ()


def _sentences(reading: Reading, place: int, members: Sequence[Member]) -> Iterator[list[Member]]:
    """The members before `place`, sentence by sentence backwards, and at last those after it."""
    bounds = [-1, *(at for at, code in enumerate(reading.codes[:place]) if code == ".")]
    end = place
    for start in reversed(bounds):
        yield [member for member in members if start < member.head < end]
        end = start
    yield [member for member in members if member.head > place][:1]


def _genders(member: Member, profiles: Mapping[str, Profile]) -> set[str]:
    return {profiles[name].gender for name in member.names if name in profiles} or {member.gender}


def _fits(member: Member, gender: str, profiles: Mapping[str, Profile]) -> bool:
    if member.kind not in {CHARACTER, STRANGER}:
        return False
    genders = _genders(member, profiles)
    return not gender or "" in genders or gender in genders
