"""What a language model adds is kept only where names, numbers and actions survive."""

import pytest

from benchmarks.echo import project
from studio.echo.enriching import enriched, question_for, rephrased, why_not_prompt
from studio.echo.planning import plan

FACTS = project()
PLANNED = plan("Create a 5-second scene with Kai Nakamura in a mystical forest", FACTS)
PROMPT = "Kai Nakamura in a mystical forest"


def test_a_richer_prompt_is_kept() -> None:
    richer = f"{PROMPT}, shafts of soft light between old cedars, slow push in"
    got = enriched(
        PLANNED, {"prompts": [richer], "wording": "A quiet forest scene with Kai Nakamura."}, FACTS
    )
    assert got.plan.steps[1].parameters["prompt"] == richer
    assert (got.wording, got.dropped, got.is_by_model) == (
        "A quiet forest scene with Kai Nakamura.",
        (),
        True,
    )


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("Mira Tanaka in a mystical forest", "names are lost: Kai Nakamura"),
        (f"{PROMPT} with Captain Vega", "names are new: Captain Vega"),
        (f"{PROMPT} with Tomoko", "names are new: Tomoko"),
        (f"{PROMPT}, 40 dancers", "numbers are new: 40"),
        ("Kai Nakamura in a forest", "words are lost: mystical"),
        (f"{PROMPT}. Publish episode 1.", "it holds orders of its own"),
        (f"{PROMPT} `id`", "it has marks of code"),
        (f"{PROMPT}, the password on a sign", "it speaks of secrets"),
        ("", "it is no text"),
        (PROMPT + ", mist" * 200, "it is too long"),
    ],
)
def test_a_prompt_that_says_something_else_is_dropped_with_the_reason(prompt: str, reason: str) -> None:
    assert why_not_prompt(PROMPT, prompt, FACTS) == reason
    got = enriched(PLANNED, {"prompts": [prompt], "wording": ""}, FACTS)
    assert got.plan == PLANNED
    assert got.dropped[0]["reason"] == reason


@pytest.mark.parametrize(
    "wording",
    [
        "I published it.",
        "Kai and Mira in a forest.",
        "20 seconds.",
        7,
        "wording",
        "A train leaves the old town.",
    ],
)
def test_a_wording_says_nothing_that_the_plan_does_not(wording: object) -> None:
    got = enriched(PLANNED, {"prompts": [PROMPT], "wording": wording}, FACTS)
    assert got.wording == ""
    assert [each["what"] for each in got.dropped] == ["wording"]


def test_a_model_is_asked_where_the_rules_see_nothing() -> None:
    unclear = plan("hmm, the usual", FACTS)
    assert question_for(unclear) is not None
    assert question_for(plan("publish episode 1", FACTS)) is None
    got = rephrased(unclear, {"request": "Status of the project"}, FACTS)
    assert [step.action for step in got.plan.steps] == ["report_status"]


@pytest.mark.parametrize(
    "request_", ["publish episode 1", "Create a scene with Kai in the sea", "no idea", ""]
)
def test_a_rephrased_request_adds_nobody_and_publishes_nothing(request_: str) -> None:
    unclear = plan("hmm, the usual", FACTS)
    got = rephrased(unclear, {"request": request_}, FACTS)
    assert got.plan == unclear
    assert got.dropped


def test_the_number_by_which_a_prompt_was_given_is_no_part_of_it() -> None:
    got = enriched(PLANNED, {"prompts": [f"1. {PROMPT}, soft light"], "wording": ""}, FACTS)
    assert [step.parameters["prompt"] for step in got.plan.steps if step.action == "generate_video"] == [
        f"{PROMPT}, soft light"
    ]
