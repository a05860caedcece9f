"""A screenplay in Fountain: scenes made of it, and scenes written as one."""

from typing import Any, Final

from fastapi import APIRouter, Response

from api.computing import compute
from api.requests import BranchQuery, branch_of
from api.schemas.fields import LARGEST_ID, Id
from api.schemas.screenplay import SceneOfScreenplay, ScreenplayAsked, ScreenplayShown
from db.queries import branches, characters, projects, scenes
from db.queries.branches import Hold
from db.session import transaction
from studio.errors import InvalidError
from studio.exchange.screenplay import Screenplay, as_scene, read_screenplay, write_screenplay

router = APIRouter(prefix="/projects/{project_id}/screenplay", tags=["exchange"])
MOST_SCENES: Final = 1000
_MADE, _SHOWN = 201, 200


@router.post("", status_code=_MADE, responses={200: {"model": ScreenplayShown}})
def post_screenplay(
    project_id: Id, body: ScreenplayAsked, response: Response, branch: BranchQuery = None
) -> ScreenplayShown:
    """Make scenes of a screenplay, in its order; dialogue is kept in `metadata.dialogue`. All or none."""
    name = branch_of(branch, body.branch_name)
    with transaction() as session:
        known = characters.names(session, branches.find(session, project_id, name))
    play = compute(read_screenplay, body.text, known)
    _check(play)
    with transaction() as session:
        at = branches.find(session, project_id, name, Hold.SHARED)
        told = _numbered(play, body.first_number or scenes.last_number(session, at) + 1)
        ids = [None] * len(told) if body.dry_run else scenes.create_all(session, at, told)
    made = [SceneOfScreenplay(id=key, **each) for key, each in zip(ids, told, strict=True)]
    response.status_code = _SHOWN if body.dry_run else _MADE
    speaking = {each.casefold(): each for scene in made for each in scene.characters}
    there = {each.casefold() for each in known}
    unknown = [each for key, each in speaking.items() if key not in there]
    return ScreenplayShown(title=play.title, dry_run=body.dry_run, scenes=made, unknown_characters=unknown)


@router.get(
    "", response_class=Response, responses={200: {"description": "Fountain.", "content": {"text/plain": {}}}}
)
def get_screenplay(project_id: Id, branch: BranchQuery = None) -> Response:
    """A branch's scenes by number, in Fountain; read again, they are the same scenes."""
    with transaction() as session:
        title = projects.get(session, project_id).name
        at = branches.find(session, project_id, branch_of(branch))
        rows = scenes.page(session, at, limit=MOST_SCENES, after=(0, 0))
    told = [
        {
            "scene_number": row.scene.scene_number,
            "description": row.scene.description,
            "metadata": row.scene.details,
        }
        for row in rows
    ]
    return Response(write_screenplay(title, told), media_type="text/plain; charset=utf-8")


def _check(play: Screenplay) -> None:
    if len(play.scenes) > MOST_SCENES:
        raise InvalidError(
            "The screenplay has too many scenes.",
            field="text", value=len(play.scenes), expected=f"at most {MOST_SCENES} scenes",
        )  # fmt: skip


def _numbered(play: Screenplay, first: int) -> list[dict[str, Any]]:
    if first + len(play.scenes) > LARGEST_ID:
        raise InvalidError("There is no such number.", field="first_number", value=first, expected="fewer")
    return [{"scene_number": number, **as_scene(each)} for number, each in enumerate(play.scenes, first)]
