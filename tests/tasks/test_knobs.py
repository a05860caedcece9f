"""What can be turned for the next take: what its graph binds, once each; and how it reaches the take."""

from dataclasses import replace
from uuid import uuid4

import pytest

from db.queries import decisions, generations, takes, workflows
from db.queries.ownership import Run
from db.session import transaction
from studio.retakes import MOTION, Judged, Knob
from studio.shipped import ANIMATIC
from tasks.check import check_consistency
from tasks.ingredients import gather, pin
from tasks.knobs import knobs_of
from tasks.plan import plan_scene
from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.staging import accepted


def _made(**parameters: object) -> Run:
    """A take that was drawn by an animatic, as if it had been asked for by these parameters."""
    run = accepted(quality="high")
    plan_scene.fn(run)
    check_consistency.fn(run)
    made_of = gather(run, 1)
    pin(run, 1, made_of, ANIMATIC, made_of.shape)
    with transaction() as session:
        row = takes.get(session, run.generation_id, 1)
        row.parameters = {**row.parameters, **parameters}
    return run


def _failed(*takes: int) -> list[Judged]:
    return [Judged(take, "fail", 4.0, frozenset({f"defect {take}"}), None) for take in takes]


def _turn(run: Run, knob: Knob, value: object, *, next_take: int) -> None:
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        told = {"knob": knob.value, "value": value, "next_take": next_take, "failed": []}
        decisions.decide(session, job, "retake", made_by="loop", **told)


def test_seed_and_motion_can_be_turned_with_any_graph(fake: FakeComfyUI) -> None:
    knobs = knobs_of(_made(), _failed(1))
    assert set(knobs) == {Knob.SEED, Knob.MOTION}
    assert knobs[Knob.MOTION] == MOTION


@pytest.mark.parametrize(
    ("parameters", "knob", "value"),
    [
        ({"steps": 21}, Knob.STEPS, 32),
        ({"lora_1_strength": 0.8}, Knob.REFERENCE, 1.25),
        ({"lora_1_strength": 0.8, "lora_2_strength": 1.3}, Knob.REFERENCE, None),
    ],
)
def test_steps_and_likeness_are_turned_where_the_take_was_given_any(
    fake: FakeComfyUI, parameters: dict[str, float], knob: Knob, value: float | None
) -> None:
    assert knobs_of(_made(**parameters), _failed(1)).get(knob) == value


def test_a_knob_is_turned_once_and_the_seed_as_often_as_wanted(fake: FakeComfyUI) -> None:
    run = _made(steps=20)
    seed = knobs_of(run, _failed(1))[Knob.SEED]
    for knob, value in ((Knob.MOTION, MOTION), (Knob.STEPS, 30), (Knob.SEED, seed)):
        _turn(run, knob, value, next_take=1)
    assert set(knobs_of(run, _failed(1))) == {Knob.SEED}


def test_a_turned_knob_reaches_the_take_it_was_turned_for_and_those_after(fake: FakeComfyUI) -> None:
    run = _made()
    _turn(run, Knob.STEPS, 33, next_take=1)
    _turn(run, Knob.MOTION, MOTION, next_take=2)
    made_of = gather(run, 1)
    assert made_of.sampling["steps"] == 33
    assert MOTION not in made_of.prompt


def test_another_workflow_is_offered_for_the_third_take_unless_one_was_asked_for(fake: FakeComfyUI) -> None:
    run, other = _made(), replace(ANIMATIC, name=f"flow-{uuid4().hex[:8]}", rank=60)
    two = _failed(1, 2)[::-1]  # the last of them is the take whose rows there are
    assert Knob.WORKFLOW not in knobs_of(run, two)
    with transaction() as session:
        workflows.add(session, other, is_ranked=True)
    try:
        assert knobs_of(run, two)[Knob.WORKFLOW] == other.name
        assert Knob.WORKFLOW not in knobs_of(run, _failed(1))
        _turn(run, Knob.WORKFLOW, other.name, next_take=1)
        assert gather(run, 1).wanted_workflow == other.name
        with transaction() as session:
            generations.request(session, run.generation_id).workflow = ANIMATIC.name
        assert Knob.WORKFLOW not in knobs_of(run, two)
        assert gather(run, 1).wanted_workflow == ANIMATIC.name
    finally:
        with transaction() as session:
            workflows.change(session, other.name, {"enabled": False})


def test_what_was_turned_before_a_person_asked_again_counts_no_more(fake: FakeComfyUI) -> None:
    run = _made()
    _turn(run, Knob.MOTION, MOTION, next_take=2)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
        job.take = 3
        decisions.decide(session, job, "retry", anew=True)
        session.flush()
        assert decisions.turned(session, job.id, 3) == {}
