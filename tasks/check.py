"""The check stage: who is in the clip, whether the project knows them, and what they add to the prompt."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import task

from db.queries import casting, generations
from db.queries.ownership import Run
from db.session import transaction
from studio.clients.store import open_allowed
from studio.consistency import Sheet, Weight, check_cast, complete_prompt
from studio.errors import ConsistencyError, NotFoundError, PathNotAllowedError
from studio.settings import read_settings
from tasks.carrying import carry_stage, stage_result
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
    names = plan["cast"]
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
        sheets = casting.sheets(session, job.branch_id, names)
        facts = casting.look_facts(session, job.branch_id)
    images, missing = _open_references(sheets)
    findings = check_cast(asked.characters, names, sheets, missing)
    if any(finding.weight is Weight.CONFLICT for finding in findings):
        told = [asdict(finding) for finding in findings]
        raise ConsistencyError(
            "; ".join(finding.message for finding in findings if finding.weight is Weight.CONFLICT),
            findings=told,
        )
    present = [sheets[name] for name in names if name in sheets]
    return {
        "prompt": complete_prompt(asked.prompt, present, facts, asked.style),
        "cast": [*(_member(sheet, images.get(sheet.name)) for sheet in present), *plan["extras"]],
        "sheets": [asdict(sheet) for sheet in present],
        "findings": [asdict(finding) for finding in findings],
    }


def _open_references(sheets: Mapping[str, Sheet]) -> tuple[dict[str, Path], dict[str, str]]:
    """The reference pictures that can be opened, and for the others why not."""
    images: dict[str, Path] = {}
    missing: dict[str, str] = {}
    for name, sheet in sheets.items():
        if sheet.image_path is None:
            continue
        try:
            images[name] = open_allowed(sheet.image_path, read_settings().roots)
        except (NotFoundError, PathNotAllowedError) as error:
            missing[name] = error.message
    return images, missing


def _member(sheet: Sheet, image: Path | None) -> dict[str, Any]:
    return {"name": sheet.name, "description": sheet.looks, "image": None if image is None else str(image)}
