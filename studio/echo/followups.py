"""Orders that build on what was said before: "again, but at night", "with Mira instead", "do that again"."""

import re
from dataclasses import replace
from typing import Final

from studio.echo.actions import ACTIONS, MOST
from studio.echo.amounts import NUMBER, number
from studio.echo.asides import TOO
from studio.echo.clauses import Clause
from studio.echo.clips import add_clips, ask_about
from studio.echo.drafting import Draft
from studio.echo.manner import Manner, read_manner, tidy, without
from studio.echo.phrases import CLIP, MODIFY
from studio.echo.plans import Missing, Terms
from studio.echo.references import says_again
from studio.echo.sequels import relative_length
from studio.echo.touching import ALSO, DOES_IT, KINDS, NOT_BUT, TOO_MUCH, TOUCHED
from studio.echo.who import Cast, find_cast

_LEAD: Final = re.compile(
    r"^(?:(?:(?:make|have|let) (?:him|her|them)|"
    r"(?:(?:it|this|that) )?(?:should|must|needs to|has to)(?: (?:be|have|look|feel))?|"
    r"a? ?different(?: style)?|"
    r"an? (?:bit |little |much )?(?:longer|shorter) (?:one|version|take|clip)|(?:use|try|set|"
    r"change) (?:the |its )?(?:style|duration|length|quality)|use|try|"
    r"(?:\w+|a few) more(?: (?:versions?|takes?|variations?|clips?|shots?))?|more (?:versions?|"
    r"takes?|variations?|clips?|shots?)|(?:i |"
    r"we )?(?:need|want|'d like) (?:it|that|this)|"
    r"give me|make|render|create|generate|change|it|that|this|those|of those|of them|again|"
    r"once more|one more time|another one|another|the same(?: (?:thing|one|clip|"
    r"scene|shot))?|same(?: (?:thing|one|clip|scene|shot|again))?|do|the|now|and|but|just|"
    r"please|then|"
    r"make (?:it|that|this|them)|change (?:it|that)(?: to)?|put (?:it|that)|"
    r"(?:i|we) (?:want|need)|i'd like|give (?:it|me)|this time|one(?: "
    r"more)?|longer|shorter|with|to (?:it|that)|be|is|a bit|a little|of (?:it|"
    r"that))(?![\w'])[\s,]*)+"
)
_LIKE_THAT: Final = re.compile(
    r"\s*\b(?:just )?like (?:it|that|this|those|these)(?: one)?\s*$", re.IGNORECASE
)
_SHOULD: Final = re.compile(r"\s+(?:should|must|needs to) (?:be|have|look)\s+")
_MORE: Final = re.compile(rf"\b(?P<n>{NUMBER}|a few) more\b")
_INSTEAD: Final = re.compile(r"\b(?:instead of|rather than|in place of|not)\s+(?P<old>.+)$|\binstead\b")
_REPLACE: Final = re.compile(r"^(?:replace|swap|change)\s+(?P<old>.+?)\s+(?:with|for|by|to)\s+(?P<new>.+)$")
_ADD: Final = re.compile(
    r"^(?:add|include|put in|bring in|also (?:with|show))\s+(?P<who>.+?)(?:\s+(?:to|into|in) "
    r"(?:it|that|this|the (?:scene|clip|shot)))?$"
)
_AS_WELL: Final = re.compile(r"^(?:with\s+)?(?P<who>[\w' ]+?),?\s+(?:as well|too|also|in it too|alongside)$")
_REMOVE: Final = re.compile(
    r"^(?:take\s+(?=.+\bout\b)|remove|drop|lose|take out|leave out|cut out|"
    r"without)\s*\b(?P<who>.+?)(?:\s+out(?: of (?:it|that|this))?)?(?:\s+from (?:it|"
    r"that|the (?:scene|clip|shot)))?$"
)
_DESCRIBED: Final = re.compile(r"(?:make|do|keep) (?:it|this|that)\b[^:]{1,40}:\s*\w+ \w+")
"""As "make it ink noir: Kai at the bar", where nothing was made before."""


