"""Project bibles."""

from fastapi import APIRouter, Response

from api.conditions import ConditionsAsked
from api.requests import BranchQuery, branch_of
from api.schemas.bibles import BibleAsked, BibleCharacterAsked, BibleCharacterShown, BibleShown
from api.schemas.fields import Id
from db.queries import bibles, branches
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


@router.get("", response_model=BibleShown)
def get_bible(
    project_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> BibleShown | Response:
    """The newest version, with those of whom it speaks."""
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


def _shown(guide: Guide) -> BibleShown:
    fields = guide.bible.model_dump(exclude={"branch_id", "dirty"})
    return BibleShown(
        **fields, characters=[BibleCharacterShown.model_validate(row) for row in guide.characters]
    )
