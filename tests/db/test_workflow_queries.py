"""The catalogue of workflows: the order renders pick in, and what stays a user's own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from db.queries import workflows
from db.session import psycopg_url
from studio.shipped import ANIMATIC, SHIPPED
from studio.workflows import Limits


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """What a test writes is rolled back."""
    engine = create_engine(psycopg_url(database))
    with engine.connect() as connection, connection.begin() as whole:
        with Session(connection) as session:
            yield session
        whole.rollback()
    engine.dispose()


def test_what_comes_with_tower_is_there_as_it_is(session: Session) -> None:
    there = {workflow.name: workflow for workflow in workflows.enabled(session)}
    assert {name: there[name] for name in SHIPPED} == SHIPPED


def test_the_highest_rank_comes_first_then_the_name(session: Session) -> None:
    for name in ("b", "a"):
        workflows.add(session, replace(ANIMATIC, name=name, rank=99), is_ranked=True)
    names = [workflow.name for workflow in workflows.enabled(session)]
    assert names[:2] == ["a", "b"]
    assert names[-1] == "animatic"
    workflows.change(session, "animatic", {"rank": 100})
    assert workflows.enabled(session)[0].name == "animatic"


def test_a_newer_graph_keeps_the_rank_and_the_switch_of_a_user(session: Session) -> None:
    workflows.change(session, "animatic", {"rank": 77, "enabled": False})
    workflows.register_shipped(session, [replace(ANIMATIC, limits=Limits(side_multiple=4))])
    row = workflows.get(session, "animatic")
    assert (row.limits["side_multiple"], row.rank, row.enabled) == (4, 77, False)
    assert row.version == 2
