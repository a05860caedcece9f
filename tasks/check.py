"""The check stage: who is in the clip, whether the project knows them, and what they add to it."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import task

from db.models.production import GenerationRequest, ProductionJob
from db.queries import continuity, generations
from db.queries.continuity import SceneBefore
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.store import open_allowed
from studio.consistency import Finding, Sheet, Weight, complete_prompt, warn_of
from studio.continuity import continues
from studio.errors import ConsistencyError, MediaError, NotFoundError, PathNotAllowedError
from studio.settings import read_settings
from tasks.carrying import carry_stage, stage_result
from tasks.consistency import Claim, Judgement, gather_evidence, judge
from tasks.pictures import Picture, keep_last_frame, keep_reference
from tasks.policy import RETRIED


@task(name="check consistency", **RETRIED)
def check_consistency(run: Run) -> dict[str, Any]:
    """Hold the request against characters and bible.

    Raises:
        ConsistencyError: the request contradicts them; `details` has the findings.
    """
    return carry_stage(run, "check", _check)


def _check(run: Run, take: int) -> dict[str, Any]:
    plan = stage_result(run, "plan", take)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
    return checked(job, asked, plan)


def checked(job: ProductionJob, asked: GenerationRequest, plan: Mapping[str, Any]) -> dict[str, Any]:
    """What the project says of a clip that is asked for; it need not have been accepted.

    Raises:
        ConsistencyError: the request contradicts characters or bible; `details` has the findings.
    """
    names = plan["cast"]
    claim = Claim(job.project_id, job.branch_id, asked.prompt, tuple(asked.characters), job.scene_id)
    evidence = gather_evidence(claim, names)
    images, missing = _keep_references(evidence.sheets, job.project_id)
    judgement = judge(claim, evidence, missing)
    _refuse_conflicts(judgement)
    first_frame, told = _first_frame(job)
    present = [evidence.sheets[name] for name in names if name in evidence.sheets]
    return {
        "prompt": complete_prompt(asked.prompt, judgement.introductions, evidence.facts, asked.style),
        "cast": [*(_member(sheet, images.get(sheet.name)) for sheet in present), *plan["extras"]],
        "sheets": [asdict(sheet) for sheet in present],
        "first_frame": None if first_frame is None else first_frame.to_json(),
        "findings": [asdict(finding) for finding in (*judgement.findings, *told)],
    }


def _refuse_conflicts(judgement: Judgement) -> None:
    conflicts = [finding.message for finding in judgement.findings if finding.weight.is_fatal]
    if conflicts:
        findings = [asdict(finding) for finding in judgement.findings]
        raise ConsistencyError("; ".join(conflicts), findings=findings)


def _keep_references(
    sheets: Mapping[str, Sheet], project_id: int
) -> tuple[dict[str, Picture], dict[str, str]]:
    """The reference pictures that can be used, and for the others why not."""
    images: dict[str, Picture] = {}
    missing: dict[str, str] = {}
    for name, sheet in sheets.items():
        if sheet.image_path is None:
            continue
        try:
            path = open_allowed(sheet.image_path, read_settings().roots)
            images[name] = keep_reference(path, project_id)
        except (NotFoundError, PathNotAllowedError, MediaError) as error:
            missing[name] = error.message
    return images, missing


def _member(sheet: Sheet, image: Picture | None) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "description": sheet.looks,
        "image": None if image is None else image.to_json(),
    }


def _first_frame(job: ProductionJob) -> tuple[Picture | None, tuple[Finding, ...]]:
    """The frame that the scene before ended with, where this one is to go on from it."""
    with transaction() as session:
        scene = continuity.scene(session, job.branch_id, job.scene_id)
        asked, misread = (False, ()) if scene is None else continues(scene.details)
        before = continuity.scene_before(session, scene) if scene is not None and asked else None
        number = None if scene is None else scene.scene_number
    if not asked:
        return None, tuple(warn_of(each, f"scene {number}") for each in misread)
    try:
        return _last_frame_of(before, job.project_id), ()
    except (NotFoundError, PathNotAllowedError, MediaError) as error:
        message = f"scene {number} is made without the last frame of the scene before it: {error.message}"
        return None, (Finding(Weight.WARNING, None, message),)


def _last_frame_of(before: SceneBefore | None, project_id: int) -> Picture:
    """The last frame of the scene's published clip, or of the file that a user named as its video.

    Raises:
        NotFoundError: there is no scene before, or no clip of it, or not any more.
        PathNotAllowedError: the file named is not to be opened.
        MediaError: the clip cannot be decoded.
    """
    if before is None:
        raise NotFoundError("it is the first scene.")
    if before.clip is not None:
        return keep_last_frame(Path(before.clip), project_id)
    if before.video_path is not None:
        return keep_last_frame(open_allowed(before.video_path, read_settings().roots), project_id)
    raise NotFoundError(f"scene {before.number} has no published clip.")
