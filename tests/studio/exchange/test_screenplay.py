"""Screenplays read into scenes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import InvalidError
from studio.exchange.screenplay import (
    MOST_SCENES,
    ScriptScene,
    Speech,
    as_scene,
    decoded,
    read_screenplay,
    write_screenplay,
)

PLAY = """\
Title:
    _**KAZE NO TANI**_
Credit: written by
Author: A. Writer

FADE IN:

# Act I

EXT. VILLAGE SQUARE - NIGHT #1A#

= Kai comes home.

Rain on the stones. [[check the lanterns]] A lantern *sways*.

KAI NAKAMURA (V.O.)
(whispering)
I know this place.
(louder)
And it knows me.

VILLAGE ELDER
Who goes there?

/* INT. CUT SCENE - DAY */

CUT TO:

INT. HUT - LATER THAT MORNING

@McRae
Tea?

RIN ^
No.

.FLASHBACK

!LOUD ACTION
"""


def test_a_screenplay_is_read_scene_by_scene() -> None:
    play = read_screenplay(PLAY, known=["Kai Nakamura"])
    assert play.title == "KAZE NO TANI"
    before, square, hut, flashback = play.scenes
    assert (before.heading, before.action) == ("", ["FADE IN:"])
    assert (square.place, square.time_of_day, square.side) == ("VILLAGE SQUARE", "night", "outside")
    assert (square.number, square.transition) == ("1A", "CUT TO:")
    assert square.speeches == [
        Speech("Kai Nakamura", "I know this place.", "whispering"),
        Speech("Kai Nakamura", "And it knows me.", "louder"),
        Speech("Village Elder", "Who goes there?"),
    ]
    assert (hut.place, hut.time_of_day, hut.side) == ("HUT", "later that morning", "inside")
    assert hut.characters == ["McRae", "Rin"]
    assert (flashback.heading, flashback.side, flashback.action) == ("FLASHBACK", None, ["LOUD ACTION"])


def test_a_scene_has_place_and_time_in_its_description_and_the_words_in_its_metadata() -> None:
    square = read_screenplay(PLAY).scenes[1]
    made = as_scene(square)
    assert made["description"] == "Village square, night.\n\nRain on the stones. A lantern sways."
    assert made["characters"] == ["Kai Nakamura", "Village Elder"]
    assert made["metadata"]["screenplay"]["place"] == "VILLAGE SQUARE"
    assert made["metadata"]["dialogue"][2] == {
        "character": "Village Elder", "text": "Who goes there?", "direction": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "side", "place", "time"),
    [
        ("INT. HOUSE - DAY", "inside", "HOUSE", "day"),
        ("INT./EXT. CAR - CONTINUOUS", "both", "CAR", "continuous"),
        ("I/E CAR - DUSK", "both", "CAR", "dusk"),
        ("EXT. TOKYO - SHIBUYA - NIGHT", "outside", "TOKYO - SHIBUYA", "night"),
        ("EXT. RIVER - FAR BANK", "outside", "RIVER - FAR BANK", None),
        ("EST. TOWER", "outside", "TOWER", None),
        ("INT. DAY CARE", "inside", "DAY CARE", None),
        ("INT. CAR - NIGHT (1973)", "inside", "CAR", "night"),
        ("EXT. FIELD - (PRESENT) PRE-DAWN", "outside", "FIELD", "pre-dawn"),
    ],
)
def test_a_heading_says_where_and_when(heading: str, side: str, place: str, time: str | None) -> None:
    scene = ScriptScene(heading=heading)
    assert (scene.side, scene.place, scene.time_of_day) == (side, place, time)


def test_names_beyond_ascii_are_cues_too() -> None:
    (scene,) = read_screenplay(
        "INT. CAFÉ - DAY\n\nÉLODIE D'ARC 2 (CONT'D)\nBonjour.\n\nWILL'S DATE\nHi.\n"
    ).scenes
    assert scene.characters == ["Élodie D'Arc 2", "Will's Date"]


@pytest.mark.parametrize("text", ["", "\n\n", "[[only a note]]", "/* all of it */"])
def test_a_screenplay_without_a_scene_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        read_screenplay(text)


PLACES = st.from_regex(r"[A-Z]{1,8}( [A-Z]{1,8})?", fullmatch=True)
WORDS = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,4}\.", fullmatch=True)
NAMES = st.from_regex(r"[A-Z][A-Z]{1,7}", fullmatch=True)
SCENES = st.tuples(PLACES, st.lists(WORDS, max_size=3), st.lists(st.tuples(NAMES, WORDS), max_size=3))


@settings(max_examples=60, deadline=None)
@given(st.lists(SCENES, min_size=1, max_size=5))
def test_every_scene_action_and_word_is_read_in_its_order(
    scenes: list[tuple[str, list[str], list[tuple[str, str]]]],
) -> None:
    written = "\n".join(
        "\n".join(
            [
                f"INT. {place} - DAY\n",
                *(f"{each}\n" for each in action),
                *(f"{who}\n{word}\n" for who, word in said),
            ]
        )
        for place, action, said in scenes
    )
    found = read_screenplay(written).scenes
    assert [
        (each.place, each.action, [(one.character.upper(), one.text) for one in each.speeches])
        for each in found
    ] == scenes


WORDS = (
    st.text("abc ÄÖ.,!?()'", min_size=1, max_size=12).map(str.strip).filter(lambda text: text.strip(".()! "))
)
SPEECHES = st.builds(
    Speech,
    st.sampled_from(["Kai", "McAvoy", "Rin 2"]),
    WORDS.filter(lambda text: not text.startswith("(")),
    st.one_of(st.none(), st.sampled_from(["softly", "to Rin"])),
)
SCENES = st.builds(
    ScriptScene,
    heading=st.sampled_from(["INT. MILL - NIGHT", "THE HILL", "EXT. SEA"]),
    number=st.one_of(st.none(), st.sampled_from(["1", "2A"])),
    synopsis=st.one_of(st.none(), st.just("They meet.")),
    action=st.lists(st.sampled_from(["Wind.", "KAI RUNS", "> not a cut <", "A: TO:", "@who", "two\nlines"])),
    speeches=st.lists(SPEECHES, max_size=3),
    transition=st.one_of(st.none(), st.just("CUT TO:")),
)


@given(st.lists(SCENES, min_size=1, max_size=3))
def test_what_is_written_is_read_again(scenes: list[ScriptScene]) -> None:
    told = [{"scene_number": number, **as_scene(scene)} for number, scene in enumerate(scenes, 1)]
    written = write_screenplay("The Mill", told)
    play = read_screenplay(written, ["Kai", "McAvoy", "Rin 2"])
    assert (play.title, list(play.scenes)) == ("The Mill", scenes)


def test_a_scene_that_came_of_no_screenplay_is_headed_by_its_number() -> None:
    scene = {"scene_number": 7, "description": "A forest.\n\nRain.", "metadata": {"dialogue": "none"}}
    (read,) = read_screenplay(write_screenplay(None, [scene])).scenes
    assert (read.heading, read.action) == ("SCENE 7", ["A forest.", "Rain."])


JAPANESE = """Title: 雨の夜\r
Author: 中村\r
\r
INT. 教室 - 夜\r
\r
雨が降っている。\r
\r
@中村カイ\r
（小声で）\r
待って。\r
\r
EXT. 屋上－夕方\r
\r
風。\r
"""


@pytest.mark.parametrize(
    "content", [JAPANESE.encode("utf-8-sig"), JAPANESE.encode(), JAPANESE.encode("utf-16")]
)
def test_a_japanese_file_is_read_as_one(content: bytes) -> None:
    play = read_screenplay(decoded(content))
    first, second = play.scenes
    assert play.title == "雨の夜"
    assert (first.place, first.time_of_day, first.side) == ("教室", "夜", "inside")
    assert first.speeches == [Speech("中村カイ", "待って。", "小声で")]
    assert (second.place, second.time_of_day, second.side) == ("屋上", "夕方", "outside")


@pytest.mark.parametrize(
    "content", [b"\xff\x00\x80junk", b"INT. A - DAY\n\n\0", "夜".encode("shift_jis"), b"\xff\xfe\0"]
)
def test_a_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError):
        decoded(content)


def test_notes_and_what_is_cut_out_leave_no_trace() -> None:
    text = "INT. ROOM - DAY\n\nHe sits [[tired]] down.\n\n/* cut\n\nEXT. HILL - DAY\n\n*/\n\n"
    text += "KAI\nHello [[softly]] there.\n"
    (scene,) = read_screenplay(text).scenes
    assert scene.action == ["He sits down."]
    assert scene.speeches == [Speech("Kai", "Hello there.")]


def test_two_who_speak_at_once_both_speak() -> None:
    (scene,) = read_screenplay("INT. ROOM - DAY\n\nBRICK\nNo.\n\nSTEEL ^\nYes.\n").scenes
    assert scene.speeches == [Speech("Brick", "No."), Speech("Steel", "Yes.")]


def test_more_than_a_thousand_scenes_are_refused_soon() -> None:
    scene = "INT. ROOM - DAY\n\nKai waits.\n\n"
    assert len(read_screenplay(scene * 120).scenes) == 120
    for count in (MOST_SCENES + 1, 60_000):
        with pytest.raises(InvalidError, match="too many"):
            read_screenplay(scene * count)
