"""Which workflow a take is rendered by, and where: as asked, as preferred, by rank; and why not."""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from uuid import uuid4

import httpx
import pytest

from db.models.rendering import RenderServer
from db.queries import servers, workflows
from db.session import transaction
from studio.continuity import Lora
from studio.errors import (
    GraphError,
    InvalidError,
    MissingModelError,
    MissingNodeError,
    RenderError,
    RendererUnavailableError,
)
from studio.remedies import Answer, Failure
from studio.shipped import SHIPPED
from studio.workflows import Binding, Limits, Model, Needs, Workflow
from tasks.choosing import choose_workflow
from tasks.ingredients import Ingredients, gather
from tasks.renderers import forget, offers
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.comfyui_answers import MODELS
from tests.fakes.prompts import graph
from tests.fakes.staging import planned

Register = Callable[..., Workflow]
WAN = Model("UNETLoader", "unet_name", "wan2.2_5B.safetensors")


@pytest.fixture
def made_of(fake: FakeComfyUI) -> Ingredients:
    return gather(planned(), 1)


@pytest.fixture
def register(made_of: Ingredients) -> Iterator[Register]:
    """Registers workflows like the animatic that need a node which only this module's servers have."""
    names: list[str] = []

    def register(**fields: object) -> Workflow:
        name = f"flow-{uuid4().hex[:8]}"
        flow = replace(SHIPPED["animatic"], name=name, needs=Needs(nodes=("Rare",)), **fields)
        with transaction() as session:
            workflows.add(session, flow, is_ranked=True)
        names.append(name)
        return flow

    yield register
    with transaction() as session:
        for name in names:
            workflows.change(session, name, {"enabled": False})


def give(*fakes: FakeComfyUI, model: str | None = None) -> None:
    for fake in fakes:
        fake.object_info["Rare"] = {"input": {"required": {}}, "output": []}
        if model:
            fake.object_info["UNETLoader"]["input"]["required"]["unet_name"] = [[model]]


def test_the_highest_rank_that_a_live_server_can_run_is_chosen(
    fake: FakeComfyUI, made_of: Ingredients, register: Register
) -> None:
    register(rank=60)
    best = register(rank=90)
    assert choose_workflow(made_of).workflow.name == "animatic"
    give(fake)
    forget(fake.url)
    choice = choose_workflow(made_of)
    assert (choice.workflow.name, choice.servers, choice.warning) == (best.name, (fake.url,), None)


def test_no_other_will_do_than_the_one_that_was_asked_for(
    fake: FakeComfyUI, made_of: Ingredients, register: Register
) -> None:
    low = register(rank=1)
    with pytest.raises(MissingNodeError, match=f"{fake.url} lacks node Rare for {low.name}"):
        choose_workflow(replace(made_of, wanted_workflow=low.name))
    give(fake)
    forget(fake.url)
    assert choose_workflow(replace(made_of, wanted_workflow=low.name)).workflow.name == low.name
    with pytest.raises(GraphError, match="no enabled workflow nothing"):
        choose_workflow(replace(made_of, wanted_workflow="nothing"))


def test_a_characters_workflow_is_preferred_and_passed_over_with_a_word(
    fake: FakeComfyUI, made_of: Ingredients, register: Register
) -> None:
    low = register(rank=1)
    prefers = replace(made_of, preferred_workflow=low.name)
    passed = choose_workflow(prefers)
    assert (passed.workflow.name, "lacks node Rare" in str(passed.warning)) == ("animatic", True)
    give(fake)
    forget(fake.url)
    assert choose_workflow(prefers).workflow.name == low.name
    unknown = choose_workflow(replace(made_of, preferred_workflow="gone.json"))
    assert "no enabled workflow of that name" in str(unknown.warning)


def test_a_missing_model_is_named_with_what_the_server_has(
    fake: FakeComfyUI, made_of: Ingredients, register: Register
) -> None:
    flow = register()
    with transaction() as session:
        workflows.change(session, flow.name, {"enabled": False})
    wan = replace(flow, name=f"wan-{uuid4().hex[:8]}", needs=Needs(models=(WAN,)))
    with transaction() as session:
        workflows.add(session, wan, is_ranked=True)
    with pytest.raises(
        MissingModelError, match=rf"lacks model wan2\.2_5B.*it has for UNETLoader: {MODELS[0]}"
    ) as refused:
        choose_workflow(replace(made_of, wanted_workflow=wan.name))
    assert refused.value.details["models"] == [{"server": fake.url, "file": WAN.file, "available": MODELS}]
    with transaction() as session:
        workflows.change(session, wan.name, {"enabled": False})


def offer_loras(fake: FakeComfyUI, *files: str) -> None:
    fake.object_info["LoraLoaderModelOnly"] = {"input": {"required": {"lora_name": [list(files)]}}}


