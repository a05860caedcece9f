"""A clip that nobody has asked for yet: its steps and shots, how long it should take, who would render it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from db.models.production import GenerationRequest, ProductionJob
from db.queries import estimates
from db.queries.generations import Asked, request_of
from db.session import reading
from studio.echo.wording import span_in_words
from studio.errors import StudioError
from studio.presets import PRESETS, preset_steps
from tasks.check import checked
from tasks.choosing import Choice, choose_workflow
from tasks.directing_timing import DOCUMENTED_CLIP_S, UNMEASURED_S
from tasks.ingredients import gathered
from tasks.plan import planned
from tasks.renderers import shown


def rehearse(asked: Asked) -> dict[str, Any]:
    """What would be done for a clip, as things are now; nothing is accepted, remembered or rendered."""
    row = request_of(asked)
    job = ProductionJob(
        id="", project_id=asked.project_id, branch_id=asked.branch_id, scene_id=asked.scene_id, title=""
    )
    plan = planned(job, row, 1, {})
    with reading() as session:
        spread = estimates.spread(session)
    least, most = spread or tuple(each / DOCUMENTED_CLIP_S for each in UNMEASURED_S)
    return {
        "action_plan": plan["action_plan"],
        "shots": _shots(plan["storyboard"]),
        "cast": plan["cast"],
        "music": {name: plan["music"][name] for name in ("path", "bpm", "reason")},
        "takes_at_most": PRESETS[asked.quality].takes,
        "estimated_duration": span_in_words(least * asked.duration_s, most * asked.duration_s),
        "is_measured": spread is not None,
        **_rendered(job, row, plan),
    }


def _shots(storyboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    fps = Fraction(storyboard["fps"])
    return [
        {
            "start_s": float(shot["start_frame"] / fps),
            "duration_s": float(shot["frames"] / fps),
            "framing": str(shot["framing"]),
            "camera": str(shot["camera"]),
            "characters": list(shot["characters"]),
        }
        for shot in storyboard["shots"]
    ]


def _rendered(job: ProductionJob, row: GenerationRequest, plan: Mapping[str, Any]) -> dict[str, Any]:
    """What would be asked of which renderer; or why nobody would be asked now."""
    try:
        made_of = gathered(job, row, plan, checked(job, row, plan), {})
        choice = choose_workflow(made_of)
    except StudioError as error:
        return {"render": None, "reason": error.message}
    return {
        "render": {**_asked_of(choice), "steps": preset_steps(choice.workflow, made_of.preset)},
        "reason": "",
    }


def _asked_of(choice: Choice) -> dict[str, Any]:
    return {
        "workflow": choice.workflow.name,
        "servers": [shown(url) for url in choice.servers],
        "width": choice.shape.width,
        "height": choice.shape.height,
        "frames": choice.shape.frames,
        "fps": str(choice.shape.fps),
        "warning": choice.warning,
    }
