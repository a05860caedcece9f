"""What people say around an order, and how they touch up what was made."""

from typing import Any

import pytest

from benchmarks.echo import LEFT_OUT, answered, project

FACTS = project()


def done(*said: str) -> list[tuple[str, dict[str, Any]]]:
    *turns, query = said
    steps = answered({"turns": turns, "query": query}, FACTS).steps
    return [(step.action, dict(step.parameters)) for step in steps if step.action not in LEFT_OUT]


@pytest.mark.parametrize(
    ("touch", "seen"),
    [
        ("warmer", "warmer"),
        ("hold the last pose longer", "hold the last pose longer"),
        ("push the colours towards teal", "push the colours towards teal"),
        ("give it some grain", "some grain"),
        ("it must rain also", "rain"),
        ("make instead at evening", "at evening"),
        ("no hat", "no hat"),
    ],
)
def test_a_touch_goes_on_with_the_picture_before(touch: str, seen: str) -> None:
    [(action, parameters)] = done("A clip of Hana in the orchard", touch)
    assert (action, parameters["prompt"]) == ("generate_video", f"Hana in the orchard, {seen}")
    assert parameters["duration"] == 5


def test_somebody_else_takes_the_place_of_the_one_who_is_denied() -> None:
    [(_, parameters)] = done("Kai reads a letter on the stairs", "not Kai, Ren Sato")
    assert parameters["prompt"] == "Ren Sato reads a letter on the stairs"


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("scene 3: more fog", [("regenerate_video", {"scene_id": 103, "change": "more fog"})]),
        ("redo 5 and 6", [("regenerate_video", {"scene_id": 105}), ("regenerate_video", {"scene_id": 106})]),
        ("redo 5 more times", []),
        (
            "My sister says scene 4 is too slow, could you redo it at 4 seconds?",
            [("regenerate_video", {"scene_id": 104, "duration": 4})],
        ),
        (
            "the hair of Mira must become shorter",
            [("update_character", {"character": "Mira Tanaka", "change": "hair: shorter"})],
        ),
        ("Evening! Is episode 2 done yet?", [("report_status", {"episode_id": 202})]),
        (
            "analyse all three tracks",
            [("analyze_track", {"audio_path": each}) for each in FACTS.tracks],
        ),
        (
            "trailer of scenes 1 4 and 6",
            [("make_trailer", {"scene_ids": [101, 104, 106]})],
        ),
    ],
)
def test_orders_are_found_in_what_is_said_around_them(
    said: str, steps: list[tuple[str, dict[str, Any]]]
) -> None:
    assert done(said) == steps


@pytest.mark.parametrize(
    ("said", "prompt", "track"),
    [
        ("a clip cut to the beat of battle_theme.wav: Kai sprinting", "Kai sprinting", "battle_theme.wav"),
        ("a music video for rain_piano.mp3 with Mira by the sea", "Mira by the sea", "rain_piano.mp3"),
        (
            "a clip that follows the rhythm of the festival track, where Hana drums",
            "Hana drums",
            "festival.ogg",
        ),
    ],
)
def test_a_picture_cut_to_a_track_is_no_analysis(said: str, prompt: str, track: str) -> None:
    [(action, parameters)] = done(said)
    assert (action, parameters["prompt"]) == ("generate_video", prompt)
    assert parameters["audio_path"] == f"/media/{track}"


def test_a_picture_under_the_heading_of_a_scene_belongs_to_it() -> None:
    [(_, parameters)] = done("Scene 5: Kai draws his sword, 8 seconds ink noir")
    assert parameters == {
        "prompt": "Kai draws his sword",
        "duration": 8,
        "style": "ink noir",
        "scene_id": 105,
    }


def test_a_take_made_anew_says_that_its_music_stays() -> None:
    plan = answered({"query": "re-render scene 6 with festival.ogg as soundtrack"}, FACTS)
    assert [step.action for step in plan.steps] == ["regenerate_video"]
    assert any("keeps the music" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        (
            "My friends are already here, so please put The Beginning on Jellyfin.",
            [("publish", {"episode_id": 201})],
        ),
        (
            "My viewers ask for more of Moonlit Road, so I'd like a 25 second trailer of that episode.",
            [("make_trailer", {"episode_id": 202, "duration": 25})],
        ),
        (
            "Before I sit down to score anything, what tempo does rain_piano.mp3 have?",
            [("analyze_track", {"audio_path": "/media/rain_piano.mp3"})],
        ),
        (
            "Could you give gen_0002 another go at 9 seconds? Then it would last my whole verse.",
            [("regenerate_video", {"generation_id": "gen_0002", "duration": 9})],
        ),
        (
            "Redo scene 3, it would be nicer with snow",
            [("regenerate_video", {"scene_id": 103, "change": "it would be nicer with snow"})],
        ),
        (
            "Take episode 2 away from Jellyfin, render it again and publish the new version",
            [
                ("unpublish", {"episode_id": 202}),
                ("render_episode", {"episode_id": 202}),
                ("publish", {"generation_id": {"step": 2}}),
            ],
        ),
        ("Please redo the scene Farewel on the rooftop", [("regenerate_video", {"scene_id": 108})]),
    ],
)
def test_why_somebody_asks_is_no_order(said: str, steps: list[tuple[str, dict[str, Any]]]) -> None:
    assert done(said) == steps


