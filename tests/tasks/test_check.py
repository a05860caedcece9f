"""A request held against the bible, the story and the culture of its project, before anything is rendered."""

from pathlib import Path
from typing import Any

import pytest

from db.models.culture import CulturalElement
from db.models.project import Branch
from db.models.story import StorylineContext, StoryTimeline
from db.queries import bibles, characters, generations, projects, scenes
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import ConsistencyError
from tasks.carrying import carried
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tests.fakes.generations import new_branch, new_generation

LOOKS = "A girl of sixteen with long silver hair and blue eyes, a scar on her chin. Wears a red coat."
pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def branch(connected: Path) -> Branch:
    """A project whose bible knows Mira Tanaka, called Ghost."""
    with transaction() as session:
        made = new_branch(session)
        details = {"aliases": ["Ghost"], "weapon": "a katana"}
        characters.create(session, made, {"name": "Mira Tanaka", "details": details})
        characters.create(session, made, {"name": "Ren"})
        bibles.add(session, made, {"title": "B"})
        bibles.add_character(session, made, {"name": "Mira Tanaka", "visual_description": LOOKS})
        return made


def checked(branch: Branch, prompt: str, **asked: Any) -> dict[str, Any]:
    """What the check stage gives, in a run as a flow carries it."""
    with transaction() as session:
        run = Run(new_generation(session, branch, prompt=prompt, style="", **asked).id, 1)
    with carried(run):
        plan_scene.fn(run)
        result: dict[str, Any] = check_consistency.fn(run)
    with transaction() as session:
        assert generations.view(session, run.generation_id)["findings"] == result["findings"]
    return result


def refused(branch: Branch, prompt: str, **asked: Any) -> list[dict[str, Any]]:
    """The findings of a generation that the check fails, as they are shown with it."""
    with pytest.raises(ConsistencyError):
        checked(branch, prompt, **asked)
    with transaction() as session:
        (listed,) = generations.page(session, project_id=branch.project_id, status=None, limit=1, after=None)
    assert (listed["status"], listed["error"]["code"]) == ("failed", "CONSISTENCY_CONFLICT")
    return [one for one in listed["error"]["details"]["findings"] if one["weight"] == "contradiction"]


def weighed(result: dict[str, Any], weight: str) -> list[tuple[str, str]]:
    return [(one["character"], one["slot"]) for one in result["findings"] if one["weight"] == weight]


def scene(branch: Branch, description: str = "", names: tuple[str, ...] = (), **values: Any) -> int:
    with transaction() as session:
        given = {"scene_number": 5, "description": description, **values}
        made = scenes.create(session, branch, given, names)
        assert made.scene.id is not None
        return made.scene.id


def story(branch: Branch, subject: str, number: int, state: str, timeline: str = "main") -> None:
    with transaction() as session:
        line = StoryTimeline(project_id=branch.project_id, name=timeline, position=1)
        session.add(line)
        session.flush()
        assert line.id is not None
        session.add(
            StorylineContext(timeline_id=line.id, from_scene_number=number, subject=subject, state=state)
        )


def warns(branch: Branch) -> None:
    with transaction() as session:
        projects.change(session, projects.production(session, branch.project_id), {"consistency": "warn"})


@pytest.mark.parametrize("called", ["Mira Tanaka's", "Mira's", "Tanaka's", "Ghost's"])
def test_a_contradiction_fails_the_generation_however_the_character_is_called(
    branch: Branch, called: str
) -> None:
    prompt = f"rain falls on {called} black hair"
    (found,) = refused(branch, prompt)
    assert (found["character"], found["slot"], found["text"]) == ("Mira Tanaka", "hair_colour", "prompt")
    assert prompt[found["start"] : found["end"]] == found["quote"]
    assert "black" in found["quote"]
    assert "silver" in found["stated"]
    assert found["source"].startswith("bible_characters/")
    assert found["source"].endswith(" v1")


def test_what_a_sheet_says_key_by_key_counts(branch: Branch) -> None:
    with transaction() as session:
        (ren,) = characters.page(session, branch, limit=1, after=0, name="Ren")
        characters.change(session, ren, {"details": {"eye_colour": "green"}})
    (found,) = refused(branch, "Ren with brown eyes")
    assert found["source"] == f"characters/{ren.id} v2"


