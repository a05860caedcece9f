"""Talking to Echo: planned, remembered, confirmed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from api.echo import create_app
from db.queries import branches, conversations, generations
from db.session import transaction
from studio.settings import Settings
from tasks import directing
from tasks.directing_enrichment import enrich_plan
from tests.fakes.generations import new_generation
from tests.fakes.ollama import fake_ollama
from tests.fakes.serving import wait_until

E = "/api/echo"
FOREST = "Create a 5-second anime scene with Kai Nakamura in a mystical forest"


@pytest.fixture(scope="module")
def submitted() -> list[tuple[str, int]]:
    return []


@pytest.fixture(scope="module")
def echo(service: TestClient, settings: Settings, submitted: list[tuple[str, int]]) -> Iterator[TestClient]:
    def submit(generation_id: str, attempt: int) -> None:
        submitted.append((generation_id, attempt))

    with TestClient(create_app(settings, submit=submit), "http://localhost") as client:
        yield client


@pytest.fixture
def talk(echo: TestClient, kai: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    def say(words: str, path: str = "query", **more: Any) -> dict[str, Any]:
        field = "query" if path == "query" else "message"
        context = {"project_id": kai["project_id"], **more.pop("context", {})}
        body = {field: words, "context": context, "conversation_id": request.node.name, **more}
        answer = echo.post(f"{E}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return say


def test_a_request_is_planned_and_nothing_is_done(echo: TestClient, talk: Any) -> None:
    answer = talk(FOREST, context={"style": "cinematic"})
    actions = [step["action"] for step in answer["action_plan"]]
    assert actions == ["character_consistency_check", "generate_video", "quality_assessment"]
    assert answer["response"].startswith(
        "I'll orchestrate the generation of a 5-second cinematic anime scene"
    )
    assert (answer["state"], answer["generation_id"], answer["made_by"]) == ("planned", None, "rules")
    shown = echo.get(f"{E}/plans/{answer['plan_id']}").json()
    assert (shown["state"], shown["steps"], shown["status"]) == ("planned", [], None)


def test_a_confirmed_plan_becomes_one_job_however_often_it_is_confirmed(
    echo: TestClient, talk: Any, submitted: list[tuple[str, int]]
) -> None:
    plan_id = talk(FOREST)["plan_id"]
    first = echo.post(f"{E}/plans/{plan_id}/confirm")
    again = echo.post(f"{E}/plans/{plan_id}/confirm")
    assert (first.status_code, again.status_code) == (202, 202)
    generation_id = first.json()["generation_id"]
    assert again.json()["generation_id"] == generation_id
    assert [each for each, _ in submitted].count(generation_id) == 1
    with transaction() as session:
        job = generations.get(session, generation_id)
    assert (job.kind, job.request["plan_id"], len(job.request["steps"])) == ("direct", plan_id, 3)


def test_a_plan_is_carried_out_at_once_where_that_is_asked_for(talk: Any) -> None:
    answer = talk(FOREST, confirm=True)
    assert answer["state"] == "accepted"
    assert answer["generation_id"].startswith("gen_")


def test_what_publishes_is_a_dry_run_until_it_is_confirmed(echo: TestClient, talk: Any) -> None:
    answer = talk(f"{FOREST} and publish it", confirm=True)
    assert (answer["state"], answer["needs_confirmation"], answer["generation_id"]) == ("planned", True, None)
    assert echo.post(f"{E}/plans/{answer['plan_id']}/confirm").json()["state"] == "accepted"


def test_a_conversation_goes_on_from_what_was_said(echo: TestClient, talk: Any) -> None:
    talk(FOREST)
    answer = talk("again, but at night and in the rain", "chat")
    assert answer["action_plan"][1]["parameters"]["prompt"] == (
        "Kai Nakamura in a mystical forest, at night and in the rain"
    )
    conversation = f"{E}/conversations/{answer['conversation_id']}"
    assert [turn["request"] for turn in echo.get(conversation).json()["turns"]] == [
        FOREST, "again, but at night and in the rain",
    ]  # fmt: skip
    assert echo.delete(conversation).status_code == 204
    assert echo.get(conversation).status_code == 404


def test_yes_confirms_the_last_plan_and_no_drops_it(talk: Any) -> None:
    talk(FOREST)
    assert talk("no thanks", "chat")["state"] == "dropped"
    planned = talk(FOREST)["estimated_duration"]
    answer = talk("yes please", "chat")
    assert (answer["state"], answer["estimated_duration"]) == ("accepted", planned)
    assert planned is not None
    assert answer["generation_id"] in answer["response"]


def test_a_yes_that_is_sent_again_is_the_same_yes(
    talk: Any, submitted: list[tuple[str, int]], echo: TestClient
) -> None:
    talk(FOREST)
    first, again = talk("yes", "chat"), talk("Yes!", "chat")
    assert (again["generation_id"], again["state"]) == (first["generation_id"], "accepted")
    assert again["response"] == f"I am on it already: {first['generation_id']}."
    assert [each for each, _ in submitted].count(first["generation_id"]) == 1
    with transaction() as session:
        generations.get(session, first["generation_id"]).status = "needs_review"
    told = talk("yes", "chat")["response"]
    assert told == f"That was confirmed before: {first['generation_id']} is needs review."
    assert len(echo.get(f"{E}/conversations/{first['conversation_id']}").json()["turns"]) == 1


def test_a_yes_and_a_no_at_once_are_not_both_obeyed(talk: Any, kai: dict[str, Any]) -> None:
    """The no comes while the yes is being written: it waits for it, and says what holds."""
    turn = talk(FOREST)
    with ThreadPoolExecutor(1) as threads:
        with transaction() as session:
            row = conversations.plan(session, "", turn["plan_id"], locked=True)
            no = threads.submit(talk, "no", "chat")
            wait_until(lambda: is_waited_for(session))
            job = directing.accept_steps(
                session, turn["action_plan"], project_id=kai["project_id"], branch="main", title="x"
            )
            conversations.settle(session, row, "accepted", job.id)
            generation_id = job.id
        answer = no.result(10)
    assert (answer["state"], answer["response"]) == ("accepted", f"I am on it already: {generation_id}.")


def is_waited_for(session: Session) -> bool:
    """Whether somebody waits for a row of this database."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(session.scalar(text(query)))


