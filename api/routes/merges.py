"""Merges, reverts and cherry-picks, and what of them waits for decisions."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.conditions import ConditionsAsked
from api.keys import IdempotencyKey, keyed
from api.paging import PageAsked
from api.routes.versions import ProjectQuery, shown_commit
from api.schemas.fields import Id
from api.schemas.versions import (
    ConflictShown,
    MergeAsked,
    MergeListed,
    MergeShown,
    MergeStatus,
    PickAsked,
    ResolutionsAsked,
)
from db.models.versions import Merge
from db.queries import idempotency, merges, open_merges
from db.queries.history import Recorded
from db.queries.idempotency import Keyed
from db.queries.merges import Outcome, Wanted
from db.session import transaction
from studio.errors import MergeConflictError
from studio.versions.conflicts import Conflict
from studio.versions.merge import Resolution

router = APIRouter(tags=["versions"])
_CREATED: Final = 201


@router.post("/merge", status_code=_CREATED, responses={200: {"model": MergeShown}})
def merge_branches(
    request: Request, response: Response, body: MergeAsked, idempotency_key: IdempotencyKey = None
) -> MergeShown:
    """Merge a branch into another, field by field.

    Conflicts change nothing and are a 409 MERGE_CONFLICT; a dry run reports them with a 200. A repeat under
    one `Idempotency-Key` gets the first answer.
    """
    wanted = Wanted(
        kind="merge",
        project_id=body.project_id,
        branch=body.target_branch,
        source=body.source_branch,
        message=body.message or f"Merge {body.source_branch} into {body.target_branch}",
    )
    key = keyed(request, idempotency_key, body)
    return _carried_out(response, wanted, is_dry_run=body.dry_run, key=key)


@router.post("/revert", status_code=_CREATED, responses={200: {"model": MergeShown}})
def revert(response: Response, body: PickAsked) -> MergeShown:
    """Undo a commit on a branch, with a commit; of a merge, what it brought onto the branch merged into."""
    return _carried_out(response, _picked("revert", body), is_dry_run=body.dry_run)


@router.post("/cherry-pick", status_code=_CREATED, responses={200: {"model": MergeShown}})
def cherry_pick(response: Response, body: PickAsked) -> MergeShown:
    """Do on a branch what a commit did elsewhere."""
    return _carried_out(response, _picked("cherry-pick", body), is_dry_run=body.dry_run)


@router.get("/merges")
def list_merges(
    project_id: ProjectQuery, page: PageAsked, status: Annotated[MergeStatus | None, Query()] = None
) -> list[MergeListed]:
    """Merges, reverts and cherry-picks that met conflicts, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        rows = open_merges.page(session, project_id, status=status, limit=page.one_more, before=before)
        cut = page.cut(rows, lambda row: str(row[0].id))
    return [_listed(row, branch) for row, branch in cut]


@router.get("/merges/{merge_id}", response_model=MergeShown)
def get_merge(merge_id: Id, conditions: ConditionsAsked) -> MergeShown | Response:
    """A merge that met conflicts: what is left to decide, or what became of it."""
    with transaction() as session:
        return conditions.answer(_merge(open_merges.get(session, merge_id)))


@router.post("/merges/{merge_id}/resolve")
def resolve(merge_id: Id, body: ResolutionsAsked) -> MergeShown:
    """Decide on conflicts; when none is left, the merge is committed."""
    decided = [Resolution(**each.model_dump()) for each in body.resolutions]
    with transaction() as session:
        row, outcome = open_merges.resolve(session, merge_id, decided)
        return _merge(row, outcome.recorded)


@router.post("/merges/{merge_id}/abort")
def abort(merge_id: Id) -> MergeShown:
    """Give a merge up; it has changed nothing."""
    with transaction() as session:
        return _merge(open_merges.abort(session, merge_id))


def _picked(kind: merges.Kind, body: PickAsked) -> Wanted:
    message = body.message or f"{kind.capitalize()} {body.commit_id[:12]}"
    return Wanted(kind, body.project_id, body.branch, body.commit_id, message)


def _carried_out(
    response: Response, wanted: Wanted, *, is_dry_run: bool, key: Keyed | None = None
) -> MergeShown:
    with transaction() as session:
        if key is not None and (first := idempotency.answered(session, key)) is not None:
            return _answered(response, MergeShown.model_validate(first))
        wanted = merges.pinned(session, wanted)
        outcome = merges.carry_out(session, wanted, dry_run=is_dry_run)
        shown = _outcome(outcome, is_dry_run=is_dry_run)
        if outcome.conflicts and not is_dry_run:
            shown.merge_id = open_merges.keep(session, wanted, outcome.conflicts).id
        elif key is not None:
            idempotency.record(session, key, status=_CREATED, answer=shown.model_dump(mode="json"))
    if shown.merge_id is not None:
        raise _refused(shown.merge_id, outcome.conflicts)
    return _answered(response, shown)


def _answered(response: Response, shown: MergeShown) -> MergeShown:
    """201 where a commit was made, else 200."""
    if shown.commit_id is None:
        response.status_code = 200
    return shown


def _refused(merge_id: int, conflicts: Sequence[Conflict]) -> MergeConflictError:
    return MergeConflictError(
        f"The branches conflict ({len(conflicts)} in all); decide at merges/{merge_id}/resolve.",
        merge_id=merge_id,
        conflicts=[each.shown() for each in conflicts],
    )


def _outcome(outcome: Outcome, *, is_dry_run: bool) -> MergeShown:
    conflicts = [ConflictShown(**each.shown()) for each in outcome.conflicts]
    if conflicts:
        return MergeShown(status="conflicts", conflicts=conflicts)
    if outcome.recorded is None:
        return MergeShown(status="up_to_date")
    if is_dry_run:
        return MergeShown(status="clean")
    made = shown_commit(outcome.recorded)
    return MergeShown(status="merged", commit_id=made.id, commit=made)


def _merge(row: Merge, recorded: Recorded | None = None) -> MergeShown:
    return MergeShown.model_validate(
        {
            "status": row.status,
            "merge_id": row.id,
            "commit_id": row.commit_id,
            "commit": None if recorded is None else shown_commit(recorded),
            "conflicts": row.conflicts if row.status == "open" else [],
        }
    )


def _listed(row: Merge, branch: str) -> MergeListed:
    open_conflicts = row.conflicts if row.status == "open" else []
    return MergeListed.model_validate(
        {
            **row.model_dump(include={"kind", "source", "message", "status", "commit_id", "created_at"}),
            "merge_id": row.id,
            "target_branch": branch,
            "conflicts": len(open_conflicts),
            "updated_at": row.updated_at,
        }
    )