def test_a_project_that_only_warns_goes_on_and_fills_nothing_that_was_contradicted(branch: Branch) -> None:
    warns(branch)
    result = checked(branch, "Mira with short black hair, in a red coat")
    assert ("Mira Tanaka", "hair_colour") in weighed(result, "warning")
    assert ("Mira Tanaka", "hair_length") in weighed(result, "warning")
    assert "silver" not in result["prompt"]
    assert "long" not in result["prompt"]
    assert "blue eyes" in result["prompt"]


def test_what_the_prompt_leaves_unsaid_is_filled_in_once(branch: Branch) -> None:
    result = checked(branch, "Mira Tanaka with blue eyes")
    said = result["prompt"]
    for words in ("blue eyes", "silver", "long", "red coat", "katana", "scar on her chin"):
        assert said.count(words) == 1, (words, said)
    assert ("Mira Tanaka", "hair_colour") in weighed(result, "missing")


def test_a_prompt_that_says_nothing_gets_the_description_as_it_is_written(branch: Branch) -> None:
    result = checked(branch, "Mira Tanaka at the pier")
    assert result["prompt"] == f"Mira Tanaka at the pier. Mira Tanaka: {LOOKS} katana"


def test_a_scene_lets_its_prompt_depart_from_the_bible(branch: Branch) -> None:
    at = scene(branch, "Mira wears a wig of black hair in the theatre", ("Mira Tanaka",))
    result = checked(branch, "Mira with black hair on a stage", scene_id=at)
    assert ("Mira Tanaka", "hair_colour") in weighed(result, "overridden")
    assert "silver" not in result["prompt"]


def test_a_scene_itself_can_contradict_the_bible(branch: Branch) -> None:
    at = scene(branch, "Mira, whose eyes are green, waits", ("Mira Tanaka",))
    (found,) = refused(branch, "a quiet pier", scene_id=at)
    assert (found["text"], found["slot"], found["quote"]) == ("scene", "eye_colour", "eyes are green")
    assert found["message"].startswith("the scene says")


@pytest.mark.parametrize(("prompt", "cast"), [("Ren walks along the pier", ()), ("an empty pier", ("Ren",))])
def test_the_dead_are_in_no_scene_after_their_death(
    branch: Branch, prompt: str, cast: tuple[str, ...]
) -> None:
    story(branch, "Ren", 4, "dead")
    (found,) = refused(branch, prompt, scene_id=scene(branch, "", cast))
    assert (found["character"], found["slot"], found["stated"]) == ("Ren", "story", "dead from scene 4 on")
    assert found["source"].startswith("storyline_context/")


@pytest.mark.parametrize(
    ("prompt", "description", "number"),
    [
        ("Ren walks along the pier", "", 3),
        ("Mira at Ren's grave", "", 5),
        ("Ren walks along the pier", "a flashback", 5),
        ("Flashback: Ren walks along the pier", "", 5),
    ],
)
def test_the_dead_are_there_before_and_remembered_after(
    branch: Branch, prompt: str, description: str, number: int
) -> None:
    story(branch, "Ren", 4, "dead")
    checked(branch, prompt, scene_id=scene(branch, description, scene_number=number))


def test_a_scene_is_held_against_the_timeline_that_it_names(branch: Branch) -> None:
    story(branch, "Ren", 4, "dead", "main")
    story(branch, "Ren", 4, "unknown", "another world")
    elsewhere = scene(branch, details={"timeline": "another world"})
    assert weighed(checked(branch, "Ren walks", scene_id=elsewhere), "contradiction") == []
    nowhere = scene(branch, scene_number=6, details={"timeline": "lost"})
    found = checked(branch, "Ren walks", scene_id=nowhere)["findings"]
    assert ("not judged", True) in [(one["weight"], "'lost'" in one["message"]) for one in found]


def test_what_a_culture_avoids_is_a_warning(branch: Branch) -> None:
    with transaction() as session:
        tea = CulturalElement(project_id=branch.project_id, name="Tea", prefer=["chawan"], avoid=["mug"])
        session.add(tea)
        session.flush()
        source = f"cultural_elements/{tea.id}"
    (found,) = checked(branch, "a mug on a low table")["findings"]
    assert (found["weight"], found["slot"], found["quote"]) == ("warning", "culture", "mug")
    assert (found["source"], found["stated"]) == (source, "chawan")
