import unicodedata
from datetime import date
from pathlib import PurePath
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.library import (
    LONGEST_NAME_BYTES,
    UNTITLED,
    Place,
    episode_nfo,
    free_copy,
    nfo_path,
    safe_name,
    season_nfo,
    series_folder,
    subtitle_path,
    thumb_path,
    title_from,
    tvshow_nfo,
)

ANY_TEXT = st.text(st.characters(), max_size=300)


@given(ANY_TEXT)
def test_a_safe_name_is_one_that_every_file_system_takes(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= LONGEST_NAME_BYTES
    assert not set(name) & set('<>:"/\\|?*[]{}')
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name)
    assert name == name.strip(". ")
    assert len(PurePath(name).parts) == 1


@given(ANY_TEXT)
def test_a_safe_name_stays_as_it_is(text: str) -> None:
    assert safe_name(safe_name(text)) == safe_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("進撃の巨人", "進撃の巨人"),
        ("Re:Zero", "Re-Zero"),
        ("Fate/Zero", "Fate-Zero"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("What?", "What"),
        ("a\x00b\nc", "a b c"),
        ("ends with dots... ", "ends with dots"),
        (".hidden", "hidden"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1", "_com1"),
        ("Constantine", "Constantine"),
        ("Name [tmdbid-12]", "Name (tmdbid-12)"),
        ("", UNTITLED),
        ("...", UNTITLED),
        ("???", UNTITLED),
    ],
)
def test_names_are_made_safe_and_stay_readable(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_name_is_cut_between_characters() -> None:
    assert safe_name("巨" * 300) == "巨" * (LONGEST_NAME_BYTES // 3)


def test_a_second_project_of_one_name_gets_its_number() -> None:
    assert free_copy("Kaze", 2026, []) == "Kaze (2026)"
    assert free_copy("kaze", 2026, ["Kaze (2026)"]) == "kaze (2) (2026)"
    assert free_copy("Kaze", 2026, ["Kaze (2026)", "Kaze (2) (2026)"]) == "Kaze (3) (2026)"
    assert free_copy("Kaze", 2027, ["Kaze (2026)"]) == "Kaze (2027)"


def test_a_clip_is_a_special_of_its_series() -> None:
    path = Place(series_folder("Kaze", 2026), 0, 3, "The village: dawn").video
    assert path == PurePath("Kaze (2026)/Season 00/Kaze S00E03 - The village- dawn.mp4")
    assert nfo_path(path).name == "Kaze S00E03 - The village- dawn.nfo"
    assert thumb_path(path).name == "Kaze S00E03 - The village- dawn-thumb.jpg"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Rain", "Kaze S01E02 - Rain.mp4"),
        ("E3 falls", "Kaze S01E02 E3 falls.mp4"),  # after a dash it would be episodes 2 and 3
        ("x1", "Kaze S01E02 x1.mp4"),
        ("Exit", "Kaze S01E02 - Exit.mp4"),
    ],
)
def test_an_episode_is_named_so_that_it_is_one(title: str, name: str) -> None:
    place = Place("Kaze (2026)", 1, 2, title)
    assert place.video == PurePath("Kaze (2026)/Season 01") / name
    assert subtitle_path(place.video, "ja.ass").name == f"{name.removesuffix('.mp4')}.ja.ass"


@given(ANY_TEXT, ANY_TEXT, st.integers(1, 10**6))
def test_every_clip_has_a_name_that_fits(name: str, title: str, number: int) -> None:
    path = Place(series_folder(name, 2026, copy=12), 0, number, title).video
    assert len(path.parts) == 3
    assert all(len(part.encode()) <= 210 for part in path.parts)
    assert f"S00E{number:02d} " in path.name


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        (
            "Kai Nakamura standing in a mystical forest, cinematic lighting",
            "Kai Nakamura standing in a mystical forest",
        ),
        ("  A duel.  Rain.", "A duel"),
        (", night", "night"),
        ("!!!", "!!!"),
        ("A 3.5 s walk. Rain.", "A 3.5 s walk"),
        ("word " * 40, "word word word word word word word word word word word word…"),
        ("風" * 100, "風" * 60 + "…"),
    ],
)
def test_a_title_is_the_beginning_of_the_prompt(prompt: str, title: str) -> None:
    assert title_from(prompt) == title


def test_descriptions_are_xml_that_says_what_was_given() -> None:
    nfo = episode_nfo(
        title="Dawn & <dusk>\x00\x0b",
        season=0,
        episode=3,
        showtitle="Kaze",
        plot="風\ud800",
        aired=date(2026, 11, 5),
        runtime_min=1,
    )
    root = ET.fromstring(nfo)
    assert root.tag == "episodedetails"
    assert {field.tag: field.text for field in root} == {
        "title": "Dawn & <dusk>",
        "season": "0",
        "episode": "3",
        "showtitle": "Kaze",
        "plot": "風",
        "aired": "2026-11-05",
        "runtime": "1",
        "lockdata": "true",
    }


def test_series_and_season_are_described_and_locked() -> None:
    show = ET.fromstring(tvshow_nfo(title="Kaze", plot="Wind", year=2026))
    season = ET.fromstring(season_nfo(number=0, title="Specials"))
    assert (show.tag, show.findtext("year"), show.findtext("lockdata")) == ("tvshow", "2026", "true")
    assert (season.tag, season.findtext("seasonnumber"), season.findtext("lockdata")) == (
        "season",
        "0",
        "true",
    )
