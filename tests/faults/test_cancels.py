"""Cancelling at every stage: what runs for it ends, what runs for others goes on."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.prompts import graph
from tests.fakes.serving import wait_until
from tests.faults.drills import STARTS_WITHIN_S, mark_struck, waiting
from tests.faults.outcome import check_ended
from tests.faults.stand import Generation, Stand, is_row_awaited

GONE_WITHIN_S = 2.0


def cancel(generation: Generation) -> httpx.Response:
    return generation.stand.api.post(f"/generations/{generation.id}/cancel")


@pytest.mark.fault
@pytest.mark.parametrize("stage", ["plan", "check", "render", "assess", "sync"])
def test_a_cancel_at_a_stage_ends_the_generation_there(
    on_fake: Stand, fake: FakeComfyUI, told: Any, stage: str
) -> None:
    """The cancel comes while the stage is being recorded, and is next in line for the row."""
    with (
        ThreadPoolExecutor(1) as other,
        waiting(on_fake, "cancel", [stage]) as (met, closed),
    ):
        mark_struck(on_fake, met.values())
        answer = other.submit(cancel, met[stage])
        wait_until(lambda: is_row_awaited(on_fake), timeout_s=60)
        closed.open(met[stage].title, stage)
        assert (answer.result().status_code, answer.result().json()["status"]) == (200, "cancelled")
    assert check_ended(met[stage], "cancelled")["stage"] == stage
    told("cancel", stage, met[stage])


@pytest.mark.fault
def test_a_cancel_before_the_run_begins_is_final(on_fake: Stand, fake: FakeComfyUI, told: Any) -> None:
    generation = on_fake.begin("cancel at once")
    generation.struck_at = on_fake.clock()
    assert cancel(generation).status_code == 200
    assert check_ended(generation, "cancelled")["stage"] == "queued"
    told("cancel", "queued", generation)


@pytest.mark.fault
def test_a_cancel_at_publish_comes_too_late(on_fake: Stand, fake: FakeComfyUI, told: Any) -> None:
    with (
        ThreadPoolExecutor(1) as other,
        waiting(on_fake, "cancel", ["publish"]) as (met, closed),
    ):
        mark_struck(on_fake, met.values())
        answer = other.submit(cancel, met["publish"])
        wait_until(lambda: is_row_awaited(on_fake), timeout_s=60)
        closed.open(met["publish"].title, "publish")
        assert (answer.result().status_code, answer.result().json()["error"]["code"]) == (
            409,
            "INVALID_STATE",
        )
    check_ended(met["publish"], "completed")
    told("cancel", "publish", met["publish"])


@pytest.mark.fault(always=True)
def test_a_cancel_stops_its_own_prompt_and_no_other(on_fake: Stand, fake: FakeComfyUI, told: Any) -> None:
    fake.is_held = True
    running = on_fake.begin("cancel while it runs")
    wait_until(lambda: fake.running is not None, timeout_s=STARTS_WITHIN_S)
    behind = on_fake.begin("cancel while it waits")
    wait_until(lambda: len(fake.pending) == 1, timeout_s=STARTS_WITHIN_S)
    first, second = (prompt_of(generation) for generation in (running, behind))
    cancelled(behind)
    assert (prompts(fake), fake.interrupts) == ([first], [])
    foreign = str(uuid.uuid4())
    httpx.post(f"{fake.url}/prompt", json={"prompt": graph(), "prompt_id": foreign}, trust_env=False)
    cancelled(running)
    wait_until(lambda: prompts(fake) == [foreign], timeout_s=60)
    assert [stopped["prompt_id"] for stopped in fake.interrupts] == [first]
    fake.is_held = False
    wait_until(lambda: fake.history.get(foreign), timeout_s=60)
    assert fake.history[foreign]["status"]["status_str"] == "success"
    assert second not in fake.history
    for generation in (behind, running):
        check_ended(generation, "cancelled")
    told("cancel", "render, running", running)


@pytest.mark.fault
def test_a_cancel_does_not_touch_the_prompt_of_another_that_runs_before_it(
    on_fake: Stand, fake: FakeComfyUI, told: Any
) -> None:
    fake.is_held = True
    foreign = str(uuid.uuid4())
    httpx.post(f"{fake.url}/prompt", json={"prompt": graph(), "prompt_id": foreign}, trust_env=False)
    generation = on_fake.begin("cancel behind another")
    wait_until(lambda: len(fake.pending) == 1, timeout_s=STARTS_WITHIN_S)
    cancelled(generation)
    assert (prompts(fake), fake.interrupts) == ([foreign], [])
    check_ended(generation, "cancelled")
    told("cancel", "render, in line", generation)


def cancelled(generation: Generation) -> None:
    """Cancel, and see the prompt gone from the renderer in time."""
    prompt_id, fake_url = prompt_of(generation), generation.stand.settings.comfyui_urls[0]
    mark_struck(generation.stand, [generation])
    began_s = time.monotonic()
    assert cancel(generation).status_code == 200
    wait_until(lambda: prompt_id not in queue_of(fake_url), timeout_s=GONE_WITHIN_S)
    assert time.monotonic() - began_s < GONE_WITHIN_S


def prompt_of(generation: Generation) -> str:
    return str(generation.places()[-1]["prompt_id"])


def queue_of(url: str) -> str:
    """The renderer's queue as text: ids are looked for in it."""
    return httpx.get(f"{url}/queue", trust_env=False).text


def prompts(fake: FakeComfyUI) -> list[str]:
    """The prompts on the renderer, the running one first."""
    return [row[1] for row in ([fake.running] if fake.running else []) + fake.pending]
