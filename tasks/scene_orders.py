"""A scene as a clip that its episode asks for: as it is described now, and made as it was made last."""

from collections.abc import Mapping
from typing import Any, Final

from sqlmodel import Session

from db.models.project import Branch
from db.queries import preferences, scenes, working
from db.queries.generations import Asked
from db.queries.scenes import Staged
from studio.errors import InvalidError
from studio.scene_terms import LONGEST_PROMPT, read_terms
from tasks.terms import Said, Usual

KEPT: Final = (
    *("title", "duration", "style", "quality", "seed", "audio_path"),
    *("workflow", "width", "height", "fps", "negative_prompt"),
)
"""What the scene's last clip was asked for with, and the next one is too, where the scene says nothing."""


def order_scene(
    session: Session, at: Branch, scene_id: int, last: Mapping[str, Any], quality: str | None
) -> Asked:
    """What is asked for a scene's clip; nobody's own preferences have a part in it.

    Args:
        session: The caller's.
        at: The branch.
        scene_id: A scene of it.
        last: The body with which its last clip was asked for; empty where there is none.
        quality: What the episode is asked for in, if that is said.

    Raises:
        NotFoundError: the branch does not have the scene.
        InvalidError: the scene has no description, or one that is too long for a prompt.
    """
    staged = scenes.get(session, scene_id, at.name)
    kept = {name: last[name] for name in KEPT if last.get(name) is not None}
    terms, _ = read_terms(staged.scene.details)
    asked = {} if quality is None else {"quality": quality}
    said = Said.of({**kept, **terms, **asked, **_told(staged)})
    usual = Usual(working.production(session, at))
    return usual.asked(at, said, preferences.template(session, usual.style(said)))


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