_ONE_OF: Final = re.compile(
    r"(?:and )?(?:another )?one (?:of|with|where|showing) (?!(?:it|that|those|them|these|him|her)\b)"
)
SHORTEST_PICTURE: Final = 4
"""Words from which on "one of Mira rowing home" is a picture of its own, in a message that has "
"ordered one."""


def is_modification(draft: Draft, clause: Clause) -> bool:
    """Whether a clause changes what was asked for before."""
    if draft.clip is not None and (_says_only_how(draft, clause) or _touches_up(draft, clause)):
        return True
    match = MODIFY.match(clause.low)
    if match is None or (draft.clip is None and _DESCRIBED.match(clause.low)):
        return False
    if draft.steps and _ONE_OF.match(clause.low) and len(clause.low.split()) > SHORTEST_PICTURE:
        return False
    says_again = re.match(
        r"(?:again|once more|one more time|another one|same|the same|do the same)\b", clause.low
    )
    points_back = re.match(r"(?:make|change|put) (?:it|that|this|them)\b", clause.low)
    return bool(says_again or points_back) or draft.clip is not None


def _touches_up(draft: Draft, clause: Clause) -> bool:
    if draft.clip is None or TOUCHED.match(clause.low) is None:
        return False
    cast = find_cast(clause.text, draft.facts, is_story=False).names
    return {*cast} <= {*draft.clip.cast} and re.search(rf"\b{CLIP} (?:of|where|with)\b", clause.low) is None


def _says_only_how(draft: Draft, clause: Clause) -> bool:
    """As "high quality" or "nine seconds": nothing is said but how the clip before is to be."""
    if TOO.match(clause.low):
        return True
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    spans = [(start, end) for start, end, _, _ in manner.spans]
    rest = without(clause.low, spans)
    return bool(spans) and not tidy(
        re.sub(r"\bit\b", " ", rest[_led(rest.lstrip()) + len(rest) - len(rest.lstrip()) :])
    )


def plan_repeated(draft: Draft, clause: Clause) -> None:
    """What was made last, made anew; what this message orders is rendered without saying so."""
    if any(ACTIONS[step.action].makes for step in draft.steps) and not says_again(clause.low):
        return
    is_first = bool(draft.steps) or not (draft.before or draft.made)
    if is_first and draft.spoken_of and not any(ACTIONS[step.action].makes for step in draft.steps):
        target = draft.spoken_of[-1]
        draft.add("render_episode" if "episode_id" in target else "regenerate_video", target)
        return
    last = next((step for step in reversed(draft.before) if ACTIONS[step.action].makes), None)
    if last is not None and last.action in {"render_episode", "make_trailer"}:
        draft.add(last.action, last.parameters)
    elif draft.made:
        target = draft.made[-1]
        draft.add("regenerate_video" if "generation_id" in target else "render_episode", target)
    elif draft.clip is not None:
        add_clips(draft, draft.clip)
    else:
        draft.ask(Missing.TARGET, "What shall be made again? Name a scene or a generation.")


def plan_modified(draft: Draft, clause: Clause) -> None:
    """The clip before, with what is said now."""
    if draft.clip is None:
        draft.ask(Missing.TARGET, "Which clip do you mean? Name a scene, or describe it.")
        return
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    draft.understood += [clause.taken(*each) for each in manner.spans]
    rest = without(clause.text, [(start, end) for start, end, _, _ in manner.spans]).strip()
    rest = TOO_MUCH.sub(r"less \g<how>", rest)
    if TOO.match(rest.lower()):
        rest = ""
    rest = ALSO.sub("", rest) if find_cast(rest, draft.facts).names == () else rest
    rest = tidy(_SHOULD.sub(" ", _LIKE_THAT.sub("", _without_lead(rest, draft))))
    count = _how_many_more(clause.low) or manner.count
    cast = find_cast(rest, draft.facts)
    if ask_about(draft, "as before", replace(cast, spans=()), clause):
        return
    length_s = relative_length(
        clause.low,
        draft.clip.duration or draft.facts.usual.duration,
        said_s=manner.values.get("duration"),
    )
    if length_s is not None:
        manner.values["duration"] = length_s
    terms = _with_manner(draft.clip, manner)
    add_clips(draft, _with_words(terms, rest, cast, draft), count, manner.values.get("seed"))


