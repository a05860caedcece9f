"""Orders that change a character."""

import re
from typing import Final

from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.manner import tidy
from studio.echo.plans import Missing
from studio.echo.who import alike, find_cast
from studio.echo.wishes import FROM_NOW, WHOLE, added, of_looks, wished

_VERB: Final = re.compile(
    r"^(?:redesign|restyle|change|update|edit|modify|adjust|alter|set|dye|colou?r|tweak|revise|rewrite|"
    r"fix|give|turn|make|swap|replace|exchange|take away|take off|remove|lose|"
    r"from (?:now|here|today|this point) on(?:wards?)?,?|going forward,?|henceforth,?)(?!\w)\s*"
    r"(?:the (?:character |(?:appearance|looks?|design|outfit|clothes|description|hair|"
    r"style) of (?!.* (?:to|into) )))?"
)
_TAKEN: Final = frozenset({"take away", "take off", "remove", "lose"})
_EXCHANGED: Final = re.compile(r"^(?P<old>.+?)\s+(?:for|with|by|to|against)\s+(?P<new>.+)$", re.IGNORECASE)
_ONLY_OWNED: Final = _TAKEN | {"make", "swap", "replace", "exchange", "fix"}
"""Verbs that change somebody only where what is theirs is named: "swap Kai's boots", not "swap Kai"."""
LONGEST_NEED: Final = 10
"""Words up to which "the robot needs a dent" is a change, and not a story."""

_COMPARED: Final = re.compile(
    r"^(?:\s*(?:a (?:bit|little|lot)|much|look|appear|seem|slightly|somewhat|be))*\s*(?:more|"
    r"less|wear|older|younger|taller|shorter|\w+er\b|blonde?|bald|left-handed|a (?:girl|boy|woman|"
    r"man|robot|vampire|elf)\b)"
)
_RULE: Final = re.compile(
    r"^\s*(?:'s?\s[\w\s-]{1,40}?)?\s*(?:(?:should|needs? to|must|has to|have to|ought "
    r"to)\s+(?:to )?(?:now |always |no longer |never |not )?(?:be|have|wear|look|get|become|carry|not|"
    r"walk|lose|"
    r"keep)|"
    r"(?:is|are|has|have|wears?) now|now (?:has|have|wears?|is|are)|(?:is|are|has|have|wears?) .{2,60} now$|"
    r"gets? (?:an? )?new\b|needs? (?:an?|some|more|less|longer|shorter|bigger|smaller|different|new|"
    r"darker|lighter|\w+er)\b)"
    r"|^'s?\s[\w\s-]{1,40}?\s*(?:→|->|=>|⇒)\s*\w"
)
_OWNED: Final = re.compile(r"^'s?\s|^’s?\s")
_SOMEBODY: Final = re.compile(r"^(?:him|her|his|their|them|she|he|they)\b")
_SHEET: Final = re.compile(
    r"^\s*(?:'s?|’s?)?\s*(?:character )?(?:description|sheet|profile|design|look|appearance|"
    r"bio|character)?\s*[:,-]?\s*(?:so that|to say that|to be|to|with|by adding|"
    r"and)?(?![\w])\s*[:,]?\s*"
)
_NOT_LOOKS: Final = re.compile(
    r"^(?:change|update|set|turn|make|give|edit|swap|replace)\s+(?:it|that|this|the (?:clip|"
    r"scene|duration|style|quality|project|trailer|episode))\b|^(?:give|get|make|turn) (?:me|us)\b"
)


_UNOWNED: Final = re.compile(
    r"(?:change|set|dye|turn|update|make) the (?:hair|eyes?|outfit|dress|coat|clothes|costume|skin|jacket|"
    r"uniform|hairstyle|haircut)(?: (?:colou?r|style|length))?(?: (?:to|into)\b|\W*$)"
)
"""As "change the hair colour to blue", where it is not said whose."""


_SWAPPED: Final = re.compile(r"(?:swap|replace|exchange|change) (?:him|her|them) (?:for|with|by|to)\b")
"""As "swap her for Mira": somebody else in the clip, where somebody is named."""


