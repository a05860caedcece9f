"""How an episode is told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.episodes import running_time, scene_id, scene_name, scene_names
from studio.errors import InvalidError


@pytest.mark.parametrize(
    ("duration_s", "told"),
    [
        (0, "00:00"), (5.4, "00:05"), (59.5, "01:00"), (1470, "24:30"), (3599.4, "59:59"),
        (3599.5, "1:00:00"), (3723, "1:02:03"), (36_000, "10:00:00"),
    ],
)  # fmt: skip
def test_a_running_time_is_written_as_people_write_it(duration_s: float, told: str) -> None:
    assert running_time(duration_s) == told


@given(st.integers(0, 400_000))
def test_a_running_time_of_whole_seconds_says_all_of_them(duration_s: int) -> None:
    seconds = 0
    for part in running_time(duration_s).split(":"):
        seconds = seconds * 60 + int(part)
    assert seconds == duration_s


def test_nothing_runs_for_less_than_no_time() -> None:
    with pytest.raises(InvalidError):
        running_time(-0.1)


@given(st.integers(1, 2**31 - 1))
def test_a_scenes_name_leads_back_to_it(number: int) -> None:
    assert scene_id(scene_name(number)) == number
    assert scene_names([number, 1]) == [f"scene_{number}", "scene_1"]


@pytest.mark.parametrize("name", ["", "7", "scene_", "scene_0", "scene_07", "Scene_7", f"scene_{2**31}"])
def test_what_names_no_scene_is_refused_by_the_field(name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        scene_id(name)
    assert refused.value.details["field"] == "scenes"
