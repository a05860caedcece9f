"""Japanese prompts: what they say of the scene, who is in it, and what is no word of theirs."""

import pytest

from studio.animatic.looks import read_look
from studio.animatic.setting import Daytime, Drift, Place, Pose, Weather, read_setting
from studio.consistency import named_in
from studio.director import figures_in
from studio.japanese import in_english, name_pattern


@pytest.mark.parametrize(
    ("prompt", "place", "daytime", "weather"),
    [
        ("神秘的な森に立つ少女", Place.MYSTIC, Daytime.DAY, Weather.CLEAR),
        ("夜の森", Place.FOREST, Daytime.NIGHT, Weather.CLEAR),
        ("雨の夜、街を歩く", Place.CITY, Daytime.NIGHT, Weather.RAIN),
        ("夕焼けの海", Place.BEACH, Daytime.DUSK, Weather.CLEAR),
        ("放課後の教室", Place.CLASSROOM, Daytime.DAY, Weather.CLEAR),
        ("雪の降る駅で待つ", Place.STATION, Daytime.DAY, Weather.SNOW),
        ("渋谷の交差点、ネオン、深夜", Place.CITY, Daytime.NIGHT, Weather.CLEAR),
        ("学校の屋上、夕暮れ", Place.ROOFTOP, Daytime.DUSK, Weather.CLEAR),
        ("嵐の城", Place.CASTLE, Daytime.DAY, Weather.STORM),
        ("霧の湖、夜明け前", Place.LAKE, Daytime.DAWN, Weather.FOG),
        ("神社の鳥居と満月", Place.TEMPLE, Daytime.NIGHT, Weather.CLEAR),
        ("吹雪の雪山", Place.MOUNTAINS, Daytime.DAY, Weather.SNOW),
        ("宇宙船から地球を眺める", Place.SPACE, Daytime.NIGHT, Weather.CLEAR),
        ("砂漠を旅する騎士、真昼", Place.DESERT, Daytime.DAY, Weather.CLEAR),
        ("ひまわり畑と青空", Place.MEADOW, Daytime.DAY, Weather.CLEAR),
        ("山奥の村、早朝", Place.VILLAGE, Daytime.DAWN, Weather.CLEAR),
        ("彼女の寝室、月明かり", Place.ROOM, Daytime.NIGHT, Weather.CLEAR),
        ("Kaiが夜の森を走る", Place.FOREST, Daytime.NIGHT, Weather.CLEAR),
        ("ﾈｵﾝの街", Place.CITY, Daytime.DAY, Weather.CLEAR),
    ],
)
def test_place_time_and_weather_are_found(
    prompt: str, place: Place, daytime: Daytime, weather: Weather
) -> None:
    setting = read_setting(prompt)
    assert (setting.place, setting.daytime, setting.weather) == (place, daytime, weather)


@pytest.mark.parametrize(
    ("prompt", "pose"),
    [
        ("騎士が戦う", Pose.FIGHTING), ("少年が走っている", Pose.RUNNING), ("彼は歩いていた", Pose.WALKING),
        ("縁側に座って本を読む", Pose.SITTING), ("丘に佇む", Pose.STANDING),
    ],
)  # fmt: skip
def test_what_people_do_is_found(prompt: str, pose: Pose) -> None:
    assert read_setting(prompt).pose is pose


def test_drift_and_mood_are_found() -> None:
    setting = read_setting("桜吹雪の公園、シネマティック")
    assert setting.drifts == (Drift.PETALS,)
    assert setting.weather is Weather.CLEAR
    assert setting.cinematic
    assert read_setting("不気味な森").eerie
    assert read_setting("冬の村").wintry
    assert Drift.FIREFLIES in read_setting("蛍の川").drifts


@pytest.mark.parametrize("prompt", ["雨のない街", "雨なしの街", "街、雨は降っていない", "雨無し、街"])
def test_what_is_denied_is_not_shown(prompt: str) -> None:
    assert read_setting(prompt).weather is Weather.CLEAR


def test_the_negative_prompt_is_read_as_well() -> None:
    setting = read_setting("雨の夜の森、湖のほとり", "雨、森、雲")
    assert (setting.weather, setting.place) == (Weather.CLEAR, Place.LAKE)
    assert "clouds" in setting.without


def test_names_do_not_set_the_scene() -> None:
    setting = read_setting("雨宮夜が教室で笑う", names=["雨宮夜"])
    assert (setting.place, setting.daytime, setting.weather) == (
        Place.CLASSROOM,
        Daytime.DAY,
        Weather.CLEAR,
    )
    assert read_setting("雪さんと海外の空港、火曜、四月に小林と").weather is Weather.CLEAR


@pytest.mark.parametrize(
    "words", ["海外", "空手", "木曜", "四月", "家族", "花火", "中村", "目的", "朝食", "雨ちゃん"]
)
def test_words_that_hold_another_one_are_not_taken_for_it(words: str) -> None:
    assert in_english(words).strip() in ("", words)


def test_other_languages_are_left_as_they_are() -> None:
    for text in ("a village at night", "Тихий лес", "forêt", "숲"):
        assert in_english(text) == text


@pytest.mark.parametrize(
    ("prompt", "who"),
    [("長い銀髪の少女が歩く", ["Girl"]), ("騎士と魔女", ["Knight", "Witch"]), ("夜の街", [])],
)
def test_nameless_people_are_found(prompt: str, who: list[str]) -> None:
    assert [figure.name for figure in figures_in(prompt)] == who


def test_looks_are_read() -> None:
    look = read_look("赤い髪、青い目、長い髪の女の子。黒いコートと眼鏡、刀", "カイ")
    english = read_look("red hair, blue eyes, long hair girl. black coat and glasses, sword", "カイ")
    assert look == english


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("カイ・ナカムラが神秘的な森を歩く", ("カイ・ナカムラ",)),
        ("カイ＝ナカムラは走る", ("カイ・ナカムラ",)),
        ("カイナカムラと中村花", ("カイ・ナカムラ", "中村花")),
        ("カイは待つ", ("カイ",)),
        ("カイトとカイロ", ()),
        ("Kaiが歩く", ("Kai",)),
        ("Kaitoが歩く", ()),
        ("中村カイは森で", ("中村カイ",)),
        ("하나가 걷는다", ("하나",)),
    ],
)
def test_names_are_found_in_running_text(text: str, found: tuple[str, ...]) -> None:
    names = ("カイ・ナカムラ", "カイ", "Kai", "中村カイ", "中村花", "하나")
    assert named_in(text, names) == found


def test_a_latin_name_is_found_as_before() -> None:
    assert name_pattern("Kai Nakamura").search("KAI NAKAMURA's") is not None
    assert name_pattern("Kai").search("Kaiju") is None
    assert name_pattern("Kai").search("_Kai") is None


def test_a_name_of_one_character_stands_apart_from_others() -> None:
    assert name_pattern("森").search("森林") is None
    assert name_pattern("森").search("森が笑う") is not None
