"""Whether another take is made, and which is kept."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from studio.presets import PRESETS
from studio.retakes import Again, Judged, Kept, Knob, Mend, best_of, drawn_seed, next_step


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


@pytest.mark.parametrize(
    ("failed", "knob"),
    [
        (["flashes"], Knob.SEED),
        (["frozen"], Knob.MOTION),
        (["blockiness"], Knob.STEPS),
        (["identity"], Knob.REFERENCE),
        (["frozen", "flicker"], Knob.SEED),
        ([], Knob.SEED),
    ],
)
def test_the_cause_decides_which_knob_is_turned(failed: list[str], knob: Knob) -> None:
    takes = [Judged(1, "fail", 4.0, frozenset(failed), None)]
    step = next_step(takes, most=3, knobs=set(Knob) - {Knob.WORKFLOW})
    assert isinstance(step, Again)
    assert step.knob is knob
    only_the_seed = next_step(takes, most=3)
    assert isinstance(only_the_seed, Again)
    assert only_the_seed.knob is Knob.SEED


def test_another_workflow_is_the_last_resort() -> None:
    second, third = (next_step(_costing(*costs), most=3, knobs=Knob) for costs in ((1,), (1, 0.5)))
    assert isinstance(second, Again)
    assert isinstance(third, Again)
    assert (second.knob, third.knob) == (Knob.SEED, Knob.WORKFLOW)


def test_more_steps_cost_more() -> None:
    """60 s, and half as many steps again: 90 s are within 2.5 times 60 s, and 60 + 40 + 60 s are not."""
    blocky = _take(1, "blockiness", render_s=60)
    assert isinstance(next_step([blocky], most=3, knobs={Knob.STEPS}), Again)
    takes = [_take(1, "black", render_s=60), _take(2, "blockiness", render_s=40)]
    assert isinstance(next_step(takes, most=3, knobs={Knob.SEED}), Again)
    assert isinstance(next_step(takes, most=3, knobs={Knob.STEPS}), Kept)


def _repaired(number: int, *failed: str, source: int = 1, by: str = "fill", can: str = "") -> Judged:
    ways = tuple(filter(None, (can,)))
    return replace(_take(number, *failed), repaired_from=source, repaired=frozenset({by}), repairs=ways)


def test_what_can_be_put_right_without_rendering_is_repaired_first() -> None:
    faulty = replace(_take(1, "black"), repairs=("fill",))
    step = next_step([faulty], most=1)
    assert step == Mend(1, "take 1 failed by black: repaired without rendering (fill)")
    assert next_step([faulty, _repaired(2)], most=1) == Kept(2, "it passes")


def test_a_repair_is_tried_once_in_the_same_way_and_again_in_another() -> None:
    faulty = replace(_take(1, "black"), repairs=("fill",))
    assert isinstance(next_step([faulty, _repaired(2, "black", can="fill")], most=2), Again)
    assert isinstance(next_step([faulty, _repaired(2, "flicker", can="deflicker")], most=2), Mend)


def test_repairs_are_no_renders() -> None:
    """They neither count among the takes nor make two renders that failed alike look different."""
    first = replace(_take(1, "black", render_s=60), repairs=("fill",))
    other = replace(_take(3, "black", render_s=60), repairs=("fill",))
    takes = [first, _repaired(2, "frozen")]
    assert isinstance(next_step(takes, most=2), Again)
    alike = next_step([*takes, other, _repaired(4, "frozen", source=3)], most=3)
    assert isinstance(alike, Kept)
    assert "failed alike, by black" in alike.reason


def test_a_take_that_passes_is_kept_where_its_repair_makes_it_no_better() -> None:
    quiet = replace(_take(1, score=9.5), repairs=("normalise",))
    assert isinstance(next_step([quiet], most=1), Mend)
    worse = _repaired(2, "audio_drift", by="normalise")
    assert next_step([quiet, worse], most=2) == Kept(1, "take 1 passes as it was rendered")
    assert next_step([quiet, _repaired(2, by="normalise")], most=2) == Kept(2, "it passes")


def test_seeds_are_those_of_the_scene_and_the_take() -> None:
    seeds = {drawn_seed(of, asked, take) for of in ("1/2", "1/3") for asked in (None, 5) for take in (2, 3)}
    assert len(seeds) == 8
    assert drawn_seed("1/2", None, 2) in seeds
    assert all(0 <= seed < 2**48 for seed in seeds)


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
