"""Carrying a plan out: its steps begun as they fall due, waited for, and reported.

Each step is noted in the transaction of what it does, with what it is about: an attempt that follows a kill
does nothing twice. Only the analysis of a track, which changes nothing, is noted when it is done.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from prefect import task

from db.models.orchestration import DirectorStep
from db.models.production import ProductionJob, QualityMetrics
from db.notices import Bell, listening
from db.queries import branches, conversations, director, generations, ownership
from db.queries.ownership import CHILDREN_CHANNEL, Run
from db.session import transaction
from studio.echo.actions import validated
from studio.echo.documents import read_step
from studio.echo.ordering import ASSESSMENT, Standing, cast_of, is_due, is_in_vain, needs, resolved
from studio.echo.plans import Step
from studio.errors import (
    ContentionError,
    PlanIncompleteError,
    StudioError,
    SupersededError,
    UnavailableError,
)
from studio.settings import read_settings
from tasks.carrying import carry_stage, stage_result
from tasks.directing_acts import FINISHED, Act, Done
from tasks.directing_enrichment import enriched_steps
from tasks.directing_steps import NOTED, analyze_track, put_out
from tasks.policy import RETRIED

log = logging.getLogger(__name__)
_PASSING: Final = (UnavailableError, ContentionError, SupersededError)
"""What says nothing of a step: it is tried again, or another attempt goes on with it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A plan under way: the run that carries it, its steps, where, and for whom."""

    run: Run
    steps: tuple[Step, ...]
    project_id: int
    branch_name: str
    token: str


@task(name="plan steps", **RETRIED)
def plan_steps(run: Run) -> dict[str, Any]:
    """The steps of the confirmed plan, all of them registered, with a model's prompts where they are kept."""
    return carry_stage(run, "plan", _plan)


def _plan(run: Run, _take: int) -> dict[str, Any]:
    with transaction() as session:
        asked = generations.get(session, run.generation_id).request
    steps = enriched_steps(asked["steps"], str(asked.get("plan_id", "")))
    for step in steps:
        validated(step["action"], step.get("parameters", {}))
    return {"steps": steps}


@task(name="carry out steps", **RETRIED)
def carry_out(run: Run) -> dict[str, Any]:
    """Have every step done, or know why it cannot be."""
    return carry_stage(run, "render", _carry_out)


def _carry_out(run: Run, take: int) -> dict[str, Any]:
    steps = tuple(read_step(each) for each in stage_result(run, "plan", take)["steps"])
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        branch = branches.name_of(session, job.branch_id)
        token = director.told_by(session, run.generation_id)
    running = Running(run, steps, job.project_id, branch, token)
    with listening(CHILDREN_CHANNEL) as bell:
        while not _are_over(rows := _advanced(running), steps):
            _wait(bell)
    return {"steps": [_told(step, rows[step.number]) for step in steps]}


def _told(step: Step, row: DirectorStep) -> dict[str, Any]:
    return {
        "step": step.number,
        "action": step.action,
        "state": row.state,
        "generation_id": row.child_id,
        "result": row.result,
    }


def _are_over(rows: Mapping[int, DirectorStep], steps: tuple[Step, ...]) -> bool:
    return all(each.number in rows and Standing(rows[each.number].state).is_over for each in steps)


def _wait(bell: Bell) -> None:
    bell.wait(read_settings().poll_s)
    time.sleep(0.1)


def _advanced(running: Running) -> dict[int, DirectorStep]:
    """Where the steps stand, once those that run are looked at, and those that are due are begun."""
    rows = _looked_at(running)
    for step in running.steps:
        standings = {number: Standing(row.state) for number, row in rows.items()}
        if step.number not in rows and is_due(step, running.steps, standings):
            _do(running, step, rows, standings)
            rows = _rows(running)
    share = sum(Standing(row.state).is_over for row in rows.values()) / len(running.steps)
    with transaction() as session:
        if generations.get(session, running.run.generation_id).progress != share:
            ownership.set_progress(session, running.run, share)
    return rows


def _rows(running: Running) -> dict[int, DirectorStep]:
    with transaction() as session:
        return conversations.steps(session, [running.run.generation_id])[running.run.generation_id]


def _looked_at(running: Running) -> dict[int, DirectorStep]:
    """The steps as they are noted, those whose generations have ended by now with what came of them."""
    rows = _rows(running)
    waiting = {number: row for number, row in rows.items() if row.state == Standing.PROCESSING}
    if not waiting:
        return rows
    with transaction() as session:
        ids = [row.child_id for row in waiting.values() if row.child_id]
        jobs, verdicts = director.jobs_of(session, ids), director.verdicts(session, ids)
    actions = {step.number: step.action for step in running.steps}
    for number, row in waiting.items():
        child_id = row.child_id or ""
        job = jobs.get(child_id)
        if job is None or job.status != "processing":
            _end(running, number, row, _came(actions[number], row, job, verdicts.get(child_id)))
    return _rows(running)


