"""Orders that go on from the one before: the same for another scene, the first one, a shorter trailer."""

import re
from collections.abc import Mapping
from typing import Any, Final

from studio.echo.actions import ACTIONS, LONGEST_S, LONGEST_TRAILER_S, SHORTEST_TRAILER_S
from studio.echo.amounts import NUMBER, duration
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.manner import read_manner
from studio.echo.phrases import LENGTH
from studio.echo.plans import Missing, Step
from studio.echo.references import Target, find_episodes, find_generations, find_scenes
from studio.echo.sounds import find_sounds
from studio.echo.who import find_cast

_LIKEWISE: Final = re.compile(
    r"(?:(?:do|and|also|now|make|give me|i want|try)\s+)*(?:(?:the |exactly the )?same(?: thing| again)?|"
    r"likewise|"
    r"ditto|that|it|one)?\s*(?:\b(?:for|with|to|on|of)\b)?\s*"
)
_TOO: Final = re.compile(
    r"[\s,]*(?:as well|(?:in )?the same(?: way)?|like that|too|also|likewise|next|please|instead|then)*\W*$"
)
PICKED: Final = re.compile(
    r"\b(?:the )?(?:very )?(?P<which>first|1st|second|2nd|third|3rd|last|latest|previous|earlier|"
    r"original|new|newest|other)"
    r"(?: (?:one|clip|version|take|two))?\b|\bthe one before(?: (?:that|it))?\b"
)
_PICKED_ALONE: Final = re.compile(
    rf"(?:i (?:meant?|mean)|rather|use|take|(?:not that(?: one)?,?))?\s*(?:{PICKED.pattern})"
    r"\W*(?:i (?:meant?|mean)|please|instead)?\W*$"
)
_PLACES: Final = {"first": 0, "1st": 0, "original": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2}
_TRAILER: Final = re.compile(
    r"(?:(?:a (?:bit|little|touch) )?(?:tighter|snappier|faster|slower|punchier)\b|(?:put|lay|add|"
    r"play)\b.* (?:under|on|to|over|behind) (?:it|that|this|the trailer)|(?:make|keep|"
    r"cut|trim|edit|extend) (?:it|that|this|the trailer)|use|with|set|to|change|swap|shorter|"
    r"longer|too (?:short|long)|(?:a (?:bit|little|lot) |much )?(?:shorter|longer)|\d+|half)\b"
)
LENGTHS: Final[Mapping[str, float]] = {
    "longer": 2.0,
    "twice as long": 2.0,
    "shorter": 0.5,
    "too short": 2.0,
    "too long": 0.5,
    "half as long": 0.5,
}
"""What "longer" means where no length is said: twice; "shorter": half."""
_PICTURED: Final = re.compile(rf"{LENGTH} of\b")
"""As "6 seconds of rain", which is a clip, and no length of a trailer."""
_RATHER: Final = re.compile(
    rf"(?<!hold )(?<!linger )\b(?P<how>{'|'.join(LENGTHS)})\b"
    r"(?!\s+(?:shadows?|pauses?|beats?|hair|sleeves?|takes? on|look|hold|coat|dress|skirt|exposure|lens)\b)"
)
_HELD: Final = re.compile(
    r"(?:hold|linger|stay|pause|rest|let|keep)\b(?! (?:it|this|that|the (?:clip|shot|scene|video|trailer))\b)"
)
"""As "hold the last pose longer", which is no longer clip."""
_BY: Final = re.compile(
    rf"(?P<amount>\b{NUMBER}[- ]?(?:seconds?|secs?|s|minutes?|mins?)) (?P<how>longer|shorter|more|less)\b"
)
"""As "3 seconds shorter"."""
_AIMS: Final = ("generation_id", "scene_id", "episode_id")
_REPEATABLE: Final = frozenset(
    {"publish", "unpublish", "regenerate_video", "report_status", "render_episode", "make_trailer"}
)


def relative_length(
    low: str, before_s: float, longest_s: float = LONGEST_S, said_s: float | None = None
) -> float | None:
    """A length, seconds: so much more or less as is said, else `said_s`, else twice or half; or None."""
    found = None if _HELD.match(low) else _RATHER.search(low)
    if (by := _BY.search(low)) is not None and (amount := duration(by["amount"])) is not None:
        is_less = by["how"] in {"shorter", "less"}
        length_s = before_s - amount.value if is_less else before_s + amount.value
        length_s = max(1.0, min(longest_s, length_s))
    elif said_s is not None or found is None:
        return said_s
    else:
        length_s = min(longest_s, before_s * LENGTHS[found["how"]])
    return int(length_s) if float(length_s).is_integer() else length_s


