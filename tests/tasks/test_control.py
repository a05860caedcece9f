"""What a person decides about a generation is noted with it."""

from collections.abc import Callable

import pytest

from db.queries import decisions
from db.session import transaction
from studio.errors import StateError
from tasks import control
from tests.fakes.generations import new_generation

pytestmark = pytest.mark.usefixtures("connected")


def _waiting() -> str:
    with transaction() as session:
        job = new_generation(session)
        job.status = "needs_review"
        return job.id


def _decided(generation_id: str) -> list[tuple[str, str, int | None]]:
    with transaction() as session:
        rows = decisions.page(session, project_id=None, generation_id=generation_id, limit=10, before=0)
        return [(row.decision, row.made_by, row.take) for row in rows]


def test_a_rejection_is_noted_once_and_a_refused_one_not_at_all() -> None:
    generation_id = _waiting()
    control.reject(generation_id)
    with pytest.raises(StateError):
        control.reject(generation_id)
    assert _decided(generation_id) == [("reject", "person", 1)]


@pytest.mark.parametrize(
    ("decide", "noted"), [(control.approve, ("approve", 1)), (control.retry, ("retry", 2))]
)
def test_approval_and_retry_are_noted(decide: Callable[[str], None], noted: tuple[str, int]) -> None:
    generation_id = _waiting()
    decide(generation_id)
    assert _decided(generation_id) == [(noted[0], "person", noted[1])]
