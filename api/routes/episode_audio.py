"""The music that episodes are laid on."""

from operator import itemgetter

from fastapi import APIRouter, Response

from api.conditions import ConditionsAsked
from api.requests import BranchQuery, Paths, PathsGiven, branch_of
from api.schemas.episodes import EpisodeKey, TrackShown
from api.schemas.scenes import AudioAsked
from db.models.story import Episode
from db.queries import episodes
from db.session import transaction
from studio.errors import NotFoundError

router = APIRouter(prefix="/episodes/{episode_id}/audio", tags=["audio"])


@router.post("", status_code=201)
def add_audio(
    paths: PathsGiven, episode_id: EpisodeKey, body: AudioAsked, branch: BranchQuery = None
) -> TrackShown:
    """Lay an episode on a track, in place of the one before."""
    track = body.model_dump(exclude={"branch_name"})
    track["sync_points"].sort(key=itemgetter("time"))
    with transaction() as session:
        row = episodes.held(session, episode_id, branch_of(branch, body.branch_name))
        return _shown(paths, episodes.change(session, row, {"audio": track}).episode)


@router.get("", response_model=TrackShown)
def get_audio(
    paths: PathsGiven, episode_id: EpisodeKey, conditions: ConditionsAsked, branch: BranchQuery = None
) -> TrackShown | Response:
    """The track that an episode is laid on."""
    with transaction() as session:
        row = episodes.get(session, episode_id, branch_of(branch))
        return conditions.answer(_shown(paths, row.episode))


@router.delete("", status_code=204)
def delete_audio(
    paths: PathsGiven, episode_id: EpisodeKey, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Take an episode off its track; it has no music of its own then."""
    with transaction() as session:
        row = episodes.held(session, episode_id, branch_of(branch))
        conditions.check(_shown(paths, row.episode))
        episodes.change(session, row, {"audio": None})


def _shown(paths: Paths, episode: Episode) -> TrackShown:
    if episode.audio is None:
        raise NotFoundError(f"Episode {episode.id} has no audio.", field="episode_id", value=episode.id)
    warnings = paths.warnings(audio_path=episode.audio["audio_path"])
    return TrackShown(episode_id=episode.id or 0, **episode.audio, warnings=warnings)
