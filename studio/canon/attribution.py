"""Whose a look is: by possessives, pronouns, relative clauses, adjectives, and at last by nearness."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from studio.canon.members import CHARACTER, FIGURE, STRANGER, UNKNOWN, Member, Profile
from studio.canon.mention import Mention
from studio.canon.pronouns import referents
from studio.canon.reading import REACH, Reading, ending
from studio.canon.slots import Slot
from studio.canon.tables import words_of

_CARRIED: Final = frozenset({Slot.OUTFIT, Slot.WEAPON, Slot.ACCESSORY})
_BODILY: Final = frozenset({Slot.HAIR_COLOUR, Slot.HAIR_LENGTH, Slot.HAIR_STYLE, Slot.BEARD})
DENYING: Final = re.compile(r"n[dsamVRgwvijp#]{0,4}$")
_HAIR_IN: Final = re.compile(r"(?:[CFDSLYtm]*)H[tvRmxgq]{0,4}(?:[iw][dsm]*)$")
_HEAD_OF: Final = re.compile(r"d?m*[xHl]o$")
"""The measure of hair: "a head of", "a mop of"."""
_ADJECTIVES: Final = frozenset("-tZbheIa")
_WITH_FINITE: Final = words_of(
    "wears wear wore has have had dons wields carries holds swings draws raises sports"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose something is: one of `names`, each of them (`each`), nobody's ("other"), or unsaid ("")."""

    names: tuple[str, ...] = ()
    each: bool = False
    other: bool = False


