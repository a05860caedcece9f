"""Orders for clips: a description, who is in it, and how it is to be made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from studio.canon.people import FIGURE_WORDS, PERSON_WORDS, THING_WORDS
from studio.echo.actions import LONGEST_S, MOST
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.hearing import heard
from studio.echo.listing import listed, timed
from studio.echo.manner import Manner, read_manner, tidy, without
from studio.echo.phrases import CLIP, LET, MAKING
from studio.echo.plans import Missing, Terms
from studio.echo.who import Cast, alike, find_cast, is_pronoun

_PLAIN: Final = (
    r"(?:(?:short|quick|new|music|anime|animated|nice|beautiful|cool|little|brief|single|simple|"
    r"different|fresh|great|epic|full|more|of|separate|good|another|one|small|tiny|wee|moody|funny|quiet|"
    r"tense|"
    r"lovely)\s+)*"
)
_DETERMINED: Final = (
    r"(?:(?:please|now|also|a|an|the|another|one|some|this|that|my|our|us|me|for me|for us|just)\s+)*"
)
_LEADING: Final = re.compile(
    rf"^\s*(?:{MAKING}\b\s*)?{_DETERMINED}{_PLAIN}(?:{CLIP}|(?:drafts?|anime)(?= of\b)|"
    rf"moment(?= (?:where|when|"
    rf"in which)\b))(?![\w'-])\s*"
    r"(?:(?:of|where|when|in which|that shows?|which shows?|that has|showing|featuring|starring|"
    r"with|about|for|set)\b|[:,–—-])?\s*"
)
_LEAD_WORDS: Final = (
    r"(?:i|i'd|i'm|was|were|am|we|you|think|thinking|of|about|wondering|imagine|picture|this|envision|see|get|have|"
    r"love|to|for|me|us|could|can|would|like|if|maybe|perhaps|hoping|after|looking|fancy|wanted|want|"
    r"need|next|"
    r"up|is|let's|say|consider|suggest|idea|my|here's|an?|so|ok|it|should|be|please|generate|make|create)"
)
_LED_IN: Final = re.compile(
    rf"^\s*(?:{_LEAD_WORDS}[\s,]+){{1,9}}?(?:{_LEAD_WORDS}\s*:\s*|something \w+\s*:\s*|"
    rf"(?:an? |the |one |some |another )?{_PLAIN}(?:{CLIP}|something)[\s,]+(?:of|where|with|in which|showing|"
    rf"about)\s+)"
)
_SUPPOSED: Final = re.compile(
    rf"^\s*(?:{MAKING}\s+)?(?:me |us )?(?:what it (?:would|might) (?:look|be) like|how it (?:would look|"
    rf"looks)|"
    r"what (?:happens|would happen)) (?:if|when)\s+"
)
_VERB: Final = re.compile(rf"^\s*(?:{MAKING})\b\s+(?:(?:me|us|for me|for us)\b\s*)?")
_PICTURED: Final = re.compile(
    r"^\s*(?:create|generate|render|animate|draw|film|shoot|paint)\b\s+(?:(?:me|us)\s+)?\w"
)
_ELLIPTIC: Final = re.compile(
    rf"^\s*(?:{MAKING}\s+)?(?:me\s+)?(?:another|one)\s+(?:one\s+)?(?:{CLIP}\s+)?(?=of\b|with\b|where\b)"
)
_SOUND: Final = re.compile(r"\s*,?\s*\b(?:set )?to (?:it|that|this)(?: track| song| music)?\s*$")
_SCENE_NUMBER: Final = re.compile(
    r"\s*(?:for )?(?:the )?scene (?:number |no\.? ?|#)?(\d{1,4})\s*(?::|\s[–-])\s*"
)
"""As "scene 3: Kai waits", a clip of a scene that there is."""
SHORTEST_DESCRIPTION: Final = 3
_SEEN: Final = THING_WORDS | FIGURE_WORDS | frozenset(PERSON_WORDS)
_QUESTION: Final = re.compile(
    r"^(?!when\b[^?]*,)(?:what|which|who|why|when|where|how|is|are|do|does|did|can|could|should|would|will)\b"
)


def is_ordered(draft: Draft, clause: Clause) -> bool:
    """Whether a clause says that it is about a picture, or begins with somebody who is in it."""
    low = clause.low
    if _PICTURED.match(low) or _LED_IN.match(low) or _LEADING.match(low) or _ELLIPTIC.match(low):
        return True
    return any(start == 0 for start, _, _ in find_cast(clause.text, draft.facts).spans)


def led_in(low: str) -> re.Match[str] | None:
    """The words that announce a picture: "picture this: ...", "I'd love a clip where ..."."""
    return _LED_IN.match(low)


def is_description(draft: Draft, clause: Clause) -> bool:
    """Whether a clause asks for a clip, or describes one."""
    low = clause.low
    if is_ordered(draft, clause) or _VERB.match(low):
        return True
    if _QUESTION.match(low):
        return False
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    if "duration" in manner.values or find_cast(clause.text, draft.facts).names:
        return True
    words = re.findall(r"[a-z]+", low)
    if len(words) >= SHORTEST_DESCRIPTION and any(word in _SEEN for word in words):
        return True
    return _SIGHT.fullmatch(low) is not None and len(words) > SHORTEST_DESCRIPTION


_SIGHT: Final = re.compile(r"(?:an?|the|two|three|some|many)\s+(?:[a-z'-]+,?\s+)+[a-z'-]+[.!]?")
"""As "an old lighthouse, gulls circling": what is seen, in plain words alone."""


def plan_clip(draft: Draft, clause: Clause) -> None:
    """Clips of what the clause describes; where it lists as many as it asks for, each of its own."""
    first, *others = listed(clause) or _timed(draft, clause)
    if not others:
        _plan_described(draft, clause, {})
        return
    announced = clause.cut(0, first.start - clause.start)
    shared = read_manner(announced, draft.facts.styles, draft.facts.tracks).values
    for part in (first, *others):
        _plan_described(draft, part, shared)


def _timed(draft: Draft, clause: Clause) -> tuple[Clause, ...]:
    """The parts of an order that gives each somebody and a length: "Kai in snow (6s), Mira asleep (4s)"."""
    parts = timed(clause)
    named = (find_cast(part.text, draft.facts).spans for part in parts[1:])
    return parts if all(spans and spans[0][0] == 0 for spans in named) else (clause,)


def _plan_described(draft: Draft, clause: Clause, shared: Mapping[str, Any]) -> None:
    """Clips of one picture; `shared` is what was said of all of a list, where it says nothing else itself."""
    track, clause = heard(draft, clause)
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    manner.values = {**shared, **manner.values}
    if track is not None:
        manner.values.setdefault("audio_path", track)
    draft.understood += [clause.taken(*each) for each in manner.spans]
    spans = [(start, end) for start, end, _, _ in manner.spans]
    prompt = _named(description(clause, spans, manner, draft), draft, clause)
    cast = replace(
        find_cast(clause.text, draft.facts), spans=find_cast(prompt, draft.facts, is_story=False).spans
    )
    if len(draft.last_cast) == 1 and draft.last_cast[0] in prompt and draft.last_cast[0] not in cast.names:
        cast = find_cast(prompt, draft.facts)
    if not ask_about(draft, prompt, cast, clause):
        terms = Terms(prompt, with_references(draft, cast), **told(draft, manner))
        draft.understood += [
            clause.taken(at, at + len(word), "character", who)
            for start, end, who in cast.spans
            if (at := clause.text.find(word := prompt[start:end])) >= 0
        ]
        add_clips(draft, terms, manner.count, manner.values.get("seed"), _scene_of(draft, clause))


def _scene_of(draft: Draft, clause: Clause) -> int | None:
    """The scene that stands before the picture, where the project has it."""
    headed = _SCENE_NUMBER.match(clause.low)
    number = int(headed[1]) if headed is not None else 0
    return next((each.id for each in draft.facts.scenes if each.number == number), None)


_HE: Final = re.compile(
    r"^(?:he|him|she|her|they|them)\b(?!\s+(?:\w+\s+)?(?:hands?|face|eyes|hair)\b)", re.IGNORECASE
)


_HE_ACTS: Final = re.compile(r"^(?:he|she|they)\s+[a-z]", re.IGNORECASE)
_OF_HIS: Final = re.compile(r"\b(of|on|at|from) (his|her|their) ([a-z])")


def _named(prompt: str, draft: Draft, clause: Clause) -> str:
    """The prompt that begins with "her", with the name of the one who was spoken of."""
    named = find_cast(clause.text, draft.facts).names
    if len(draft.last_cast) != 1 or draft.last_cast[0] in named or (named and not _HE_ACTS.match(prompt)):
        return prompt
    prompt = _HE.sub(draft.last_cast[0], prompt)
    return prompt if named else _OF_HIS.sub(rf"\1 {draft.last_cast[0]}'s \3", prompt, count=1)


def description(clause: Clause, spans: Sequence[tuple[int, int]], manner: Manner, draft: Draft) -> str:
    """The words of a clause that say what is seen."""
    low, text = without(clause.low, spans), without(clause.text, spans)
    head = (
        _SCENE_NUMBER.match(low)
        or _SUPPOSED.match(low)
        or _LED_IN.match(low)
        or _LEADING.match(low)
        or _ELLIPTIC.match(low)
        or _VERB.match(low)
        or LET.match(low)
    )
    start = head.end() if head is not None else 0
    low, text = low[start:], text[start:]
    if draft.track is not None and (sound := _SOUND.search(low)) is not None:
        manner.values.setdefault("audio_path", draft.track)
        text = text[: sound.start()]
    return tidy(_I_SEE.sub("", text))


_I_SEE: Final = re.compile(
    r"^(?:(?:and |so )?(?:i|we) (?:see|imagine|picture|envision|am imagining)|imagine|picture)\s+(?!(?:if|"
    r"of|how)\b)",
    re.IGNORECASE,
)


def told(draft: Draft, manner: Manner) -> dict[str, Any]:
    """Length, style, quality and sound: by the words, else by the context."""
    context = draft.context
    given = {
        "duration": context.duration,
        "style": context.style,
        "quality": context.quality,
        "audio_path": context.audio_path,
    }
    said = {name: manner.values[name] for name in given if name in manner.values}
    return given | said


def with_references(draft: Draft, cast: Cast) -> tuple[str, ...]:
    """Those named, and those whom the context names."""
    return tuple(dict.fromkeys((*cast.names, *draft.context.characters)))


def ask_about(draft: Draft, prompt: str, cast: Cast, clause: Clause) -> bool:
    """Ask for what a clip cannot be made without; whether anything is."""
    before = len(draft.questions)
    known = draft.facts.characters
    for name in (*cast.unknown, *(each for each in draft.context.characters if each not in known)):
        near = alike(name, known)
        hint = f" Do you mean {' or '.join(near)}?" if near else ""
        draft.ask(Missing.CHARACTER, f"The project has no character {name}.{hint}", name, near)
    for word, owners in cast.shared:
        draft.ask(Missing.CHARACTER, f"Whom do you mean by {word}: {' or '.join(owners)}?", word, owners)
    if not is_telling(prompt, cast):
        draft.ask(Missing.CONTENT, "What happens in it?")
    return len(draft.questions) > before or _is_too_much(draft, clause)


def is_telling(prompt: str, cast: Cast) -> bool:
    """Whether more is said than names and pronouns."""
    rest = without(prompt, [(start, end) for start, end, _ in cast.spans]).lower()
    words = [word for word in re.findall(r"[^\W\d_]+", rest) if not is_pronoun(word)]
    return bool(
        {*words}
        - {"scene", "clip", "video", "shot", "anime", "something", "it", "one", "and", "with", "for", "me"}
        - {
            "together",
            "new",
            "another",
            "please",
            "now",
            "today",
            "a",
            "an",
            "the",
            "us",
            "short",
            "nice",
            "quick",
        }
    )


def _is_too_much(draft: Draft, clause: Clause) -> bool:
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    duration, before = manner.values.get("duration", 1), len(draft.questions)
    if not 0 < duration <= LONGEST_S:
        words = next(
            clause.text[start:end] for start, end, meaning, _ in manner.spans if meaning == "duration"
        )
        draft.ask(Missing.DURATION, f"A clip has at most {LONGEST_S} seconds. How long shall it be?", words)
    if not 1 <= manner.count <= MOST:
        words = next(clause.text[start:end] for start, end, meaning, _ in manner.spans if meaning == "count")
        draft.ask(Missing.COUNT, f"I make at most {MOST} clips at once. How many shall it be?", words)
    return len(draft.questions) > before


def add_clips(
    draft: Draft, terms: Terms, count: int = 1, seed: int | None = None, scene_id: int | None = None
) -> None:
    """The steps of a clip: its cast held against the project, the clip, its verdict; as often as asked."""
    usual = draft.facts.usual
    wanted = {
        "prompt": terms.prompt,
        "duration": usual.duration if terms.duration is None else terms.duration,
        "style": terms.style or usual.style,
        "quality": terms.quality or usual.quality,
        "audio_path": terms.audio_path,
        "scene_id": scene_id or draft.context.scene_id,
        "seed": seed,
    }
    for _ in range(count):
        for name in terms.cast:
            draft.add("character_consistency_check", {"character": name})
        draft.add("generate_video", {name: value for name, value in wanted.items() if value is not None})
        draft.add("quality_assessment", {})
    draft.clip, draft.last_cast = terms, terms.cast