@pytest.mark.parametrize(
    ("plan", "clip", "states"),
    [
        ("processing", "processing", ["completed", "processing", "waiting"]),
        ("cancelled", "cancelled", ["completed", "cancelled", "cancelled"]),
        ("cancelled", "completed", ["completed", "completed", "cancelled"]),
        ("failed", "needs_review", ["completed", "completed", "skipped"]),
    ],
)
def test_steps_of_a_plan_that_has_ended_do_not_wait(
    talk: Any, echo: TestClient, kai: dict[str, Any], plan: str, clip: str, states: list[str]
) -> None:
    answer = talk(FOREST, confirm=True)
    generation_id = answer["generation_id"]
    with transaction() as session:
        job = generations.get(session, generation_id)
        child = new_generation(session, branches.find(session, kai["project_id"], "main"))
        job.status, child.status = plan, clip
        conversations.note_step(session, generation_id, 1, "completed")
        conversations.note_step(session, generation_id, 2, "processing", child_id=child.id)
    shown = echo.get(f"{E}/plans/{answer['plan_id']}").json()
    assert [step["state"] for step in shown["steps"]] == states


def test_what_is_missing_is_asked_back_and_answered(talk: Any) -> None:
    asked = talk("Make a scene with Tomoko waiting at the bus stop")
    assert (asked["state"], asked["action_plan"]) == ("asked", [])
    assert [each["missing"] for each in asked["questions"]] == ["character"]
    answer = talk("Kai Nakamura", "chat")
    assert answer["action_plan"][0]["parameters"] == {"character": "Kai Nakamura"}


def test_without_a_project_it_is_asked_for(echo: TestClient) -> None:
    answer = echo.post(f"{E}/query", json={"query": "Create a scene of rain on a roof"}).json()
    assert [each["missing"] for each in answer["questions"]] == ["project"]
    assert answer["conversation_id"].startswith("conv_")


def test_every_decision_is_in_the_log(service: TestClient, talk: Any, kai: dict[str, Any]) -> None:
    talk("delete all projects")
    answer = talk(FOREST, confirm=True)
    rows = service.get(f"/api/anime/director/log?project_id={kai['project_id']}").json()
    assert [(row["command"], row["outcome"]) for row in rows] == [
        ("confirm", "accepted"), ("query", "planned"), ("query", "refused"),
    ]  # fmt: skip
    assert rows[0]["generation_id"] == answer["generation_id"]
    assert rows[0]["plan"] == answer["action_plan"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": ""}, 422),
        ({"query": "  "}, 422),
        ({"query": "x", "surprise": 1}, 422),
        ({"query": "x", "context": {"project_id": 999_999_999}}, 404),
        ({"query": "x", "context": {"duration": -1}}, 422),
        ({"query": "x" * 4_001}, 422),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(
    echo: TestClient, body: dict[str, Any], status: int
) -> None:
    assert echo.post(f"{E}/query", json=body).status_code == status


def test_a_plan_of_nobody_is_not_found(echo: TestClient) -> None:
    assert echo.get(f"{E}/plans/plan_00").status_code == 404
    assert echo.post(f"{E}/plans/plan_00/confirm").status_code == 404


def _reply(**told: object) -> tuple[str, ...]:
    return (json.dumps(told),)


def test_a_models_richer_prompt_is_kept_and_its_other_words_are_not(
    talk: Any, service: TestClient, kai: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    richer = "Kai Nakamura in a mystical forest, soft light between old cedars"
    with fake_ollama(words=_reply(prompts=[richer], wording="I published it all.")) as model:
        monkeypatch.setenv("OLLAMA_HOST", model.url)
        answer = talk(FOREST)
    assert answer["action_plan"][1]["parameters"]["prompt"] == richer
    assert answer["made_by"] == "model"
    assert [each["what"] for each in answer["dropped"]] == ["wording"]
    row = service.get(f"/api/anime/director/log?project_id={kai['project_id']}").json()[0]
    assert (row["made_by"], row["dropped"][0]["reason"]) == (
        "model", "it speaks of an action that is not planned: publish",
    )  # fmt: skip


@pytest.mark.parametrize("trouble", ["garbage", "drops", "error"])
def test_a_model_that_fails_is_missed_by_nobody(
    talk: Any, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    with fake_ollama(trouble=trouble) as model:
        monkeypatch.setenv("OLLAMA_HOST", model.url)
        answer = talk(FOREST)
    assert answer["action_plan"][1]["parameters"]["prompt"] == "Kai Nakamura in a mystical forest"
    assert (answer["made_by"], [each["what"] for each in answer["dropped"]]) == ("rules", ["model"])


def test_a_confirmed_plan_is_enriched_in_a_run_of_its_own(
    talk: Any, echo: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = talk(FOREST)["plan_id"]
    richer = "Kai Nakamura in a mystical forest, fireflies over still water"
    with fake_ollama(words=_reply(prompts=[richer], wording="")) as model:
        monkeypatch.setenv("OLLAMA_HOST", model.url)
        enrich_plan(plan_id)
    shown = echo.get(f"{E}/plans/{plan_id}").json()
    assert shown["action_plan"][1]["parameters"]["prompt"] == richer
    assert shown["made_by"] == "model"