def picked(draft: Draft, low: str) -> Target | None:
    """Which of what was made in this conversation "the first one" or "the one before" is."""
    found = PICKED.search(low)
    made = [each for each in draft.made if "generation_id" in each]
    if found is None or not made:
        return None
    place = _PLACES.get(found["which"] or "")
    if place is None:
        place = len(made) - (1 if found["which"] in {"last", "latest", "new", "newest"} else 2)
    return made[place] if 0 <= place < len(made) else None


def fits_sequel(draft: Draft, clause: Clause) -> bool:
    """Whether a clause only says on what, or how else, the order before is to be done."""
    step = _last(draft)
    if step is None:
        return False
    if _is_music_again(draft, clause) or _is_other_track(clause, step):
        return True
    if step.action not in _REPEATABLE:
        return False
    if _picked_alone(draft, clause):
        return True
    return _other_targets(draft, clause) != [] or (_cut(draft) is not None and _recuts(draft, clause))


def _cut(draft: Draft) -> Step | None:
    """The trailer that was made last, where nothing else was made behind it."""
    steps = [each for each in draft.steps or draft.before if ACTIONS[each.action].makes]
    return steps[-1] if steps and steps[-1].action == "make_trailer" else None


def plan_sequel(draft: Draft, clause: Clause) -> None:
    """The order before, of something else or otherwise."""
    step = _last(draft)
    if step is None:
        return
    if _is_music_again(draft, clause):
        for path in find_sounds(clause, draft.facts.tracks):
            draft.add("analyze_track", {"audio_path": path})
            draft.track = path
        return
    if _is_other_track(clause, step):
        _take_other_track(draft, step)
        return
    if (cut := _cut(draft)) is not None and _recuts(draft, clause):
        step = cut
    said = _said(draft, clause, step)
    targets = _other_targets(draft, clause) or _picked_alone(draft, clause)
    for target in _as_aims(step.action, targets) or [_aim(step)]:
        draft.add(step.action, {**_kept(step), **target, **said})
    if not ACTIONS[step.action].makes:
        draft.spoken_of += targets or [_aim(step)]


def _picked_alone(draft: Draft, clause: Clause) -> list[Target]:
    """As "the first one": one of what was made, where nothing else is said."""
    one = picked(draft, clause.low) if _PICKED_ALONE.match(clause.low) else None
    return [] if one is None else [one]


def _last(draft: Draft) -> Step | None:
    """The last step of the turn before that is an order by itself; none behind orders of this message."""
    steps = draft.steps or draft.before
    return next((step for step in reversed(steps) if step.action != "quality_assessment"), None)


def _is_music_again(draft: Draft, clause: Clause) -> bool:
    step = _last(draft)
    if draft.steps or step is None or step.action != "analyze_track":
        return False
    is_short = len(clause.low.split()) <= LONGEST_SEQUEL
    return is_short and bool(find_sounds(clause, draft.facts.tracks))


_OTHER_TRACK: Final = re.compile(
    r"(?:use|with|try|take|change to|set it to|switch to)\s+(?:the |an?)?\s*(?:other|another|different)\s+"
    r"(?:track|song|music|tune|piece)\b"
)


def _is_other_track(clause: Clause, step: Step) -> bool:
    return "audio_path" in step.parameters and _OTHER_TRACK.match(clause.low) is not None


def _take_other_track(draft: Draft, step: Step) -> None:
    """The step with the one other track; where there are several, which."""
    others = [each for each in draft.facts.tracks if each != step.parameters["audio_path"]]
    if len(others) == 1:
        draft.add(step.action, {**step.parameters, "audio_path": others[0]})
        return
    known = [each.rsplit("/", 1)[-1] for each in others[:10]]
    told = f"Which track? There are {', '.join(known)}." if known else "Which track? Name its path."
    draft.ask(Missing.TRACK, told, choices=known)


LONGEST_SEQUEL: Final = 7
"""Words of "and the festival track as well"."""


def _other_targets(draft: Draft, clause: Clause) -> list[Target]:
    """What the clause names beside words of repetition, if it says no more than that."""
    lead = _LIKEWISE.match(clause.low)
    start = 0 if lead is None else lead.end()
    rest = clause.cut(start, len(clause.low))
    if not rest.low:
        return []
    for found, name in (
        (find_scenes(rest, draft.facts), "scene_id"),
        (find_episodes(rest, draft.facts), "episode_id"),
    ):
        if found.things and found.start == 0 and found.end and _TOO.match(rest.low[found.end :]):
            return [{name: each.id} for each in found.things]
    ids = find_generations(rest, draft.facts, finished=True)
    if ids and _TOO.match(rest.low[len(ids[0]) :]) and rest.low.startswith("gen_"):
        return [{"generation_id": each} for each in ids]
    return []


