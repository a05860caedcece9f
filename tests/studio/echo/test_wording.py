"""What the director says: in the names that people use, what is left undone, and what is not waited for."""

import pytest

from benchmarks.echo import answered, project
from studio.echo.plans import Plan
from studio.echo.wording import respond

FACTS = project()
CLIP = "a 5 second clip of Kai in a bamboo grove"


@pytest.mark.parametrize(
    ("turns", "request_", "said"),
    [
        ((), "redo scene 3, 8 seconds", "I'll make scene 3 (The forest shrine) anew, 8 seconds long."),
        ((), "trailer of episode 2 with festival.ogg", "episode 2 (Moonlit Road), to festival.ogg."),
        ((), "two clips of Hana waving", "two 5-second anime scenes (Hana waving)"),
        ((), "a clip of Hana waving and publish it", "publish the new clip. Nothing of it is done before"),
        ((), "publish episode 1 unless its score is under 80", "I cannot make a step wait for a condition"),
        ((CLIP,), "don't publish it yet", "As you say (don't publish it yet), I leave that undone."),
        ((CLIP,), "never mind", "Then I leave it as it is."),
        (
            ("trailer of episode 1 with battle_theme.wav",),
            "use the other track",
            "Which track? There are rain",
        ),
    ],
)
def test_the_answer_says(turns: tuple[str, ...], request_: str, said: str) -> None:
    assert said in respond(answered({"turns": turns, "query": request_}, FACTS))


def _after(*turns: str) -> Plan:
    return answered({"turns": turns[:-1], "query": turns[-1]}, FACTS)


def test_a_long_conversation_is_followed_to_its_end() -> None:
    talk = [
        CLIP,
        "again, but at night and in the rain",
        "make it longer",
        "who is in it?",
        "why did it fail?",
        "redo it, darker",
        "make a trailer of it and publish",
        "use the festival track",
        "no, the first one",
        "never mind",
    ]
    plans = [_after(*talk[: number + 1]) for number in range(len(talk))]
    assert all(not each.questions and not each.refusals for each in plans)
    assert (
        next(step.parameters for step in plans[2].steps if step.action == "generate_video")["duration"] == 10
    )
    assert [each.steps[0].parameters for each in plans[3:6]] == [
        {"generation_id": "gen_3"},
        {"generation_id": "gen_3"},
        {"generation_id": "gen_3", "change": "darker"},
    ]
    assert [step.action for step in plans[6].steps] == ["make_trailer", "publish"]
    assert plans[7].steps[0].parameters["audio_path"] == "/media/festival.ogg"
    assert not plans[9].steps


def test_a_trailer_cut_anew_is_of_what_was_made_and_not_of_a_step() -> None:
    planned = _after("a clip of Hana waving, and make a trailer of it", "make it shorter")
    assert [(step.action, step.parameters) for step in planned.steps] == [
        ("make_trailer", {"generation_ids": ["gen_1"], "duration": 15})
    ]