def fits_change(draft: Draft, clause: Clause) -> bool:
    """Whether a clause says how a character is to be from now on."""
    low = clause.low
    if _NOT_LOOKS.match(low):
        return False
    if _is_said_otherwise(clause):
        spans = find_cast(clause.text, draft.facts, is_story=False).spans
        return len({who for _, _, who in spans}) == 1
    if _given(draft, clause) is not None or _is_unowned(draft, clause):
        return True
    verb = _VERB.match(low)
    place = verb.end() if verb else 0
    if verb is not None and _SOMEBODY.match(low[place:]):
        return _changes_spoken_of(draft, clause, verb)
    end = _named_until(draft, clause, place)
    if end is None:
        return verb is not None and _is_of_stranger(draft, clause, verb, place)
    behind = low[end:]
    if verb is None:
        return _is_rule(low, behind)
    word = verb[0].strip()
    if word in _ONLY_OWNED:
        return bool(_OWNED.match(behind) or (word == "make" and _COMPARED.match(behind)))
    return True


def _is_said_otherwise(clause: Clause) -> bool:
    return any(each is not None for each in (wished(clause), added(clause), of_looks(clause)))


def _is_unowned(draft: Draft, clause: Clause) -> bool:
    """Whether it is not said whose hair is to be otherwise, where no clip is spoken of."""
    named = find_cast(clause.text, draft.facts).names
    return draft.clip is None and not named and _UNOWNED.match(clause.low) is not None


def _changes_spoken_of(draft: Draft, clause: Clause, verb: re.Match[str]) -> bool:
    """Whether "her", of whom was spoken, is to be otherwise."""
    if draft.clip is not None and _SWAPPED.match(clause.low):
        return not find_cast(clause.text, draft.facts).names
    rest = _SOMEBODY.sub("", clause.low[verb.end() :], count=1)
    return not verb[0].startswith("make") or _COMPARED.match(rest) is not None


def _is_rule(low: str, behind: str) -> bool:
    """Whether a sentence says how somebody is: "should be", "is now", "from now on"."""
    if FROM_NOW.search(behind):
        return True
    is_rule = _RULE.match(behind) is not None
    return is_rule and (" need" not in f" {behind}" or len(low.split()) <= LONGEST_NEED)


_OWNER: Final = re.compile(r"[A-Z][\w-]+(?: [A-Z][\w-]+)?['’]s\s")
"""As in "Akira's hair", whoever that is."""


def _is_of_stranger(draft: Draft, clause: Clause, verb: re.Match[str], place: int) -> bool:
    """Whether somebody is to be changed whom nobody knows."""
    if verb[0].strip() in {"give", "dye"}:
        return _stranger(draft, clause, place)
    return verb[0].strip() != "make" and _OWNER.match(clause.text[place:]) is not None


def _stranger(draft: Draft, clause: Clause, place: int) -> bool:
    cast = find_cast("with " + clause.text[place:], draft.facts)
    return bool(cast.unknown or cast.shared)


def _named_until(draft: Draft, clause: Clause, place: int) -> int | None:
    """Where the name ends that stands at `place`, "the" aside; None where none does."""
    cast = find_cast(clause.text, draft.facts, is_story=False)
    ends = [(start, end) for start, end, _ in cast.spans]
    for word, _ in cast.shared:
        at = clause.text.find(word)
        ends.append((at, at + len(word)))
    return next((end for start, end in ends if place <= start <= place + len("the ")), None)


_PART: Final = re.compile(r"\s*(?P<part>[\w-]+(?: [\w-]+)?) (?:to|into) (?P<how>.+)$")


_NOTHING_SAID: Final = frozenset(
    {"look", "looks", "appearance", "design", "outfit", "clothes", "hair", "style"}
)


def plan_change(draft: Draft, clause: Clause) -> None:
    """A character changed as the clause says."""
    cast = find_cast(clause.text, draft.facts, is_story=False)
    verb = _VERB.match(clause.low)
    place = verb.end() if verb else 0
    if cast.shared:
        word, owners = cast.shared[0]
        draft.ask(Missing.CHARACTER, f"Whom do you mean by {word}: {' or '.join(owners)}?", word, owners)
        return
    name, end = _whom(draft, clause, place, cast.spans)
    if name is None:
        known = draft.facts.characters
        draft.ask(
            Missing.CHARACTER,
            "Which character do you mean?",
            _word(clause.text[place:]),
            alike(clause.text[place:], known),
        )
        return
    given = _given(draft, clause)
    worded = _worded(clause, cast.spans) if given is None else tidy(clause.text[slice(*given.span("what"))])
    change = worded or _change(clause, verb, place, end)
    if not change or change.lower() in _NOTHING_SAID:
        draft.ask(Missing.CHANGE, f"How shall {name} be changed?")
        return
    draft.understood.append(clause.taken(place, end, "character", name))
    draft.add("update_character", {"character": name, "change": change})
    draft.last_cast = (name,)


