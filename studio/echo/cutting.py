"""Orders for what is cut of several clips: episodes and trailers."""

import re
from typing import Any, Final

from studio.echo.actions import ACTIONS, LONGEST_TRAILER_S, SHORTEST_TRAILER_S
from studio.echo.amounts import NUMBER
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.hearing import heard
from studio.echo.orders import SAYS_BOTH, SAYS_IT, ask_for_unknown, ask_unless_asked, manner_of, spoken_of
from studio.echo.phrases import EPISODE, IT, MAKING, PICTURED
from studio.echo.plans import Missing
from studio.echo.references import Target, find_episodes, find_generations, find_scenes

_WHOLE: Final = re.compile(r"\b(?:project|show|series|anime|everything|season|whole thing|movie|film)\b")
_PICTURE: Final = re.compile(rf"(?:{MAKING}\s+)?(?:me |us )?{PICTURED.pattern}")


def fits_episode(draft: Draft, clause: Clause) -> bool:
    """Whether an episode is to be made or rendered."""
    if _PICTURE.match(clause.low):
        return False
    if EPISODE.match(clause.low) or re.match(
        r"re-?(?:render|do|make|build|generate)\b.*\bepisode|(?:from|out of|of|with) scenes?\b.*\bepisode",
        clause.low,
    ):
        return True
    titled = find_episodes(clause, draft.facts).things
    return (
        bool(titled)
        and re.search(r"\b(?:render|rendered|assemble|build|produce|compile|make|finish|cut)", clause.low)
        is not None
    )


_TITLE: Final = re.compile(
    r"\b(?:called|titled|named|entitled|(?:call|title|name) (?:it|that|this|the episode)|with the title|"
    r"(?:its |the )?(?:working )?title(?:[:=]| is| should be| shall be|"
    r" will be)?)\s*(?P<t>[\"“'«`][^\"”'»`]+[\"”'»`]|"
    r"[A-Z][^,.;]*|(?:(?!(?:from|with|of|out|and|using|for)\b)[\w'-]+(?:\s+|(?=[,.;]|$))){1,6})"
)


def plan_episode(draft: Draft, clause: Clause) -> None:
    """An episode rendered; of scenes that are named, one is made first."""
    track, clause = heard(draft, clause)
    path, title = manner_of(draft, clause).values.get("audio_path", track), _TITLE.search(clause.text)
    sound = {} if path is None else {"audio_path": path}
    if (whole := _ALL_OF.search(clause.low)) is not None:
        clause = clause.cut(whole.end("scenes"), len(clause.low))
    scenes = find_scenes(clause, draft.facts)
    ask_for_unknown(draft, scenes, Missing.SCENE, "scene", draft.facts.scenes)
    if scenes.things:
        named = {} if title is None else {"title": title["t"].strip("\"“”'«»` ")}
        number = draft.add("create_episode", {"scene_ids": [each.id for each in scenes.things], **named})
        draft.add("render_episode", {"episode_id": {"step": number}, **sound})
        return
    episodes = find_episodes(clause, draft.facts)
    ask_for_unknown(draft, episodes, Missing.EPISODE, "episode", draft.facts.episodes)
    meant = [{"episode_id": each.id} for each in episodes.things] or _episode_meant(draft, clause)
    for target in [] if draft.questions else meant:
        draft.add("render_episode", {**target, **sound})
    if meant:
        return
    if not episodes and (which := _WHICH.search(clause.low)) is not None:
        known = ", ".join(str(each.number) for each in draft.facts.episodes[:20]) or "none yet"
        draft.ask(Missing.EPISODE, f"Which episode do you mean? There are: {known}.", which[0])
    elif not episodes:
        ask_unless_asked(
            draft, Missing.SCENES, "Of which scenes shall the episode be made, or which one do you mean?"
        )


_ALL_OF: Final = re.compile(
    r"\b(?P<scenes>(?:all|every|each)(?: of)?(?: the)? scenes? (?:of|in|from|for)) (?:the )?episode "
    rf"{NUMBER}\b(?!.*\b(?:scenes?|except|but|without|save)\b)"
)
"""All scenes of an episode are the episode."""
_THE_EPISODE: Final = re.compile(r"\b(?:the|that|this|the same) episode\b")


def _episode_meant(draft: Draft, clause: Clause) -> list[Target]:
    """The episode that was spoken of before, where "the episode" is all that is said."""
    if _THE_EPISODE.search(clause.low) is None:
        return []
    return [each for each in draft.spoken_of if "episode_id" in each][-1:]


_WHICH: Final = re.compile(r"\b(?:the|that|this|our|my) (?:next|previous|other|current|same|right) episode\b")


