"""Merges, reverts and cherry-picks that wait for decisions: kept, decided on, finished or given up."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.project import Branch
from db.models.versions import Merge
from db.queries import branches, projects
from db.queries.merges import Kind, Outcome, Wanted, carry_out
from studio.errors import InvalidError, NotFoundError, StateError
from studio.versions.conflicts import Conflict
from studio.versions.merge import Resolution


def keep(session: Session, wanted: Wanted, conflicts: Sequence[Conflict]) -> Merge:
    """A merge that waits for decisions: one for each branch and what is to be brought onto it."""
    branch = branches.find(session, wanted.project_id, wanted.branch)
    of_source = col(Merge.kind) == wanted.kind, col(Merge.source) == wanted.source
    waiting = col(Merge.branch_id) == branch.id, col(Merge.status) == "open"
    row: Merge | None = session.scalar(select(Merge).where(*waiting, *of_source).with_for_update())
    row = row or Merge(
        project_id=wanted.project_id, branch_id=branches.id_of(branch), kind=wanted.kind,
        source=wanted.source, message=wanted.message,
    )  # fmt: skip
    row.message, row.conflicts = wanted.message, [each.shown() for each in conflicts]
    session.add(row)
    session.flush()
    return row


def page(
    session: Session, project_id: int, *, status: str | None, limit: int, before: int
) -> list[tuple[Merge, str]]:
    """Merges of a project, each with the branch that it goes into, newest first.

    Raises:
        NotFoundError: there is no such project.
    """
    projects.get(session, project_id)
    query = select(Merge, col(Branch.name)).join(Branch, col(Branch.id) == col(Merge.branch_id))
    query = query.where(col(Merge.project_id) == project_id)
    if status is not None:
        query = query.where(col(Merge.status) == status)
    if before:
        query = query.where(col(Merge.id) < before)
    rows = session.execute(query.order_by(col(Merge.id).desc()).limit(limit))
    return [(merge, name) for merge, name in rows]


def get(session: Session, merge_id: int, *, is_held: bool = False) -> Merge:
    """The merge of that id.

    Raises:
        NotFoundError: there is none.
    """
    query = select(Merge).where(col(Merge.id) == merge_id)
    row: Merge | None = session.scalar(query.with_for_update() if is_held else query)
    if row is None:
        raise NotFoundError(f"There is no merge {merge_id}.", field="merge_id", value=merge_id)
    return row


def resolve(session: Session, merge_id: int, resolutions: Sequence[Resolution]) -> tuple[Merge, Outcome]:
    """Decide on conflicts, and finish the merge when none is left.

    The merge is worked out anew over what the branches hold by now. A decision holds for the three values
    it was made on: where one of them has changed since, the conflict is back.

    Raises:
        StateError: the merge is finished or aborted.
        InvalidError: a decision is on no conflict of the merge.
    """
    row = _unfinished(get(session, merge_id, is_held=True))
    wanted = _wanted(session, row)
    kept = [Resolution(**each) for each in row.resolutions]
    now = carry_out(session, wanted, kept, dry_run=True).conflicts
    kept += [_marked(each, now) for each in resolutions]
    outcome = carry_out(session, wanted, kept)
    row = get(session, merge_id, is_held=True)
    row.resolutions = [_stored(each) for each in kept]
    row.conflicts = [each.shown() for each in outcome.conflicts]
    if not outcome.conflicts:
        row.status = "merged"
        row.commit_id = outcome.recorded.commit.id if outcome.recorded else None
    session.flush()
    return row, outcome


def abort(session: Session, merge_id: int) -> Merge:
    """Give a merge up; it has changed nothing.

    Raises:
        StateError: the merge is finished or aborted.
    """
    row = _unfinished(get(session, merge_id, is_held=True))
    row.status = "aborted"
    session.flush()
    return row


def branch_of(session: Session, row: Merge) -> Branch:
    """The branch that a merge is to change."""
    return session.get_one(Branch, row.branch_id)


def _unfinished(row: Merge) -> Merge:
    if row.status != "open":
        raise StateError(
            f"Merge {row.id} is {row.status}.", field="merge_id", value=row.id, expected="an open merge"
        )
    return row


def _wanted(session: Session, row: Merge) -> Wanted:
    kinds: Mapping[str, Kind] = {"merge": "merge", "revert": "revert", "cherry-pick": "cherry-pick"}
    return Wanted(
        kind=kinds[row.kind],
        project_id=row.project_id,
        branch=branch_of(session, row).name,
        source=row.source,
        message=row.message,
    )


def _marked(resolution: Resolution, conflicts: Sequence[Conflict]) -> Resolution:
    """The decision with the conflict that it is on."""
    for conflict in conflicts:
        if (conflict.entity, conflict.path) == (resolution.entity, resolution.path):
            return Resolution(
                resolution.entity, resolution.path, resolution.choose, resolution.value, conflict.mark
            )
    raise InvalidError(
        f"The merge has no conflict at {resolution.entity}{resolution.path}.",
        field="resolutions",
        value=f"{resolution.entity}{resolution.path}",
        expected=", ".join(f"{each.entity}{each.path}" for each in conflicts) or "none is left",
    )


def _stored(resolution: Resolution) -> dict[str, Any]:
    return {name: getattr(resolution, name) for name in ("entity", "path", "choose", "value", "of")}
