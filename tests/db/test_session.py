"""Transactions, reads, and what becomes of trouble with the database."""

import threading

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from db import session as session_module
from db.session import database_url, libpq_url, reading, transaction
from studio.errors import ContentionError, UnavailableError
from tests.fakes.generations import new_branch


@pytest.mark.usefixtures("connected")
def test_of_two_that_wait_for_each_other_one_gives_way_and_says_so() -> None:
    with transaction() as session:
        ids = [new_branch(session).id for _ in range(2)]
    both_hold = threading.Barrier(2, timeout=10)
    outcomes: list[str] = []

    def lock(first: int | None, second: int | None) -> None:
        query = text("SELECT 1 FROM anime_api.branches WHERE id = :id FOR UPDATE")
        try:
            with transaction() as session:
                session.execute(query, {"id": first})
                both_hold.wait()
                session.execute(query, {"id": second})
            outcomes.append("through")
        except ContentionError:
            outcomes.append("gave way")

    others = [threading.Thread(target=lock, args=pair) for pair in (ids, reversed(ids))]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert sorted(outcomes) == ["gave way", "through"]


@pytest.mark.usefixtures("connected")
def test_a_transaction_that_stands_still_gives_its_locks_back(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a process that was stopped."""
    with transaction() as session:
        branch_id = new_branch(session).id

    def lock(session: Session) -> None:
        session.execute(text("SELECT 1 FROM anime_api.branches WHERE id = :id FOR UPDATE"), {"id": branch_id})

    def stand_still() -> None:
        with transaction() as stopped:
            lock(stopped)
            monkeypatch.setenv("DATABASE_URL", database)
            with transaction() as session:
                lock(session)
            lock(stopped)

    monkeypatch.setenv("DATABASE_URL", f"{database}?application_name=stopped")  # an engine of its own
    monkeypatch.setenv("TOWER_HEARTBEAT_LOST_S", "0.2")
    with pytest.raises(UnavailableError):
        stand_still()


@pytest.mark.usefixtures("connected")
def test_who_only_reads_sees_what_is_committed_in_between_and_opens_no_transaction() -> None:
    with reading() as session:
        first, again = (session.scalar(text("SELECT pg_current_xact_id()::text")) for _ in range(2))
        assert first != again
    with transaction() as session:
        first, again = (session.scalar(text("SELECT pg_current_xact_id()::text")) for _ in range(2))
        assert first == again


def test_a_database_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tower@127.0.0.1:9/nothing")
    with pytest.raises(UnavailableError), transaction() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.usefixtures("connected")
def test_a_connection_that_died_while_it_lay_about_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "TRIED_S", 0.0)
    with transaction() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(libpq_url(database_url()), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    with transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine


@pytest.mark.usefixtures("connected")
def test_a_connection_just_used_that_died_is_trouble_once() -> None:
    with transaction() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(libpq_url(database_url()), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    with pytest.raises(UnavailableError), transaction() as session:
        session.execute(text("SELECT 1"))
    with transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine
