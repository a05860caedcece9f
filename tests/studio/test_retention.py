"""What may go, and what never does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.retention import KEPT, Generation, Note, Role, Standing, judge_files, standing_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


def ended(status: str = "completed", chosen: int | None = 1, *, published: bool = True) -> Generation:
    return Generation(1, status, chosen, published, NOW)


@pytest.mark.parametrize(
    ("generation", "take", "role", "standing"),
    [
        (ended(), 1, "made", Standing.PUBLISHED),
        (ended(), 1, "input", Standing.PUBLISHED),
        (ended(published=False), 1, "made", Standing.APPROVED),
        (ended(chosen=None), 1, "made", Standing.PUBLISHED),
        (ended(), 2, "made", Standing.REJECTED),
        (ended(), 2, "input", Standing.INTERMEDIATE),
        (ended(), 1, "delivery", Standing.INTERMEDIATE),
        (ended(), None, "told", Standing.INTERMEDIATE),
        (ended("failed"), 1, "made", Standing.REJECTED),
        (ended("cancelled"), 1, "input", Standing.REJECTED),
        (ended("processing"), 2, "made", Standing.IN_USE),
        (ended("needs_review"), 2, "delivery", Standing.IN_USE),
        (Generation(1, "failed", None, False, None), 1, "made", Standing.IN_USE),
    ],
)
def test_a_file_stands_as_its_generation_went(
    generation: Generation, take: int | None, role: Role, standing: Standing
) -> None:
    assert standing_of(Note("a", "gen_1", take, role), generation) is standing


def test_a_rejected_take_goes_after_the_set_time_and_without_one_never() -> None:
    note, generations = Note("a", "gen_1", 2, "made"), {"gen_1": ended()}
    for days, goes_at in (({1: 7}, NOW + 7 * DAY), ({}, None), ({2: 7}, None)):
        verdict = judge_files({"a": NOW}, held=(), notes=[note], generations=generations, retention_days=days)
        assert verdict["a"].standing is Standing.REJECTED
        assert verdict["a"].goes_at == goes_at


def test_a_file_of_two_projects_goes_when_both_let_it() -> None:
    notes = [Note("a", "gen_1", 2, "made"), Note("a", "gen_2", 2, "made")]
    generations = {"gen_1": ended(), "gen_2": Generation(2, "failed", None, False, NOW)}

    def goes_at(days: dict[int, int]) -> datetime | None:
        return judge_files({"a": NOW}, held=(), notes=notes, generations=generations, retention_days=days)[
            "a"
        ].goes_at

    assert goes_at({1: 7, 2: 30}) == NOW + 30 * DAY
    assert goes_at({1: 7}) is None


def test_what_nobody_names_goes_only_where_that_is_asked_for() -> None:
    given_: dict[str, object] = {"held": (), "notes": (), "generations": {}, "retention_days": {1: 1}}
    assert judge_files({"a": NOW}, **given_)["a"].goes_at is None  # type: ignore[arg-type]
    asked = judge_files({"a": NOW}, **given_, unreferenced_days=3)["a"]  # type: ignore[arg-type]
    assert (asked.standing, asked.goes_at) == (Standing.UNREFERENCED, NOW + 3 * DAY)


HASHES = st.sampled_from("abcd")
NOTES = st.builds(
    Note,
    HASHES,
    st.sampled_from(["gen_1", "gen_2", "gen_3"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["made", "input", "delivery", "told"]),
)
GENERATIONS = st.builds(
    Generation,
    st.sampled_from([1, 2]),
    st.sampled_from(["processing", "needs_review", "completed", "failed", "cancelled"]),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
    st.sampled_from([None, NOW]),
)


@given(
    notes=st.lists(NOTES),
    held=st.sets(HASHES),
    generations=st.dictionaries(st.sampled_from(["gen_1", "gen_2"]), GENERATIONS),
    days=st.dictionaries(st.sampled_from([1, 2]), st.integers(1, 9)),
)
def test_nothing_that_anybody_holds_ever_goes(
    notes: list[Note], held: set[str], generations: dict[str, Generation], days: dict[int, int]
) -> None:
    files = dict.fromkeys("abcd", NOW)
    verdicts = judge_files(
        files, held=held, notes=notes, generations=generations, retention_days=days, unreferenced_days=0
    )
    assert verdicts.keys() == files.keys()
    for sha256, verdict in verdicts.items():
        mine = [note for note in notes if note.sha256 == sha256]
        standings = {
            standing_of(note, generations[note.generation_id])
            for note in mine
            if note.generation_id in generations
        }
        is_free = sha256 not in held and not standings & KEPT
        is_free &= all(note.generation_id in generations for note in mine)
        is_free &= (
            all(generations[note.generation_id].project_id in days for note in mine) if is_free else True
        )
        assert (verdict.goes_at is not None) == is_free
        if mine and is_free:
            longest = max(days[generations[note.generation_id].project_id] for note in mine)
            assert verdict.goes_at == NOW + longest * DAY
