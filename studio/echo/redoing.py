"""Orders that have takes made anew: of scenes, of generations, of what was made last."""

import re
from typing import Any, Final

from studio.canon.tables import words_of
from studio.echo.amounts import LIST, NUMBER, listed
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft
from studio.echo.manner import Manner, tidy, without
from studio.echo.orders import aims, ask_unless_asked, manner_of
from studio.echo.phrases import ASSEMBLING, MAKING, REDO
from studio.echo.plans import Missing
from studio.echo.references import Target, find_by_one_word, find_episodes, find_scenes, says_again
from studio.echo.sequels import PICKED, picked
from studio.echo.touching import TOUCHED


def fits_redoing(draft: Draft, clause: Clause) -> bool:
    """Whether something that there is shall be made anew."""
    low = clause.low
    if _NEEDS.match(low):
        return bool(find_scenes(clause, draft.facts))
    if (headed := _HEADED.match(low)) is not None and TOUCHED.match(low[headed.end() :]):
        return bool(find_scenes(clause, draft.facts))
    if _BARE.match(low) is not None:
        return bool(find_scenes(clause, draft.facts))
    if re.match(
        r"(?:re-?(?:generate|render|do|try|take|make|shoot|create|run)|start (?:over|afresh))\b", low
    ):
        return not re.search(r"\bepisodes?\b", low)
    if (
        _DO_OVER.match(low)
        and draft.clip is None
        and draft.spoken_of
        and not find_scenes(clause, draft.facts)
    ):
        return True
    names = bool(
        find_by_one_word(clause, draft.facts)
        or find_scenes(clause, draft.facts)
        or re.search(r"\bgen_|\b(?:latest|last|newest)\b", low)
    )
    if re.search(r"\bepisodes?\b|\btrailer\b", low) or find_episodes(clause, draft.facts):
        return False
    return names and (REDO.search(low) is not None or says_again(low))


_NEEDS: Final = re.compile(
    rf"(?:the )?scenes? (?:number |no\.? ?|#)?{NUMBER} (?:really |still |just )?(?:needs?|wants|could use|"
    rf"lacks|"
    r"(?:should|must|has to) (?:have|be|get|look))\s+(?!to\b)\w"
)
"""As "scene 3 needs more fog"."""
_HEADED: Final = re.compile(
    rf"(?:for |in )?(?:the )?scenes? (?:number |no\.? ?|#)?{NUMBER}\s*"
    r"(?:[:,–-]|(?=(?:i|we) ))\s*(?:(?:i|we) (?:want|need|would like|'d like|prefer) )?(?:make it )?"
)
"""As "scene 3: more fog", where TOUCHED follows."""
_DO_OVER: Final = re.compile(
    r"(?:do|make|render|try|run|shoot|have|give) (?:it|that|this|them) "
    r"(?:over|again|anew|once more|another (?:go|try|take|shot))\b"
)
_BARE: Final = re.compile(
    rf"(?:{MAKING}|{ASSEMBLING}|run)\s+(?:the |my |our )?scenes?\s+(?:number |no\.? ?|#)?{NUMBER}"
    rf"(?:\s*(?:,|&|-|–|and|to|through)\s*(?:and |scene )?{NUMBER})*"
    r"(?:,? (?:please|now|in \w+ quality|in \w+ style))*\W*$"
)
"""As "render scenes 1 and 2": scenes that there are, and nothing else is said of them."""
_REDO_WORDS: Final = re.compile(
    r"\b(?:have\s+made|(?:is|was|does|looks?)(?:n't| not) (?:good|right|work\w*|look \w+|great)(?: enough)?|"
    r"re-?(?:generate|render|do|try|take|make|shoot|create|run)|again|once more|one more time|"
    r"anew|from scratch|(?:an? )?(?:new|fresh|different|better) (?:version|take|render)(?: (?:of|from|for))?|"
    r"(?:do|make|render|try|run|shoot|generate|give me|get me) (?:it|that|this)?(?: over)?|"
    r"have another (?:go|stab|crack)(?: at| with)?|start over(?: with it)?|take (?:two|three)(?: of)?|"
    r"(?:i(?:'m| am) )?(?:still )?(?:not|un) ?(?:so |very |really )?(?:happy|satisfied|pleased) with|(?:i|"
    r"we) (?:hate|dislike|want|need|would like)|(?:i|we)'d like|how|(?:turned|came) out(?: (?:wrong|"
    r"bad(?:ly)?|weird|odd|ugly|off|blurry))?|with it|"
    r"(?:can|could|would|will) you(?: please)?|give|(?:that|this) (?:scene|clip|take|shot)|"
    r"give me|another (?:take|try|shot|go)(?: of| at)?|looks? (?:off|bad|wrong|strange)|"
    r"as well|too(?=\W*$)|i (?:don't|do not) like|this time|"
    r"the (?:latest|last|newest) (?:clip|take|render|video|one|generation|shot|result)|"
    r"gen_[\w-]+|please|but|try|over)\b"
)


