"""Merges, reverts and cherry-picks: three states made one, on a branch that is held alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from sqlalchemy import update
from sqlmodel import Session, col

from db.models.versions import Commit, Merge
from db.queries import branches, checkout, commits, history, trees
from db.queries.branches import Hold
from db.queries.history import Recorded
from studio.errors import InvalidError, NothingToCommitError
from studio.versions.conflicts import Conflict, same
from studio.versions.merge import Merged, Resolution, merge, virtual_base
from studio.versions.tree import EMPTY_ROOT

Kind = Literal["merge", "revert", "cherry-pick"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be brought onto a branch: another branch, a commit, or a commit's undoing."""

    kind: Kind
    project_id: int
    branch: str
    source: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a commit, or conflicts and nothing changed; neither where there was nothing to do."""

    recorded: Recorded | None = None
    conflicts: Sequence[Conflict] = ()


def carry_out(
    session: Session, wanted: Wanted, resolutions: Sequence[Resolution] = (), *, dry_run: bool = False
) -> Outcome:
    """Merge, revert or cherry-pick; a dry run and one with conflicts leave everything as it was.

    Raises:
        NotFoundError: there is no such branch or commit.
        NothingToCommitError: the branch has all of it already.
        InvalidError: a branch is to be merged into itself, or a decision does not fit its field.
    """
    with session.begin_nested() as attempt:
        outcome = _carried_out(session, wanted, resolutions)
        if dry_run or outcome.conflicts:
            attempt.rollback()
            session.expire_all()
            return outcome
    if outcome.recorded is not None:
        _close(session, wanted, outcome.recorded.commit.id)
    return outcome


def _close(session: Session, wanted: Wanted, commit_id: str) -> None:
    """What was waiting for decisions and went through by itself meanwhile waits no longer."""
    branch = branches.find(session, wanted.project_id, wanted.branch)
    session.execute(
        update(Merge)
        .where(col(Merge.branch_id) == branch.id, col(Merge.status) == "open")
        .where(col(Merge.kind) == wanted.kind, col(Merge.source) == wanted.source)
        .values(status="merged", commit_id=commit_id, conflicts=[])
        .execution_options(synchronize_session=False)
    )


def pinned(session: Session, wanted: Wanted) -> Wanted:
    """What is wanted, its commit by its full id: a branch or a tag may name another one later.

    Raises:
        NotFoundError: there is no such commit.
    """
    if wanted.kind == "merge":
        return wanted
    commit = history.find(session, wanted.project_id, wanted.source, "commit_id")
    return replace(wanted, source=commit.id)


def _carried_out(session: Session, wanted: Wanted, resolutions: Sequence[Resolution]) -> Outcome:
    ours, base, theirs, parents = _READY[wanted.kind](session, wanted)
    branch = branches.find(session, wanted.project_id, wanted.branch)
    if wanted.kind == "merge" and len(parents) == 1:
        return Outcome()
    merged, before = _merged(session, base, ours.tree_hash, theirs, resolutions)
    if merged.conflicts:
        return Outcome(conflicts=merged.conflicts)
    after = {key: value for key, value in merged.entities.items() if not same(value, before.get(key))}
    if not after and wanted.kind != "merge":
        raise NothingToCommitError(
            f"Branch {wanted.branch!r} has all of it already.", branch=wanted.branch, head=ours.id
        )
    checkout.put(session, branch, before, after)
    root = trees.grow(session, ours.tree_hash, after)
    return Outcome(commits.record(session, branch, root, parents, kind=wanted.kind, message=wanted.message))


_Ready = tuple[Commit, str, str, list[str]]
"""Ours, the trees of base and theirs, and the parents of what comes of it."""


def _ready_merge(session: Session, wanted: Wanted) -> _Ready:
    if wanted.source == wanted.branch:
        raise InvalidError(
            "A branch cannot be merged into itself.",
            field="source_branch",
            value=wanted.source,
            expected="another branch",
        )
    for name in sorted((wanted.branch, wanted.source)):  # in one order: no two merges wait in a circle
        branches.find(session, wanted.project_id, name, Hold.ALONE)
    ours, theirs = (
        commits.pending(
            session,
            branches.find(session, wanted.project_id, name),
            f"Work on {name} before {wanted.source} was merged into {wanted.branch}",
        )
        for name in (wanted.branch, wanted.source)
    )
    common = history.bases(session, ours.id, theirs.id)
    if theirs.id in [each.id for each in common]:
        return ours, ours.tree_hash, theirs.tree_hash, [ours.id]
    return ours, _base_tree(session, common), theirs.tree_hash, [ours.id, theirs.id]


def _ready_pick(session: Session, wanted: Wanted) -> _Ready:
    ours = _ready_ours(session, wanted)
    picked, before = _with_parent(session, wanted)
    return ours, before, picked.tree_hash, [ours.id]


def _ready_revert(session: Session, wanted: Wanted) -> _Ready:
    ours = _ready_ours(session, wanted)
    undone, before = _with_parent(session, wanted)
    if undone.kind == "first":
        raise InvalidError(
            "A project's first commit cannot be undone: a project always has its own fields and its style.",
            field="commit_id",
            value=wanted.source,
            expected="a later commit",
        )
    return ours, undone.tree_hash, before, [ours.id]


_READY: Final = {"merge": _ready_merge, "cherry-pick": _ready_pick, "revert": _ready_revert}


def _ready_ours(session: Session, wanted: Wanted) -> Commit:
    branch = branches.find(session, wanted.project_id, wanted.branch, Hold.ALONE)
    return commits.pending(session, branch, f"Work on {wanted.branch} before a {wanted.kind}")


def _with_parent(session: Session, wanted: Wanted) -> tuple[Commit, str]:
    """A commit, and the tree of what it follows: of a merge, of the branch that was merged into."""
    found = history.get(session, history.find(session, wanted.project_id, wanted.source, "commit_id").id)
    if not found.parents:
        return found.commit, EMPTY_ROOT
    return found.commit, history.get(session, found.parents[0]).commit.tree_hash


def _base_tree(session: Session, common: Sequence[Commit]) -> str:
    """The tree of the merge base; of several, one that stands for them all."""
    if not common:
        return EMPTY_ROOT
    root = common[0].tree_hash
    for other in common[1:]:
        older = history.bases(session, common[0].id, other.id)
        start = older[0].tree_hash if older else EMPTY_ROOT
        sides = _sides(session, start, root, other.tree_hash)
        together = virtual_base(*sides)
        root = trees.grow(session, start, {**dict.fromkeys(sides[0]), **together})
    return root


def _merged(
    session: Session, base: str, ours: str, theirs: str, resolutions: Sequence[Resolution]
) -> tuple[Merged, dict[str, Any]]:
    sides = _sides(session, base, ours, theirs)
    return merge(*sides, resolutions), sides[1]


def _sides(
    session: Session, base: str, ours: str, theirs: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What either side changed, as all three have it."""
    mine, other = trees.between(session, base, ours), trees.between(session, base, theirs)
    hashes = {
        key: (
            (mine.get(key) or other[key])[0],
            mine[key][1] if key in mine else other[key][0],
            other[key][1] if key in other else mine[key][0],
        )
        for key in mine.keys() | other.keys()
    }
    values = trees.blobs(session, (name for three in hashes.values() for name in three))
    base_side, our_side, their_side = (
        {key: values[name] for key, three in hashes.items() if (name := three[side])} for side in range(3)
    )
    return base_side, our_side, their_side
