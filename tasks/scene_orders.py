"""What is asked for a scene's clip: as it is described now, or once more in the words that a person chose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from db.models.production import GenerationRequest
from db.models.project import Branch
from db.queries import preferences, scenes, trees, working
from db.queries.generations import Asked
from db.queries.scenes import Staged
from db.session import transaction
from studio.errors import InvalidError
from studio.scene_terms import LONGEST_PROMPT, read_terms
from tasks.terms import Said, Usual

KEPT: Final = (
    *("title", "duration", "style", "quality", "seed", "audio_path"),
    *("workflow", "width", "height", "fps", "negative_prompt"),
)
"""What the scene's last clip was asked for with, and the next one is too, where the scene says nothing."""


def orders_of(
    at: Branch, scene_id: int, bodies: Sequence[Mapping[str, Any]], quality: str | None
) -> list[Asked]:
    """What is asked for a scene's clip, after each of `bodies`; nobody's own likes have a part in it.

    Args:
        at: The branch.
        scene_id: A scene of it.
        bodies: With what its clips were asked for; one that is empty where there is none.
        quality: What the episode is asked for in, if that is said.

    Raises:
        NotFoundError: the branch does not have the scene.
        InvalidError: the scene has no description, or one that is too long for a prompt.
    """
    with transaction() as session:
        staged = scenes.get(session, scene_id, at.name)
        usual = Usual(working.production(session, at))
        said = [_said(staged, body, quality) for body in bodies]
        return [usual.asked(at, each, preferences.template(session, usual.style(each))) for each in said]


def _said(staged: Staged, last: Mapping[str, Any], quality: str | None) -> Said:
    kept = {name: last[name] for name in KEPT if last.get(name) is not None}
    terms, _ = read_terms(staged.scene.details)
    asked = {} if quality is None else {"quality": quality}
    return Said.of({**kept, **terms, **asked, **_told(staged)})


def _told(staged: Staged) -> dict[str, Any]:
    description = staged.scene.description
    if not description.strip() or len(description) > LONGEST_PROMPT:
        raise InvalidError(
            f"Scene {staged.scene.scene_number} cannot be made as it is described.",
            field="description",
            value=None,
            expected=f"a description of at most {LONGEST_PROMPT} characters",
        )
    present = [name for name in staged.characters if name not in staged.unresolved]
    return {"prompt": description, "characters": present, "scene_id": staged.scene.id}


def once_more(
    at: Branch, scene_id: int, last: GenerationRequest, tree_hash: str, quality: str | None
) -> Asked | None:
    """A clip of a scene as it was asked for, with what holds now; None where the scene says something else.

    Args:
        at: The branch.
        scene_id: A scene of it.
        last: What was asked, and accepted.
        tree_hash: The state of the project of which that clip was made, on whichever branch.
        quality: What the episode is asked for in, if that is said.
    """
    key = f"scenes/{scene_id}"
    with transaction() as session:
        before = trees.state(session, tree_hash, (key, "style"))
        scene = working.entities(session, at, (key,)).get(key)
        if key not in before or _words(scene) != _words(before[key]):
            return None
        usual = Usual(working.production(session, at))
        said = _repeated(last, _default_style(before), quality)
        return usual.asked(at, said, preferences.template(session, usual.style(said)))


def _words(scene: Any) -> tuple[Any, ...] | None:
    """What of a scene decides how it is asked for; the rest counts by what it adds to the inputs."""
    if scene is None:
        return None
    return scene["description"], frozenset(scene["characters"]), read_terms(scene["metadata"])[0]


def _default_style(state: Mapping[str, Any]) -> str | None:
    style: str | None = state.get("style", {}).get("default_style")
    return style


def _repeated(last: GenerationRequest, default_style: str | None, quality: str | None) -> Said:
    """A request with what its user's likes added to it; a style that was nobody's choice is today's."""
    said = Said.of(last.body)
    chosen = last.style if said.style or last.style != default_style else None
    return replace(
        said,
        duration_s=last.duration_s,
        style=chosen,
        quality=quality or last.quality,
        audio_path=last.audio_path,
    )
