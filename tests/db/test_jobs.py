"""Jobs of other kinds than clips: accepted, shown, and whose children are whose."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from db.models.project import Branch
from db.queries import generations, jobs, ownership
from db.queries.branches import id_of
from db.queries.jobs import accept_job
from db.queries.ownership import Run
from db.session import engine, transaction
from tests.fakes.generations import new_branch, new_generation

pytestmark = pytest.mark.usefixtures("connected")


def _episode(branch: Branch) -> str:
    with transaction() as session:
        job = accept_job(
            session,
            kind="episode",
            project_id=branch.project_id,
            branch_id=id_of(branch),
            title="The Beginning",
            request={"quality": "draft"},
            episode_id=7,
        )
        return job.id


def _child(branch: Branch, parent_id: str, status: str = "processing") -> str:
    with transaction() as session:
        job = new_generation(session, branch)
        job.parent_id, job.status = parent_id, status
        return job.id


@pytest.fixture
def branch(connected: object) -> Branch:
    with transaction() as session:
        return new_branch(session)


def test_a_job_of_another_kind_is_shown_with_its_children(branch: Branch) -> None:
    parent = _episode(branch)
    children = [_child(branch, parent), _child(branch, parent, "failed")]
    with transaction() as session:
        seen = generations.view(session, parent)
        clip = generations.view(session, children[0])
    assert (seen["kind"], seen["episode_id"], seen["parent_id"]) == ("episode", 7, None)
    assert (seen["prompt"], seen["metadata"]) == ("", {"quality": "draft"})
    assert seen["estimated_completion"] is None
    assert [(each["generation_id"], each["status"]) for each in seen["children"]] == list(
        zip(children, ("processing", "failed"), strict=True)
    )
    assert (clip["kind"], clip["parent_id"], clip["children"]) == ("clip", parent, [])


def test_the_view_of_a_parent_is_one_statement(branch: Branch) -> None:
    parent = _episode(branch)
    _child(branch, parent)
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    with transaction() as session:
        event.listen(engine(), "before_cursor_execute", note)
        generations.view(session, parent)
        event.remove(engine(), "before_cursor_execute", note)
    assert len(said) == 1


def test_a_list_has_every_kind_or_the_one_that_is_meant(branch: Branch) -> None:
    parent = _episode(branch)
    child = _child(branch, parent)

    def listed(kind: str | None) -> list[str]:
        with transaction() as session:
            rows = generations.page(session, project_id=branch.project_id, kind=kind, limit=9, after=None)
        return [row["generation_id"] for row in rows]

    assert listed(None) == [child, parent]
    assert (listed("clip"), listed("episode"), listed("trailer")) == ([child], [parent], [])


def test_a_job_of_any_kind_is_owned_watched_and_ended_alike(branch: Branch) -> None:
    run = Run(_episode(branch), 1)
    with transaction() as session:
        ownership.start(session, run, host="here", pid=1, pid_started=0.0)
        ownership.begin_stage(session, run, "plan")
        ownership.finish_stage(session, run, "plan", 1, {"scenes": []})
        ownership.settle(session, run, "needs_review")
    with transaction() as session:
        events = generations.events_after(session, run.generation_id, 0, limit=10)
    assert [each.kind for each in events] == ["status", "attempt", "stage", "stage_finished", "status"]


@pytest.mark.parametrize(("status", "expected"), [("cancelled", list), ("processing", lambda _: [])])
def test_only_children_of_a_cancelled_parent_are_left_behind(
    branch: Branch, status: str, expected: Callable[[list[str]], list[str]]
) -> None:
    parent = _episode(branch)
    child = _child(branch, parent)
    _child(branch, parent, "completed")
    with transaction() as session:
        generations.get(session, parent).status = status
    with transaction() as session:
        mine = {parent, child}
        assert [each for each in jobs.left_behind(session) if each in mine] == expected([child])


def test_a_child_that_is_carried_out_once_more_leaves_only_a_cancelled_parent(branch: Branch) -> None:
    parent = _episode(branch)
    child = _child(branch, parent, "failed")
    with transaction() as session:
        jobs.leave_cancelled_parent(session, generations.get(session, child))
    with transaction() as session:
        assert generations.get(session, child).parent_id == parent
        generations.get(session, parent).status = "cancelled"
        jobs.leave_cancelled_parent(session, generations.get(session, child))
        assert generations.get(session, child).parent_id is None