_GIVEN: Final = re.compile(r"^(?:add|put) (?P<what>[^,]+?) (?:to|on) (?P<whom>[^,]+)$")


def _given(draft: Draft, clause: Clause) -> re.Match[str] | None:
    """As "add freckles to Mira": something, and no somebody, to somebody."""
    given = _GIVEN.match(clause.low)
    if given is None:
        return None
    spans = find_cast(clause.text, draft.facts, is_story=False).spans
    whom = given.start("whom")
    is_whole = len(spans) == 1 and whom <= spans[0][0] <= whom + 4 and spans[0][1] == given.end("whom")
    return given if is_whole else None


def _worded(clause: Clause, spans: tuple[tuple[int, int, str], ...]) -> str:
    """The change where the name does not stand right behind the verb."""
    text = clause.text
    if (wish := wished(clause)) is not None:
        return tidy(re.sub(r"^(?:have|be)\s+", "", FROM_NOW.sub("", text[wish.end() :])))
    if (more := added(clause)) is not None and spans:
        where = re.sub(r"^['’]s?\s+", "", text[max(end for _, end, _ in spans) :])
        return tidy(f"{text[slice(*more.span('what'))]} on the {where}")
    if (looks := of_looks(clause)) is not None:
        how = text[slice(*looks.span("how"))]
        part = looks["part"]
        if (thing := re.search(r"['’]s? (.+)$", looks["whom"])) is not None:
            part = f"{thing[1]} {part}"
        return tidy(how if not part or part in WHOLE else f"{part}: {how}")
    return ""


def _word(text: str) -> str:
    return next(iter(re.findall(r"[\w'-]+", text)), "")


def _whom(
    draft: Draft, clause: Clause, place: int, spans: tuple[tuple[int, int, str], ...]
) -> tuple[str | None, int]:
    pronoun = _SOMEBODY.match(clause.low[place:])
    if pronoun is not None:
        who = draft.last_cast[0] if len(draft.last_cast) == 1 else None
        return who, place + pronoun.end()
    named = next(((who, end) for start, end, who in spans if start >= place), None)
    return named or (None, place)


def _change(clause: Clause, verb: re.Match[str] | None, place: int, end: int) -> str:
    """What is to be so: "hair to silver" is "hair: silver"."""
    rest = FROM_NOW.sub("", clause.text[end:])
    rest = re.sub(r"\s+from (?:(?! to ).)+(?= (?:in)?to )", "", rest)
    low = clause.low[end : end + len(rest)]
    owned = _OWNED.match(low)
    word = "" if verb is None else verb[0].strip()
    if owned is not None and not re.match(
        r"^['’]s?\s+(?:character )?(?:description|sheet|profile|look|bio)\b", low
    ):
        rest = rest[owned.end() :]
        if word in _TAKEN:
            return f"no {tidy(rest)}"
        if word in {"swap", "replace", "exchange"} and (swapped := _EXCHANGED.match(rest)) is not None:
            return tidy(f"{swapped['new']} instead of {swapped['old']}")
        rest = re.sub(r"\s+now$|^now\s+", "", rest, flags=re.IGNORECASE)
        rest = re.sub(
            r"\s*(?:→|->|=>|⇒)|\b(?:should|needs? to|must|has to)(?: now)? be\b|\s+(?:into|to|(?:is|are) "
            r"now)(?= )",
            ":",
            rest,
            count=1,
        )
        return tidy(re.sub(r"\s*:\s*", ": ", rest))
    if word in {"dye", "color", "colour"} and not owned:
        return tidy(rest)
    if (part := _PART.match(rest)) is not None and _SOMEBODY.match(clause.low[place:]) is not None:
        return f"{part['part']}: {tidy(part['how'])}"
    rest = rest[_led(low) :]
    rest = re.sub(
        r"^(?:he|she|they|it)(?:'s| is| are)?\s+(?:now\s+)?|^(?:should|needs? to|must|has "
        r"to)\s+(?:(?:be|have|get)\s+)?|^needs?\s+"
        r"|^(?:now )?(?:has|have|had|is)(?: now)?\s+",
        "",
        rest,
        flags=re.IGNORECASE,
    )
    return tidy(rest)


def _led(low: str) -> int:
    sheet = _SHEET.match(low)
    return 0 if sheet is None else sheet.end()
