"""Episodes, as a branch has them, with those who are in their scenes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sql
from sqlalchemy import func, select, text, tuple_, update
from sqlmodel import Session, col

from db.models.project import Branch, Scene
from db.models.story import Episode
from db.queries import branches
from db.queries.branches import Hold
from db.queries.uniqueness import one_of_a_kind
from studio.episodes import scene_name
from studio.errors import NotFoundError

EpisodeKey = int | UUID


@dataclass(frozen=True, slots=True)
class Staged:
    """An episode with the names of those in its scenes, in the order in which they first come.

    `missing` are ids of scenes that the episode names and the branch no longer has.
    """

    episode: Episode
    branch_name: str
    characters: tuple[str, ...]
    missing: tuple[int, ...] = ()


def create(session: Session, branch: Branch, values: Mapping[str, Any]) -> Staged:
    """An episode on a branch; without a number, which takes the branch alone, it follows the last.

    Raises:
        NotFoundError: it names a scene that the branch does not have.
        DuplicateError: the branch has an episode of that number.
    """
    require_scenes(session, branch, values["scene_ids"])
    number = values["episode_number"] or _next_number(session, branch)
    at = {"project_id": branch.project_id, "branch_id": branches.id_of(branch), "episode_number": number}
    episode = Episode(**{**values, **at})
    with _one_number(number):
        session.add(episode)
        session.flush()
        _check_now(session)
    return _staged(session, [(episode, branch.name)])[0]


def get(session: Session, key: EpisodeKey, branch_name: str) -> Staged:
    """The episode of that id as a branch has it.

    Raises:
        NotFoundError: there is none on that branch.
    """
    episode_id = id_of(session, key)
    branch = branches.of_entity(session, Episode, episode_id, branch_name)
    return _staged(session, [(session.get_one(Episode, (branch.id, episode_id)), branch.name)])[0]


def held(session: Session, key: EpisodeKey, branch_name: str) -> Staged:
    """Like `get`, and nobody else changes it until the transaction ends."""
    episode_id = id_of(session, key)
    branch = branches.of_entity(session, Episode, episode_id, branch_name, Hold.SHARED)
    episode = session.get_one(Episode, (branch.id, episode_id), with_for_update=True)
    return _staged(session, [(episode, branch.name)])[0]


def id_of(session: Session, key: EpisodeKey) -> int:
    """An episode's id, by which it may be called already.

    Raises:
        NotFoundError: no branch has an episode of that uuid.
    """
    if isinstance(key, int):
        return key
    query = select(col(Episode.id)).where(col(Episode.uuid) == key).order_by(col(Episode.id)).limit(1)
    found: int | None = session.scalar(query)
    if found is None:
        raise NotFoundError(f"There is no episode {key}.", field="episode_id", value=str(key))
    return found


def project_of(session: Session, episode_id: int) -> int:
    """The project of an episode, whichever branch has it.

    Raises:
        NotFoundError: no branch has it.
    """
    query = select(col(Episode.project_id)).where(col(Episode.id) == episode_id).limit(1)
    found: int | None = session.scalar(query)
    if found is None:
        raise NotFoundError(f"There is no episode {episode_id}.", field="episode_id", value=episode_id)
    return found


def page(
    session: Session, branch_name: str, project_id: int | None, *, limit: int, after: tuple[int, int, int]
) -> list[Staged]:
    """Episodes by project and number, from the one that follows `after`: a project, a number and an id.

    Raises:
        NotFoundError: there is no such project, or no such branch of it.
    """
    place = tuple_(col(Episode.project_id), col(Episode.episode_number), col(Episode.id))
    query = select(Episode).where(place > after)
    if project_id is not None:
        branch = branches.find(session, project_id, branch_name)
        query = query.where(col(Episode.project_id) == project_id, col(Episode.branch_id) == branch.id)
    else:
        query = query.join(Branch, col(Branch.id) == col(Episode.branch_id))
        query = query.where(col(Branch.name) == branch_name)
    rows = session.scalars(query.order_by(place).limit(limit))
    return _staged(session, [(row, branch_name) for row in rows])


def of_branch(session: Session, branch: Branch, *, limit: int) -> list[Episode]:
    """A branch's episodes by number."""
    query = select(Episode).where(col(Episode.branch_id) == branch.id)
    return list(session.scalars(query.order_by(col(Episode.episode_number)).limit(limit)))


