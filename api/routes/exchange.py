"""An episode's cut and its dialogue for other programs."""

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api.computing import compute
from api.requests import BranchQuery, branch_of
from api.schemas.episodes import EpisodeKey
from db.queries import cut_lists, episodes
from db.session import transaction
from studio.exchange.episode_files import TimelineFormat, subtitle_file, timeline_file
from studio.exchange.subtitles import Format

router = APIRouter(prefix="/episodes/{episode_id}", tags=["exchange"])
MEDIA_TYPES: Final = {
    "otio": "application/vnd.opentimelineio+json",
    "edl": "text/plain; charset=utf-8",
    "fcpxml": "application/xml",
    "srt": "application/x-subrip; charset=utf-8",
    "ass": "text/x-ssa; charset=utf-8",
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The file."}}


@router.get("/timeline", response_class=Response, responses=_FILE)
def get_timeline(
    episode_id: EpisodeKey,
    form: Annotated[TimelineFormat, Query(alias="format")] = "otio",
    branch: BranchQuery = None,
) -> Response:
    """The cut as it was assembled last: OpenTimelineIO has all that is known, EDL and FCPXML the cuts."""
    name, given = _cut(episode_id, branch_of(branch))
    return _file(compute(timeline_file, given["assembly"], given["music"]["path"], form), name, form)


@router.get("/subtitles", response_class=Response, responses=_FILE)
def get_subtitles(
    episode_id: EpisodeKey,
    form: Annotated[Format, Query(alias="format")] = "srt",
    branch: BranchQuery = None,
) -> Response:
    """What is said, in the episode's own time."""
    name, given = _cut(episode_id, branch_of(branch))
    return _file(compute(subtitle_file, given["assembly"], form), name, form)


def _cut(key: EpisodeKey, branch: str) -> tuple[str, dict[str, Any]]:
    """The episode's name for files, and what the stage gave that assembled it last."""
    with transaction() as session:
        episode = episodes.get(session, key, branch).episode
        _, given = cut_lists.newest(session, episode)
        return f"{episode.episode_number:02d} {episode.title}", given


def _file(text: str, name: str, form: str) -> Response:
    """A file to be kept; its name in full, and in ASCII for programs that know no other (RFC 6266)."""
    title = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")
    whole = quote(f"{name}.{form}", safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"{title}.{form}\"; filename*=UTF-8''{whole}"}
    return Response(text.encode(), media_type=MEDIA_TYPES[form], headers=headers)
