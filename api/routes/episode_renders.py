"""Episodes rendered: asked for, listed, and looked at."""

from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import FileResponse

from api.acceptance import ACCEPTED, require_active
from api.keys import IdempotencyKey, keyed
from api.orders import OrdersGiven
from api.paging import PageAsked
from api.ranged import RangedFile
from api.requests import BranchQuery, DryRun, branch_of, settings_of
from api.schemas.episode_renders import RenderAccepted, RenderAsked, RenderPlanned
from api.schemas.episodes import EpisodeKey
from api.schemas.generations import GenerationListed
from db.queries import episode_renders, episodes, generations, idempotency, projects
from db.queries.commit_branches import episode_at
from db.queries.idempotency import Keyed
from db.queries.past import only_one
from db.session import transaction, undone
from studio.clients.store import open_allowed
from studio.errors import NotFoundError, StateError

router = APIRouter(prefix="/episodes/{episode_id}", tags=["renders"])
VIDEO: Final = "video/mp4"


@router.post(
    "/render",
    status_code=ACCEPTED,
    response_model=RenderAccepted | RenderPlanned,
    responses={200: {"model": RenderPlanned, "description": "A dry run: nothing is rendered."}},
)
def render_episode(
    request: Request,
    response: Response,
    episode_id: EpisodeKey,
    body: RenderAsked,
    orders: OrdersGiven,
    afterwards: BackgroundTasks,
    branch: BranchQuery = None,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> RenderAccepted | RenderPlanned:
    """Have an episode made: its scenes that are not fresh, the whole of them, and its publication."""
    only_one(branch or body.branch_name, body.ref)
    name = branch_of(branch, body.branch_name)
    if dry_run:
        response.status_code = 200
        with transaction() as session, undone(session):
            return RenderPlanned(**_accepted(session, episode_id, name, body).model_dump())
    answer, is_new = _accept(episode_id, name, body, keyed(request, idempotency_key, body, branch=name))
    if is_new:
        afterwards.add_task(orders.submit_or_leave, answer.generation_id)
    return answer


@router.get("/renders")
def list_renders(
    page: PageAsked, episode_id: EpisodeKey, branch: BranchQuery = None
) -> list[GenerationListed]:
    """The renders of an episode on a branch, newest first."""
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        rows = generations.page(
            session,
            kind=episode_renders.EPISODE,
            episode=(episode.branch_id, episode.id or 0),
            limit=page.one_more,
            after=page.cursor,
        )
    cut = page.cut(rows, lambda row: str(row["generation_id"]))
    return [GenerationListed.model_validate(row) for row in cut]


@router.get(
    "/video",
    response_class=FileResponse,
    responses={
        200: {"description": "The episode."},
        206: {"description": "The part of it that `Range` asks for."},
        416: {"description": "`Range` lies outside of it."},
    },
)
def get_video(request: Request, episode_id: EpisodeKey, branch: BranchQuery = None) -> RangedFile:
    """The episode as it was assembled last, published or not."""
    with transaction() as session:
        video_path = episodes.get(session, episode_id, branch_of(branch)).episode.video_path
    if video_path is None:
        raise NotFoundError("The episode was not assembled yet.", field="episode_id", value=str(episode_id))
    path = open_allowed(video_path, settings_of(request).roots)
    return RangedFile(path, media_type=VIDEO, etag=f'"{Path(path).stem[:32]}"')


def _accept(
    episode_id: EpisodeKey, branch: str, body: RenderAsked, key: Keyed | None
) -> tuple[RenderAccepted, bool]:
    """The answer, and whether it is a new one."""
    with transaction() as session:
        if key is not None and (first := idempotency.answered(session, key)) is not None:
            return RenderAccepted.model_validate(first), False
        answer = _accepted(session, episode_id, branch, body)
        if key is not None:
            idempotency.record(session, key, status=ACCEPTED, answer=answer.model_dump(mode="json"))
    return answer, True


def _accepted(session: Any, episode_id: EpisodeKey, branch: str, body: RenderAsked) -> RenderAccepted:
    at, episode = episode_at(session, episode_id, branch, body.ref)
    require_active(projects.get(session, episode.project_id).status)
    if not episode.scene_ids:
        raise StateError("The episode has no scenes.", field="scenes", value=[], expected="a scene or more")
    request = body.model_dump(mode="json", include={"ref", "quality", "publish", "force"})
    job = episode_renders.accept(session, episode, request)
    return RenderAccepted(
        generation_id=job.id,
        status="processing",
        project_id=job.project_id,
        episode_id=episode.id or 0,
        branch_name=at,
    )
