"""Orders about what there is: episodes, trailers, takes made anew, publishing, music, how far things are."""

import re
from collections.abc import Sequence
from typing import Final

from studio.echo.actions import MOST
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.facts import Numbered
from studio.echo.manner import Manner, read_manner
from studio.echo.phrases import IT
from studio.echo.plans import Missing
from studio.echo.references import (
    Found,
    Target,
    find_by_one_word,
    find_episodes,
    find_generations,
    find_scenes,
)
from studio.echo.sequels import picked
from studio.echo.sounds import find_sounds

SAYS_IT: Final = re.compile(rf"\b(?:{IT}|its)\b")
SAYS_BOTH: Final = re.compile(
    r"\b(?:both|the two(?: of (?:them|those))?|the two (?:clips|shots|scenes)|them|these|those|"
    r"all of (?:it|them)|everything|the lot|all)\b"
)
_LATEST: Final = re.compile(
    r"\b(?:the |my |our )?(?:trailer|teaser|clip|video|render|scene|shot|episode|take|result)s?\b"
)


def aims(draft: Draft, clause: Clause, *, finished: bool = False) -> list[Target]:
    """What a clause speaks of: generations, scenes and episodes by name, else what was spoken of before."""
    if (one := _newest_made(draft, clause)) is not None:
        return [one]
    named: list[Target] = [
        {"generation_id": each} for each in find_generations(clause, draft.facts, finished=finished)
    ]
    if named:
        return _with_spoken_of(draft, clause, named)
    scenes, episodes = find_scenes(clause, draft.facts), find_episodes(clause, draft.facts)
    scenes = scenes if scenes or episodes else find_by_one_word(clause, draft.facts)
    ask_for_unknown(draft, scenes, Missing.SCENE, "scene", draft.facts.scenes)
    ask_for_unknown(draft, episodes, Missing.EPISODE, "episode", draft.facts.episodes)
    if not scenes and not episodes and (one := picked(draft, clause.low)) is not None:
        return [one]
    named = [{"scene_id": each.id} for each in scenes.things]
    named += [{"episode_id": each.id} for each in episodes.things]
    if named:
        return _with_spoken_of(draft, clause, named)
    return [] if scenes or episodes else spoken_of(draft, clause)


_NEWEST_ONE: Final = re.compile(
    r"\bthe (?:latest|newest|last|most recent)(?: one)?(?= |$)(?! \w)|\bthe (?:latest|newest|last) one\b"
)


def _newest_made(draft: Draft, clause: Clause) -> Target | None:
    """What this conversation made last, where "the latest one" is all that is said."""
    if not draft.made or _NEWEST_ONE.search(clause.low) is None:
        return None
    return draft.made[-1]


_AND_MORE: Final = re.compile(
    r"\b(?:it|that|this)(?: one)?\s*(?:,|and|plus|&)[\s,]*(?:and |also )?(?:scene|episode|gen_)"
)


def _with_spoken_of(draft: Draft, clause: Clause, named: list[Target]) -> list[Target]:
    """What is named, and before it what "that and scene 1" speaks of besides."""
    if not draft.spoken_of or _AND_MORE.search(clause.low) is None:
        return named
    return [draft.spoken_of[-1], *named]


def spoken_of(draft: Draft, clause: Clause) -> list[Target]:
    """What "it" or "both" stands for, or "the trailer" where something was made."""
    if SAYS_BOTH.search(clause.low):
        return list(draft.made[-2:] if re.search(r"\bboth|\btwo\b", clause.low) else draft.made)
    if draft.spoken_of and (
        SAYS_IT.search(clause.low) or _LATEST.search(clause.low) or not _object(clause.low)
    ):
        return [draft.spoken_of[-1]]
    return []


def _object(low: str) -> str:
    """What stands behind the verb, politeness aside."""
    return re.sub(r"^\W*[\w-]+|\b(?:please|now|on|to|jellyfin|yet|done|finished|ready|again)\b|\W+", "", low)


def ask_for_unknown(
    draft: Draft, found: Found, missing: Missing, noun: str, there: Sequence[Numbered]
) -> None:
    for number in found.unknown:
        known = ", ".join(str(each.number) for each in there[:20]) or "none yet"
        draft.ask(missing, f"There is no {noun} {number}; there are: {known}.", f"{noun} {number}")


def ask_unless_asked(draft: Draft, missing: Missing, text: str) -> None:
    """Ask, unless what was named is asked about already."""
    if not draft.questions:
        draft.ask(missing, text)


def manner_of(draft: Draft, clause: Clause) -> Manner:
    manner = read_manner(clause, draft.facts.styles, draft.facts.tracks)
    draft.understood += [clause.taken(*each) for each in manner.spans]
    return manner


def plan_publishing(draft: Draft, clause: Clause) -> None:
    _each(draft, clause, "publish", "What shall be published? Name a scene, an episode or a generation.")


def plan_unpublishing(draft: Draft, clause: Clause) -> None:
    _each(draft, clause, "unpublish", "What shall be taken out? Name a scene, an episode or a generation.")


def _each(draft: Draft, clause: Clause, action: str, question: str) -> None:
    targets = aims(draft, clause, finished=True)
    for target in targets:
        draft.add(action, target)
        draft.speak_of(target)
    if not targets:
        ask_unless_asked(draft, Missing.TARGET, question)


def plan_status(draft: Draft, clause: Clause) -> None:
    """How far what is named is; nothing named, how far everything is."""
    targets = aims(draft, clause)
    for target in targets:
        draft.add("report_status", target)
        draft.speak_of(target)
    if not targets and not draft.questions:
        draft.add("report_status", {})


def plan_cancelling(draft: Draft, clause: Clause) -> None:
    targets = [each for each in aims(draft, clause) if "generation_id" in each]
    if not targets:
        scenes = {each.id for each in find_scenes(clause, draft.facts).things}
        running = [each for each in draft.facts.made if each.status == "processing"]
        running = [each for each in running if each.scene_id in scenes] if scenes else running
        targets = [
            {"generation_id": each.id} for each in running[: None if SAYS_BOTH.search(clause.low) else 1]
        ]
    for target in targets:
        draft.add("cancel_generation", target)
    if not targets:
        ask_unless_asked(
            draft, Missing.TARGET, "Nothing of that is under way. Which generation shall be cancelled?"
        )


_ALL_TRACKS: Final = re.compile(
    r"\b(?:every|each|all)\b(?: of)?(?: (?:the|our|my))?(?: \w+)? (?:tracks?|songs?|pieces|music|tunes?|"
    r"files?)\b"
)


def plan_analysis(draft: Draft, clause: Clause) -> None:
    """A track's tempo and beats."""
    paths = find_sounds(clause, draft.facts.tracks)
    if not paths and _ALL_TRACKS.search(clause.low):
        paths = list(draft.facts.tracks[:MOST])
    if not paths and draft.context.audio_path is not None:
        paths = [draft.context.audio_path]
    if not paths and draft.track is not None and (SAYS_IT.search(clause.low) or draft.steps):
        paths = [draft.track]
    if not paths:
        known = [each.rsplit("/", 1)[-1] for each in draft.facts.tracks[:10]]
        draft.ask(
            Missing.TRACK,
            "Which track? " + (f"I know {', '.join(known)}." if known else "Name its path."),
            choices=known,
        )
        return
    for path in paths:
        if {"audio_path": path} not in [each.parameters for each in draft.steps]:
            draft.add("analyze_track", {"audio_path": path})
        draft.track = path
