"""The playlists of the music library."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.library_views import playlist_fields, show_entry, show_playlist
from api.schemas.fields import Id
from api.schemas.library import PlaylistShown, PlaylistWhole
from api.schemas.library_queries import Paged
from db.queries import music_playlists
from db.session import transaction

router = APIRouter(prefix="/playlists", tags=["library"])


@router.get("")
def list_playlists(
    request: Request, response: Response, asked: Annotated[Paged, Query()]
) -> list[PlaylistShown]:
    """All playlists, and the folders that Apple Music has them in, oldest first."""
    page = asked.page(request, response)
    (after,) = page.after(1)
    with transaction() as session:
        rows = music_playlists.page(session, limit=page.one_more, after=after)
    return [show_playlist(each) for each in page.cut(rows, lambda each: str(each.row.id))]


@router.get("/{playlist_id}")
def get_playlist(
    playlist_id: Id, request: Request, response: Response, asked: Annotated[Paged, Query()]
) -> PlaylistWhole:
    """A playlist with its tracks in order; a place without a track says why."""
    page = asked.page(request, response)
    (after,) = page.after(1)
    with transaction() as session:
        counted = music_playlists.get(session, playlist_id)
        placed = music_playlists.entries(session, playlist_id, limit=page.one_more, after=after)
    items = [show_entry(each) for each in page.cut(placed, lambda each: str(each.entry.position))]
    return PlaylistWhole(**playlist_fields(counted), items=items)
