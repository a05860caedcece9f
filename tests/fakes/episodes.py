"""An episode of small scenes, written straight into the database."""

from dataclasses import dataclass
from typing import Any

from db.models.project import Branch, ProjectSettings, Scene
from db.models.story import Episode
from db.queries import branches, episode_renders, generations, ownership, preferences, working
from db.queries.generations import Asked
from db.queries.ownership import Run
from db.session import transaction
from tasks.check import check_consistency
from tasks.plan import plan_scene
from tasks.render import render_take
from tasks.scene_orders import orders_of
from tasks.terms import Said, Usual
from tests.fakes.generations import new_branch


@dataclass(frozen=True)
class Told:
    """A branch with an episode, and its scenes' ids in order."""

    branch: Branch
    episode_id: int
    scenes: tuple[int, ...]


def new_episode(*metadata: dict[str, Any]) -> Told:
    """An episode of a scene for each of `metadata`, of a second at 128x72."""
    with transaction() as session:
        branch = new_branch(session)
        settings = session.get_one(ProjectSettings, branch.project_id)
        settings.width, settings.height = 128, 72
        at = {"branch_id": branches.id_of(branch), "project_id": branch.project_id}
        scenes = []
        for number, said in enumerate(metadata, 1):
            scene = Scene(scene_number=number, description=f"a forest, {number}", **at)
            scene.details = {"duration": 1, **said}
            session.add(scene)
            session.flush()
            scenes.append(scene.id or 0)
        episode = Episode(episode_number=1, title="The Beginning", scene_ids=scenes, **at)
        session.add(episode)
        session.flush()
        return Told(branch, episode.id or 0, tuple(scenes))


def accepted(told: Told, **request: object) -> Run:
    """A render of the episode, and its first attempt."""
    with transaction() as session:
        episode = session.get_one(Episode, (told.branch.id, told.episode_id))
        return Run(episode_renders.accept(session, episode, {"quality": "draft", **request}).id, 1)


def settle(generation_id: str, status: str, **values: object) -> None:
    """A generation ends so, whoever carries it."""
    with transaction() as session:
        job = generations.get(session, generation_id)
        ownership.settle(session, Run(job.id, job.attempt), status, **values)


def clip_of(told: Told, status: str = "completed", **asked: object) -> str:
    """A clip of the first scene, asked for and rendered as its episode would, on the renderer of the test."""
    (order,) = orders_of(told.branch, told.scenes[0], [asked], "draft")
    return _made(order, status)


def clip_in_own_words(told: Told, status: str = "completed", **asked: object) -> str:
    """A clip that a person asks for, of the first scene, with a prompt and terms of their own."""
    said = Said.of({"quality": "draft", "duration": 1, "scene_id": told.scenes[0], **asked})
    with transaction() as session:
        usual = Usual(working.production(session, told.branch))
        order = usual.asked(told.branch, said, preferences.template(session, usual.style(said)))
    return _made(order, status)


def _made(order: Asked, status: str) -> str:
    with transaction() as session:
        run = Run(generations.create(session, order).id, 1)
    for stage in (plan_scene, check_consistency, render_take):
        stage.fn(run)
    settle(run.generation_id, status, chosen_take=1)
    return run.generation_id