_ALL_WITH: Final = re.compile(
    r"\b(?:all|every|each)(?: of)?(?: the)? (?:scenes?|clips?|shots?|takes?) (?:with|of|featuring|that)\b"
)
"""As "all scenes with her", which the director cannot look up."""


def plan_redoing(draft: Draft, clause: Clause) -> None:
    """Takes made anew: of scenes, of generations, of what was made last."""
    if _ALL_WITH.search(clause.low) is not None:
        draft.ask(Missing.SCENE, "Which scenes are those? Name them by their numbers.")
        return
    if (each := _EACH_ITS_OWN.search(clause.low)) is not None and _SAYS_HOW.search(
        clause.low[: each.start()]
    ):
        _plan_one(draft, clause.cut(0, each.start()))
        rest = clause.cut(each.end(), len(clause.low))
        plan_redoing(draft, Clause(f"redo {rest.text}", f"redo {rest.low}", rest.start - len("redo ")))
        return
    _plan_one(draft, clause)


_ALREADY: Final = re.compile(
    r"(?:please )?(?:redo|re-?(?:generate|render|do|make|shoot|run)) (?:it|that|this|them)(?: (?:please|"
    r"for me|now))*\W*$"
)
"""As "please regenerate it", where what is to be otherwise was said before."""
_EACH_ITS_OWN: Final = re.compile(
    r"\s*(?:,|;|,?\s+and)\s+(?=(?:the )?scenes? \d+ (?:with|but|in|at|as|without|from)\b)"
)
_SAYS_HOW: Final = re.compile(r"\b(?:with|but|in|at|as|without|from)\b")


def _plan_one(draft: Draft, clause: Clause) -> None:
    manner, targets = manner_of(draft, clause), aims(draft, clause, finished=True)
    targets = _of_bare_numbers(draft, clause) or targets
    said: dict[str, Any] = {
        name: manner.values[name]
        for name in ("duration", "style", "quality", "seed")
        if name in manner.values
    }
    if _ALREADY.match(clause.low) and draft.steps and draft.steps[-1].action == "regenerate_video":
        return
    if "audio_path" in manner.values:
        draft.notes.append("A take made anew keeps the music it had: the track that you name is left out.")
    if change := _changed(draft, clause, manner):
        said["change"] = change
    for target in targets:
        if "episode_id" in target:
            draft.add("render_episode", target)
        else:
            draft.add("regenerate_video", {**target, **said})
    if not targets:
        missing = Missing.SCENE if _A_SCENE.search(clause.low) else Missing.TARGET
        ask_unless_asked(draft, missing, "What shall be made anew? Name a scene or a generation.")


_NUMBERED: Final = re.compile(
    rf"(?:redo|re-?(?:generate|render|do|try|take|make|shoot|create|run))\s+(?:number |no\.? ?|"
    rf"#)?(?P<list>{LIST})"
    r"(?!\s*(?:more|times|takes|versions|clips))\b"
)


def _of_bare_numbers(draft: Draft, clause: Clause) -> list[Target]:
    """The scenes of "redo 5 and 6", where the project has them all."""
    named = _NUMBERED.match(clause.low)
    if named is None:
        return []
    wanted = [*listed(named["list"])]
    there = {each.number: each.id for each in draft.facts.scenes}
    return [{"scene_id": there[each]} for each in wanted] if {*wanted} <= {*there} else []


_A_SCENE: Final = re.compile(r"\b(?:the|a|that|this|my|our) scene\b")


def _changed(draft: Draft, clause: Clause, manner: Manner) -> str:
    """What is to be otherwise, in the words of the clause."""
    found = find_scenes(clause, draft.facts) or find_by_one_word(clause, draft.facts)
    spans = [(start, end) for start, end, _, _ in manner.spans]
    spans += [(found.start, found.end)] if found.end else []
    spans += [named.span("list")] if (named := _NUMBERED.match(clause.low)) is not None else []
    spans += [each.span() for each in PICKED.finditer(clause.low)] if picked(draft, clause.low) else []
    rest = without(clause.text, spans)
    rest = without(rest, [each.span() for each in _REDO_WORDS.finditer(rest.lower())])
    rest = tidy(
        re.sub(
            r"^\s*(?:make|do|render|generate|create|produce|animate|film|try|shoot|run|it|that|the|and|"
            r"scene|take|(?:really |still |just )?(?:needs?|wants|could use|lacks)|"
            r"(?:should|must|has to) (?:have|be|get|look))\b",
            " ",
            rest.strip(),
            flags=re.IGNORECASE,
        )
    )
    return rest if {*re.findall(r"[^\W_]+", rest.lower())} - _SAYS_NOTHING else ""


_SAYS_NOTHING: Final = words_of(
    """it that this the and make do an a of scene clip take render give with have to for me us needs need
    retake redoing redone i we want d like new version one you can could my our is was not please go should be
    must is fine ok enough good re rendered rerendered remade reshot regenerated"""
)
