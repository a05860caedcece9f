from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlmodel import Session

from db.models.project import Branch
from db.queries import (
    bibles,
    branches,
    characters,
    commits,
    history,
    merges,
    projects,
    scenes,
    trees,
    working,
)
from db.queries.branches import Hold
from db.queries.merges import Wanted
from db.session import psycopg_url, transaction
from studio.errors import NothingToCommitError
from studio.versions.patch import taken_apart
from studio.versions.state import shown


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A session whose work is rolled back."""
    engine = create_engine(psycopg_url(database))
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def main(session: Session) -> Branch:
    project = projects.create(session, name=f"Versions {uuid4().hex}", description="", details={})
    branch = branches.find(session, project.id or 0, "main", Hold.ALONE)
    commits.begin(session, branch)
    return branch


def state(session: Session, branch: Branch) -> dict[str, Any]:
    """What the branch's head holds."""
    session.refresh(branch)
    return shown(trees.state(session, history.get(session, branch.head_commit_id or "").commit.tree_hash))


def commit(session: Session, branch: Branch, changes: dict[str, Any]) -> str:
    return commits.commit(session, branch, "m", taken_apart(changes)).commit.id


def merged(session: Session, into: Branch, source: str) -> merges.Outcome:
    return merges.carry_out(session, Wanted("merge", into.project_id, into.name, source, "m"))


def test_the_state_of_a_head_is_one_tree(session: Session, main: Branch) -> None:
    bibles.add(session, main, {"title": "B"})
    bibles.add_character(session, main, {"name": "Kai", "role": "hero"})
    kai = characters.create(session, main, {"name": "Kai"})
    scene = scenes.create(session, main, {"scene_number": 1}, ["Kai"])
    commit(session, main, {})
    tree = state(session, main)
    assert tree["characters"][str(kai.id)]["name"] == "Kai"
    assert tree["scenes"][str(scene.scene.id)]["characters"] == ["Kai"]
    assert [each["role"] for each in tree["bible"]["characters"].values()] == ["hero"]
    assert tree["style"] == {"default_style": "anime", "fps": "24", "width": 832, "height": 480}


def test_a_row_that_was_made_and_deleted_between_commits_is_no_change(session: Session, main: Branch) -> None:
    kai = characters.create(session, main, {"name": "Kai"})
    characters.delete(session, main, kai.id or 0)
    with pytest.raises(NothingToCommitError):
        commit(session, main, {})


def test_deleted_entities_are_gone_from_the_next_commit(session: Session, main: Branch) -> None:
    bibles.add(session, main, {"title": "B"})
    spoken_of = bibles.add_character(session, main, {"name": "Kai"})
    scene = scenes.create(session, main, {"scene_number": 1}, []).scene
    commit(session, main, {})
    scenes.delete(session, main, scene.id or 0)
    bibles.delete_character(session, main, spoken_of.id or 0)
    commit(session, main, {})
    tree = state(session, main)
    assert (tree["scenes"], tree["bible"].get("characters")) == ({}, None)


def test_a_take_can_pin_what_is_not_committed_yet(session: Session, main: Branch) -> None:
    before = commits.current_tree_hash(session, main.id or 0)
    kai = characters.create(session, main, {"name": "Kai"})
    pinned = commits.current_tree_hash(session, main.id or 0)
    assert pinned != before
    assert trees.state(session, pinned)[f"characters/{kai.id}"]["name"] == "Kai"
    assert commits.commit(session, main, "m").commit.tree_hash == pinned
    assert commits.current_tree_hash(session, main.id or 0) == pinned


def test_a_branch_without_a_head_keeps_its_work_for_its_first_commit(session: Session) -> None:
    project = projects.create(session, name=f"Old {uuid4().hex}", description="", details={})
    old = branches.find(session, project.id or 0, "main", Hold.ALONE)
    characters.create(session, old, {"name": "Kai"})
    assert old.head_commit_id is None
    made = commits.commit(session, old, "m")
    assert [each.commit.kind for each in history.log(session, old, limit=9, before=0)] == ["commit", "first"]
    kinds = {key.partition("/")[0] for key in trees.names(session, made.commit.tree_hash)}
    assert kinds == {"project", "style", "characters"}


def test_names_may_be_swapped_by_a_merge(session: Session, main: Branch) -> None:
    ids = [characters.create(session, main, {"name": name}).id for name in ("Kai", "Rin")]
    commit(session, main, {})
    alt = commits.branch_off(session, main, "alt")
    swapped = {str(ids[0]): {"name": "Rin"}, str(ids[1]): {"name": "Kai"}}
    commit(session, alt, {"characters": swapped})
    assert merged(session, main, "alt").recorded is not None
    names = {number: each["name"] for number, each in state(session, main)["characters"].items()}
    assert names == {str(ids[0]): "Rin", str(ids[1]): "Kai"}


