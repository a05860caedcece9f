"""Whether a scene has a clip that is still made of what would go into it now."""

import logging
from dataclasses import dataclass

from db.models.production import GenerationRequest, ProductionJob, Take
from db.models.project import Branch
from db.queries import branches, decisions, episode_renders, takes, workflows
from db.queries.episode_renders import Made
from db.queries.generations import Asked, request_of
from db.session import transaction
from studio.errors import StudioError, UnavailableError
from studio.shipped import ANIMATIC
from tasks.check import checked
from tasks.choosing import choose_workflow
from tasks.ingredients import Ingredients, gathered, inputs_hash
from tasks.plan import planned
from tasks.scene_orders import once_more, orders_of

log = logging.getLogger(__name__)

COMPARED = (
    *("prompt", "negative_prompt", "duration_s", "style", "quality", "characters", "seed"),
    *("workflow", "width", "height", "fps_num", "fps_den", "parameters"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A scene's clip: one that is fresh, or none, and what is asked for then.

    `state` is that of the generation: a fresh clip may be under way, or wait for a person's eye.
    """

    asked: Asked
    generation_id: str | None = None
    take: int | None = None
    state: str | None = None


def standing_of(at: Branch, scene_id: int, quality: str | None, *, parent_id: str | None = None) -> Standing:
    """Where a scene stands; with `parent_id` only what that job has had made is looked at.

    Raises:
        NotFoundError: the branch does not have the scene.
        InvalidError: the scene is not described so that it can be made.
    """
    with transaction() as session:
        known = episode_renders.clips_of(session, at, scene_id)
    orders = orders_of(at, scene_id, [made.asked.body for made in known] or [{}], quality)
    for made, asked in sorted(zip(known, orders, strict=False), key=_waits):
        is_looked_at = parent_id is None or made.job.parent_id == parent_id
        if is_looked_at and (_is_fresh(at, made, asked) or _is_a_choice(at, made, quality)):
            job = made.job
            return Standing(asked, job.id, job.chosen_take or job.take, job.status)
    return Standing(orders[0])


def _waits(each: tuple[Made, Asked]) -> bool:
    """What waits for a person's eye comes behind what does not."""
    return each[0].job.status == "needs_review"


def _is_fresh(at: Branch, made: Made, asked: Asked) -> bool:
    """Whether a clip is as its scene is described, or will be."""
    row = request_of(asked)
    if made.job.status == "processing":
        return made.job.branch_id == at.id and _is_same(row, made.asked)
    return _would_be_the_same(at, made, row)


def _is_a_choice(at: Branch, made: Made, quality: str | None) -> bool:
    """Whether a clip was accepted that was asked for in other words, and nothing changed since."""
    pinned = _pinned(made)
    if made.job.status != "completed" or pinned is None or pinned.tree_hash is None:
        return False
    asked = once_more(at, made.job.scene_id or 0, made.asked, pinned.tree_hash, quality)
    return asked is not None and _would_be_the_same(at, made, request_of(asked))


def _would_be_the_same(at: Branch, made: Made, asked: GenerationRequest) -> bool:
    try:
        return _has_same_inputs(at, made, asked)
    except UnavailableError:
        raise
    except StudioError as error:  # it could not be made as it is now
        log.info("%s is stale: %s", made.job.id, error.message)
        return False


def _is_same(one: GenerationRequest, other: GenerationRequest) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in COMPARED)


def _has_same_inputs(at: Branch, made: Made, asked: GenerationRequest) -> bool:
    pinned = _pinned(made)
    with transaction() as session:
        enabled = {workflow.name: workflow for workflow in workflows.enabled(session)}
    if pinned is None or pinned.workflow not in enabled:
        return False
    job = ProductionJob(
        id=made.job.id,
        project_id=at.project_id,
        branch_id=branches.id_of(at),
        scene_id=made.job.scene_id,
        title="",
    )
    plan = planned(job, asked, pinned.take, {})
    made_of = gathered(job, asked, plan, checked(job, asked, plan), {})
    return inputs_hash(made_of, enabled[pinned.workflow]) == pinned.inputs_hash and _is_chosen(
        made_of, pinned
    )


def _pinned(made: Made) -> Take | None:
    """What the first take of a clip's round was made of; later ones turned knobs, for cause."""
    with transaction() as session:
        return takes.find(session, made.job.id, decisions.first_of_round(session, made.job.id))


def _is_chosen(made_of: Ingredients, pinned: Take) -> bool:
    """Whether its workflow is the one that would be taken now; a model's work gives way to no stand-in."""
    if made_of.wanted_workflow is not None:
        return made_of.wanted_workflow == pinned.workflow
    preferred = made_of.preferred_workflow
    if preferred == pinned.workflow or (preferred is None and pinned.workflow != ANIMATIC.name):
        return True
    try:
        return choose_workflow(made_of).workflow.name == pinned.workflow
    except StudioError:  # nothing can be rendered now, by no workflow
        return True
