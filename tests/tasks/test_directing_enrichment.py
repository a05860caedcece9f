"""What a language model may still change of a plan that was confirmed, and until when."""

import json
from typing import Any

import pytest
from prefect.client.schemas.objects import StateType

from db.queries import conversations, director, generations
from db.queries.branches import find
from db.queries.conversations import Said
from db.session import transaction
from studio.echo.documents import as_document
from studio.echo.facts import Facts
from studio.echo.planning import plan
from tasks import orchestrator
from tasks.directing import confirm
from tasks.directing_enrichment import enrich_plan, enriched_steps
from tests.fakes.generations import new_branch
from tests.fakes.ollama import FakeOllama, fake_ollama

pytestmark = pytest.mark.usefixtures("connected")
WORDS = "Create a 5-second anime scene of rain in a mystical forest"
RICHER = "rain in a mystical forest, soft light between old cedars"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Any:
    words = (json.dumps({"prompts": [RICHER], "wording": ""}),)
    with fake_ollama(words=words) as fake:
        monkeypatch.setenv("OLLAMA_HOST", fake.url)
        yield fake


@pytest.fixture
def plan_id() -> str:
    """A plan of a clip that was confirmed."""
    planned = plan(WORDS, Facts.of(1, {}))
    document = {**as_document(planned), "branch": "main"}
    with transaction() as session:
        project_id = new_branch(session).project_id
        assert find(session, project_id, "main")
        said = Said("", f"talk {project_id}", project_id, WORDS, {}, document, "", "rules", "planned")
        made = conversations.remember(session, said).plan_id
    confirm("", made)
    return made


def _turn(plan_id: str) -> Any:
    with transaction() as session:
        turn = conversations.of_plan(session, plan_id)
        session.expunge(turn)
        return turn


def _why_dropped(plan_id: str) -> list[str]:
    """The newest decision about enriching a plan first."""
    with transaction() as session:
        rows = director.page(session, _turn(plan_id).project_id, limit=50, before=0)
    return [each["reason"] for row in rows if row["command"] == "enrich" for each in row["dropped"]]


def _prompts(steps: list[dict[str, Any]]) -> list[str]:
    return [step["parameters"]["prompt"] for step in steps if step["action"] == "generate_video"]


def test_what_a_model_adds_while_the_plan_waits_for_it_is_kept(model: FakeOllama, plan_id: str) -> None:
    enrich_plan(plan_id)
    assert _prompts(_turn(plan_id).plan["steps"]) == [RICHER]
    assert _turn(plan_id).made_by == "model"


def test_a_plan_goes_on_without_prefect_and_the_log_says_why(model: FakeOllama, plan_id: str) -> None:
    steps = _turn(plan_id).plan["steps"]
    assert enriched_steps(steps, plan_id) == enriched_steps(steps, plan_id) == steps
    assert len(_why_dropped(plan_id)) == 1


def test_what_a_model_says_of_a_plan_that_is_carried_out_changes_nothing(
    model: FakeOllama, plan_id: str
) -> None:
    steps = _turn(plan_id).plan["steps"]
    enriched_steps(steps, plan_id)
    assert "carried out already" in enrich_plan(plan_id)
    assert (_turn(plan_id).plan["steps"], model.asked) == (steps, [])


def test_what_a_model_says_of_a_plan_that_has_ended_changes_nothing(model: FakeOllama, plan_id: str) -> None:
    steps = _turn(plan_id).plan["steps"]
    with transaction() as session:
        generations.get(session, _turn(plan_id).generation_id).status = "cancelled"
    assert "no longer" in enrich_plan(plan_id)
    assert _turn(plan_id).plan["steps"] == steps


def test_a_plan_that_ends_while_the_model_writes_stays_as_it_is(model: FakeOllama, plan_id: str) -> None:
    steps = _turn(plan_id).plan["steps"]

    def end() -> None:
        with transaction() as session:
            generations.get(session, _turn(plan_id).generation_id).status = "cancelled"

    model.meanwhile = end
    enrich_plan(plan_id)
    assert _turn(plan_id).plan["steps"] == steps
    assert _why_dropped(plan_id) == ["the plan is no longer carried out"]


@pytest.mark.usefixtures("orchestrated")
def test_a_plan_does_not_wait_for_ever_for_a_pool_without_workers(
    model: FakeOllama, plan_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_OLLAMA_TIMEOUT_S", "0.1")
    steps = _turn(plan_id).plan["steps"]
    assert enriched_steps(steps, plan_id, leeway_s=0.1) == steps
    assert _why_dropped(plan_id) == ["Nobody asked the language model within 0.2 s."]
    seen = orchestrator.look_at(orchestrator.create_enrichment(plan_id))
    assert seen is not None
    assert seen.state is StateType.CANCELLED
