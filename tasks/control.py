"""What a person decides about a generation: cancel, approve, reject, retry.

`by` is the hash of the token that was shown, or nothing where there are none.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

from db.clock import NOW
from db.models.production import ProductionJob
from db.models.rendering import RenderPlace
from db.queries import (
    conversations,
    decisions,
    episode_renders,
    generations,
    jobs,
    ownership,
    places,
    preferences,
    takes,
)
from db.session import transaction
from studio.errors import (
    NotFoundError,
    PublishNotSeenError,
    RenderError,
    ScenesMissingError,
    StateError,
    UnavailableError,
)
from tasks import orchestrator
from tasks.renderers import renderer
from tasks.submission import submit
from tasks.withdrawing import unpublish

log = logging.getLogger(__name__)

REJECTED = "REJECTED"


def cancel(generation_id: str) -> None:
    """End a generation that is under way: first in our tables, then on the renderer, then in Prefect.

    What it has had made ends with it, as far as that is under way.

    Raises:
        StateError: it has ended, or is being published.
    """
    with transaction() as session:
        flow_run_id = cancelled(session, generation_id)
    end_elsewhere(generation_id, flow_run_id)


def cancelled(session: Any, generation_id: str) -> UUID | None:
    """A generation ended in our tables, in the caller's transaction; returns the flow run that carried it.

    Raises:
        StateError: it has ended, or is being published.
    """
    job = generations.locked(session, generation_id)
    _require(job, "cancelled", "processing")
    if job.stage == "publish":
        raise StateError("It is being published; it can no longer be cancelled.", stage=job.stage)
    job.status, job.finished_at = "cancelled", NOW
    job.attempt += 1
    ownership.add_event(session, job, "status")
    places.withdraw(session, generation_id)
    return job.flow_run_id


def end_elsewhere(generation_id: str, flow_run_id: UUID | None) -> None:
    """Take what is cancelled off its renderer and out of Prefect, and cancel what it has had made."""
    take_off(generation_id)
    _cancel_run(flow_run_id)
    with transaction() as session:
        children = jobs.children_under_way(session, generation_id)
    for child in children:
        with suppress(StateError):  # it has ended meanwhile, or is being published
            cancel(child)


def approve(generation_id: str, by: str = "") -> None:
    """Publish what was waiting for a person's eye; models can be taught by a clip from then on.

    Raises:
        StateError: it does not wait, or waits for scenes that are missing.
    """
    with transaction() as session:
        job = approved(session, generation_id, by)
    submit_or_leave(job)


def approved(session: Any, generation_id: str, by: str = "") -> ProductionJob:
    """What was waiting for a person's eye, to be published; who calls submits it once that is committed.

    Raises:
        StateError: it does not wait, or waits for scenes that are missing.
    """
    job = generations.locked(session, generation_id)
    _require(job, "approved", "needs_review")
    episode_renders.hold_for(session, job)
    _require_whole(job)
    job.approved_at, job.chosen_take = NOW, job.take
    if job.kind == "clip":
        takes.teach(session, job, job.take, caption=generations.request(session, generation_id).prompt)
    _begin_again(job, stage="publish")
    ownership.add_event(session, job, "approved")
    decisions.decide(session, job, "approve", token=by)
    preferences.learn(session, by or None)
    return job


def reject(generation_id: str, by: str = "") -> None:
    """Decide against a clip that was waiting for a person's eye."""
    with transaction() as session:
        job = rejected(session, generation_id, by)
    if job.published_path is not None:  # it waited to be seen where it is shown
        with suppress(NotFoundError):
            unpublish(generation_id)


def rejected(session: Any, generation_id: str, by: str = "") -> ProductionJob:
    """What was waiting for a person's eye, decided against in the caller's transaction.

    Raises:
        StateError: it does not wait.
    """
    job = generations.locked(session, generation_id)
    _require(job, "rejected", "needs_review")
    job.status, job.finished_at = "failed", NOW
    job.error = {"code": REJECTED, "message": "The clip was rejected on review.", "details": {}}
    ownership.add_event(session, job, "rejected", error=job.error)
    decisions.decide(session, job, "reject", token=by)
    preferences.learn(session, by or None)
    return job


def publish(generation_id: str) -> None:
    """Publish once more what is made and passed: by its title of today, or after it was taken away.

    Raises:
        StateError: it is not completed; what waits for a person's eye is approved instead.
    """
    with transaction() as session:
        job = published(session, generation_id)
    submit_or_leave(job)


def published(session: Any, generation_id: str) -> ProductionJob:
    """What is made and passed, to be published; who calls submits it once that is committed.

    Raises:
        StateError: it is not completed; what waits for a person's eye is approved instead.
    """
    job = generations.locked(session, generation_id)
    if not _is_unseen(job):
        _require(job, "published", "completed")
    if job.video_path is None:
        raise StateError("It has no video.", field="kind", value=job.kind, expected="a clip or an episode")
    episode_renders.hold_for(session, job)
    if job.kind != "clip":
        job.request = {**job.request, "publish": True}
    ownership.forget_stage(session, job, "publish")
    _begin_again(job, stage="publish")
    ownership.add_event(session, job, "publish")
    return job


