"""What a take is made of: gathered from the stages before it, pinned, and put into a graph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from db.models.production import GenerationRequest, ProductionJob
from db.queries import commits, decisions, generations, ownership, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.canonical import digest
from studio.clients import store
from studio.clients.comfyui import ComfyUI
from studio.continuity import Lora
from studio.fitting import Shape
from studio.presets import PRESETS, Preset, preset_steps
from studio.retakes import Knob
from studio.workflows import Workflow, workflow_hash
from tasks.carrying import stage_result
from tasks.pictures import Picture

FIRST_FRAME: Final = "first_frame"


@dataclass(frozen=True, slots=True)
class Ingredients:
    """All that decides the pictures of a take, except the workflow.

    `shape` is what was asked for, the preset's share of the size taken off; a model is asked for what it
    takes of it. `cast` holds the clip's people as the storyboard names them, each with its `Picture` or None.
    """

    wanted_workflow: str | None
    preferred_workflow: str | None
    scene_id: int | None
    prompt: str
    negative: str
    seed: int
    shape: Shape
    preset: Preset
    sampling: dict[str, Any]
    storyboard: dict[str, Any]
    cast: tuple[dict[str, Any], ...]
    loras: tuple[Lora, ...]
    first_frame: Picture | None

    @property
    def references(self) -> tuple[Picture, ...]:
        """The pictures of those in the cast who have one, in the cast's order."""
        return tuple(member["image"] for member in self.cast if member["image"] is not None)

    def gives(self, workflow: Workflow) -> frozenset[str]:
        """The names of the values that this take can give a graph, beside those that every take gives."""
        return frozenset({*_likeness(self), *_start(self, workflow)})


def gather(run: Run, take: int) -> Ingredients:
    """Read what plan and check have recorded for this take."""
    plan, check = stage_result(run, "plan", take), stage_result(run, "check", take)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
        turned = decisions.turned(session, run.generation_id, take)
    return gathered(job, asked, plan, check, turned)


def gathered(
    job: ProductionJob,
    asked: GenerationRequest,
    plan: Mapping[str, Any],
    check: Mapping[str, Any],
    turned: Mapping[str, Any],
) -> Ingredients:
    """The ingredients of a clip that is planned and checked; it need not have been accepted."""
    frames, fps = plan["storyboard"]["frames"], Fraction(plan["storyboard"]["fps"])
    usual = (sheet["comfyui_workflow"] for sheet in check["sheets"])
    return Ingredients(
        wanted_workflow=asked.workflow or turned.get(Knob.WORKFLOW),
        preferred_workflow=next(filter(None, usual), None),
        scene_id=job.scene_id,
        prompt=", ".join(filter(None, (check["prompt"], turned.get(Knob.MOTION)))),
        negative=asked.negative_prompt,
        seed=plan["seed"],
        shape=Shape(asked.width, asked.height, frames, fps),
        preset=PRESETS[asked.quality],
        sampling={
            **asked.parameters,
            **{name: value for name, value in turned.items() if name == Knob.STEPS},
        },
        storyboard=plan["storyboard"],
        cast=tuple({**member, "image": Picture.from_json(member["image"])} for member in check["cast"]),
        loras=_loras(check["sheets"], turned.get(Knob.REFERENCE, 1.0)),
        first_frame=Picture.from_json(check["first_frame"]),
    )


def _loras(sheets: Sequence[Mapping[str, Any]], times: float) -> tuple[Lora, ...]:
    """The LoRAs of the cast, each so many times as strong as its character says."""
    named = (Lora(**lora) for sheet in sheets if (lora := sheet["likeness"]["lora"]))
    return tuple(replace(lora, strength=lora.strength * times) for lora in named)


def pin(run: Run, take: int, made_of: Ingredients, workflow: Workflow, shape: Shape) -> None:
    """Record what the take is made of, under the hash by which it is told fresh from stale.

    `shape` is what is asked of the model. It is no part of the hash: it follows from the shape asked for and
    the workflow, or from the memory of the server that drew it.
    """
    with transaction() as session:
        branch_id = ownership.own(session, run).branch_id
        takes.record(
            session,
            run,
            take,
            tree_hash=commits.current_tree_hash(session, branch_id),
            inputs_hash=inputs_hash(made_of, workflow),
            workflow=workflow.name,
            workflow_hash=workflow_hash(workflow),
            model=_model_of(workflow),
            seed=made_of.seed,
            parameters=_parameters(made_of, workflow, shape),
        )


