"""Commits: recording what a branch holds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from db.models.project import AnimeProject, Branch
from db.models.versions import Commit
from db.queries import branches, checkout, trees, working
from db.queries.branches import Hold
from db.queries.history import Recorded
from db.queries.projects import MAIN
from studio.canonical import digest
from studio.errors import ConflictError, NothingToCommitError
from studio.versions.patch import Patch, patched
from studio.versions.state import Entity
from studio.versions.tree import EMPTY_ROOT


def begin(session: Session, branch: Branch) -> Commit:
    """The head of a branch that is held alone; its first commit, where it has none yet.

    The first commit of a branch holds the parts that there are once. Whatever else the branch has is not
    committed yet, and is marked so.
    """
    if branch.name == MAIN:  # whose own fields are the project's row
        project = select(col(AnimeProject.id)).where(col(AnimeProject.id) == branch.project_id)
        session.execute(project.with_for_update(key_share=True))
    if branch.head_commit_id is not None:
        return session.get_one(Commit, branch.head_commit_id)
    parts = {key: value for key, value in working.uncommitted(session, branch).items() if key in _FIRST}
    root = trees.grow(session, EMPTY_ROOT, parts)
    checkout.note_parts(session, branch, parts)
    return record(session, branch, root, (), kind="first", message="The project is made").commit


_FIRST: Final = ("project", "style", "scene_order")


def commit(session: Session, branch: Branch, message: str, patch: Patch | None = None) -> Recorded:
    """Record what differs from the head, after `patch`; the caller holds the branch alone.

    Raises:
        NothingToCommitError: nothing does.
        InvalidError: an entity cannot be what the patch says.
    """
    patch = patch or Patch()
    head = begin(session, branch)
    changed = working.uncommitted(session, branch)
    changed |= _patched(session, branch, patch)
    root = trees.grow(session, head.tree_hash, changed)
    if root == head.tree_hash and not patch.notes:
        raise NothingToCommitError(
            f"Branch {branch.name!r} is as its last commit has it.", branch=branch.name, head=head.id
        )
    checkout.note_parts(session, branch, changed)
    working.clean(session, branch)
    return record(session, branch, root, (head.id,), kind="commit", message=message, notes=patch.notes)


def commit_or_tidy(
    session: Session, branch: Branch, message: str, patch: Patch | None = None
) -> Recorded | NothingToCommitError:
    """Like `commit`; where there is nothing to commit, the refusal, and no mark of an undone edit is left."""
    try:
        with session.begin_nested():
            return commit(session, branch, message, patch)
    except NothingToCommitError as refusal:
        session.expire_all()
        pending(session, branch, message)
        return refusal


def has_parts(session: Session, branch: Branch) -> bool:
    """Whether `main`, whose own fields are the project's rows, holds what its head does not of them."""
    if branch.name != MAIN or branch.head_commit_id is None:
        return False
    return not working.uncommitted(session, branch).keys().isdisjoint(("project", "style"))


def pending(session: Session, branch: Branch, message: str) -> Commit:
    """The head, once what is not committed yet is recorded as a commit of its own."""
    head = begin(session, branch)
    changed = working.uncommitted(session, branch)
    root = trees.grow(session, head.tree_hash, changed) if changed else head.tree_hash
    if root == head.tree_hash:
        working.clean(session, branch)  # an edit that was undone leaves its mark
        return head
    checkout.note_parts(session, branch, changed)
    working.clean(session, branch)
    return record(session, branch, root, (head.id,), kind="commit", message=message).commit


def branch_off(session: Session, source: Branch, name: str) -> Branch:
    """A branch that starts as `source`, held alone, is now.

    Raises:
        DuplicateError: the project has a branch of that name.
    """
    begin(session, source)
    parts = {key: value for key, value in working.uncommitted(session, source).items() if key in _FIRST}
    branch = branches.create(session, source, name)
    checkout.note_parts(session, branch, parts, is_dirty=True)
    return branch


