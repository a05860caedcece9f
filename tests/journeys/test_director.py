"""The director on a real tower: talked to over HTTP, and what it plans carried out to the last file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.addresses import Addresses
from tests.fakes.requests import ended, until

pytestmark = pytest.mark.journey
SAID = (
    "Create a 5-second anime scene with Kai Nakamura in a mystical forest",
    "again, but at night and in the rain",
    "make a trailer of it and publish",
)


@pytest.fixture(scope="module")
def echo(tower: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tower.echo_url}/api/echo", trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def turns(api: httpx.Client, echo: httpx.Client) -> list[dict[str, Any]]:
    """The conversation: each answer, with the plan as it stood when it had been carried out."""
    made = api.post("/projects", json={"name": "The Conversation"}).json()
    project_id = int(made["id"])
    api.put(f"/projects/{project_id}/settings", json={"width": 320, "height": 184})
    kai = {"project_id": project_id, "name": "Kai Nakamura", "description": "short red hair, blue coat"}
    assert api.post("/characters", json=kai).status_code == 201
    context = {"project_id": project_id, "quality": "draft"}
    told = []
    for words in SAID:
        body = {"message": words, "conversation_id": "the conversation", "context": context}
        answer = echo.post("/chat", json=body)
        assert answer.status_code == 200, answer.text
        plan_id = answer.json()["plan_id"]
        confirmed = echo.post("/chat", json={**body, "message": "yes"}).json()
        until(api, confirmed["generation_id"], ended, within_s=300)
        told.append({**answer.json(), "done": echo.get(f"/plans/{plan_id}").json()})
    return told


def test_what_was_said_is_carried_out(turns: list[dict[str, Any]]) -> None:
    assert [turn["done"]["status"] for turn in turns] == ["completed"] * 3, turns
    states = [{step["state"] for step in turn["done"]["steps"]} for turn in turns]
    assert states == [{"completed"}] * 3


def test_again_means_the_scene_of_before(turns: list[dict[str, Any]]) -> None:
    prompts = [turn["action_plan"][1]["parameters"]["prompt"] for turn in turns[:2]]
    assert prompts == [
        "Kai Nakamura in a mystical forest",
        "Kai Nakamura in a mystical forest, at night and in the rain",
    ]


def test_the_clips_and_the_trailer_lie_in_the_library(api: httpx.Client, turns: list[dict[str, Any]]) -> None:
    clips = [turn["done"]["steps"][1]["generation_id"] for turn in turns[:2]]
    trailer = turns[2]["done"]["steps"][0]["generation_id"]
    assert turns[2]["needs_confirmation"]
    for generation_id in (*clips, trailer):
        shown = api.get(f"/generations/{generation_id}").json()
        assert shown["status"] == "completed"
        assert Path(shown["published_path"]).is_file()
    assert turns[2]["action_plan"][0]["parameters"]["generation_ids"] == [clips[1]]


def test_every_decision_of_the_conversation_is_in_the_log(
    api: httpx.Client, turns: list[dict[str, Any]]
) -> None:
    rows = api.get(f"/director/log?project_id={turns[0]['project_id']}").json()
    told = [(row["command"], row["outcome"]) for row in rows]
    assert told.count(("confirm", "completed")) == 3
    assert told.count(("chat", "planned")) == 3
    produced = [row for row in rows if row["command"] == "produce_scene"]
    assert {row["plan"][1]["action"] for row in produced} == {"generate_video"}