@pytest.mark.parametrize(
    "said",
    [
        "While Kai sleeps, show Mira leaving the house",
        "The lantern goes out, so please show Hana lighting a candle",
        "When Mira opens the box, light fills the room",
        "Super slow pan over a beautiful valley",
    ],
)
def test_what_a_picture_tells_stays_in_it(said: str) -> None:
    [(action, parameters)] = done(said)
    assert (action, parameters["prompt"]) == ("generate_video", said)


@pytest.mark.parametrize(
    ("more", "change"),
    [("and freckles too", "freckles"), ("Oh, and her boots should be white.", "boots: white")],
)
def test_a_change_of_somebody_goes_on(more: str, change: str) -> None:
    [(action, parameters)] = done("Change Yuki Sato's coat to navy blue", more)
    assert (action, parameters) == ("update_character", {"character": "Yuki Sato", "change": change})


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        (
            "Regenerate scene 5 with heavier rain and scene 3 with drifting fireflies",
            [
                ("regenerate_video", {"scene_id": 105, "change": "heavier rain"}),
                ("regenerate_video", {"scene_id": 103, "change": "drifting fireflies"}),
            ],
        ),
        (
            "Scene 3 needs bluer shadows, please regenerate it",
            [("regenerate_video", {"scene_id": 103, "change": "bluer shadows"})],
        ),
        (
            "Redesign Captain Vega with a long grey coat",
            [("update_character", {"character": "Captain Vega", "change": "a long grey coat"})],
        ),
        ("the mix is locked. publish scene 3", [("publish", {"scene_id": 103})]),
    ],
)
def test_each_scene_has_its_own_change(said: str, steps: list[tuple[str, dict[str, Any]]]) -> None:
    assert done(said) == steps


def test_what_no_rule_reads_is_asked_back_or_told_beside_what_is_read() -> None:
    alone = answered({"query": "purple elephants quantum"}, FACTS)
    assert [each.missing for each in alone.questions] == ["intent"]
    beside = answered({"query": "purple elephants quantum. publish scene 3"}, FACTS)
    assert [step.action for step in beside.steps] == ["publish"]
    assert any("'purple elephants quantum' for a remark" in note for note in beside.notes)
    about_kai = answered({"query": "blarg Kai scene 4 wobble. publish scene 3"}, FACTS)
    assert not any("for a remark" in note for note in about_kai.notes)


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        (
            "You know what, let's try scene 6 once more but with fewer people in it.",
            [("regenerate_video", {"scene_id": 106, "change": "fewer people in it"})],
        ),
        (
            "We have to show episode 1 tomorrow, please put it on Jellyfin.",
            [("publish", {"episode_id": 201})],
        ),
        (
            "It would be good if Ren Sato had a scar on his chin from now on.",
            [("update_character", {"character": "Ren Sato", "change": "a scar on his chin"})],
        ),
        (
            "mira needs longer hair from now on and hana a red scarf",
            [
                ("update_character", {"character": "Mira Tanaka", "change": "longer hair"}),
                ("update_character", {"character": "Hana", "change": "a red scarf"}),
            ],
        ),
        (
            "new ep out of scenes 2 3 and 4 called night train",
            [
                ("create_episode", {"scene_ids": [102, 103, 104], "title": "night train"}),
                ("render_episode", {"episode_id": {"step": 1}}),
            ],
        ),
    ],
)
def test_people_say_more_than_they_order(said: str, steps: list[tuple[str, dict[str, Any]]]) -> None:
    assert done(said) == steps


def test_a_trailer_follows_a_length_without_a_mark() -> None:
    clip, trailer = done("clip of the robot planting a tree 5 sec then trailer of it 10 sec")
    assert clip[1]["duration"] == 5
    assert trailer == ("make_trailer", {"generation_ids": [{"step": 2}], "duration": 10})


def test_too_much_of_something_is_wished_less() -> None:
    [(_, parameters)] = done("hana on the swing at dusk", "its too bright")
    assert parameters["prompt"] == "hana on the swing at dusk, less bright"


def test_a_name_of_ordinary_words_takes_the_place_of_another() -> None:
    [(_, parameters)] = done("hana on the swing at dusk", "do it with the robot instead")
    assert parameters["prompt"] == "Unit 7 on the swing at dusk"


def test_praise_before_an_order_is_no_part_of_it() -> None:
    steps = done("hana on the swing at dusk", "i like it publish it and make a trailer of episode 1")
    assert [action for action, _ in steps] == ["publish", "make_trailer"]


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        (
            "The second episode has waited for weeks, so let's finally render it!",
            [("render_episode", {"episode_id": 202})],
        ),
        (
            "Would you mind redoing Festival night in the pastel dream style?",
            [("regenerate_video", {"scene_id": 106, "style": "pastel dream"})],
        ),
        (
            "Professor Oda is looking too young, from now on he must have a grey beard.",
            [("update_character", {"character": "Professor Oda", "change": "a grey beard"})],
        ),
        (
            "I had an idea on the bus: let's give Hana freckles, I think it would suit her.",
            [("update_character", {"character": "Hana", "change": "freckles"})],
        ),
        (
            "How many beats per minute does the battle theme have? I need it for my editing.",
            [("analyze_track", {"audio_path": "/media/battle_theme.wav"})],
        ),
        (
            "I don't need gen_0003 anymore, so cancel it.",
            [("cancel_generation", {"generation_id": "gen_0003"})],
        ),
    ],
)
def test_a_reason_names_what_is_meant(said: str, steps: list[tuple[str, dict[str, Any]]]) -> None:
    assert done(said) == steps
