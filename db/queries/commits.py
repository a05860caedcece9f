"""Commits: recording what a branch holds, and finding the way back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from db.models.project import AnimeProject, Branch
from db.models.versions import Commit, CommitParent, Tag
from db.queries import branches, checkout, trees, working
from db.queries.branches import Hold
from db.queries.projects import MAIN
from studio.canonical import digest
from studio.errors import ConflictError, NotFoundError, NothingToCommitError
from studio.versions.patch import Patch, patched
from studio.versions.state import Entity
from studio.versions.tree import EMPTY_ROOT

_SHORTEST_ID: Final = 7
_ANCESTORS: Final = """
    WITH RECURSIVE line (id) AS (
        SELECT CAST(:head AS varchar)
        UNION SELECT p.parent_id FROM anime_api.commit_parents p JOIN line ON p.commit_id = line.id
    )"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A commit with what it follows."""

    commit: Commit
    parents: tuple[str, ...]


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


def log(session: Session, branch: Branch, *, limit: int, before: int) -> list[Recorded]:
    """The commits that a branch's head leads back to, newest first, from the one before number `before`."""
    query = text(
        f"{_ANCESTORS} SELECT c.id FROM anime_api.commits c JOIN line ON line.id = c.id "  # noqa: S608
        "WHERE c.number < :before ORDER BY c.number DESC LIMIT :limit"
    )
    at = {"head": branch.head_commit_id, "limit": limit, "before": before or 2**63 - 1}
    return _recorded(session, list(session.scalars(query, at)))


def get(session: Session, commit_id: str) -> Recorded:
    """The commit of that id.

    Raises:
        NotFoundError: there is none.
    """
    found = _recorded(session, [commit_id])
    if not found:
        raise _unknown(commit_id, "commit_id")
    return found[0]


def find(session: Session, project_id: int, ref: str, field: str = "ref") -> Commit:
    """What a name stands for: a branch's head, a tag's commit, or a commit by its id or the start of it.

    Raises:
        NotFoundError: nothing in the project goes by that name.
    """
    head = select(col(Branch.head_commit_id)).where(
        col(Branch.project_id) == project_id, col(Branch.name) == ref
    )
    tagged = select(col(Tag.commit_id)).where(col(Tag.project_id) == project_id, col(Tag.name) == ref)
    commit_id = session.scalar(tagged) or session.scalar(head)
    if commit_id is None and len(ref) >= _SHORTEST_ID:
        like = select(col(Commit.id)).where(
            col(Commit.project_id) == project_id, func.starts_with(col(Commit.id), ref)
        )
        ids = session.scalars(like.limit(2)).all()
        commit_id = ids[0] if len(ids) == 1 else None
    if commit_id is None:
        raise _unknown(ref, field)
    return session.get_one(Commit, commit_id)


def bases(session: Session, ours: str, theirs: str) -> list[Commit]:
    """The best common ancestors of two commits: those that lead to no other. Several, after a criss-cross."""
    query = text(
        """WITH RECURSIVE our_line (id) AS (
             SELECT CAST(:ours AS varchar)
             UNION SELECT p.parent_id FROM anime_api.commit_parents p JOIN our_line l ON p.commit_id = l.id
           ), their_line (id) AS (
             SELECT CAST(:theirs AS varchar)
             UNION SELECT p.parent_id FROM anime_api.commit_parents p JOIN their_line l ON p.commit_id = l.id
           ), common (id) AS (SELECT id FROM our_line INTERSECT SELECT id FROM their_line),
           behind (id) AS (
             SELECT p.parent_id FROM anime_api.commit_parents p JOIN common c ON p.commit_id = c.id
           )
           SELECT id FROM common EXCEPT SELECT id FROM behind"""
    )
    ids = session.scalars(query, {"ours": ours, "theirs": theirs}).all()
    newest = col(Commit.number).desc()
    return list(session.scalars(select(Commit).where(col(Commit.id).in_(ids)).order_by(newest)))


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


def _recorded(session: Session, ids: Sequence[str]) -> list[Recorded]:
    rows = session.scalars(
        select(Commit).where(col(Commit.id).in_(ids)).order_by(col(Commit.number).desc())
    ).all()
    parents: dict[str, list[str]] = {row.id: [] for row in rows}
    query = select(CommitParent).where(col(CommitParent.commit_id).in_(parents))
    for parent in session.scalars(query.order_by(col(CommitParent.position))):
        parents[parent.commit_id].append(parent.parent_id)
    return [Recorded(row, tuple(parents[row.id])) for row in rows]


def _unknown(ref: str, field: str) -> NotFoundError:
    return NotFoundError(
        f"There is no commit {ref!r}.", field=field, value=ref, expected="a branch, a tag or a commit"
    )
