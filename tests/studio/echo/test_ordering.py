"""What waits for what, and what becomes of a description that is changed."""

import pytest

from benchmarks.echo import project
from studio.echo.ordering import Standing, is_due, is_in_vain, needs, resolved
from studio.echo.planning import plan
from studio.echo.sheets import changed_description

STEPS = plan("Create a scene with Kai in a forest and publish it", project()).steps
DONE = Standing.COMPLETED


def test_a_clip_needs_its_checks_an_assessment_its_clip_and_a_publication_what_it_names() -> None:
    assert [needs(step, STEPS) for step in STEPS] == [(), (1,), (2,), (2,)]


def test_a_step_is_due_when_what_it_needs_is_over() -> None:
    check, clip, assessment, publication = STEPS
    assert is_due(check, STEPS, {})
    assert not is_due(clip, STEPS, {})
    assert is_due(clip, STEPS, {1: DONE})
    assert not is_due(assessment, STEPS, {1: DONE, 2: Standing.PROCESSING})
    assert not is_due(publication, STEPS, {1: DONE, 2: DONE})
    assert is_due(publication, STEPS, {1: DONE, 2: DONE, 3: DONE})


def test_what_needs_a_failure_is_in_vain() -> None:
    assert is_in_vain(STEPS[1], STEPS, {1: Standing.FAILED})
    assert not is_in_vain(STEPS[1], STEPS, {1: DONE})


def test_what_was_made_stands_in_the_place_of_its_step() -> None:
    assert resolved(STEPS[3], {2: "gen_1"}).parameters == {"generation_id": "gen_1"}


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("Short black hair, brown eyes", "hair: silver", "Short hair, brown eyes. Hair: silver."),
        ("A skilled fighter", "a red scarf", "A skilled fighter. A red scarf."),
        ("", "older", "Older."),
    ],
)
def test_what_a_change_contradicts_leaves_a_description(before: str, change: str, after: str) -> None:
    assert changed_description("Kai", before, change) == after
