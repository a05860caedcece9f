"""Which scenes of a board have a clip that is still made of what would go into it now, in bounded time."""

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from db.models.project import Branch
from db.queries import branches, commits, episode_renders
from db.session import transaction
from studio.errors import StudioError
from tasks.freshness import standing_of

LONGEST_S: Final = 8.0
"""Scenes that were not come to by then are left unjudged; who asks again gets further."""

KEPT_S: Final = 60.0
"""A judgement stands so long for the same tree and clips; files and workflows may change beside them."""

MOST_KEPT: Final = 20_000
UNJUDGED: Final = {"state": "not_judged", "generation_id": None, "reason": "There was no time left to look."}
Clips = tuple[tuple[str, str, int | None], ...]


def standings(project_id: int, branch: str, scene_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Where each of these scenes stands: `fresh`, `under_way`, `stale`, `missing` or `not_judged`, with why.

    Raises:
        NotFoundError: there is no such branch.
    """
    ends_s = time.monotonic() + LONGEST_S
    with transaction() as session:
        at = branches.find(session, project_id, branch)
        tree = commits.current_tree_hash(session, branches.id_of(at))
        session.refresh(at)
        session.expunge(at)
    minute = int(time.time() // KEPT_S)
    return [
        {"scene_id": each, **(UNJUDGED if time.monotonic() > ends_s else _standing(at, each, tree, minute))}
        for each in scene_ids
    ]


def _standing(at: Branch, scene_id: int, tree: str, minute: int) -> dict[str, Any]:
    with transaction() as session:
        clips = tuple(
            (made.job.id, made.job.status, made.job.chosen_take)
            for made in episode_renders.clips_of(session, at, scene_id)
        )
    return _judged(_Place(at), scene_id, tree, clips, minute)


class _Place:
    """A branch, which is told from others by its id."""

    def __init__(self, at: Branch) -> None:
        self.at = at

    def __hash__(self) -> int:
        return hash(self.at.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and other.at.id == self.at.id


@lru_cache(maxsize=MOST_KEPT)
def _judged(place: _Place, scene_id: int, tree: str, clips: Clips, minute: int) -> dict[str, Any]:
    """A scene's standing: kept for the same tree and clips, within the minute."""
    if not clips:
        return {"state": "missing", "generation_id": None, "reason": ""}
    try:
        found = standing_of(place.at, scene_id, None)
    except StudioError as error:
        return {"state": "not_judged", "generation_id": None, "reason": error.message}
    if found.generation_id is None:
        return {"state": "stale", "generation_id": clips[0][0], "reason": "What it was made of has changed."}
    state = "under_way" if found.state == "processing" else "fresh"
    return {"state": state, "generation_id": found.generation_id, "reason": ""}
