"""Who and what stands in a text that could own a look: characters, strangers, animals and figures."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from studio.canon.colours import Place, agree
from studio.canon.members import CHARACTER, FIGURE, STRANGER, UNKNOWN, Member, Profile
from studio.canon.people import HE, SHE
from studio.canon.pronouns import PRONOUNS, referents
from studio.canon.reading import Reading, ending
from studio.canon.tables import words_of

_BEFORE_NAME: Final = re.compile(r"d?(?:[CFDSLYahebZmk#y]|,(?=[CFDSLYahebZ]))*[PKDm]?m*$")
_AFTER_ARTICLE: Final = re.compile(r"(?:[dsq#])(?:[CFDSLYaheEZbmk#y!tKPO]|x(?!x)|,(?=[CFDSLYahebZm]))*$")
_BARE: Final = re.compile(r"(?:[CFDSLYahebZmk#]|,(?=[ahebZ]))*$")
_PLACES: Final = words_of("in on through across under over inside into along during onto outside within")
_GOVERNING: Final = frozenset("rwioczgRVdx")
_SELF: Final = words_of("another other second")


def company(
    reading: Reading, profiles: Mapping[str, Profile], cast: Collection[str] = (), about: str = ""
) -> list[Member]:
    """Those who stand in `reading`, in its order.

    Args:
        reading: The text.
        profiles: Of the characters that may be meant, by name.
        cast: Who is in the scene, named or not.
        about: The character that the whole text describes, if it is such a text.
    """
    found: list[Member] = []
    named = [name for term in reading.terms if term.code == "N" for name in sorted(term.value)]
    present = list(dict.fromkeys(named)) or list(cast)
    for place, term in enumerate(reading.terms):
        member = None
        if term.code == "N" and not _is_compared(reading, place):
            member = _named(reading, place, cast, named)
        elif term.code == "p":
            member = _pronoun(reading, place, found, profiles)
        elif term.code in "PKDOx" and not _goes_on(reading.codes, place):
            member = _phrase(reading, place, found, profiles, present, is_named=bool(named))
            if about and member is not None and _opens(reading.codes, member):
                member = replace(member, kind=CHARACTER, names=(about,), told=True)
        if member is not None:
            found.append(_with_government(reading, member, found))
    return found


def _is_compared(reading: Reading, place: int) -> bool:
    """Whether somebody is only likened to the one who is named: "a girl like Wren"."""
    before = reading.terms[place - 1] if place else None
    return before is not None and before.code == "c" and before.words != "as"


def _named(reading: Reading, place: int, cast: Collection[str], named: Sequence[str]) -> Member:
    """A character by its name; of several who share it, those of the cast, or of the text, are meant."""
    who = reading.terms[place].value
    if len(who) > 1:
        whole = {
            name for term in reading.terms if term.code == "N" and len(term.value) == 1 for name in term.value
        }
        who = (who & whole) or (who & set(cast)) or who
    match = ending(_BEFORE_NAME, reading.codes, place)
    first = match.start() if match is not None else place
    return Member(first, place + 1, place, CHARACTER, tuple(sorted(who, key=named.index)))


def _pronoun(
    reading: Reading, place: int, before: Sequence[Member], profiles: Mapping[str, Profile]
) -> Member | None:
    word = reading.terms[place].words
    if word not in PRONOUNS and word not in {"they", "them", "themselves"}:
        return None
    if names := referents(reading, place, before, profiles):
        return Member(place, place + 1, place, CHARACTER, names)
    return Member(place, place + 1, place, STRANGER)


def _goes_on(codes: str, place: int) -> bool:
    """Whether the word at `place` only tells more of the noun after it ("elf girl", "old priest Ren")."""
    after = codes[place + 1 : place + 2]
    if codes[place] == "x":
        return after in set("xPOKNCGAWHEThelF#") or codes[place - 1 : place] in {"p", "N", "Q", "n"}
    return after in set("PKON") or (codes[place] == "D" and after in set("HhTtxEBefCDSLY"))


def _phrase(
    reading: Reading,
    place: int,
    before: Sequence[Member],
    profiles: Mapping[str, Profile],
    present: Sequence[str],
    *,
    is_named: bool,
) -> Member | None:
    """A noun with its article and adjectives: a character that is named elsewhere, or somebody else."""
    codes, term = reading.codes, reading.terms[place]
    article = ending(_AFTER_ARTICLE, codes, place)
    first = article.start() if article is not None else _bare_start(codes, place)
    if codes[:first].endswith("!"):
        return None
    if term.code == "x":
        return _unknown(reading, first, place) if article is not None and codes[first] == "d" else None
    if (
        term.code in "KD"
        and article is None
        and not _is_tag(codes, Member(first, place + 1, place, STRANGER))
    ):
        return None
    kind = FIGURE if term.code == "O" else STRANGER
    gender = getattr(term.value, "gender", "") or _gender_of(term.words)
    member = Member(first, place + 1, place, kind, gender=gender)
    if kind == FIGURE or (article is not None and codes[first] in "sq"):
        return member
    said_of = _said_of(reading, member, before)
    meant = _meant(reading, member, profiles, present, is_named=is_named)
    if said_of and not (meant and meant != said_of):
        return replace(member, kind=CHARACTER, names=said_of, told=True)
    if meant:
        return replace(member, kind=CHARACTER, names=meant, told=not is_named)
    return member


def _opens(codes: str, member: Member) -> bool:
    """Whether the phrase stands where a description says what somebody is."""
    return codes[member.first] not in "sq" and codes[: member.first].rstrip("m")[-1:] not in set("wrzcsqgVXi")


def _bare_start(codes: str, place: int) -> int:
    match = ending(_BARE, codes, place)
    return place if match is None else match.start()


def _gender_of(word: str) -> str:
    return SHE if word.endswith(("girl", "woman", "ess")) else HE if word.endswith(("boy", "man")) else ""


def _unknown(reading: Reading, first: int, place: int) -> Member | None:
    """Somebody by a noun that nobody knows: what is not a place, and has looks."""
    adjectives = reading.codes[first + 1 : place]
    before = reading.terms[first - 1].words if first else ""
    looks = set("DheZb") & set(adjectives)
    owns = reading.codes[place + 1 : place + 2] in {"w", "X", "q", "Q", "i", "R"}
    if not looks and (before in _PLACES or not owns):
        return None
    return Member(first, place + 1, place, UNKNOWN)


def _said_of(reading: Reading, member: Member, before: Sequence[Member]) -> tuple[str, ...]:
    """The names of whom the phrase tells more: "Mira, a tall girl", "Mira is a girl", a tag of its own."""
    left = reading.codes[: member.first]
    if left.rstrip("m")[-1:] in {"c", "w", "r", "z", "o", "i"}:
        return ()
    last = before[-1] if before else None
    if last is not None and len(last.names) == 1 and _is_plural(reading.terms[member.head].words):
        return ()
    if last is not None and last.kind == CHARACTER:
        between = reading.codes[last.last : member.first]
        the = between == "" and reading.terms[member.first].words == "the"
        if (the or re.fullmatch(r",m*|m*[vq][vmn]*|,Q[vmn]*|m*,?u[vm]*|,m*n", between)) and not _lists_on(
            reading, member
        ):
            return last.names
    if reading.codes[member.first] != "d" and _is_tag(reading.codes, member):
        named = [other for other in before if other.kind == CHARACTER]
        return named[-1].names if named else ()
    return ()


def _is_plural(word: str) -> bool:
    return word.endswith(("men", "people", "children", "crowd")) or (
        word.endswith("s") and not word.endswith("ss")
    )


def _lists_on(reading: Reading, member: Member) -> bool:
    """Whether the phrase is one of a list of people: "Mira, a guard and Kai"."""
    return re.match(r"(?:,[dmaCDShL]*[PKD])*,?&[dmaCDShL]*[NPKD]", reading.codes[member.last :]) is not None


def _is_tag(codes: str, member: Member) -> bool:
    before, after = codes[: member.first][-1:], codes[member.last :][:1]
    return before in {"", ",", "."} and after in {"", ",", "."}


def _meant(
    reading: Reading,
    member: Member,
    profiles: Mapping[str, Profile],
    present: Sequence[str],
    *,
    is_named: bool,
) -> tuple[str, ...]:
    """Whom "the old man" means, where just one fits; in a text that names nobody also "a girl"."""
    article = reading.terms[member.first].words
    definite = article in {"the", "this", "that"}
    if article in _SELF or reading.terms[member.first].code == "#" or (is_named and not definite):
        return ()
    if is_named and reading.codes[: member.first].rstrip("m")[-1:] not in {"", ".", ",", "&"}:
        return ()
    if not is_named and len(present) != 1 and not definite:
        return ()
    term = reading.terms[member.head]
    fitting = [
        name
        for name in present
        if name in profiles and _is_like(profiles[name], term.words, member.gender, term.value)
    ]
    if is_named:
        fitting = [name for name in fitting if _has_hair(profiles[name], reading, member)]
    return tuple(fitting) if len(fitting) == 1 else ()


def _is_like(profile: Profile, word: str, gender: str, value: object) -> bool:
    if word in profile.called:
        return True
    years = getattr(value, "years", None)
    if not gender or gender != profile.gender:
        return False
    if years is None:
        return False
    return profile.years is None or profile.years.meets(years)


def _has_hair(profile: Profile, reading: Reading, member: Member) -> bool:
    """Whether the phrase names no hair, or the character's: "the blonde girl" is not the dark one."""
    terms = reading.terms[member.first : member.head + 1]
    told = [before.value for before, term in pairwise(terms) if term.code == "h" and before.code in "CF"]
    told += [term.value for term in terms if term.code == "D"]
    return all(any(agree(one, other, Place.HAIR) for other in profile.hair) for one in told if profile.hair)


def _with_government(reading: Reading, member: Member, before: Sequence[Member]) -> Member:
    """`member`, with whether a verb or preposition before it makes it an object."""
    left = reading.codes[: member.first].rstrip("m")
    if left[-1:] in {"&", ","} and before and before[-1].last >= len(left.rstrip("&,")):
        return replace(member, governed=before[-1].governed)
    opens = left[-1:] == "x" and left[-2:-1] in {"", ".", ";", ","} and member.kind != CHARACTER
    starts = left == "x" or left.endswith((".x", ";x"))
    return replace(member, governed=left[-1:] in _GOVERNING and not (opens or starts))
