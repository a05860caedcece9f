"""A scene's clip is fresh exactly as long as it would be made of the same now."""

import pytest

from db.clock import NOW
from db.models.production import Asset
from db.models.project import Character, ProjectSettings, Scene, SceneCharacter
from db.queries import branches, generations, takes
from db.session import transaction
from tasks.freshness import Standing, standing_of
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.episodes import Told, clip_in_own_words, clip_of, new_episode

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def told(fake: FakeComfyUI) -> Told:
    return new_episode({})


def now(told: Told, quality: str | None = "draft", **looked: str) -> Standing:
    return standing_of(told.branch, told.scenes[0], quality, **looked)


def change(told: Told, **values: object) -> None:
    with transaction() as session:
        scene = session.get_one(Scene, (told.branch.id, told.scenes[0]))
        for name, value in values.items():
            setattr(scene, name, value)


def test_a_scene_without_a_clip_has_none(told: Told) -> None:
    standing = now(told)
    assert (standing.generation_id, standing.asked.prompt, standing.asked.duration_s) == (
        None,
        "a forest, 1",
        1.0,
    )


def test_a_clip_is_fresh_until_its_scene_changes_and_again_when_it_is_as_it_was(told: Told) -> None:
    clip = clip_of(told)
    assert (now(told).generation_id, now(told).take, now(told).state) == (clip, 1, "completed")
    change(told, description="a harbour")
    assert now(told).generation_id is None
    change(told, description="a forest, 1")
    assert now(told).generation_id == clip
    change(told, details={"duration": 2})
    assert now(told).generation_id is None


def test_a_clip_is_stale_under_another_workflow_and_in_another_quality_only_where_that_is_seen(
    told: Told,
) -> None:
    clip = clip_of(told)
    assert now(told, None).generation_id == clip
    assert now(told, "high").generation_id == clip  # so small a picture has no smaller draft
    change(told, details={"duration": 1, "workflow": "another"})
    assert now(told).generation_id is None


def test_a_clip_is_stale_when_somebody_comes_into_its_scene(told: Told) -> None:
    clip_of(told)
    at = {"branch_id": branches.id_of(told.branch)}
    with transaction() as session:
        character = Character(name="Kai", description="red hair", project_id=told.branch.project_id, **at)
        session.add(character)
        session.flush()
        member = {"scene_id": told.scenes[0], "name": "Kai", "position": 0}
        session.add(SceneCharacter(character_id=character.id, **member, **at))
    standing = now(told)
    assert (standing.generation_id, standing.asked.characters) == (None, ("Kai",))


def test_terms_of_the_last_clip_hold_for_the_next_one_where_the_scene_is_silent(told: Told) -> None:
    clip = clip_of(told, duration=3, seed=11, title="Night", prompt="something else")
    standing = now(told)
    assert standing.generation_id == clip
    asked = standing.asked
    assert (asked.seed, asked.title, asked.duration_s, asked.prompt) == (11, "Night", 1.0, "a forest, 1")


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_came_to_nothing_is_not_fresh(told: Told, status: str) -> None:
    clip_of(told, status)
    assert now(told).generation_id is None


def test_a_clip_that_waits_for_a_person_is_not_made_again(told: Told) -> None:
    clip = clip_of(told, "needs_review")
    assert (now(told).generation_id, now(told).state) == (clip, "needs_review")


def test_where_all_is_to_be_made_anew_only_what_that_job_had_made_counts(told: Told) -> None:
    clip = clip_of(told)
    with transaction() as session:
        parent = generations.create(session, now(told).asked)
        parent.status = "failed"
    assert now(told, parent_id=parent.id).generation_id is None
    with transaction() as session:
        generations.get(session, clip).parent_id = parent.id
    assert now(told, parent_id=parent.id).generation_id == clip


OWN = {"prompt": "a clearing after rain, seen from above"}


def test_a_clip_in_words_of_its_own_stands_for_its_scene_until_that_says_something_else(told: Told) -> None:
    described = clip_of(told)
    own = clip_in_own_words(told, **OWN)
    assert (now(told, None).generation_id, now(told).take, now(told).state) == (own, 1, "completed")
    change(told, details={"duration": 1, "title": "The Clearing"})
    assert now(told).generation_id == own
    change(told, details={"duration": 1, "style": "ink"})
    assert now(told).generation_id is None
    change(told, details={"duration": 1}, description="a harbour")
    assert now(told).generation_id is None
    change(told, description="a forest, 1")
    assert now(told).generation_id == own != described


def test_a_clip_in_words_of_its_own_is_stale_when_somebody_in_it_changes(told: Told) -> None:
    at = {"branch_id": branches.id_of(told.branch), "project_id": told.branch.project_id}
    with transaction() as session:
        character = Character(name="Kai", description="red hair", **at)
        session.add(character)
        session.flush()
    own = clip_in_own_words(told, prompt="Kai in a clearing", characters=["Kai"])
    assert now(told).generation_id == own
    with transaction() as session:
        session.get_one(Character, (at["branch_id"], character.id)).description = "white hair"
    assert now(told).generation_id is None


@pytest.mark.parametrize(("said", "is_fresh"), [({}, False), ({"style": "anime"}, True)])
def test_a_style_that_a_person_chose_outlives_a_change_of_the_usual_one(
    told: Told, said: dict[str, str], is_fresh: bool
) -> None:
    own = clip_in_own_words(told, **OWN, **said)
    with transaction() as session:
        session.get_one(ProjectSettings, told.branch.project_id).default_style = "woodcut"
    assert now(told).generation_id == (own if is_fresh else None)


@pytest.mark.parametrize("status", ["needs_review", "failed"])
def test_a_clip_in_words_of_its_own_counts_once_it_is_accepted(told: Told, status: str) -> None:
    described = clip_of(told)
    clip_in_own_words(told, status, **OWN)
    assert now(told).generation_id == described


def test_the_clip_that_a_person_meant_last_is_used_and_one_that_waits_comes_behind(told: Told) -> None:
    first, second = clip_in_own_words(told, **OWN), clip_of(told)
    assert now(told).generation_id == second
    with transaction() as session:
        generations.get(session, first).approved_at = NOW
    assert now(told).generation_id == first
    with transaction() as session:
        generations.get(session, second).approved_at = NOW
        generations.get(session, second).status = "needs_review"
    assert now(told).generation_id == first


def test_a_clip_whose_file_was_taken_away_is_not_fresh(told: Told) -> None:
    clip = clip_of(told)
    with transaction() as session:
        file = session.get_one(Asset, takes.get(session, clip, 1).video_sha256)
        file.removed_at, file.removed_why = NOW, "rejected"
    assert now(told).generation_id is None