UNSAID: Final = Owner()
OTHER: Final = Owner(other=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """A text with those who stand in it."""

    reading: Reading
    members: Sequence[Member]
    profiles: Mapping[str, Profile]
    cast: Sequence[str] = ()

    def owners(self, said: Sequence[Mention]) -> list[tuple[Mention, Owner]]:
        """Each of `said`, which come in the order of the text, with its owner and whether it is denied."""
        found: list[tuple[Mention, Owner]] = []
        for mention in said:
            found.append(self._judged(mention, found))
        return found

    def _judged(self, mention: Mention, before: Sequence[tuple[Mention, Owner]]) -> tuple[Mention, Owner]:
        first = self._start(mention)
        left = self.reading.codes[:first].rstrip("m")
        linked = self._linked(first, before)
        denial = ending(DENYING, left, len(left))
        listed = linked is not None and linked[0].negated and self._is_or(first)
        denied = mention.negated != (denial is not None or listed or self._is_neither(first))
        placed = replace(mention, negated=denied)
        owner = self._owner(placed, first, linked[1] if linked is not None else None)
        return (replace(placed, first=denial.start()) if denied and denial else placed), owner

    def _start(self, mention: Mention) -> int:
        """Where the whole phrase begins: with the hair, of hair "in a ponytail"."""
        if mention.slot in _BODILY:
            match = ending(_HAIR_IN, self.reading.codes, mention.first)
            return mention.first if match is None else match.start()
        return mention.first

    def _is_or(self, first: int) -> bool:
        return first > 0 and any(
            term.words in {"or", "nor"} for term in self.reading.terms[max(first - 3, 0) : first]
        )

    def _is_neither(self, first: int) -> bool:
        """Whether the sentence denies it of all it names: "neither Jun nor Mei has red hair"."""
        start = self.reading.codes[:first].rfind(".") + 1
        return any(term.words == "neither" for term in self.reading.terms[start : start + 1])

    def _linked(self, first: int, before: Sequence[tuple[Mention, Owner]]) -> tuple[Mention, Owner] | None:
        """The mention that this one is listed after: "with silver hair and blue eyes"."""
        left = self.reading.codes[:first].rstrip("dm#")
        lead = left.rstrip("&,")
        if len(lead) == len(left):
            return None
        return next((other for other in reversed(before[-REACH:]) if other[0].last == len(lead)), None)

    def _owner(self, mention: Mention, first: int, linked: Owner | None) -> Owner:
        inside = self._inside(mention)
        if inside is not None:
            return _of(inside)
        left = self.reading.codes[:first].rstrip("dma#")
        if left.endswith("j"):
            return self._all_before(first)
        if left.endswith("s"):
            return self._possessed(mention, len(left) - 1)
        if left.endswith("q"):
            return self._genitive(mention, len(left) - 1)
        if left.endswith("X"):
            return self._nearest(mention, len(left) - 1)
        if linked is not None and (linked.names or linked.other):
            return linked
        return self._related(mention, left)

    def _inside(self, mention: Mention) -> Member | None:
        """Whose phrase the mention is part of: "the blonde stranger"."""
        return next(
            (
                member
                for member in self.members
                if member.first <= mention.first and mention.last <= member.last
            ),
            None,
        )

    def _possessed(self, mention: Mention, place: int) -> Owner:
        """Of "her ...": whom the pronoun means; clothes in somebody's hands are not worn."""
        left = self.reading.codes[:place].rstrip("mn")
        if mention.slot in _CARRIED and left.endswith("z"):
            return OTHER
        names = referents(self.reading, place, self.members, self.profiles) or self._only_cast(place)
        plural = self.reading.terms[place].words == "their"
        return Owner(names, each=plural) if names else OTHER

    def _only_cast(self, place: int) -> tuple[str, ...]:
        """In a text where nobody stands, the only one of the cast."""
        before = [member for member in self.members if member.kind in {CHARACTER, STRANGER}]
        return tuple(self.cast) if not before and len(self.cast) == 1 and place >= 0 else ()

    def _genitive(self, mention: Mention, place: int) -> Owner:
        """Of "Kai's ...": Kai, unless somebody else wears it."""
        possessor = next((member for member in self.members if member.last == place), None)
        start = possessor.first if possessor is not None else place - 1
        left = self.reading.codes[:start].rstrip("dm")
        if mention.slot in _CARRIED and left[-1:] in {"R", "i", "w", "g"} and left:
            return self._related(mention, left)
        return _of(possessor) if possessor is not None else OTHER

    def _related(self, mention: Mention, left: str) -> Owner:
        """By the word before it: with, in, wearing, has; or by standing alone between commas."""
        if mention.slot in _BODILY:
            left = _HEAD_OF.sub("", left)
        place, link = len(left), left[-1:]
        if link in {"N", "p"} and self.reading.terms[mention.head].code in _ADJECTIVES:
            return self._nearest(mention, place)
        if (
            link in {"", ",", "."}
            and mention.slot is Slot.OUTFIT
            and self.reading.codes[mention.first - 1 : mention.first] == "d"
            and not self._follows_name(left)
        ):
            return UNSAID
        if (
            link in {"w", "i", "n", "Q"}
            or (link == "o" and mention.slot is Slot.AGE)
            or (link and link in "RgVv")
        ):
            return self._linked_by(mention, left, link)
        if link in {"", ",", ".", "&", ";", "u"}:
            return self._topic(mention, place)
        if mention.slot in _CARRIED or link in {"c", "z", "o"} or mention.slot is Slot.SPECIES:
            return OTHER if link in {"c", "z"} else UNSAID
        return self._topic(mention, place)

    def _follows_name(self, left: str) -> bool:
        """Whether a name and a comma stand right before: "Kai, a blue coat over his arm"."""
        return left.endswith("N,")

    def _linked_by(self, mention: Mention, left: str, link: str) -> Owner:
        place = len(left) - 1
        word = self.reading.terms[place].words
        if mention.slot is Slot.WEAPON and link == "i":
            return UNSAID
        before = left[:-1].rstrip("mvt")
        if before.endswith("j"):
            return self._all_before(place)
        if before.endswith("Q"):
            return self._nearest(mention, len(before) - 1)
        if word in _WITH_FINITE or link == "v" or link == "V":
            return self.subject(mention, place)
        if before[-1:] in {",", "&", "", "."}:
            return self._topic(mention, len(before))
        if link in {"R", "g"}:
            return self.subject(mention, place) if not word.endswith("ing") else self._nearest(mention, place)
        return self._nearest(mention, place)

    def before(self, mention: Mention, place: int) -> list[Member]:
        """Who stands before `place` in its sentence and could own such a look."""
        start = self.reading.codes[:place].rfind(".")
        return [
            member
            for member in self.members
            if start < member.head and member.last <= place and _could_own(member, mention)
        ]

    def _nearest(self, mention: Mention, place: int) -> Owner:
        near = self.before(mention, place)
        if not near:
            return self.elsewhere(mention, place)
        if self._is_plural(mention):
            return self._group(near)
        return _of(near[-1])

    def _is_plural(self, mention: Mention) -> bool:
        term = self.reading.terms[mention.head]
        return (
            term.code in "GW"
            and term.words.endswith("s")
            and term.value is not None
            and not term.value.name.endswith("s")
        )

    def _group(self, near: Sequence[Member]) -> Owner:
        """All who are named together with the last: "Mira and Kai in red coats"."""
        names = _of(near[-1]).names
        if not names:
            return OTHER
        for earlier, later in zip(reversed(near[:-1]), reversed(near[1:]), strict=False):
            if not re.fullmatch(r"[,&dm]+", self.reading.codes[earlier.last : later.first]):
                break
            names = (*_of(earlier).names, *names)
        return Owner(names, each=True) if names else OTHER

    def _all_before(self, place: int) -> Owner:
        names = tuple(
            dict.fromkeys(name for member in self.members if member.last <= place for name in member.names)
        )
        return Owner(names, each=True) if names else OTHER

    def subject(self, mention: Mention, place: int) -> Owner:
        """Who does what is said at `place`: the last before it that is nobody's object."""
        near = self.before(mention, place)
        free = [member for member in near if not member.governed]
        if not near:
            return self.elsewhere(mention, place)
        if not free:
            return _of(near[-1])
        if self._is_plural(mention):
            return self._group(free)
        return _of(free[-1])

    def _topic(self, mention: Mention, place: int) -> Owner:
        """Who is spoken of at `place`: the subject or who stands nearest; nobody if one is a stranger."""
        near = self.before(mention, place)
        if mention.slot in _BODILY | _CARRIED:
            near = [member for member in near if member.kind not in {FIGURE, UNKNOWN}] or near
        if not near:
            return self.elsewhere(mention, place)
        follows = near[-1].last == place - 1 and self.reading.codes[place - 1] == ","
        if follows and near[-1].kind == CHARACTER and not near[-1].governed:
            return self._either(near)
        free = [member for member in near if not member.governed]
        chosen = [near[-1], *free[-1:]]
        if any(member.kind != CHARACTER for member in chosen):
            return OTHER
        listed = (*self._group(free or near).names, *self._group(near).names)
        return Owner(tuple(dict.fromkeys(listed)))

    def _either(self, near: Sequence[Member]) -> Owner:
        """One of those who are listed right before: "Mira, Yuki, black hair"."""
        return Owner(tuple(dict.fromkeys(self._group(near).names)))

    def elsewhere(self, mention: Mention, place: int) -> Owner:
        """Where nobody stands before: the next named, an earlier subject, or the only cast."""
        able = [member for member in self.members if _could_own(member, mention)]
        start = self.reading.codes[:place].rfind(".")
        earlier = [member for member in able if member.head <= start]
        after = [member for member in able if member.head > place]
        end = self.reading.codes.find(".", place)
        same = [member for member in after if end < 0 or member.head < end]
        if same:
            return _of(same[0])
        if earlier:
            free = [member for member in earlier if not member.governed] or earlier
            return (
                Owner(tuple(dict.fromkeys((*free[-1].names, *earlier[-1].names))))
                if earlier[-1].names
                else _of(free[-1])
            )
        if after:
            return _of(after[0])
        return Owner(tuple(self.cast)) if len(self.cast) == 1 else UNSAID


def _could_own(member: Member, mention: Mention) -> bool:
    return not (member.kind == UNKNOWN and mention.slot is Slot.WEAPON and member.governed)


def _of(member: Member) -> Owner:
    return Owner(member.names) if member.kind == CHARACTER and member.names else OTHER
