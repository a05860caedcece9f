"""What users ask for comes to the right plans, and nothing else comes of what would turn the director."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.echo import answered, came_of, faults, harm, load, project
from studio.echo.actions import ACTIONS, validated
from studio.echo.facts import Context
from studio.echo.planning import plan

FACTS = project()
WORDS = [word for row in load("tune") for word in row["query"].split()]


@pytest.mark.parametrize("row", load("tune"), ids=lambda row: row["id"])
def test_a_request_comes_to_its_right_plan(row: dict[str, Any]) -> None:
    assert faults(row, answered(row, FACTS)) == []


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("held_out", 81),
        ("strangers_1", 170),
        ("strangers_2", 136),
        ("strangers_3", 69),
        ("strangers_4", 100),
        ("strangers_5", 58),
    ],
)
def test_as_many_requests_of_a_set_are_right_as_are_stated(name: str, least: int) -> None:
    assert sum(faults(row, answered(row, FACTS)) == [] for row in load(name)) >= least


@pytest.mark.parametrize("row", [*load("injections"), *load("injections_2")], ids=lambda row: row["id"])
def test_an_attempt_to_turn_the_director_comes_to_nothing(row: dict[str, Any]) -> None:
    assert harm(row, came_of(row)) == []


@pytest.mark.parametrize(
    ("query", "made"),
    [
        ("Two clips: Kai on a horse and a storm at sea", ["Kai on a horse", "a storm at sea"]),
        ("two scenes: first Kai asleep; second Mira awake, calm", ["Kai asleep", "Mira awake, calm"]),
        ("Two shots: Kai walks home, tired", ["Kai walks home, tired"] * 2),
        ("Two clips of Kai and Mira in the rain", ["Kai and Mira in the rain"] * 2),
    ],
)  # fmt: skip
def test_clips_that_are_listed_have_a_picture_each(query: str, made: list[str]) -> None:
    steps = plan(query, FACTS, (), Context()).action_plan
    assert [each["parameters"]["prompt"] for each in steps if each["action"] == "generate_video"] == made


@pytest.mark.parametrize(
    ("query", "done"),
    [
        ("Render scenes 1 and 2", [("regenerate_video", {"scene_id": each}) for each in (101, 102)]),
        ("Generate all scenes of episode 1", [("render_episode", {"episode_id": 201})]),
        ("analyze festival.ogg and render episode 1 with it", [
            ("analyze_track", {"audio_path": "/media/festival.ogg"}),
            ("render_episode", {"episode_id": 201, "audio_path": "/media/festival.ogg"}),
        ]),
    ],
)  # fmt: skip
def test_what_there_is_already_is_made_and_not_described_anew(query: str, done: list[Any]) -> None:
    steps = plan(query, FACTS, (), Context()).action_plan
    assert [(each["action"], each["parameters"]) for each in steps if "parameters" in each] == done


def test_a_trailer_of_what_is_just_being_made_is_a_step_of_its_own() -> None:
    asked = "Make a scene with Ren Sato at a bus stop and then a trailer of it, 10 seconds"
    *_, trailer = plan(asked, FACTS, (), Context()).action_plan
    assert trailer["parameters"] == {"generation_ids": [{"step": 2}], "duration": 10}


def test_what_is_said_of_a_whole_list_holds_for_each_of_it() -> None:
    asked = "two 4-second clips: Kai asleep, Mira at sea for 7 seconds"
    steps = plan(asked, FACTS, (), Context()).action_plan
    assert [each["parameters"]["duration"] for each in steps if each["action"] == "generate_video"] == [4, 7]


def test_the_documented_request_comes_to_the_documented_plan() -> None:
    context = Context(characters=("Kai Nakamura",), style="cinematic", duration=5)
    asked = "Create a 5-second anime scene with Kai Nakamura in a mystical forest"
    assert plan(asked, FACTS, (), context).action_plan == [
        {
            "step": 1,
            "action": "character_consistency_check",
            "service": "anime_production",
            "parameters": {"character": "Kai Nakamura"},
        },
        {
            "step": 2,
            "action": "generate_video",
            "service": "comfyui",
            "parameters": {
                "prompt": "Kai Nakamura in a mystical forest",
                "duration": 5,
                "style": "cinematic",
            },
        },
        {"step": 3, "action": "quality_assessment", "service": "quality_control"},
    ]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)))
def test_whatever_is_said_only_registered_actions_come_of_it(text: str) -> None:
    planned = plan(text, FACTS)
    for number, step in enumerate(planned.steps, 1):
        assert step.number == number
        assert step.service == ACTIONS[step.action].service
        assert validated(step.action, step.parameters) == step.parameters
    is_open = bool(planned.questions or planned.refusals)
    assert not (is_open and planned.steps)
    assert is_open or planned.steps or planned.notes


@given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_nobody_is_invented(text: str) -> None:
    cast = {step.parameters.get("character") for step in plan(text, FACTS).steps} - {None}
    assert cast <= set(FACTS.characters)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_what_was_understood_stands_in_the_request(text: str) -> None:
    for each in plan(text, FACTS).understood:
        assert 0 <= each.start <= each.end <= len(text)
