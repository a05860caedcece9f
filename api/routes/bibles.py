"""Project bibles."""

from fastapi import APIRouter, Response

from api import past
from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.past import BibleThen, RefQuery
from api.requests import BranchQuery, branch_of
from api.schemas.bibles import (
    BibleAsked,
    BibleCharacterAsked,
    BibleCharacterChange,
    BibleCharacterShown,
    BibleShown,
    BibleVersionShown,
)
from api.schemas.fields import Id
from db.queries import bible_characters, bible_history, bibles, branches
from db.queries.bibles import Guide
from db.queries.branches import Hold
from db.session import transaction

router = APIRouter(prefix="/projects/{project_id}/bible", tags=["bible"])
_WHERE = {"branch_name"}


@router.post("", status_code=201)
def add_bible(project_id: Id, body: BibleAsked, branch: BranchQuery = None) -> BibleShown:
    """Write the bible, or a further version of it."""
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch, body.branch_name), Hold.ALONE)
        bibles.add(session, at, body.model_dump(exclude=_WHERE))
        return _shown(bibles.guide(session, at))


@router.get("", response_model=BibleShown | BibleThen)
def get_bible(
    project_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None, ref: RefQuery = None
) -> BibleShown | BibleThen | Response:
    """The newest version, or with `ref` a commit's, with those of whom it speaks."""
    if ref is not None:
        return conditions.answer(past.bible(project_id, branch, ref))
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        shown = _shown(bibles.guide(session, at))
    return conditions.answer(shown)


@router.post("/characters", status_code=201)
def add_bible_character(
    project_id: Id, body: BibleCharacterAsked, branch: BranchQuery = None
) -> BibleCharacterShown:
    """Have the bible speak of a character."""
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        row = bibles.add_character(session, at, body.model_dump(exclude=_WHERE))
        return BibleCharacterShown.model_validate(row)


@router.get("/history")
def list_bible_versions(
    project_id: Id, page: PageAsked, branch: BranchQuery = None
) -> list[BibleVersionShown]:
    """What each version of the bible changed, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = bible_history.page(session, at, limit=page.one_more, before=before)
    return [BibleVersionShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.version))]


@router.get("/characters")
def list_bible_characters(
    project_id: Id, page: PageAsked, branch: BranchQuery = None
) -> list[BibleCharacterShown]:
    """Those of whom the bible speaks, in the order in which they were added."""
    (after,) = page.after(1)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = bible_characters.page(session, at, limit=page.one_more, after=after)
    return [BibleCharacterShown.model_validate(row) for row in page.cut(rows, lambda row: str(row.id))]


@router.get("/characters/{character_id}", response_model=BibleCharacterShown)
def get_bible_character(
    project_id: Id, character_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> BibleCharacterShown | Response:
    """What the bible says of one character."""
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        row = bible_characters.get(session, at, character_id)
        return conditions.answer(BibleCharacterShown.model_validate(row))


@router.put("/characters/{character_id}", response_model=BibleCharacterShown)
def update_bible_character(
    project_id: Id,
    character_id: Id,
    body: BibleCharacterChange,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
) -> BibleCharacterShown | Response:
    """Change what is named; the version rises by one if that differs from what there was."""
    values = body.model_dump(exclude_unset=True, exclude=_WHERE)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        row = bible_characters.get(session, at, character_id, alone=True)
        conditions.check(BibleCharacterShown.model_validate(row))
        row = bible_characters.change(session, row, values)
        return conditions.tag(BibleCharacterShown.model_validate(row))


@router.delete("/characters/{character_id}", status_code=204)
def delete_bible_character(
    project_id: Id, character_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Have the bible no longer speak of a character."""
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch), Hold.SHARED)
        row = bible_characters.get(session, at, character_id, alone=True)
        conditions.check(BibleCharacterShown.model_validate(row))
        bibles.delete_character(session, at, character_id)


def _shown(guide: Guide) -> BibleShown:
    fields = guide.bible.model_dump(exclude={"branch_id", "dirty"})
    return BibleShown(
        **fields, characters=[BibleCharacterShown.model_validate(row) for row in guide.characters]
    )
