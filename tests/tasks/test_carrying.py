"""How a run ends: with its own reason, or left to the judge where the reason is the database."""

from pathlib import Path

import pytest

from db.models.production import ProductionJob
from db.queries import generations
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import OutOfMemoryError, StorageError, UnavailableError
from tasks.carrying import INTERNAL, carried
from tests.fakes.generations import new_generation


@pytest.fixture
def run(connected: Path) -> Run:
    with transaction() as session:
        return Run(new_generation(session).id, 1)


def job(run: Run) -> ProductionJob:
    with transaction() as session:
        return generations.get(session, run.generation_id)


def carry(run: Run, error: Exception) -> None:
    with carried(run):
        raise error


@pytest.mark.parametrize(
    "error", [OutOfMemoryError("no memory left", server="http://gpu"), StorageError("the disk is full")]
)
def test_a_run_that_fails_says_why(run: Run, error: OutOfMemoryError | StorageError) -> None:
    with pytest.raises(type(error)):
        carry(run, error)
    told = {"code": error.code, "message": error.message, "details": error.details}
    assert (job(run).status, job(run).error) == ("failed", told)


def test_a_fault_of_our_own_shows_no_internals(run: Run) -> None:
    with pytest.raises(ZeroDivisionError):
        carry(run, ZeroDivisionError("in line 7"))
    error = job(run).error
    assert error is not None
    assert (error["code"], error["message"]) == ("INTERNAL_ERROR", INTERNAL)


def test_a_run_whose_database_was_away_is_left_to_be_carried_on(run: Run) -> None:
    with pytest.raises(UnavailableError):
        carry(run, UnavailableError("the database does not answer"))
    assert (job(run).status, job(run).error) == ("processing", None)