def _how_many_more(low: str) -> int:
    """As many as are asked for behind the one that there is; 0 where that is not said."""
    more = _MORE.search(low)
    if more is None:
        return 0
    return 3 if more["n"] == "a few" else min(MOST, max(1, int(number(more["n"]))))


def _without_lead(rest: str, draft: Draft) -> str:
    """What is new, without "make it"; the article of a name such as "the robot" stays."""
    end = _led(rest)
    the = re.search(r"\bthe\s+$", rest[:end], re.IGNORECASE)
    if the is None:
        return rest[end:]
    spans = find_cast(rest[the.start() :], draft.facts, is_story=False).spans
    return rest[the.start() :] if spans and spans[0][0] == 0 else rest[end:]


def _led(rest: str) -> int:
    lead = _LEAD.match(rest.lower())
    return 0 if lead is None else lead.end()


def _with_manner(terms: Terms, manner: Manner) -> Terms:
    names = ("duration", "style", "quality", "audio_path")
    return replace(terms, **{name: manner.values[name] for name in names if name in manner.values})


def _with_words(terms: Terms, rest: str, cast: Cast, draft: Draft) -> Terms:
    """Who is exchanged, added or taken out, and what else is to be seen."""
    low = rest.lower()
    if cast.names and (replaced := _REPLACE.match(low) or NOT_BUT.match(low)) is not None:
        new, old = (rest[slice(*replaced.span(each))] for each in ("new", "old"))
        return _exchanged(terms, new, draft, old)
    if (turned := _turned(terms, rest)) is not None:
        return turned
    if (instead := _INSTEAD.search(low)) is not None and cast.names:
        old = rest[instead.start("old") :] if instead["old"] else ""
        return _exchanged(terms, rest[: instead.start()], draft, old)
    added = _ADD.match(low) or (_AS_WELL.match(low) if cast.names else None)
    if added is not None:
        return _joined(terms, rest[added.start("who") : added.end("who")], draft)
    if (removed := _REMOVE.match(low)) is not None:
        return _left_out(terms, rest[removed.start("who") : removed.end("who")], draft)
    if cast.names and _BESIDE.match(low) is not None:
        return _joined(terms, re.sub(r"^(?:put|have|place|seat) ", "", rest, flags=re.IGNORECASE), draft)
    if cast.names and not set(cast.names) & set(terms.cast):
        return _exchanged(terms, rest, draft, "")
    return replace(terms, prompt=_seen_otherwise(terms.prompt, re.sub(r"\s*,?\s*\binstead$", "", rest)))


_TURNED: Final = re.compile(
    r"^(?:change |turn |replace |swap )?(?:the )?(?P<old>\w[\w ]*?) (?:to|into|with|for) (?P<new>.+)$"
)
"""As "the forest to a desert", whose first words are in the prompt."""
_ARTICLE: Final = re.compile(r"(?:an?|the|some)\b", re.IGNORECASE)


def _turned(terms: Terms, rest: str) -> Terms | None:
    """The clip with something else in the place of what its prompt names; None where it names none such."""
    other = _TURNED.match(rest.lower())
    at = -1 if other is None else terms.prompt.lower().find(other["old"])
    if other is None or at < 0:
        return None
    new, before = rest[slice(*other.span("new"))], terms.prompt[:at]
    before = _DESCRIBING.sub("", before) if _ARTICLE.match(new) else before
    return replace(terms, prompt=tidy(before + new + terms.prompt[at + len(other["old"]) :]))


