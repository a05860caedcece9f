"""What a take is made of: gathered from the stages before it, pinned, and put into a graph."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from db.queries import commits, generations, ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.canonical import digest
from studio.clients.comfyui import ComfyUI
from studio.workflows import Workflow, workflow_hash
from tasks.carrying import stage_result


@dataclass(frozen=True, slots=True)
class Ingredients:
    """All that decides the pictures of a take, except the workflow."""

    wanted_workflow: str | None
    scene_id: int | None
    prompt: str
    negative: str
    style: str
    seed: int
    width: int
    height: int
    fps: Fraction
    sampling: dict[str, Any]
    storyboard: dict[str, Any]
    cast: tuple[dict[str, Any], ...]
    sheets: tuple[dict[str, Any], ...]


def gather(run: Run, take: int) -> Ingredients:
    """Read what plan and check have recorded for this take."""
    plan, check = stage_result(run, "plan", take), stage_result(run, "check", take)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
    return Ingredients(
        wanted_workflow=asked.workflow,
        scene_id=job.scene_id,
        prompt=check["prompt"],
        negative=asked.negative_prompt,
        style=asked.style,
        seed=plan["seed"],
        width=asked.width,
        height=asked.height,
        fps=generations.frame_rate(asked),
        sampling=asked.parameters,
        storyboard=plan["storyboard"],
        cast=tuple(check["cast"]),
        sheets=tuple(check["sheets"]),
    )


def pin(run: Run, take: int, made_of: Ingredients, workflow: Workflow) -> None:
    """Record what the take is made of, under the hash by which it is told fresh from stale."""
    hashed = workflow_hash(workflow)
    model = ", ".join(model.file for model in workflow.needs.models) or workflow.name
    parameters = {
        "prompt": made_of.prompt,
        "negative": made_of.negative,
        "width": made_of.width,
        "height": made_of.height,
        "fps": str(made_of.fps),
        "frames": made_of.storyboard["frames"],
        **made_of.sampling,
    }
    with transaction() as session:
        branch_id = ownership.own(session, run).branch_id
        takes.record(
            session,
            run,
            take,
            tree_hash=commits.current_tree_hash(session, branch_id),
            inputs_hash=_inputs_hash(made_of, hashed, model),
            workflow=workflow.name,
            workflow_hash=hashed,
            model=model,
            seed=made_of.seed,
            parameters=parameters,
        )


def graph_values(made_of: Ingredients, client: ComfyUI, *, filename_prefix: str) -> dict[str, Any]:
    """The values of the graph's bindings; the reference pictures are with the renderer then."""
    cast = [_uploaded(member, client) for member in made_of.cast]
    return {
        "prompt": made_of.prompt,
        "negative": made_of.negative,
        "seed": made_of.seed,
        "width": made_of.width,
        "height": made_of.height,
        "frames": made_of.storyboard["frames"],
        "fps": float(made_of.fps),
        "storyboard": {**made_of.storyboard, "cast": cast},
        "filename_prefix": filename_prefix,
        **made_of.sampling,
    }


def _uploaded(member: dict[str, Any], client: ComfyUI) -> dict[str, Any]:
    """The member with the name under which the renderer has its picture."""
    if member["image"] is None:
        return member
    image = Path(member["image"])
    content = image.read_bytes()
    name = f"tower_{hashlib.sha256(content).hexdigest()[:16]}{image.suffix.lower()}"
    return {**member, "image": client.upload_image(name, content)}


def _inputs_hash(made_of: Ingredients, workflow_hashed: str, model: str) -> str:
    return digest(
        {
            "scene": {"id": made_of.scene_id, "prompt": made_of.prompt, "negative": made_of.negative},
            "storyboard": made_of.storyboard,
            "characters": [_stripped(sheet) for sheet in made_of.sheets],
            "references": [_content(member["image"]) for member in made_of.cast],
            "style": made_of.style,
            "workflow": workflow_hashed,
            "model": model,
            "size": [made_of.width, made_of.height],
            "sampling": made_of.sampling,
            "seed": made_of.seed,
        }
    )


def _stripped(sheet: dict[str, Any]) -> dict[str, Any]:
    """A sheet without its version numbers: what it says decides, not how often it was edited."""
    return {key: value for key, value in sheet.items() if not key.endswith("version")}


def _content(image: str | None) -> str | None:
    return None if image is None else hashlib.sha256(Path(image).read_bytes()).hexdigest()
