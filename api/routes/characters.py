"""Characters."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.requests import BranchQuery, Paths, PathsGiven, branch_of
from api.schemas.characters import CharacterAsked, CharacterChange, CharacterShown
from api.schemas.fields import Id
from db.models.project import Character
from db.queries import branches, characters
from db.queries.branches import Hold
from db.session import transaction

router = APIRouter(prefix="/characters", tags=["characters"])
_WHERE = {"project_id", "branch_name"}


@router.post("", status_code=201)
def create_character(paths: PathsGiven, body: CharacterAsked, branch: BranchQuery = None) -> CharacterShown:
    """Make a character; a picture that is not there yet is a warning."""
    with transaction() as session:
        at = branches.find(session, body.project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        return _shown(paths, characters.create(session, at, body.model_dump(exclude=_WHERE)))


@router.get("")
def list_characters(
    paths: PathsGiven, project_id: Annotated[Id, Query()], page: PageAsked, branch: BranchQuery = None
) -> list[CharacterShown]:
    """A branch's characters, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = characters.page(session, at, limit=page.one_more, after=after)
    return [_shown(paths, row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/{character_id}", response_model=CharacterShown)
def get_character(
    paths: PathsGiven, character_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> CharacterShown | Response:
    """One character."""
    with transaction() as session:
        row = characters.get(session, character_id, branch_of(branch))
    return conditions.answer(_shown(paths, row))


@router.put("/{character_id}", response_model=CharacterShown)
def update_character(
    paths: PathsGiven,
    character_id: Id,
    body: CharacterChange,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
) -> CharacterShown | Response:
    """Change what is named; the version rises by one if that differs from what there was."""
    with transaction() as session:
        row = characters.held(session, character_id, branch_of(branch, body.branch_name))
        conditions.check(_shown(paths, row))
        row = characters.change(session, row, body.model_dump(exclude_unset=True, exclude=_WHERE))
        shown = _shown(paths, row)
    return conditions.tag(shown)


def _shown(paths: Paths, row: Character) -> CharacterShown:
    shown = CharacterShown.model_validate(row)
    shown.warnings = paths.warnings(image_path=row.image_path)
    return shown
