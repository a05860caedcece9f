"""Reading prompts: place, time of day, weather and what the negative prompt forbids."""

import pytest

from studio.animatic.setting import Daytime, Drift, Place, Pose, Weather, read_setting


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Kai Nakamura standing in a mystical forest, cinematic lighting", Place.MYSTIC),
        ("a walk through the forest", Place.FOREST),
        ("the school rooftop", Place.ROOFTOP),
        ("classroom after school", Place.CLASSROOM),
        ("waiting at the train station", Place.STATION),
        ("a mountain village", Place.VILLAGE),
        ("neon streets of Tokyo", Place.CITY),
        ("a quiet beach", Place.BEACH),
        ("the shrine gate", Place.TEMPLE),
        ("the ruined castle", Place.CASTLE),
        ("snowy mountains at dawn", Place.MOUNTAINS),
        ("her bedroom", Place.ROOM),
        ("sand dunes", Place.DESERT),
        ("adrift in outer space", Place.SPACE),
    ],
)
def test_the_place_is_found(prompt: str, place: Place) -> None:
    assert read_setting(prompt).place is place


@pytest.mark.parametrize(
    ("prompt", "daytime"),
    [
        ("a village", Daytime.DAY),
        ("a village by moonlight", Daytime.NIGHT),
        ("a village at sunset", Daytime.DUSK),
        ("early morning in a village", Daytime.DAWN),
        ("outer space", Daytime.NIGHT),
    ],
)
def test_the_time_of_day_is_found(prompt: str, daytime: Daytime) -> None:
    assert read_setting(prompt).daytime is daytime


def test_weather_drift_and_pose_are_found() -> None:
    setting = read_setting("Hana runs through falling cherry petals in the rain")
    assert setting.weather is Weather.RAIN
    assert setting.drifts == (Drift.PETALS,)
    assert setting.pose is Pose.RUNNING


def test_the_negative_prompt_removes_what_it_names() -> None:
    setting = read_setting("a forest by a lake at night in the rain", "rain, forest, night, clouds")
    assert setting.weather is Weather.CLEAR
    assert setting.place is Place.LAKE
    assert setting.daytime is not Daytime.NIGHT
    assert "clouds" in setting.without


def test_what_the_prompt_itself_denies_is_not_shown() -> None:
    assert read_setting("a village with no rain").weather is Weather.CLEAR


def test_a_characters_looks_do_not_set_the_scene() -> None:
    setting = read_setting("Kai, dark blue coat, bright green eyes, silver hair, in a village at night")
    assert (setting.place, setting.daytime, setting.eerie) == (Place.VILLAGE, Daytime.NIGHT, False)


def test_a_characters_name_does_not_set_the_scene() -> None:
    setting = read_setting("Dawn Forest walks through the city", names=["Dawn Forest"])
    assert (setting.place, setting.daytime) == (Place.CITY, Daytime.DAY)


def test_a_prompt_without_a_place_keeps_its_landscape() -> None:
    assert read_setting("a promise").place is read_setting("a promise").place
