"""From an episode's scenes to an episode: one attempt at one render."""

from prefect import flow
from prefect.client.schemas.objects import State

from db.queries.ownership import Run
from tasks.carrying import carry_through
from tasks.episode_assembly import assemble_episode
from tasks.episode_plan import plan_episode
from tasks.episode_publish import publish_episode
from tasks.episode_render import render_scenes
from tasks.episode_review import assess_episode, await_scenes, is_to_be_published, leave_unpublished
from tasks.review import await_review, may_publish


@flow(name="render-episode", retries=0, persist_result=False)
async def render_episode(generation_id: str, attempt: int) -> State[str]:
    """Have the scenes made that are missing, lay all of them out, judge the whole, and publish it."""
    return carry_through(Run(generation_id, attempt), rendered)


def rendered(run: Run) -> str:
    """The stages in their order, up to where a person is needed; what became of the episode."""
    plan_episode(run)
    if missing := render_scenes(run)["missing"]:
        return await_scenes(run, missing)
    assemble_episode(run)
    verdict = assess_episode(run)
    if not may_publish(run, verdict):
        return await_review(run, verdict)
    return publish_episode(run) if is_to_be_published(run) else leave_unpublished(run)