def current_tree_hash(session: Session, branch_id: int) -> str:
    """The root of what a branch holds now, committed or not; the tree is written, so that it can be read."""
    branch = session.get_one(Branch, branch_id)
    branches.find(session, branch.project_id, branch.name, Hold.SHARED)
    session.refresh(branch)
    head = EMPTY_ROOT
    if branch.head_commit_id is not None:
        head = session.get_one(Commit, branch.head_commit_id).tree_hash
    return trees.grow(session, head, working.uncommitted(session, branch))


def record(
    session: Session,
    branch: Branch,
    tree_hash: str,
    parents: Sequence[str],
    *,
    kind: str,
    message: str,
    notes: Mapping[str, Any] | None = None,
) -> Recorded:
    """A commit, and the branch's head on it.

    Raises:
        ConflictError: the head is no longer where it was read.
    """
    at = session.scalars(select(func.clock_timestamp())).one()
    made_of = {
        "project_id": branch.project_id,
        "branch": branch.name,
        "tree": tree_hash,
        "parents": list(parents),
        "kind": kind,
        "message": message,
        "at": str(at),
    }
    row = Commit(
        id=digest(made_of), project_id=branch.project_id, branch_name=branch.name, kind=kind,
        message=message, tree_hash=tree_hash, notes=dict(notes or {}), created_at=at,
    )  # fmt: skip
    _insert(session, branch, row, parents)
    return Recorded(row, tuple(parents))


def _patched(session: Session, branch: Branch, patch: Patch) -> dict[str, Entity | None]:
    """What a patch makes of the working state, in the rows as well."""
    named = _keys(session, branch, patch)
    keys = [*patch.parts, *(key for key, _, is_new in named if not is_new)]
    before = working.entities(session, branch, keys) if keys else {}
    after: dict[str, Entity | None] = {}
    for part, inner in patch.parts.items():
        after[part] = patched(part, before.get(part), inner)
    for key, (kind, called), is_new in named:
        inner = patch.called[kind][called]
        start = after.get(key, before.get(key))  # what has two names may be called by both
        after[key] = _with_uuid(kind, patched(key, start, inner, called=called if is_new else None))
    if after:
        checkout.put(session, branch, before, after)
    return after


def _with_uuid(kind: str, entity: Entity | None) -> Entity | None:
    """An episode's other id is given once, so that it is the same on every branch."""
    if kind != "episodes" or entity is None or entity.get("uuid") is not None:
        return entity
    return {**entity, "uuid": str(uuid4())}


def _keys(session: Session, branch: Branch, patch: Patch) -> list[tuple[str, tuple[str, str], bool]]:
    """The keys of entities by what the patch calls them; those that are not there yet get new ones."""
    found = []
    for kind, entities in patch.called.items():
        known = working.called(session, branch, kind, entities.keys())
        for name, inner in entities.items():
            if name in known:
                found.append((f"{kind}/{known[name]}", (kind, name), False))
            elif inner is not None:
                found.append((working.allot(session, kind), (kind, name), True))
    return found


_INSERT: Final = """
    WITH made AS (
        INSERT INTO anime_api.commits
          (id, project_id, branch_name, kind, message, tree_hash, notes, created_at)
        VALUES (:id, :project_id, :branch_name, :kind, :message, :tree_hash,
                CAST(:notes AS jsonb), :created_at)
    ), line AS (
        INSERT INTO anime_api.commit_parents (commit_id, position, parent_id)
        SELECT :id, t.position - 1, t.parent
        FROM unnest(CAST(:parents AS text[])) WITH ORDINALITY AS t (parent, position)
    )
    UPDATE anime_api.branches SET head_commit_id = :id, updated_at = now()
    WHERE id = :branch AND head_commit_id IS NOT DISTINCT FROM CAST(:head AS text) RETURNING id"""


def _insert(session: Session, branch: Branch, row: Commit, parents: Sequence[str]) -> None:
    """The commit, its parents and the head on it, in one statement."""
    values = {**row.model_dump(exclude={"number"}), "notes": json.dumps(row.notes)}
    at = {"branch": branch.id, "head": branch.head_commit_id, "parents": list(parents)}
    if session.scalar(text(_INSERT), {**values, **at}) is None:
        raise ConflictError(f"Branch {branch.name!r} has moved on.", branch=branch.name)
    set_committed_value(branch, "head_commit_id", row.id)