def graph_values(
    made_of: Ingredients, workflow: Workflow, client: ComfyUI, shape: Shape, *, filename_prefix: str
) -> dict[str, Any]:
    """The values of the graph's bindings; the pictures it takes are with the renderer then."""

    @cache
    def uploaded(picture: Picture) -> str:
        path = Path(picture.path)
        with store.reading(path) as file:
            return client.upload_image(f"tower_{picture.sha256[:16]}{path.suffix}", file.read())

    return {**_values(made_of, workflow, shape, uploaded), "filename_prefix": filename_prefix}


def _values(
    made_of: Ingredients, workflow: Workflow, shape: Shape, name_of: Callable[[Picture], str]
) -> dict[str, Any]:
    """All values but the name of the output, pictures under the names that `name_of` gives them."""
    cast = [
        {**member, "image": None if (picture := member["image"]) is None else name_of(picture)}
        for member in (made_of.cast if "storyboard" in workflow.bindings else ())
    ]
    steps = preset_steps(workflow, made_of.preset)
    return {
        "prompt": made_of.prompt,
        **({"negative": made_of.negative} if made_of.negative else {}),  # or the graph's own stands
        "seed": made_of.seed,
        "width": shape.width,
        "height": shape.height,
        "frames": shape.frames,
        "fps": float(shape.fps),
        "storyboard": {**made_of.storyboard, "cast": cast},
        **({} if steps is None else {"steps": steps}),
        **made_of.sampling,
        **{
            name: _named(value, name_of)
            for name, value in {**_likeness(made_of), **_start(made_of, workflow)}.items()
            if name in workflow.bindings
        },
    }


def _likeness(made_of: Ingredients) -> dict[str, Any]:
    """What makes the characters look as they always do, by the names of bindings, numbered from 1."""
    values: dict[str, Any] = {f"reference_{n}": each for n, each in enumerate(made_of.references, 1)}
    for number, lora in enumerate(made_of.loras, 1):
        values |= {f"lora_{number}": lora.file, f"lora_{number}_strength": lora.strength}
    return values


def _start(made_of: Ingredients, workflow: Workflow) -> Mapping[str, Picture]:
    """The picture that the take begins with: the end of the scene before.

    For want of it a graph that cannot do without begins with the first reference picture, where it was named
    by the request or a character: nobody else wants a portrait for a beginning.
    """
    needs_one = FIRST_FRAME in workflow.bindings and FIRST_FRAME not in workflow.optional
    is_meant = workflow.name in (made_of.wanted_workflow, made_of.preferred_workflow)
    instead = made_of.references[0] if needs_one and is_meant and made_of.references else None
    picture = made_of.first_frame or instead
    return {} if picture is None else {FIRST_FRAME: picture}


def _takes(workflow: Workflow, name: str) -> bool:
    """Whether a graph has a place for a value; a storyboard's cast brings all reference pictures."""
    is_in_cast = "storyboard" in workflow.bindings and name.startswith("reference_")
    return is_in_cast or name in workflow.bindings


def _named(value: object, name_of: Callable[[Picture], str]) -> object:
    return name_of(value) if isinstance(value, Picture) else value


def _bound(values: Mapping[str, Any], workflow: Workflow) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in workflow.bindings}


def _parameters(made_of: Ingredients, workflow: Workflow, shape: Shape) -> dict[str, Any]:
    """What is asked of the model, pictures by their content; and what the graph has no place for."""
    given = {**made_of.sampling, **_likeness(made_of), **_start(made_of, workflow)}
    taken = {name for name in given if _takes(workflow, name)}
    steps = _bound(_values(made_of, workflow, shape, _content), workflow).get("steps")
    return {
        "preset": made_of.preset.name,
        "prompt": made_of.prompt,
        "negative": made_of.negative,
        "width": shape.width,
        "height": shape.height,
        "frames": shape.frames,
        "fps": str(shape.fps),
        **({} if steps is None else {"steps": steps}),
        **{name: _named(given[name], _content) for name in given if name in taken},
        "passed_over": sorted(given.keys() - taken),
    }


def _model_of(workflow: Workflow) -> str:
    return ", ".join(model.file for model in workflow.needs.models) or workflow.name


def inputs_hash(made_of: Ingredients, workflow: Workflow) -> str:
    """A hash over what the graph is given and what the take is held against, and over nothing else.

    The storyboard counts for every workflow: its cuts follow the scene's music and its cues.
    """
    return digest(
        {
            "scene": made_of.scene_id,
            "storyboard": made_of.storyboard,
            "workflow": workflow_hash(workflow),
            "model": _model_of(workflow),
            "values": _bound(_values(made_of, workflow, made_of.shape, _content), workflow),
        }
    )


def _content(picture: Picture) -> str:
    return picture.sha256