def _recuts(draft: Draft, clause: Clause) -> bool:
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    says = {"duration", "audio_path"} & {*manner.values} or _RATHER.search(clause.low)
    if not says or _PICTURED.match(clause.low) or find_cast(clause.text, draft.facts).names:
        return False
    return _TRAILER.match(clause.low) is not None


def _said(draft: Draft, clause: Clause, step: Step) -> dict[str, Any]:
    """Length and music where the step takes them."""
    takes = {"make_trailer": ("duration", "audio_path"), "render_episode": ("audio_path",)}
    takes["regenerate_video"] = ("duration", "style", "quality", "seed")
    names = takes.get(step.action, ())
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    said = {name: manner.values[name] for name in names if name in manner.values}
    if step.action == "make_trailer":
        before_s = float(step.parameters.get("duration", 30))
        length_s = relative_length(clause.low, before_s, LONGEST_TRAILER_S, said.get("duration"))
        if length_s is not None:
            said["duration"] = min(LONGEST_TRAILER_S, max(SHORTEST_TRAILER_S, length_s))
    return said


def _kept(step: Step) -> dict[str, Any]:
    """What the step says of how: all but what it is done to."""
    aims = (*_AIMS, "project_id", "scene_ids", "generation_ids")
    return {name: value for name, value in step.parameters.items() if name not in aims}


def _aim(step: Step) -> Target:
    aims = (*_AIMS, "project_id", "scene_ids", "generation_ids")
    return {name: value for name, value in step.parameters.items() if name in aims}


def _as_aims(action: str, targets: list[Target]) -> list[Target]:
    """Targets of one kind as the action takes them: a trailer has its scenes, or its clips, in one list."""
    name = next(iter(targets[0])) if targets else ""
    if action != "make_trailer" or name not in _LISTS:
        return targets
    return [{_LISTS[name]: [target[name] for target in targets]}]


_LISTS: Final = {"scene_id": "scene_ids", "generation_id": "generation_ids"}


_ALSO: Final = re.compile(r"(?:also )?(?:his|her|their|its) [\w ]{2,30}? (?:to|into) \w")
_MORE: Final = re.compile(
    r"(?:and |also |give (?:him|her|them) )?(?P<what>(?!(?:publish|render|redo|make|that|this|it|scene|"
    r"episode)\b)[\w -]{3,40}?)"
    r"(?: too| as well| also)$"
)
"""As "and freckles too"."""
_GETS: Final = re.compile(r"\s+(?:an?|some|new|longer|shorter|darker|lighter)\s+(?:[\w-]+\s*){1,4}\W*$")
"""As "and Hana a red scarf", behind a change of somebody."""
_HIS: Final = re.compile(
    r"(?:his|her|their)(?= [\w -]{2,30} (?:should|must|needs? to|has to|have to) (?:be|become|look|get)\b)"
)
_OTHERWISE: Final = re.compile(
    r"(?:no, )?(?:make|change) (?:it|that|them)(?: to)? (?P<how>[^,]+?)(?: instead)?$"
)


def also_changed(draft: Draft, clause: Clause) -> Clause:
    """What goes on from a change, as "and her eyes to gold" or "make it blue instead", as one by itself."""
    last = next(iter((draft.steps or draft.before)[-1:]), None)
    if last is None or last.action != "update_character":
        return clause
    if (more := _MORE.match(clause.low)) is not None and not find_cast(clause.text, draft.facts).names:
        led = f"give {last.parameters['character']} "
        what = clause.cut(*more.span("what"))
        return Clause(f"{led}{what.text}", f"{led.lower()}{what.low}", what.start - len(led))
    spans = find_cast(clause.text, draft.facts, is_story=False).spans
    if spans and spans[0][0] == 0 and _GETS.match(clause.low[spans[0][1] :]):
        led = "give "
        return Clause(f"{led}{clause.text}", f"{led}{clause.low}", clause.start - len(led))
    if (so := _HIS.match(clause.low)) is not None:
        led = f"{last.parameters['character']}'s"
        rest = clause.cut(so.end(), len(clause.low))
        return Clause(f"{led}{rest.text}", f"{led.lower()}{rest.low}", rest.start - len(led))
    if _ALSO.match(clause.low) is not None:
        led = "change "
        return Clause(f"{led}{clause.text}", f"{led}{clause.low}", clause.start - len(led))
    part, is_part, _ = str(last.parameters["change"]).partition(": ")
    rather = _OTHERWISE.match(clause.low)
    if rather is None or not is_part:
        return clause
    text = f"change {last.parameters['character']}'s {part} to {clause.text[slice(*rather.span('how'))]}"
    return Clause(text, text.lower(), clause.start)
