"""Characters."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import past
from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.past import CharacterThen, RefQuery
from api.requests import BranchQuery, Paths, PathsGiven, branch_of, columns, misread_warnings
from api.schemas.characters import CharacterAsked, CharacterChange, CharacterShown
from api.schemas.fields import Id, Name
from api.schemas.judgement import AppearanceShown
from db.models.project import Character
from db.queries import appearances, branches, characters
from db.queries.branches import Hold
from db.session import transaction
from studio.continuity import read_likeness

router = APIRouter(prefix="/characters", tags=["characters"])
_WHERE = {"project_id", "branch_name"}


@router.post("", status_code=201)
def create_character(paths: PathsGiven, body: CharacterAsked, branch: BranchQuery = None) -> CharacterShown:
    """Make a character; a picture that is not there yet is a warning."""
    with transaction() as session:
        at = branches.find(session, body.project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        return _shown(paths, characters.create(session, at, columns(body, without=_WHERE)))


@router.get("", response_model=list[CharacterShown] | list[CharacterThen])
def list_characters(
    paths: PathsGiven,
    project_id: Annotated[Id, Query()],
    page: PageAsked,
    branch: BranchQuery = None,
    name: Annotated[Name | None, Query()] = None,
    ref: RefQuery = None,
) -> list[CharacterShown] | list[CharacterThen]:
    """A branch's characters, or a commit's, oldest first; with `name`, the one of that name."""
    (after,) = page.after(1)
    if ref is not None:
        then = past.characters(project_id, branch, ref)
        chosen = [each for each in then if each.id > after and name in (None, each.name)]
        return page.cut(chosen, lambda each: str(each.id))
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = characters.page(session, at, limit=page.one_more, after=after, name=name)
    return [_shown(paths, row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/{character_id}", response_model=CharacterShown | CharacterThen)
def get_character(
    paths: PathsGiven,
    character_id: Id,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
    ref: RefQuery = None,
) -> CharacterShown | CharacterThen | Response:
    """One character, as a branch has it or, with `ref`, a commit."""
    if ref is not None:
        return conditions.answer(past.character(character_id, branch, ref))
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
        row = characters.change(session, row, columns(body, without=_WHERE, only_sent=True))
        shown = _shown(paths, row)
    return conditions.tag(shown)


@router.delete("/{character_id}", status_code=204)
def delete_character(
    paths: PathsGiven, character_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Take a character off a branch; scenes that name it keep the name."""
    with transaction() as session:
        row = characters.held(session, character_id, branch_of(branch))
        conditions.check(_shown(paths, row))
        at = branches.find(session, row.project_id, branch_of(branch), Hold.SHARED)
        characters.delete(session, at, character_id)


@router.get("/{character_id}/appearances")
def list_appearances(character_id: Id, page: PageAsked, branch: BranchQuery = None) -> list[AppearanceShown]:
    """The published takes that a character is in, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        row = characters.get(session, character_id, branch_of(branch))
        rows = appearances.of_character(session, row, limit=page.one_more, before=before)
    return [AppearanceShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


def _shown(paths: Paths, row: Character) -> CharacterShown:
    shown = CharacterShown.model_validate(row)
    _, misread = read_likeness(row.details)
    shown.warnings = paths.warnings(image_path=row.image_path) + misread_warnings(misread)
    return shown