def test_a_take_goes_where_its_characters_lora_is(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients, register: Register
) -> None:
    give(*pair)
    without, having = pair
    offer_loras(without, "mira.safetensors")
    offer_loras(having, "mira.safetensors", "kai.safetensors")
    node = {"class_type": "LoraLoaderModelOnly", "inputs": {"lora_name": ""}}
    flow = register(
        rank=90,
        graph={**SHIPPED["animatic"].graph, "lora": node},
        bindings={**SHIPPED["animatic"].bindings, "lora_1": Binding("lora", "lora_name")},
    )
    kai = replace(made_of, loras=(Lora("kai.safetensors", 1.0),))
    assert choose_workflow(kai).servers == (having.url,)
    assert set(choose_workflow(made_of).servers) == {without.url, having.url}
    nobodys = replace(made_of, loras=(Lora("aoi.safetensors", 1.0),), wanted_workflow=flow.name)
    with pytest.raises(MissingModelError, match=r"lacks model aoi\.safetensors.*mira\.safetensors"):
        choose_workflow(nobodys)


def test_only_what_has_its_values_and_takes_the_length_is_chosen(
    fake: FakeComfyUI, made_of: Ingredients, register: Register
) -> None:
    give(fake)
    graph = copy.deepcopy(dict(SHIPPED["animatic"].graph))
    graph["1"] = {**graph["1"], "inputs": {**graph["1"]["inputs"], "start": "x.png"}}
    bindings = {**SHIPPED["animatic"].bindings, "first_frame": Binding("1", "start")}
    optional = SHIPPED["animatic"].optional - {"first_frame"}
    from_picture = register(rank=99, graph=graph, bindings=bindings, optional=optional)
    short = register(rank=98, limits=Limits(most_frames=5, fps=Fraction(16)))
    assert choose_workflow(made_of).workflow.name == "animatic"
    with pytest.raises(InvalidError, match="first_frame"):
        choose_workflow(replace(made_of, wanted_workflow=from_picture.name))
    with pytest.raises(InvalidError, match=r"at most 0\.31 s"):
        choose_workflow(replace(made_of, wanted_workflow=short.name))


def test_a_take_that_failed_stays_with_its_workflow_and_goes_where_it_may(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients, register: Register
) -> None:
    give(*pair)
    first, second = (server.url for server in pair)
    flow = register(rank=1)

    def failed(url: str, answer: Answer) -> Failure:
        return Failure("X", url, flow.name, answer)

    stalled = choose_workflow(made_of, [failed(first, Answer.ELSEWHERE)])
    assert (stalled.workflow.name, stalled.servers) == (flow.name, (second,))
    assert choose_workflow(made_of, [failed(second, Answer.FREE)]).servers == (second,)
    assert set(choose_workflow(made_of, [failed(second, Answer.AGAIN)]).servers) == {first, second}
    prefers = replace(made_of, preferred_workflow="another")
    assert choose_workflow(prefers, [failed(second, Answer.AGAIN)]).warning is None
    with pytest.raises(RenderError, match=f"{flow.name} failed on"):
        choose_workflow(made_of, [failed(url, Answer.ELSEWHERE) for url in (first, second)])


def test_a_server_is_set_aside_after_three_failures_and_only_while_another_can(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients
) -> None:
    first, second = (server.url for server in pair)
    note(first, 2)
    assert set(choose_workflow(made_of).servers) == {first, second}
    note(first, 1)
    assert choose_workflow(made_of).servers == (second,)
    note(second, 3)
    assert set(choose_workflow(made_of).servers) == {first, second}
    with transaction() as session:
        servers.succeeded(session, first, "animatic")
    assert choose_workflow(made_of).servers == (first,)
    note(second, 1, set_aside_s=-1)
    assert set(choose_workflow(made_of).servers) == {first, second}


def note(url: str, times: int, set_aside_s: float = 600) -> None:
    with transaction() as session:
        if session.get(RenderServer, url) is None:
            session.add(RenderServer(url=url))
            session.flush()
        for _ in range(times):
            servers.failed(session, url, "animatic", blame=1, set_aside_s=set_aside_s)


def test_a_server_that_answers_nothing_holds_nobody_up(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients
) -> None:
    first, second = pair
    first.is_silent = True
    began_s = time.monotonic()
    assert choose_workflow(made_of).servers == (second.url,)
    assert time.monotonic() - began_s < 2
    first.is_silent = False


def test_where_no_server_answers_each_is_named(pair: tuple[FakeComfyUI, FakeComfyUI]) -> None:
    for server in pair:
        server.is_away = True
    with pytest.raises(RendererUnavailableError) as refused:
        offers([server.url for server in pair])
    assert all(server.url in refused.value.message for server in pair)


def test_prompts_of_other_people_are_counted(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients
) -> None:
    first, second = pair
    first.render_s = 60.0
    with httpx.Client(base_url=first.url, trust_env=False) as somebody:
        for number in range(3):
            body = {"prompt": graph(seed=number), "client_id": "somebody"}
            somebody.post("/prompt", json=body).raise_for_status()
    assert choose_workflow(made_of).others == {first.url: 3, second.url: 0}


def test_what_servers_have_is_asked_once_a_while(
    pair: tuple[FakeComfyUI, FakeComfyUI], made_of: Ingredients
) -> None:
    for _ in range(3):
        choose_workflow(made_of)
    assert [server.asked["/object_info"] for server in pair] == [1, 1]
    forget(pair[0].url)
    choose_workflow(made_of)
    assert [server.asked["/object_info"] for server in pair] == [2, 1]
