"""The director's plan of one clip, as every generation has it, whoever asked for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.canon.names import Names
from studio.echo.actions import registered, validated
from studio.echo.clips import add_clips
from studio.echo.drafting import Draft
from studio.echo.facts import Facts, Usual
from studio.echo.ordering import ASSESSMENT, CHECK, CLIP
from studio.echo.plans import Step, Terms


def command_plan(
    action: str, parameters: Mapping[str, Any], cast: Sequence[str] = (), usual: Usual | None = None
) -> list[dict[str, Any]]:
    """The steps of one command: of a clip, with its checks and its verdict, else the action alone.

    What is not said of a clip is as usual, as it is where the director is asked in words.

    Raises:
        InvalidError: there is no such action, or it does not take these parameters.
    """
    told = validated(action, parameters)
    if action != CLIP:
        return [Step(1, action, registered(action).service, told).as_document()]
    draft = Draft("", Facts(0, Names.of(())))
    for name in cast:
        draft.add(CHECK, {"character": name})
    draft.add(CLIP, {**(usual.terms if usual else {}), **told})
    draft.add(ASSESSMENT, {})
    return [step.as_document() for step in draft.steps]


def clip_plan(terms: Terms, *, scene_id: int | None = None, seed: int | None = None) -> list[dict[str, Any]]:
    """The steps of a clip as documented: its cast held against the project, the clip, its verdict."""
    draft = Draft(terms.prompt, Facts(0, Names.of(())))
    add_clips(draft, terms, seed=seed, scene_id=scene_id)
    return [step.as_document() for step in draft.steps]