def test_after_a_criss_cross_both_sides_edits_stand(session: Session, main: Branch) -> None:
    commit(session, main, {"characters": {"Kai": {"description": "a"}, "Rin": {"description": "a"}}})
    alt = commits.branch_off(session, main, "alt")
    first = commit(session, main, {"characters": {"Kai": {"description": "main"}}})
    other = commit(session, alt, {"characters": {"Rin": {"description": "alt"}}})
    for branch, source in ((main, other), (alt, first)):
        picked = Wanted("cherry-pick", main.project_id, branch.name, source, "m")
        recorded = merges.carry_out(session, picked).recorded
        assert recorded is not None
        parents = [recorded.commit.id, source]
        commits.record(session, branch, recorded.commit.tree_hash, parents, kind="merge", message="m")
    assert len(history.bases(session, main.head_commit_id or "", alt.head_commit_id or "")) == 2
    commit(session, main, {"characters": {"Kai": {"description": "later"}}})
    outcome = merged(session, alt, "main")
    assert not outcome.conflicts
    said = {each["name"]: each["description"] for each in state(session, alt)["characters"].values()}
    assert said == {"Kai": "later", "Rin": "alt"}


NAMES = st.sampled_from(["Kai", "Rin", "Sora"])
EDITS = st.lists(
    st.tuples(
        NAMES,
        st.none() | st.fixed_dictionaries({"description": st.sampled_from("abc"), "age": st.integers(0, 2)}),
    ),
    max_size=4,
)


@given(EDITS, EDITS, EDITS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_and_head_agree_after_every_merge_and_revert(
    session: Session, main: Branch, start: Any, ours: Any, theirs: Any
) -> None:
    name = uuid4().hex
    _apply(session, main, start)
    alt = commits.branch_off(session, main, name)
    _apply(session, main, ours)
    _apply(session, alt, theirs)
    before = state(session, main)
    outcome = merged(session, main, name)
    if outcome.conflicts:
        assert state(session, main) == before
        return
    assert not branches.has_work(session, main)
    everything = text("UPDATE anime_api.characters SET dirty = true WHERE branch_id = :branch")
    session.execute(everything, {"branch": main.id})
    head = history.get(session, main.head_commit_id or "").commit.tree_hash
    assert trees.grow(session, head, working.uncommitted(session, main)) == head
    working.clean(session, main)
    if outcome.recorded is not None and state(session, main) != before:
        undo = Wanted("revert", main.project_id, "main", outcome.recorded.commit.id, "undone")
        assert merges.carry_out(session, undo).recorded is not None
        assert state(session, main) == before


def _apply(session: Session, branch: Branch, edits: list[tuple[str, Any]]) -> None:
    for name, edit in edits:
        try:
            commit(session, branch, {"characters": {name: edit}})
        except NothingToCommitError:
            continue


def together(count: int, action: Callable[[int], Any]) -> list[Any]:
    """What `action` gives in so many threads that begin at once."""
    start = Barrier(count)

    def begin(number: int) -> Any:
        start.wait()
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def test_edits_and_commits_at_the_same_time_lose_nothing(connected: Path) -> None:
    with transaction() as session:
        project = projects.create(session, name="Together", description="", details={}).id or 0
        commits.begin(session, branches.find(session, project, "main", Hold.ALONE))

    def work(number: int) -> None:
        for turn in range(5):
            with transaction() as session:
                at = branches.find(session, project, "main", Hold.SHARED)
                characters.create(session, at, {"name": f"{number}.{turn}"})
            try:
                with transaction() as session:
                    commits.commit(session, branches.find(session, project, "main", Hold.ALONE), "m")
            except NothingToCommitError:
                continue

    together(4, work)
    with transaction() as session:
        main = branches.find(session, project, "main")
        assert not branches.has_work(session, main)
        assert len(state(session, main)["characters"]) == 20
        line = history.log(session, main, limit=99, before=0)
        assert [each.parents for each in line[:-1]] == [(each.commit.id,) for each in line[1:]]


def test_two_branches_merged_into_each_other_at_once_wait_for_each_other(connected: Path) -> None:
    with transaction() as session:
        project = projects.create(session, name="Crossing", description="", details={}).id or 0
        main = branches.find(session, project, "main", Hold.ALONE)
        commits.branch_off(session, main, "alt")
        characters.create(session, main, {"name": "Kai"})

    def merge(number: int) -> bool:
        names = ("main", "alt") if number else ("alt", "main")
        with transaction() as session:
            outcome = merges.carry_out(session, Wanted("merge", project, *names, "m"))
            return not outcome.conflicts

    assert together(2, merge) == [True, True]
    with transaction() as session:
        for name in ("main", "alt"):
            assert len(state(session, branches.find(session, project, name))["characters"]) == 1
