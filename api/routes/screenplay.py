"""A screenplay in Fountain: scenes made of it, and scenes written as one."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response, UploadFile

from api.computing import compute
from api.requests import BranchQuery, branch_of
from api.schemas.fields import LARGEST_ID, Id, Name
from api.schemas.screenplay import LONGEST, SceneOfScreenplay, ScreenplayAsked, ScreenplayShown
from db.queries import branches, characters, projects, scenes
from db.queries.branches import Hold
from db.session import transaction
from studio.errors import InvalidError
from studio.exchange.screenplay import (
    MOST_SCENES,
    Screenplay,
    as_scene,
    decoded,
    read_screenplay,
    write_screenplay,
)

router = APIRouter(prefix="/projects/{project_id}/screenplay", tags=["exchange"])
FILE: Final = "/file"
UPLOADS: Final = f"/projects/*/screenplay{FILE}"
MOST_BYTES: Final = 4 * LONGEST + 4
_MADE, _SHOWN = 201, 200


@router.post("", status_code=_MADE, responses={200: {"model": ScreenplayShown}})
def post_screenplay(
    project_id: Id, body: ScreenplayAsked, response: Response, branch: BranchQuery = None
) -> ScreenplayShown:
    """Make scenes of a screenplay, in its order; dialogue is kept in `metadata.dialogue`. All or none."""
    shown = _taken_in(project_id, branch_of(branch, body.branch_name), body)
    response.status_code = _SHOWN if shown.dry_run else _MADE
    return shown


@router.post(FILE, status_code=_MADE, responses={200: {"model": ScreenplayShown}})
def upload_screenplay(
    project_id: Id,
    response: Response,
    file: UploadFile,
    branch_name: Annotated[Name | None, Form()] = None,
    first_number: Annotated[Id | None, Form()] = None,
    dry_run: Annotated[bool, Form()] = False,
    branch: BranchQuery = None,
) -> ScreenplayShown:
    """The same of a file: Fountain in UTF-8, or in UTF-16 with its mark, as it lies on a writer's disk."""
    text = decoded(file.file.read(MOST_BYTES + 1))
    if not 0 < len(text) <= LONGEST:
        expected = f"1 to {LONGEST} characters"
        raise InvalidError(
            "This is too little or too much.", field="file", value=len(text), expected=expected
        )
    asked = ScreenplayAsked(text=text, first_number=first_number, dry_run=dry_run)
    shown = _taken_in(project_id, branch_of(branch, branch_name), asked)
    response.status_code = _SHOWN if shown.dry_run else _MADE
    return shown


def _taken_in(project_id: int, name: str, asked: ScreenplayAsked) -> ScreenplayShown:
    with transaction() as session:
        known = characters.names(session, branches.find(session, project_id, name))
    play = compute(read_screenplay, asked.text, known)
    with transaction() as session:
        at = branches.find(session, project_id, name, Hold.SHARED)
        told = _numbered(play, asked.first_number or scenes.last_number(session, at) + 1)
        ids = [None] * len(told) if asked.dry_run else scenes.create_all(session, at, told)
    made = [SceneOfScreenplay(id=key, **each) for key, each in zip(ids, told, strict=True)]
    speaking = {each.casefold(): each for scene in made for each in scene.characters}
    there = {each.casefold() for each in known}
    unknown = [each for key, each in speaking.items() if key not in there]
    return ScreenplayShown(title=play.title, dry_run=asked.dry_run, scenes=made, unknown_characters=unknown)


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


def _numbered(play: Screenplay, first: int) -> list[dict[str, Any]]:
    if first + len(play.scenes) > LARGEST_ID:
        raise InvalidError("There is no such number.", field="first_number", value=first, expected="fewer")
    return [{"scene_number": number, **as_scene(each)} for number, each in enumerate(play.scenes, first)]
