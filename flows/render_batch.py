"""Rendering whatever of a project is not as it would be rendered now: what schedules set going."""

from typing import Literal

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.episode_batch import Batch, begin_batch


@flow(name="render-batch", retries=0, persist_result=False)
async def render_batch(
    project_id: int | None = None,
    branch_name: str = "main",
    only_stale: bool = True,
    quality: Literal["draft", "standard", "high"] | None = None,
    publish: bool = True,
    schedule_id: int | None = None,
) -> State[str]:
    """Begin a render of each episode that needs one; each is then carried by a run of its own.

    Args:
        project_id: Whose episodes; without it, those of every active project.
        branch_name: On which branch.
        only_stale: Leave alone what would come out as it is; else everything is made anew.
        quality: In which quality, where the scenes' own is not meant.
        publish: Whether the episodes go out.
        schedule_id: The schedule behind it, if any.
    """
    batch = Batch(branch_name, only_stale, quality, publish, schedule_id)
    begun = begin_batch(project_id, batch)
    return Completed(message=f"{len(begun)} episodes: {', '.join(begun)}" if begun else "nothing to render")