def retry(generation_id: str, by: str = "") -> None:
    """Carry a generation out once more: a take that is made is made anew, any other is gone on with.

    An episode is planned anew, since its scenes may have changed; those that have not are reused. Of a plan,
    the steps are carried out that came to nothing.
    """
    with transaction() as session:
        job = retried(session, generation_id, by)
    submit_or_leave(job)


def retried(session: Any, generation_id: str, by: str = "") -> ProductionJob:
    """A generation that is to be carried out once more; who calls submits it once that is committed.

    Raises:
        StateError: it is under way, or completed.
    """
    statuses = ("failed", "needs_review", "cancelled")
    return _carried_out_again(session, generation_id, statuses, made_by="person", by=by)


def go_on(generation_id: str) -> None:
    """Take up a render that waited for scenes, now that they are there."""
    with transaction() as session:
        job = _carried_out_again(session, generation_id, ("needs_review",), made_by="loop")
    submit_or_leave(job)


def _carried_out_again(
    session: Any, generation_id: str, statuses: Sequence[str], *, made_by: str, by: str = ""
) -> ProductionJob:
    job = generations.locked(session, generation_id)
    _require(job, "retried", *statuses)
    episode_renders.hold_for(session, job)
    if is_made := _is_made(job):
        job.take, job.chosen_take = takes.newest(session, generation_id) + 1, None
        job.video_path = None
    if job.kind == "direct":
        conversations.forget_undone(session, job.id)
        ownership.forget_stage(session, job, "render")
    job.approved_at = None
    jobs.leave_cancelled_parent(session, job)
    _begin_again(job, stage="queued")
    ownership.add_event(session, job, "retry", take=job.take)
    decisions.decide(session, job, "retry", made_by=made_by, token=by, anew=is_made)
    return job


def take_off(generation_id: str) -> None:
    """Take the prompts that nobody waits for off their renderers.

    A place is free when its renderer has said so; until then the reconciler tries again.
    """
    with transaction() as session:
        job = generations.locked(session, generation_id)
        if job.status != "processing":
            places.withdraw(session, generation_id)
        held = places.being_taken_off(session, generation_id)
    if not held:
        return
    with ThreadPoolExecutor(max_workers=len(held)) as at_once:
        list(at_once.map(_take_off, held))


def _take_off(place: RenderPlace) -> None:
    """One of several at once: a renderer that does not answer must not hold up the others."""
    try:
        renderer(place.server or "").cancel(str(place.prompt_id))
        with transaction() as session:
            places.taken_off(session, place.id or 0)
    except UnavailableError as error:
        log.warning("prompt %s is not off its renderer yet: %s", place.prompt_id, error.message)


def _require(job: ProductionJob, what: str, *statuses: str) -> None:
    if job.status not in statuses:
        raise StateError(
            f"A generation that is {job.status} cannot be {what}.",
            field="status",
            value=job.status,
            expected=" or ".join(statuses),
        )


def _require_whole(job: ProductionJob) -> None:
    """What waits for its scenes goes on by itself when they are there, and not before."""
    error = job.error or {}
    if error.get("code") == ScenesMissingError.code:
        raise ScenesMissingError("It goes on when its missing scenes are there.", **error["details"])


def _is_made(job: ProductionJob) -> bool:
    """Whether the present take is all that it will ever be: judged, or no video that could be."""
    error = (job.error or {}).get("code")
    if _is_unseen(job):
        return False
    is_no_video = job.stage == "assess" and error == RenderError.code
    return job.kind == "episode" or job.status == "needs_review" or error == REJECTED or is_no_video


def _is_unseen(job: ProductionJob) -> bool:
    """Whether all is made and published, and the media server does not list it."""
    return job.status == "needs_review" and (job.error or {}).get("code") == PublishNotSeenError.code


def _begin_again(job: ProductionJob, *, stage: str) -> None:
    ownership.renew(job)
    job.first_attempt = job.attempt
    job.status, job.stage, job.progress = "processing", stage, 0.0
    job.error = job.finished_at = None


def submit_or_leave(job: ProductionJob) -> None:
    """Where Prefect does not answer, the reconciler submits it later."""
    try:
        submit(job.id, job.attempt)
    except UnavailableError as error:
        log.warning("%s: not submitted yet: %s", job.id, error.message)


def _cancel_run(flow_run_id: UUID | None) -> None:
    if flow_run_id is None:
        return
    try:
        orchestrator.cancel_run(flow_run_id)
    except UnavailableError as error:
        log.warning("flow run %s could not be cancelled: %s", flow_run_id, error.message)
