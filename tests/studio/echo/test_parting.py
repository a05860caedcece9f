"""Two orders in one breath, the second of which begins as no order does."""

import pytest

from benchmarks.echo import LEFT_OUT, project
from studio.echo.clauses import Clause
from studio.echo.drafting import Draft, begun
from studio.echo.facts import Context
from studio.echo.parting import MOST_MARKS, Takes, own_orders
from studio.echo.planning import plan

FACTS = project()


def steps(text: str) -> list[str]:
    return [step.action for step in plan(text, FACTS).steps if step.action not in LEFT_OUT]


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("Publish scene 4. Kai runs along the river at dawn", ["publish", "generate_video"]),
        (
            "how is the project coming along? Hana and Ren Sato argue on deck",
            ["report_status", "generate_video"],
        ),
        ("how far is scene 8 and a minute of clouds over the valley", ["report_status", "generate_video"]),
        ("give Mira a scar. Ren Sato stands in the rain, 6 seconds", ["update_character", "generate_video"]),
        ("give Mira a scar over her left eye. It is small", ["update_character"]),
        (
            "Redo scene 3 darker. Hana walks through the market, 8 seconds",
            ["regenerate_video", "generate_video"],
        ),
        ("Redo scene 3 darker. Hana stays on the left", ["regenerate_video"]),
        ("a one minute trailer of episode 2. Mira is left-handed now", ["make_trailer", "update_character"]),
        ("a trailer of episode 2. Mira laughing at the start", ["make_trailer"]),
        ("redo scene 2, and afterwards a clip of Hana with a kite", ["regenerate_video", "generate_video"]),
        ("a clip of Kai at the helm. Scene 6 once more, from above", ["generate_video", "regenerate_video"]),
        ("a clip of Kai at the helm. He turns. The sea is calm", ["generate_video"]),
        ("publish scene 5; scene 8 off Jellyfin please", ["publish", "unpublish"]),
        ("publish scene 5, scene 8 and episode 1", ["publish"] * 3),
        ("why did gen_0002 fail, run a beat analysis on festival.ogg", ["report_status", "analyze_track"]),
        ("render episode 2, trailer of episode 1", ["render_episode", "make_trailer"]),
        ("please approve and publish gen_0002", ["publish"]),
        (
            "a clip of Kai and Mira at the fair and from now on Mira wears her hair short",
            ["generate_video", "update_character"],
        ),
        ("Kai's coat should be green and Hana should be older", ["update_character"] * 2),
    ],
)
def test_what_follows_an_order_is_an_order_of_its_own_or_goes_on_with_it(said: str, done: list[str]) -> None:
    assert steps(said) == done


@pytest.mark.parametrize(
    ("said", "lengths"),
    [
        ("Create Kai meditating in snow (6s) and Mira dancing (4s)", [6, 4]),
        ("Kai at the market 5s, Mira asleep on the train 4s, Hana painting 6s", [5, 4, 6]),
        ("Kai waits for 3 seconds and Mira comes", [3]),
    ],
)
def test_pictures_that_each_have_a_length_are_clips_of_their_own(said: str, lengths: list[int]) -> None:
    clips = [step.parameters for step in plan(said, FACTS).steps if step.action == "generate_video"]
    assert [clip["duration"] for clip in clips] == lengths
    assert not any("(" in clip["prompt"] for clip in clips)


def test_of_many_commas_a_few_are_looked_at() -> None:
    asked: list[Clause] = []

    def takes(_: Draft, clause: Clause) -> Takes:
        asked.append(clause)
        return Takes.PICTURE

    text = "a wall, " * 10 * MOST_MARKS
    draft = begun(text, FACTS, Context(), ())
    assert [each.text for each in own_orders(draft, Clause(text, text, 0), takes)] == [text]
    assert len(asked) == 1
