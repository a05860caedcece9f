"""The director's plan of one clip, as every generation has it, whoever asked for it."""

from typing import Any

from studio.canon.names import Names
from studio.echo.clips import add_clips
from studio.echo.drafting import Draft
from studio.echo.facts import Facts
from studio.echo.plans import Terms


def clip_plan(terms: Terms, *, scene_id: int | None = None, seed: int | None = None) -> list[dict[str, Any]]:
    """The steps of a clip as documented: its cast held against the project, the clip, its verdict."""
    draft = Draft(terms.prompt, Facts(0, Names.of(())))
    add_clips(draft, terms, seed=seed, scene_id=scene_id)
    return [step.as_document() for step in draft.steps]