def _end(running: Running, number: int, row: DirectorStep, done: Done | None) -> None:
    """Note what came of a step, or go on with one whose generation was still made when it was begun."""
    if done is not None:
        _note(running, number, done)
        return
    try:
        _noted(running, number, lambda session: put_out(session, row.child_id or "", running.token))
    except _PASSING:
        raise
    except StudioError as error:
        _note(running, number, _failed(error))


def _came(
    action: str, row: DirectorStep, job: ProductionJob | None, verdict: QualityMetrics | None
) -> Done | None:
    """What came of a step whose generation has ended; None where it has yet to be published."""
    if job is None:
        return Done(Standing.FAILED, {"error": {"code": "NOT_FOUND", "message": "It is gone."}})
    if action == "publish" and "was" not in row.result:
        return None
    result: dict[str, Any] = {"status": job.status, "video_path": job.video_path}
    if action == "publish":
        standing = Standing.COMPLETED if job.status == "completed" else Standing.FAILED
        return Done(standing, {**result, "published_path": job.published_path, "error": job.error})
    if job.status not in FINISHED:
        return Done(Standing.FAILED, {**result, "error": job.error})
    if verdict is not None:
        result |= {"verdict": verdict.verdict, "score": verdict.score}
    return Done(Standing.COMPLETED, {**result, "made": job.id, "published_path": job.published_path})


def _do(
    running: Running, step: Step, rows: Mapping[int, DirectorStep], standings: Mapping[int, Standing]
) -> None:
    """Do what a step says, or note why it is left."""
    try:
        if is_in_vain(step, running.steps, standings):
            lost = [
                number for number in needs(step, running.steps) if standings[number] != Standing.COMPLETED
            ]
            reason = f"Step {lost[0]} came to nothing."
            _note(running, step.number, Done(Standing.SKIPPED, {"reason": reason}))
        elif step.action == ASSESSMENT:
            _note(running, step.number, _assessed(rows[needs(step, running.steps)[0]]))
        else:
            _act(running, step, rows)
    except _PASSING:
        raise
    except StudioError as error:
        _note(running, step.number, _failed(error))


def _failed(error: StudioError) -> Done:
    return Done(Standing.FAILED, {"error": {"code": error.code, "message": error.message}})


def _act(running: Running, step: Step, rows: Mapping[int, DirectorStep]) -> None:
    made = {number: row.result.get("made", row.child_id) for number, row in rows.items()}
    act = Act(
        running.run,
        replace(resolved(step, made)),
        running.project_id,
        running.branch_name,
        running.token,
        cast_of(step, running.steps),
    )
    validated(step.action, act.told)
    if step.action in NOTED:
        _noted(running, step.number, lambda session: NOTED[step.action](session, act))
    else:
        _note(running, step.number, analyze_track(act))


def _assessed(row: DirectorStep) -> Done:
    """The verdict on the clip before it."""
    verdict = row.result.get("verdict", "not judged")
    return Done(Standing.COMPLETED, {"verdict": verdict, "score": row.result.get("score")}, row.child_id)


def _note(running: Running, number: int, done: Done) -> None:
    _noted(running, number, lambda _session: done)


def _noted(running: Running, number: int, work: Callable[[Any], Done]) -> None:
    """Do something and note how the step stands then, in one transaction; what follows it comes after."""
    with transaction() as session:
        ownership.own(session, running.run)
        done = work(session)
        conversations.note_step(
            session,
            running.run.generation_id,
            number,
            done.standing,
            child_id=done.child_id,
            result=done.result,
        )
    try:
        done.afterwards()
    except StudioError as error:
        log.warning("step %d is done, and what follows waits for a timer: %s", number, error.message)


@task(name="report", **RETRIED)
def report(run: Run) -> str:
    """End the job: completed where every step is, else failed with the steps that are not."""
    with transaction() as session:
        take = ownership.own(session, run).take
    steps = stage_result(run, "render", take)["steps"]
    failed = [each for each in steps if each["state"] in {Standing.FAILED, Standing.SKIPPED}]
    outcome = "failed" if failed else "completed"
    with transaction() as session:
        if failed:
            ownership.settle(session, run, "failed", error=_error(failed))
        else:
            ownership.settle(session, run, "completed", stage="done")
    return f"{outcome}: {len(steps) - len(failed)} of {len(steps)} steps"


def _error(failed: list[dict[str, Any]]) -> dict[str, Any]:
    first = failed[0]
    why = first["result"].get("error") or {}
    message = why.get("message") or first["result"].get("reason") or "It came to nothing."
    return {
        "code": PlanIncompleteError.code,
        "message": f"Step {first['step']} ({first['action']}): {message}",
        "details": {
            "steps": [{name: each[name] for name in ("step", "action", "state", "result")} for each in failed]
        },
    }
