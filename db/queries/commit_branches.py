"""A branch that stands where a commit does: what was recorded can be worked with, and stays as it is."""

from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from db.models.project import Branch
from db.models.story import Episode
from db.queries import branches, checkout, episodes, history, trees
from db.queries.episodes import EpisodeKey
from db.queries.uniqueness import one_of_a_kind
from studio.errors import DuplicateError

NAME: Final = "render/{commit}"


def branch_at(session: Session, project_id: int, ref: str) -> Branch:
    """The branch on which the state of a commit is rendered; made when it is first asked for.

    Raises:
        NotFoundError: nothing in the project goes by that name.
        DuplicateError: a branch of that name holds something else by now.
    """
    commit = history.find(session, project_id, ref)
    name = NAME.format(commit=commit.id[:12])
    query = select(Branch).where(col(Branch.project_id) == project_id, col(Branch.name) == name)
    known: Branch | None = session.scalar(query)
    if known is None:
        return _made(session, project_id, name, commit.id, commit.tree_hash)
    if known.head_commit_id != commit.id or branches.has_work(session, known):
        raise _changed(name)
    return known


def episode_at(session: Session, key: EpisodeKey, branch: str, ref: str | None) -> tuple[str, Episode]:
    """An episode on the branch where it is to be rendered, held; at a commit that is a branch of its own.

    Raises:
        NotFoundError: there is no such episode, branch or commit, or none of it there.
    """
    if ref is None:
        return branch, episodes.held(session, key, branch).episode
    episode_id = episodes.id_of(session, key)
    name = branch_at(session, episodes.project_of(session, episode_id), ref).name
    return name, episodes.held(session, episode_id, name).episode


def _made(session: Session, project_id: int, name: str, commit_id: str, tree_hash: str) -> Branch:
    branch = Branch(project_id=project_id, name=name, head_commit_id=commit_id)
    with one_of_a_kind(f"The project already has a branch {name!r}.", field="ref", value=name):
        session.add(branch)
        session.flush()
    checkout.put(session, branch, {}, {**trees.state(session, tree_hash)})
    return branch


def _changed(name: str) -> DuplicateError:
    return DuplicateError(
        f"The branch {name!r} no longer is as the commit has it.",
        field="ref",
        value=name,
        expected="that branch renamed away, or rendered by its own name",
    )
