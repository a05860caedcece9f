"""Health and episodes."""

from operator import itemgetter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api import past
from api.conditions import ConditionsAsked
from api.paging import Page, PageAsked
from api.past import EpisodeThen, RefQuery
from api.requests import BranchQuery, Paths, PathsGiven, branch_of, columns
from api.schemas.episodes import (
    EpisodeAsked,
    EpisodeChange,
    EpisodeKey,
    EpisodeListed,
    EpisodeShown,
    OrderAsked,
)
from api.schemas.fields import Asked, Id, Warned
from db.queries import branches, episodes
from db.queries.branches import Hold
from db.queries.episodes import Staged
from db.session import transaction
from studio.episodes import running_time, scene_name, scene_names
from studio.errors import InvalidError

router = APIRouter()
_NO_COLUMNS = {"project_id", "branch_name", "scenes"}


class Health(BaseModel):
    """A service that can do its work."""

    status: Literal["healthy"] = "healthy"
    service: Literal["episodes-api"] = "episodes-api"


@router.get("/health", tags=["health"])
def health() -> Health:
    """Healthy means that the database answers; otherwise this is a 503."""
    with transaction() as session:
        session.connection()
    return Health()


@router.get("/episodes", tags=["episodes"], response_model=list[EpisodeListed] | list[EpisodeThen])
def list_episodes(
    page: PageAsked,
    project_id: Annotated[Id | None, Query()] = None,
    branch: BranchQuery = None,
    ref: RefQuery = None,
) -> list[EpisodeListed] | list[EpisodeThen]:
    """A branch's episodes, or a commit's, by number; those of every project where none is named."""
    if ref is not None:
        return _then(page, project_id, branch, ref)
    project, number, episode_id = page.after(3)
    with transaction() as session:
        rows = episodes.page(
            session,
            branch_of(branch),
            project_id,
            limit=page.one_more,
            after=(project, number, episode_id),
        )
    return [EpisodeListed(**_fields(row)) for row in page.cut(rows, _cursor)]


@router.post("/episodes", tags=["episodes"], status_code=201)
def create_episode(paths: PathsGiven, body: EpisodeAsked, branch: BranchQuery = None) -> EpisodeShown:
    """Make an episode; without a number, the last of its branch."""
    hold = Hold.ALONE if body.episode_number is None else Hold.SHARED
    with transaction() as session:
        at = branches.find(session, body.project_id, branch_of(branch, body.branch_name), hold)
        return shown(paths, episodes.create(session, at, _columns(body)))


@router.get("/episodes/{episode_id}", tags=["episodes"], response_model=EpisodeShown | EpisodeThen)
def get_episode(
    paths: PathsGiven,
    episode_id: EpisodeKey,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
    ref: RefQuery = None,
) -> EpisodeShown | EpisodeThen | Response:
    """One episode, by id or uuid, as a branch has it or, with `ref`, a commit."""
    if ref is not None:
        return conditions.answer(past.episode(episode_id, branch, ref))
    with transaction() as session:
        row = episodes.get(session, episode_id, branch_of(branch))
    return conditions.answer(shown(paths, row))


@router.put("/episodes/{episode_id}", tags=["episodes"], response_model=EpisodeShown)
def update_episode(
    paths: PathsGiven,
    episode_id: EpisodeKey,
    body: EpisodeChange,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
) -> EpisodeShown | Response:
    """Change what is named; the version rises by one if that differs from what there was."""
    with transaction() as session:
        row = episodes.held(session, episode_id, branch_of(branch, body.branch_name))
        conditions.check(shown(paths, row))
        row = episodes.change(session, row, _columns(body, only_sent=True))
        return conditions.tag(shown(paths, row))


@router.put("/episodes/{episode_id}/scenes", tags=["episodes"], response_model=EpisodeShown)
def order_scenes(
    paths: PathsGiven,
    episode_id: EpisodeKey,
    body: OrderAsked,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
) -> EpisodeShown | Response:
    """Have an episode told by these scenes, in this order."""
    with transaction() as session:
        row = episodes.held(session, episode_id, branch_of(branch, body.branch_name))
        conditions.check(shown(paths, row))
        row = episodes.change(session, row, {"scene_ids": body.scenes})
        return conditions.tag(shown(paths, row))


@router.delete("/episodes/{episode_id}", tags=["episodes"], status_code=204)
def delete_episode(
    paths: PathsGiven, episode_id: EpisodeKey, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Take an episode off a branch; its scenes stay."""
    with transaction() as session:
        row = episodes.held(session, episode_id, branch_of(branch))
        conditions.check(shown(paths, row))
        episodes.delete(session, row)


def shown(paths: Paths, row: Staged) -> EpisodeShown:
    """An episode with what its list does not show."""
    audio = row.episode.audio
    missing = [
        Warned(field="scenes", value=scene_name(scene_id), message="The branch no longer has this scene.")
        for scene_id in row.missing
    ]
    tracks: dict[str, str | None] = {"audio.audio_path": audio["audio_path"] if audio else None}
    files = paths.warnings(video_path=row.episode.video_path, **tracks)
    return EpisodeShown(
        **_fields(row),
        episode_id=row.episode.id or 0,
        project_id=row.episode.project_id,
        branch_name=row.branch_name,
        audio=audio,
        version=row.episode.version,
        warnings=missing + files,
    )


def _fields(row: Staged) -> dict[str, Any]:
    episode = row.episode
    names = ("episode_number", "title", "synopsis", "status", "video_path", "quality_score")
    return {
        **{name: getattr(episode, name) for name in (*names, "created_at", "updated_at")},
        "id": str(episode.uuid),
        "duration": None if episode.duration_s is None else running_time(episode.duration_s),
        "scenes": scene_names(episode.scene_ids),
        "characters": list(row.characters),
        "metadata": episode.details,
    }


def _columns(body: Asked, *, only_sent: bool = False) -> dict[str, Any]:
    values = columns(body, without=_NO_COLUMNS, only_sent=only_sent)
    if values.get("audio"):
        values["audio"]["sync_points"].sort(key=itemgetter("time"))
    sent = getattr(body, "scenes", None)
    if not only_sent or "scenes" in body.model_fields_set:
        values["scene_ids"] = sent
    return values


def _cursor(row: Staged) -> str:
    episode = row.episode
    return f"{episode.project_id}.{episode.episode_number}.{episode.id}"


def _then(page: Page, project_id: int | None, branch: str | None, ref: str) -> list[EpisodeThen]:
    if project_id is None:
        raise InvalidError(
            "A commit is of one project.", field="project_id", value=None, expected="the project of `ref`"
        )
    after = page.after(3)
    then = past.episodes(project_id, branch, ref)
    rest = [each for each in then if (project_id, each.episode_number, each.episode_id) > after]
    return page.cut(rest, lambda each: f"{project_id}.{each.episode_number}.{each.episode_id}")