def change(session: Session, staged: Staged, values: Mapping[str, Any]) -> Staged:
    """Set what differs; the version rises by one when anything does.

    Raises:
        NotFoundError: it is to have a scene that the branch does not have.
        DuplicateError: the branch has another episode of the new number.
    """
    episode = staged.episode
    changed = {name: value for name, value in values.items() if getattr(episode, name) != value}
    if not changed:
        return staged
    branch = session.get_one(Branch, episode.branch_id)
    require_scenes(session, branch, changed.get("scene_ids", ()))
    with _one_number(changed.get("episode_number")):
        session.execute(
            update(Episode)
            .where(col(Episode.branch_id) == episode.branch_id, col(Episode.id) == episode.id)
            .values(**changed, dirty=True, version=col(Episode.version) + 1, updated_at=func.now())
        )
        _check_now(session)
    session.refresh(episode)
    return _staged(session, [(episode, staged.branch_name)])[0]


def delete(session: Session, staged: Staged) -> None:
    """Take an episode, held by the caller, off its branch."""
    episode = staged.episode
    at = col(Episode.branch_id) == episode.branch_id, col(Episode.id) == episode.id
    session.execute(sql.delete(Episode).where(*at))
    branches.bury(session, session.get_one(Branch, episode.branch_id), "episodes", episode.id)


def _next_number(session: Session, branch: Branch) -> int:
    last = session.scalar(
        select(func.max(col(Episode.episode_number))).where(col(Episode.branch_id) == branch.id)
    )
    return (last or 0) + 1


def require_scenes(session: Session, branch: Branch, scene_ids: Sequence[int]) -> None:
    """Make sure that a branch has these scenes.

    Raises:
        NotFoundError: it lacks one.
    """
    there = select(col(Scene.id)).where(col(Scene.branch_id) == branch.id, col(Scene.id).in_(scene_ids))
    known = set(session.scalars(there)) if scene_ids else set()
    for scene_id in scene_ids:
        if scene_id not in known:
            raise NotFoundError(
                f"Branch {branch.name!r} has no scene {scene_id}.",
                field="scenes",
                value=scene_name(scene_id),
                expected="scenes of the branch",
            )


def _one_number(number: int | None) -> AbstractContextManager[None]:
    return one_of_a_kind(
        f"The branch already has an episode {number}.",
        field="episode_number",
        value=number,
        expected="another number",
    )


def _check_now(session: Session) -> None:
    """Numbers are checked at the commit otherwise, where nobody could answer for them."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


_SCENES: Final = """
    FROM unnest(CAST(:branches AS int[]), CAST(:ids AS int[])) AS wanted (branch_id, id)
    JOIN public.episodes e USING (branch_id, id)
    CROSS JOIN jsonb_array_elements(e.scene_ids) WITH ORDINALITY AS named (scene_id, place)"""
_CAST: Final = f"""
    SELECT e.branch_id, e.id, c.name {_SCENES}
    JOIN anime_api.scene_characters c
      ON c.branch_id = e.branch_id AND c.scene_id = CAST(named.scene_id AS int)
    GROUP BY e.branch_id, e.id, c.name ORDER BY min(ARRAY[named.place, c.position]), c.name"""
_MISSING: Final = f"""
    SELECT e.branch_id, e.id, CAST(named.scene_id AS int) AS name {_SCENES}
    WHERE NOT EXISTS (SELECT FROM anime_api.scenes s
                      WHERE s.branch_id = e.branch_id AND s.id = CAST(named.scene_id AS int))
    ORDER BY named.place"""  # noqa: S608


def _staged(session: Session, rows: Sequence[tuple[Episode, str]]) -> list[Staged]:
    casts = _named(session, _CAST, rows)
    missing = _named(session, _MISSING, rows)
    places = [(episode.branch_id, episode.id) for episode, _ in rows]
    return [
        Staged(episode, branch_name, tuple(casts.get(at, ())), tuple(missing.get(at, ())))
        for (episode, branch_name), at in zip(rows, places, strict=True)
    ]


def _named(
    session: Session, query: str, rows: Sequence[tuple[Episode, str]]
) -> dict[tuple[int, int | None], list[Any]]:
    at = {"branches": [row.branch_id for row, _ in rows], "ids": [row.id for row, _ in rows]}
    found: dict[tuple[int, int | None], list[Any]] = {}
    for branch_id, episode_id, name in session.execute(text(query), at):
        found.setdefault((branch_id, episode_id), []).append(name)
    return found