_DESCRIBING: Final = re.compile(r"\b(?:an?|the)(?:\s+\w+){0,2}\s+$", re.IGNORECASE)
"""What stands before a word and goes with it: "a mystical"."""


def _seen_otherwise(prompt: str, rest: str) -> str:
    """The prompt with what is new; what the new words rule out goes."""
    if not rest:
        return prompt
    for kind in KINDS:
        if kind.search(rest.lower()):
            prompt = _without_kind(prompt, kind)
    return tidy(f"{tidy(prompt)}, {rest}")


def _without_kind(prompt: str, kind: re.Pattern[str]) -> str:
    spans = [found.span() for found in kind.finditer(prompt.lower())]
    return tidy(without(prompt, spans)) or prompt


_HIM: Final = re.compile(r"\s*(?:him|her|them)\s*", re.IGNORECASE)
_BESIDE: Final = re.compile(
    r"^(?:put |have |place |seat )?(?P<who>.+?)\s+(?P<where>(?:next to|beside|behind|in front of|"
    r"opposite|with|by|near)"
    r"\s+(?:him|her|them))$"
)
"""As "put Mira next to him", where somebody joins."""


def _exchanged(terms: Terms, rest: str, draft: Draft, old: str) -> Terms:
    """Somebody else in the place of those of before, or of the one who is named."""
    new = find_cast(rest, draft.facts)
    leaving = find_cast(old, draft.facts).names or (() if old and not _HIM.fullmatch(old) else terms.cast)
    leaving = tuple(name for name in leaving if name in terms.cast and name not in new.names)
    before = find_cast(terms.prompt, draft.facts, is_story=False)
    prompt, is_placed = terms.prompt, False
    for start, end, who in reversed(before.spans):
        if who in leaving:
            first = not any(other in leaving for s, _, other in before.spans if s < start)
            word = " and ".join(new.names) if first else new.names[0].split()[0]
            prompt, is_placed = prompt[:start] + word + prompt[end:], True
    if not is_placed:
        prompt = f"{' and '.join(new.names)}, {prompt}"
    extra = tidy(DOES_IT.sub("", without(rest, [(s, e) for s, e, _ in new.spans])))
    cast = tuple(dict.fromkeys((*(name for name in terms.cast if name not in leaving), *new.names)))
    return replace(terms, prompt=_seen_otherwise(prompt, extra), cast=cast)


def _joined(terms: Terms, rest: str, draft: Draft) -> Terms:
    new = find_cast(rest, draft.facts)
    cast = tuple(dict.fromkeys((*terms.cast, *new.names)))
    return replace(terms, prompt=f"{terms.prompt}, with {rest}", cast=cast)


def _left_out(terms: Terms, rest: str, draft: Draft) -> Terms:
    gone = set(find_cast(rest, draft.facts).names)
    if not gone:
        seen = re.compile(
            r"\s*,?\s*\b(?:and\s+)?(?:(?:in|with|under|on|at|during|near)\s+)?(?:the |a |an )?"
            + re.escape(re.sub(r"^(?:the|a|an|any|all)\s+", "", rest, flags=re.IGNORECASE))
            + r"\b",
            re.IGNORECASE,
        )
        is_said = seen.search(terms.prompt) is not None
        less = tidy(seen.sub("", terms.prompt)) if is_said else ""
        return replace(terms, prompt=less or f"{terms.prompt}, without {rest}")
    before = find_cast(terms.prompt, draft.facts, is_story=False)
    spans = [(start, end) for start, end, who in before.spans if who in gone]
    prompt = re.sub(r"^(?:and|with)\s+|\s+(?:and|with)\s*(?=,|$)", "", tidy(without(terms.prompt, spans)))
    return replace(terms, prompt=prompt, cast=tuple(name for name in terms.cast if name not in gone))
