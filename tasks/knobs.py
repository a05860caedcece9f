"""What can be set otherwise for the take that follows some that were judged, and to which value."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from db.queries import decisions, generations, takes
from db.queries.ownership import Run
from db.session import transaction
from studio.errors import StudioError
from studio.retakes import LAST_RESORT, MORE_STEPS, MOTION, STRONGER, STRONGEST, Judged, Knob, drawn_seed
from studio.shipped import ANIMATIC
from tasks.choosing import choose_workflow
from tasks.ingredients import gather
from tasks.plan import drawn_of

STRENGTHS: Final = ("lora_1_strength", "lora_2_strength")


def knobs_of(run: Run, judged: Sequence[Judged]) -> dict[Knob, Any]:
    """The values that knobs would be turned to; none that was turned already, or that the graph lacks."""
    take = judged[-1].take
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        asked = generations.request(session, run.generation_id)
        made = takes.get(session, run.generation_id, take)
        turned = decisions.turned(session, run.generation_id, take)
    found = {**_of_the_graph(made.parameters), Knob.MOTION: MOTION}
    left: dict[Knob, Any] = {knob: value for knob, value in found.items() if knob not in turned}
    left[Knob.SEED] = drawn_seed(drawn_of(job), asked.seed, take + 1)
    rendered = sum(each.repaired_from is None for each in judged)
    if rendered + 1 >= LAST_RESORT and asked.workflow is None and (other := _other(run, take, made.workflow)):
        left[Knob.WORKFLOW] = other
    return left


def _of_the_graph(parameters: dict[str, Any]) -> dict[Knob, Any]:
    """More steps, and stronger LoRAs, where the take was given any."""
    found: dict[Knob, Any] = {}
    if "steps" in parameters:
        found[Knob.STEPS] = round(parameters["steps"] * MORE_STEPS)
    strengths = [abs(parameters[name]) for name in STRENGTHS if name in parameters]
    if strengths and max(strengths) * STRONGER <= STRONGEST:
        found[Knob.REFERENCE] = STRONGER
    return found


def _other(run: Run, take: int, workflow: str) -> str | None:
    """Another workflow that a renderer can run now; an animatic stands in for no model."""
    with suppress(StudioError):
        return choose_workflow(gather(run, take), besides=frozenset({workflow, ANIMATIC.name})).workflow.name
    return None