def plan_trailer(draft: Draft, clause: Clause) -> None:
    """A trailer of what is named, of what was made, or of the project."""
    track, clause = heard(draft, clause)
    manner = manner_of(draft, clause)
    if track is not None:
        manner.values.setdefault("audio_path", track)
    said: dict[str, Any] = {
        name: manner.values[name] for name in ("duration", "audio_path") if name in manner.values
    }
    if not SHORTEST_TRAILER_S <= said.get("duration", SHORTEST_TRAILER_S) <= LONGEST_TRAILER_S:
        span = f"{SHORTEST_TRAILER_S} to {LONGEST_TRAILER_S} seconds"
        draft.ask(Missing.DURATION, f"A trailer has {span}. How long shall it be?")
        return
    several = _each_of_which(draft, clause)
    for of in several or [_of_what(draft, clause)]:
        if not draft.questions:
            draft.add("make_trailer", {**of, **said})


_EACH: Final = re.compile(r"\b(?:for|of|from) (?:each|every one|both)(?: of (?:them|those|these))?\W*$")


def _each_of_which(draft: Draft, clause: Clause) -> list[dict[str, Any]]:
    """What each of several trailers is of: episodes that are named, or what this message makes."""
    episodes = find_episodes(clause, draft.facts)
    if len(episodes.things) > 1 and not episodes.unknown:
        return [{"episode_id": each.id} for each in episodes.things]
    if (said := _EACH.search(clause.low)) is None or "both" in said[0]:
        return []
    made = [each.number for each in draft.steps if ACTIONS[each.action].makes == "generation"]
    return [{"generation_ids": [{"step": number}]} for number in made]


def _of_what(draft: Draft, clause: Clause) -> dict[str, Any]:
    scenes, episodes = find_scenes(clause, draft.facts), find_episodes(clause, draft.facts)
    ask_for_unknown(draft, scenes, Missing.SCENE, "scene", draft.facts.scenes)
    ask_for_unknown(draft, episodes, Missing.EPISODE, "episode", draft.facts.episodes)
    if scenes.things:
        return {"scene_ids": [each.id for each in scenes.things]}
    if episodes.things:
        return {"episode_id": episodes.things[0].id}
    if made := find_generations(clause, draft.facts, finished=True):
        return {"generation_ids": list(made)}
    behind = re.sub(r"^.*?\b(?:trailer|teaser|promo|reel)\b", "", clause.low)
    front = re.search(
        rf"\b(?:turn|make|cut|edit|combine|merge|stitch|join|put|splice|compile) {IT} "
        r"(?:together )?(?:into|an?|the)\b",
        clause.low,
    )
    if _FROM_NEW.search(clause.low) and (newest := _made_in_turn(draft)):
        return {"generation_ids": newest}
    if any(each.search(clause.low) for each in (_ITS, _FROM_THEM, _BOTH_TOGETHER)):
        return _of_spoken(draft, clause)
    if not (behind.strip(" ,.!") or front) and (newest := _made_in_turn(draft)):
        return {"generation_ids": newest}
    if _WHOLE.search(behind) or not (SAYS_IT.search(behind) or SAYS_BOTH.search(behind) or front):
        return {"project_id": draft.facts.project_id}
    return _of_spoken(draft, clause)


_FROM_NEW: Final = re.compile(
    r"\b(?:from|of|out of|with) the (?:new|latest|newest|fresh) (?:versions?|ones?|clips?|takes?|results?|"
    r"renders?)\b"
)
_BOTH_TOGETHER: Final = re.compile(
    r"(?:cut|edit|put|join|combine|splice|stitch|make|turn) (?:both|the two|these|those|"
    r"them)\b(?: (?:clips?|shots?|scenes?))?"
    r"(?: together)? (?:into|to|as)\b"
)
_FROM_THEM: Final = re.compile(
    r"\b(?:from|out of) (?:both|all|these|those|them|it|that)\b.*\b(?:trailer|teaser|promo|reel)\b"
)
_ITS: Final = re.compile(r"\bits (?:[\w-]+ ){0,3}?(?:trailer|teaser|promo)\b")
"""As in "its trailer", of what was just spoken of."""


def _made_in_turn(draft: Draft) -> list[Any]:
    """The clips that this message has ordered, else those of the newest turn: "now a trailer" is of them."""
    if draft.steps:
        return [{"step": each.number} for each in draft.steps if each.action in _CLIPS]
    made = [each for each in draft.before if each.action in _CLIPS]
    return (
        [each["generation_id"] for each in draft.made[-len(made) :] if "generation_id" in each]
        if made
        else []
    )


_CLIPS: Final = frozenset({"generate_video", "regenerate_video"})


def _of_spoken(draft: Draft, clause: Clause) -> dict[str, Any]:
    targets = spoken_of(draft, clause)
    generations = [each["generation_id"] for each in targets if "generation_id" in each]
    if generations:
        return {"generation_ids": generations}
    if targets and "scene_id" in targets[0]:
        return {"scene_ids": [targets[0]["scene_id"]]}
    if targets:
        return dict(targets[0])
    draft.ask(
        Missing.TARGET, "A trailer of what? Name scenes, an episode, or say that it is for the project."
    )
    return {}
