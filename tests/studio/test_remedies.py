import pytest

from studio import errors
from studio.remedies import (
    POLICY,
    TOO_MUCH,
    Answer,
    Failure,
    answer_to,
    blame_for,
    failed_at,
    kept_at,
    times_smaller,
)

HERE, THERE = "http://here", "http://there"


def answers(*codes: str, prompts: int = 10) -> list[str]:
    trail: list[Failure] = []
    for code in codes:
        trail.append(Failure(code, HERE, "wan", answer_to(code, trail, prompts=prompts)))
    return [failure.answer.value for failure in trail]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("OUT_OF_MEMORY", ["free", "smaller", "smaller"]),
        ("MISSING_MODEL", ["elsewhere", "elsewhere", "elsewhere"]),
        ("MISSING_NODE", ["elsewhere", "elsewhere", "elsewhere"]),
        ("INVALID_GRAPH", ["elsewhere", "stop", "stop"]),
        ("RENDER_LOST", ["again", "again", "again"]),
        ("RENDER_EMPTY", ["again", "again", "again"]),
        ("RENDER_INTERRUPTED", ["again", "stop", "stop"]),
        ("RENDER_STALLED", ["elsewhere", "elsewhere", "elsewhere"]),
        ("RENDERER_GONE", ["elsewhere", "elsewhere", "elsewhere"]),
        ("RENDERER_DISK_FULL", ["elsewhere", "elsewhere", "elsewhere"]),
        ("RENDER_FAILED", ["elsewhere", "stop", "stop"]),
        ("STORAGE_UNAVAILABLE", ["stop", "stop", "stop"]),
    ],
)
def test_each_failure_has_its_answer(code: str, expected: list[str]) -> None:
    assert answers(code, code, code) == expected


def test_every_error_of_a_render_is_answered() -> None:
    families = [errors.RenderError]
    for family in families:
        families += family.__subclasses__()
    assert {family.code for family in families} == POLICY.keys()


def test_prompts_are_bounded_and_the_last_but_one_shrinks_at_once() -> None:
    assert answers(*["RENDER_LOST"] * 3, prompts=3) == ["again", "again", "stop"]
    assert answers("OUT_OF_MEMORY", "OUT_OF_MEMORY", prompts=2) == ["smaller", "stop"]
    assert answers("RENDER_LOST", prompts=1) == ["stop"]


def test_answers_count_by_kind_and_the_bound_by_take() -> None:
    assert answers("RENDER_LOST", "OUT_OF_MEMORY", "RENDER_FAILED", "OUT_OF_MEMORY", prompts=5) == [
        "again",
        "free",
        "elsewhere",
        "smaller",
    ]


def test_a_trail_says_where_a_take_may_go_next() -> None:
    freed = Failure("OUT_OF_MEMORY", HERE, "wan", Answer.FREE)
    shrunk = Failure("OUT_OF_MEMORY", HERE, "wan", Answer.SMALLER)
    stalled = Failure("RENDER_STALLED", THERE, "wan", Answer.ELSEWHERE)
    assert (kept_at([stalled, freed]), kept_at([freed, shrunk]), kept_at([])) == (HERE, None, None)
    assert failed_at([freed, stalled, shrunk]) == {THERE}
    assert times_smaller([freed, shrunk, stalled, shrunk]) == 2


def test_nobody_is_blamed_for_a_wrong_graph_or_for_what_a_person_stopped() -> None:
    assert [blame_for(code) for code in ("INVALID_GRAPH", "RENDER_INTERRUPTED", "STORAGE_UNAVAILABLE")] == [
        0
    ] * 3
    assert (blame_for("OUT_OF_MEMORY"), blame_for("RENDER_STALLED")) == (1, TOO_MUCH)
