"""Publications of episodes."""

from typing import Final

from fastapi import APIRouter, Response

from api.acceptance import ACCEPTED
from api.orders import OrdersGiven
from api.requests import BranchQuery, DryRun, branch_of
from api.schemas.episodes import EpisodeKey
from api.schemas.publications import PublicationShown, PublishAccepted
from db.models.publishing import Published
from db.queries import episodes, publications
from db.session import transaction
from studio.errors import StateError
from tasks import control
from tasks.trying import try_out
from tasks.withdrawing import can_be_taken_away

router = APIRouter(prefix="/episodes/{episode_id}", tags=["publications"])
NEVER_RENDERED: Final = "The episode has not been rendered on this branch."


@router.post("/publish", status_code=ACCEPTED)
def publish_episode(
    response: Response,
    episode_id: EpisodeKey,
    orders: OrdersGiven,
    branch: BranchQuery = None,
    dry_run: DryRun = False,
) -> PublishAccepted:
    """Publish the video of an episode's last render, and read it back."""
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        job = publications.rendered(session, episode.id or 0, episode.branch_id)
    if job is None:
        raise StateError(NEVER_RENDERED, field="episode_id", value=episode.id, expected="a rendered episode")
    if dry_run:
        try_out(control.published, job.id)
        response.status_code = 200
        return PublishAccepted.model_validate({"generation_id": job.id, "status": job.status})
    orders.publish(job.id)
    return PublishAccepted(generation_id=job.id)


@router.get("/publication")
def get_publication(episode_id: EpisodeKey, branch: BranchQuery = None) -> PublicationShown:
    """Where an episode lies in the library, and whether the media server lists it."""
    return PublicationShown(**publications.shown(_publication(episode_id, branch)))


@router.delete("/publication", status_code=204)
def unpublish_episode(
    episode_id: EpisodeKey, orders: OrdersGiven, branch: BranchQuery = None, dry_run: DryRun = False
) -> None:
    """Take an episode out of the library, with all that was written for it."""
    generation_id = str(_publication(episode_id, branch).generation_id)
    if dry_run:
        try_out(can_be_taken_away, generation_id)
    else:
        orders.unpublish(generation_id)


def _publication(episode_id: EpisodeKey, branch: str | None) -> Published:
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        return publications.of_episode(session, episode.project_id, episode.id or 0)
