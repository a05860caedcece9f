"""Whether another take is made, and which is kept."""

from collections.abc import Sequence

import pytest

from studio.presets import PRESETS
from studio.retakes import Again, Judged, Kept, Knob, best_of, next_step


def _take(number: int, *failed: str, score: float | None = None, render_s: float | None = None) -> Judged:
    score = (4.0 if failed else 10.0) if score is None else score
    return Judged(number, "fail" if failed else "pass", score, frozenset(failed), render_s)


def _costing(*seconds: float | None) -> list[Judged]:
    return [_take(number, f"defect {number}", render_s=each) for number, each in enumerate(seconds, 1)]


def test_a_take_that_passes_is_kept() -> None:
    assert next_step([_take(1, "flashes"), _take(2)], most=3) == Kept(2, "it passes")


def test_a_take_that_fails_is_made_again_with_one_knob_turned_and_the_cause_named() -> None:
    step = next_step([_take(1, "frozen", "black")], most=2)
    assert step == Again(Knob.SEED, "take 1 failed by black, frozen: another seed")


def test_no_more_takes_are_made_than_the_quality_allows() -> None:
    assert isinstance(next_step([_take(1, "black")], most=1), Kept)
    assert isinstance(next_step(_costing(1, 0.5), most=3), Again)
    assert isinstance(next_step(_costing(1, 0.5, 0.5), most=3), Kept)
    assert [PRESETS[name].takes for name in ("draft", "standard", "high")] == [1, 2, 3]


def test_two_equal_failures_in_a_row_stop_and_say_why() -> None:
    step = next_step([_take(1, "black"), _take(2, "black")], most=3)
    assert isinstance(step, Kept)
    assert "two takes in a row failed alike, by black" in step.reason


@pytest.mark.parametrize(
    ("seconds", "goes_on"),
    [
        ((60,), True),
        ((60, 60), False),
        ((60, 45), True),  # 60 + 45 + 45 is 2.5 times the first
        ((60, 46), False),
        ((60, None), True),
        ((0.0, 5.0), True),  # a first take out of the renderer's cache is no measure
    ],
)
def test_all_takes_together_cost_at_most_so_many_times_the_first(
    seconds: Sequence[float | None], goes_on: bool
) -> None:
    assert isinstance(next_step(_costing(*seconds), most=3), Again) is goes_on


def test_the_best_passes_else_is_safe_else_scores_higher_else_is_earlier() -> None:
    unsafe = _take(1, "flashes", score=4.0)
    worse, better = _take(2, "black", "frozen", score=3.0), _take(3, "black", score=3.5)
    assert best_of([unsafe, worse]) == 2
    assert best_of([unsafe, worse, better]) == 3
    assert best_of([_take(1, "black"), _take(2, "frozen")]) == 1
    assert best_of([_take(1, "black"), Judged(2, "pass", 5.0, frozenset(), None)]) == 2


def test_a_take_that_could_not_be_judged_is_no_pass() -> None:
    unjudged = Judged(1, "not judged", None, frozenset(), None)
    assert isinstance(next_step([unjudged], most=2), Again)
    assert best_of([unjudged, _take(2, "black")]) == 2
