"""Branches, commits and tags."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.conditions import ConditionsAsked
from api.keys import IdempotencyKey, keyed
from api.paging import PageAsked
from api.schemas.fields import Id, Name
from api.schemas.versions import (
    BranchAsked,
    BranchShown,
    CommitAsked,
    CommitShown,
    DiffShown,
    EntityChange,
    FieldChange,
    TagAsked,
    TagShown,
)
from db.models.project import Branch
from db.queries import branches, commits, history, idempotency, tags, trees
from db.queries.branches import Hold
from db.queries.history import Recorded
from db.session import transaction
from studio.versions.conflicts import ABSENT, pointer
from studio.versions.merge import field_changes
from studio.versions.patch import taken_apart

router = APIRouter(tags=["versions"])
ProjectQuery = Annotated[Id, Query()]
_CREATED: Final = 201


@router.post("/branch", status_code=_CREATED)
def create_branch(body: BranchAsked) -> BranchShown:
    """Make a branch that starts as another one is now, its uncommitted work included."""
    with transaction() as session:
        source = branches.find(session, body.project_id, body.source_branch, Hold.ALONE)
        branch = commits.branch_off(session, source, body.branch_name)
        return _branch(branch, has_work=branches.has_work(session, branch))


@router.get("/branches")
def list_branches(project_id: ProjectQuery, page: PageAsked) -> list[BranchShown]:
    """A project's branches, oldest first."""
    (after,) = page.after(1)
    with transaction() as session:
        rows = branches.page(session, project_id, limit=page.one_more, after=after)
        cut = page.cut(rows, lambda row: str(row[0].id))
        return [_branch(row, has_work=work or commits.has_parts(session, row)) for row, work in cut]


@router.post("/commit", status_code=_CREATED)
def commit(request: Request, body: CommitAsked, idempotency_key: IdempotencyKey = None) -> CommitShown:
    """Record what was changed on a branch since its head, and `changes` with it.

    Where nothing was, this is a 409 NOTHING_TO_COMMIT. A repeat under one `Idempotency-Key` gets the first
    answer.
    """
    key = keyed(request, idempotency_key, body)
    patch = taken_apart(body.changes)
    with transaction() as session:
        if key is not None and (first := idempotency.answered(session, key)) is not None:
            return CommitShown.model_validate(first)
        branch = branches.find(session, body.project_id, body.branch, Hold.ALONE)
        recorded = commits.commit_or_tidy(session, branch, body.message, patch)
        if isinstance(recorded, Recorded):
            shown = shown_commit(recorded)
            if key is not None:
                idempotency.record(session, key, status=_CREATED, answer=shown.model_dump(mode="json"))
            return shown
    raise recorded


@router.get("/commits")
def list_commits(
    project_id: ProjectQuery, page: PageAsked, branch: Annotated[Name, Query()] = "main"
) -> list[CommitShown]:
    """A branch's log: what its head leads back to, newest first."""
    (before,) = page.after(1)
    with transaction() as session:
        at = branches.find(session, project_id, branch)
        rows = history.log(session, at, limit=page.one_more, before=before)
    return [shown_commit(row) for row in page.cut(rows, lambda row: str(row.commit.number))]


@router.get("/commits/{commit_id}", response_model=CommitShown)
def getshown_commit(commit_id: Name, conditions: ConditionsAsked) -> CommitShown | Response:
    """One commit."""
    with transaction() as session:
        return conditions.answer(shown_commit(history.get(session, commit_id)))


@router.get("/diff")
def diff(
    project_id: ProjectQuery, base: Annotated[Name, Query()], head: Annotated[Name, Query()], page: PageAsked
) -> DiffShown:
    """What leads from one commit to another, by entity and field; each is a branch, a tag or a commit."""
    (start,) = page.after(1)
    with transaction() as session:
        old = history.find(session, project_id, base, "base")
        new = history.find(session, project_id, head, "head")
        differing = sorted(trees.between(session, old.tree_hash, new.tree_hash).items())
        some = differing[start : start + page.one_more]
        values = trees.blobs(session, (name for _, pair in some for name in pair))
    numbered = list(enumerate(some, start + 1))
    changes = [
        _change(key, *(values[name] if name else ABSENT for name in pair))
        for _, (key, pair) in page.cut(numbered, lambda row: str(row[0]))
    ]
    return DiffShown(base=old.id, head=new.id, changes=changes)


@router.post("/tags", status_code=_CREATED)
def create_tag(body: TagAsked) -> TagShown:
    """Name a commit."""
    with transaction() as session:
        commit = history.find(session, body.project_id, body.ref)
        return TagShown.model_validate(tags.add(session, commit, body.name, body.message))


@router.get("/tags")
def list_tags(project_id: ProjectQuery, page: PageAsked) -> list[TagShown]:
    """A project's tags, by name."""
    with transaction() as session:
        rows = tags.page(session, project_id, limit=page.one_more, after=page.cursor or "")
        return [TagShown.model_validate(row) for row in page.cut(rows, lambda row: row.name)]


@router.delete("/tags/{name:path}", status_code=204)
def delete_tag(name: Name, project_id: ProjectQuery) -> None:
    """Take a tag off; its commit stays."""
    with transaction() as session:
        tags.remove(session, project_id, name)


def _branch(row: Branch, *, has_work: bool) -> BranchShown:
    return BranchShown(
        **row.model_dump(exclude={"name"}), branch_name=row.name, has_uncommitted_work=has_work
    )


def shown_commit(recorded: Recorded) -> CommitShown:
    """A commit as the API shows it."""
    row = recorded.commit
    fields = row.model_dump(exclude={"branch_name", "number"})
    return CommitShown(**fields, branch=row.branch_name, parents=list(recorded.parents))


def _change(key: str, base: object, head: object) -> EntityChange:
    kind = "added" if base is ABSENT else "deleted" if head is ABSENT else "modified"
    fields = [
        FieldChange(path=pointer(at), base=_or_null(old), head=_or_null(new))
        for at, old, new in field_changes(base, head)
    ]
    return EntityChange.model_validate({"entity": key, "kind": kind, "changes": fields})


def _or_null(value: object) -> object:
    return None if value is ABSENT else value
