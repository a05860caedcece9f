"""Which workflow a take is rendered by, and which servers can do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from db.queries import servers, workflows
from db.session import transaction
from studio.dispatch import Kind
from studio.errors import (
    GraphError,
    InvalidError,
    MissingModelError,
    MissingNodeError,
    RenderError,
    StudioError,
)
from studio.fitting import Shape, fit, smaller
from studio.remedies import Failure, failed_at, kept_at, times_smaller
from studio.settings import read_settings
from studio.workflow_import import PICTURES
from studio.workflows import Model, Workflow, choices, unmet_needs
from tasks.ingredients import Ingredients
from tasks.renderers import Nodes, Offer, offers, shown

SOMETIMES: Final = frozenset({*PICTURES, "lora_1", "lora_1_strength", "lora_2", "lora_2_strength"})
"""The values that only some takes can give."""

MOST_TOLD: Final = 20
"""So many models of a server are listed in a message; the details list all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A workflow, the servers that can run it, and the shape that its model is asked for."""

    workflow: Workflow
    servers: tuple[str, ...]
    shape: Shape
    warning: str | None = None
    others: Mapping[str, int] = field(default_factory=dict)
    """How many prompts of other people each server has, as far as it can be told."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a workflow is not chosen; `models` are missing on servers, with what there is instead."""

    message: str
    family: type[StudioError]
    models: tuple[dict[str, Any], ...] = ()


def choose_workflow(
    made_of: Ingredients, trail: Sequence[Failure] = (), *, besides: frozenset[str] = frozenset()
) -> Choice:
    """The workflow by which a take is rendered now.

    The one that was asked for, and no other; else the one that a character prefers; else, of those enabled
    that a live server can run, the one of the highest rank. A take that has failed stays with its workflow
    and keeps away from the servers where it shall not be tried again. Servers that are set aside for a
    workflow are passed over while another can run it. Those named in `besides` are none to choose from.

    Raises:
        RendererUnavailableError: no renderer answers.
        MissingModelError, MissingNodeError: no renderer that answers can run it; says what each lacks.
        GraphError: there is no such workflow.
        RenderError: it failed on all servers that can run it.
        InvalidError: no workflow takes what was asked for.
    """
    wanted = trail[-1].workflow if trail else made_of.wanted_workflow
    with transaction() as session:
        enabled = workflows.enabled(session)
        aside = servers.set_aside(session, read_settings().comfyui_urls)
    left = [workflow for workflow in enabled if workflow.name not in besides]
    candidates = _candidates(left, wanted, made_of.preferred_workflow)
    there = offers(read_settings().comfyui_urls)
    nodes = {url: offer.nodes for url, offer in there.items()}
    refused: dict[str, _Refusal] = {}
    for workflow in candidates:
        seen = _consider(workflow, made_of, nodes, aside, trail)
        if isinstance(seen, Choice):
            warning = None if trail else _warning(made_of, workflow, refused)
            return replace(seen, warning=warning, others=_others(there))
        refused[workflow.name] = seen
    raise _error(wanted, refused)


def _others(there: Mapping[str, Offer]) -> dict[str, int]:
    with transaction() as session:
        ours = servers.posted(session)
    return {url: max(0, offer.queue - ours.get(url, 0)) for url, offer in there.items()}


def _candidates(enabled: Sequence[Workflow], wanted: str | None, preferred: str | None) -> list[Workflow]:
    able = [workflow for workflow in enabled if wanted in (None, workflow.name)]
    return sorted(able, key=lambda flow: (flow.name != preferred, -flow.rank, flow.name))


