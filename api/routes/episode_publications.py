"""Publications of episodes."""

from typing import Final

from fastapi import APIRouter

from api.acceptance import ACCEPTED
from api.orders import OrdersGiven
from api.requests import BranchQuery, branch_of
from api.schemas.episodes import EpisodeKey
from api.schemas.publications import PublicationShown, PublishAccepted
from db.models.publishing import Published
from db.queries import episodes, publications
from db.session import transaction
from studio.errors import StateError

router = APIRouter(prefix="/episodes/{episode_id}", tags=["publications"])
NEVER_RENDERED: Final = "The episode has not been rendered on this branch."


@router.post("/publish", status_code=ACCEPTED)
def publish_episode(
    episode_id: EpisodeKey, orders: OrdersGiven, branch: BranchQuery = None
) -> PublishAccepted:
    """Publish the video of an episode's last render, and read it back."""
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        job = publications.rendered(session, episode.id or 0, episode.branch_id)
    if job is None:
        raise StateError(NEVER_RENDERED, field="episode_id", value=episode.id, expected="a rendered episode")
    orders.publish(job.id)
    return PublishAccepted(generation_id=job.id)


@router.get("/publication")
def get_publication(episode_id: EpisodeKey, branch: BranchQuery = None) -> PublicationShown:
    """Where an episode lies in the library, and whether the media server lists it."""
    return PublicationShown(**publications.shown(_publication(episode_id, branch)))


@router.delete("/publication", status_code=204)
def unpublish_episode(episode_id: EpisodeKey, orders: OrdersGiven, branch: BranchQuery = None) -> None:
    """Take an episode out of the library, with all that was written for it."""
    orders.unpublish(str(_publication(episode_id, branch).generation_id))


def _publication(episode_id: EpisodeKey, branch: str | None) -> Published:
    with transaction() as session:
        episode = episodes.get(session, episode_id, branch_of(branch)).episode
        return publications.of_episode(session, episode.project_id, episode.id or 0)
