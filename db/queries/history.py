"""The line of commits that a branch leads back to: reading it, and finding a place on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from db.models.project import Branch
from db.models.versions import Commit, CommitParent, Tag
from studio.errors import NotFoundError

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