def _consider(
    workflow: Workflow,
    made_of: Ingredients,
    there: Mapping[str, Nodes],
    aside: frozenset[Kind],
    trail: Sequence[Failure],
) -> Choice | _Refusal:
    missing = (set(workflow.bindings) & SOMETIMES) - workflow.optional - made_of.gives(workflow)
    if missing:
        return _Refusal(f"{workflow.name} needs {', '.join(sorted(missing))}", InvalidError)
    try:
        shape = _shrunk(fit(made_of.shape, workflow.limits), workflow, times_smaller(trail))
    except InvalidError as error:
        return _Refusal(f"{workflow.name}: {error.message}", InvalidError)
    needed = _with_loras(workflow, made_of)
    able = [url for url, nodes in there.items() if not unmet_needs(needed, nodes)]
    left = [url for url in able if url not in failed_at(trail)]
    if left := [url for url in left if (url, workflow.name) not in aside] or left:
        bound_to = kept_at(trail)
        return Choice(workflow, (bound_to,) if bound_to in left else tuple(left), shape)
    if able:
        return _Refusal(f"{workflow.name} failed on {', '.join(map(shown, able))}", RenderError)
    return _lacking(needed, there)


def _with_loras(workflow: Workflow, made_of: Ingredients) -> Workflow:
    """The workflow with the LoRAs of this take among the models that it needs."""
    places = (workflow.bindings.get(f"lora_{number}") for number in range(1, len(made_of.loras) + 1))
    models = (
        Model(workflow.graph[place.node]["class_type"], place.input, lora.file)
        for place, lora in zip(places, made_of.loras, strict=True)
        if place is not None
    )
    return replace(workflow, needs=replace(workflow.needs, models=(*workflow.needs.models, *models)))


def _shrunk(shape: Shape, workflow: Workflow, times: int) -> Shape:
    for _ in range(times):
        shape = smaller(shape, workflow.limits) or shape
    return shape


def _lacking(workflow: Workflow, there: Mapping[str, Nodes]) -> _Refusal:
    """What each server lacks, and which models it has in place of those that are missing."""
    lacks = {url: unmet_needs(workflow, nodes) for url, nodes in there.items()}
    told = "; ".join(
        f"{shown(url)} lacks {', '.join(needs)} for {workflow.name}{_instead(workflow, there[url])}"
        for url, needs in lacks.items()
    )
    models = tuple(
        {"server": shown(url), "file": model.file, "available": list(choices(nodes, model))}
        for url, nodes in there.items()
        for model in workflow.needs.models
        if model.class_type in nodes and model.file not in choices(nodes, model)
    )
    only_models = all(need.startswith("model ") for needs in lacks.values() for need in needs)
    return _Refusal(told, MissingModelError if only_models else MissingNodeError, models)


def _instead(workflow: Workflow, nodes: Nodes) -> str:
    has = {
        model.class_type: choices(nodes, model)
        for model in workflow.needs.models
        if model.class_type in nodes and model.file not in choices(nodes, model)
    }
    told = (f"{name}: {', '.join(files[:MOST_TOLD]) or 'none'}" for name, files in has.items())
    return f" (it has for {'; '.join(told)})" if has else ""


def _warning(made_of: Ingredients, chosen: Workflow, refused: Mapping[str, _Refusal]) -> str | None:
    """That a character's workflow is not the one that renders, and why."""
    preferred = made_of.preferred_workflow
    if preferred in (None, chosen.name) or made_of.wanted_workflow is not None:
        return None
    why = refused[preferred].message if preferred in refused else "there is no enabled workflow of that name"
    return f"The character's workflow {preferred} was passed over for {chosen.name}: {why}."


def _error(wanted: str | None, refused: Mapping[str, _Refusal]) -> StudioError:
    if not refused:
        return GraphError(
            f"There is no enabled workflow {wanted}." if wanted else "No workflow is enabled.",
            workflow=wanted,
        )
    families = [each.family for each in refused.values()]
    order = (RenderError, MissingModelError, MissingNodeError, InvalidError)
    family = next(each for each in order if each in families)
    told = "; ".join(each.message for each in refused.values())
    models = [model for each in refused.values() for model in each.models]
    details: dict[str, Any] = {"workflows": {name: each.message for name, each in refused.items()}}
    return family(f"No renderer can run it: {told}", **details, **({"models": models} if models else {}))
