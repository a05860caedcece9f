"""A renderer that fails as real ones do, under a whole tower."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.fakes.comfyui import FakeComfyUI
from tests.fakes.comfyui_answers import OUT_OF_MEMORY
from tests.fakes.serving import wait_until
from tests.faults.outcome import check_ended
from tests.faults.stand import Stand

STARTS_WITHIN_S = 300.0
ALWAYS = 1_000_000


@dataclass(frozen=True)
class Fault:
    """What befalls the renderer, and what must come of the generation."""

    begin: Callable[[FakeComfyUI], object]
    ends_as: str = "completed"
    error: str | None = None
    prompts: int | None = None
    later: Callable[[FakeComfyUI, int], object] | None = None
    """Done to the renderer each time a prompt runs, with the number of prompts so far."""


def sets(**fields: object) -> Callable[[FakeComfyUI], None]:
    def begin(fake: FakeComfyUI) -> None:
        for name, value in fields.items():
            setattr(fake, name, value)

    return begin


def restarts(fake: FakeComfyUI, number: int) -> None:
    """With its first prompt; the second is left alone."""
    fake.is_held = number < 2
    if fake.is_held:
        fake.restart()


def restarts_always(fake: FakeComfyUI, _: int) -> None:
    fake.restart()


def drops_sockets(fake: FakeComfyUI, _: int) -> None:
    fake.drop_sockets()
    fake.is_held = False


def is_stopped_by_hand(fake: FakeComfyUI, number: int) -> None:
    """Somebody at the renderer's own page stops the first prompt."""
    fake.is_held = number < 2
    if number == 1:
        httpx.post(f"{fake.url}/interrupt", json={"prompt_id": fake.running[1]}, trust_env=False)


def recovers(fake: FakeComfyUI, number: int) -> None:
    """The first prompt ends badly; before the next one can come all is well."""
    if number == 1:
        first = fake.running[1]
        fake.is_held = False
        wait_until(lambda: first in fake.history)
        fake.is_cached, fake.error = False, None


FAULTS = {
    "stalls": Fault(sets(is_held=True), ends_as="failed", error="RENDER_STALLED", prompts=1),
    "answers 500 to looks": Fault(sets(broken={"/queue": 3, "/object_info": 3}), prompts=1),
    "answers 500 to posts for a while": Fault(sets(broken={"/prompt": 3}), prompts=1),
    "answers 500 to every post": Fault(
        sets(broken={"/prompt": ALWAYS}), ends_as="failed", error="RENDERER_GONE", prompts=0
    ),
    "loses its queue": Fault(sets(is_held=True), later=restarts, prompts=2),
    "loses its queue every time": Fault(
        sets(is_held=True), later=restarts_always, ends_as="failed", error="RENDER_LOST", prompts=3
    ),
    "runs out of memory once": Fault(sets(error=OUT_OF_MEMORY, is_held=True), later=recovers, prompts=2),
    "runs out of memory every time": Fault(
        sets(error=OUT_OF_MEMORY), ends_as="failed", error="OUT_OF_MEMORY"
    ),
    "drops its sockets": Fault(sets(is_held=True), later=drops_sockets, prompts=1),
    "breaks its answer to the post": Fault(sets(loses_answers=True), prompts=1),
    "gives a cached empty result": Fault(sets(is_cached=True, is_held=True), later=recovers, prompts=2),
    "gives a cached empty result every time": Fault(
        sets(is_cached=True), ends_as="failed", error="RENDER_EMPTY", prompts=3
    ),
    "is stopped by hand": Fault(sets(is_held=True), later=is_stopped_by_hand, prompts=2),
}


@contextmanager
def befalling(fake: FakeComfyUI, fault: Fault) -> Iterator[None]:
    """Do what the fault does later, whenever another prompt runs, for as long as the block lasts."""
    over = threading.Event()

    def watch() -> None:
        seen: set[str] = set()
        while not over.wait(0.01):
            running = fake.running
            if running is not None and running[1] not in seen and fault.later is not None:
                seen.add(running[1])
                fault.later(fake, len(seen))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.fault(always=name == "loses its queue")) for name in FAULTS],
)
def test_what_befalls_a_renderer_ends_well_or_with_its_reason(
    on_fake: Stand, fake: FakeComfyUI, told: Any, name: str
) -> None:
    fault = FAULTS[name]
    fault.begin(fake)
    with befalling(fake, fault):
        generation = on_fake.begin(name)
        generation.until(lambda job: job["stage"] == "render", STARTS_WITHIN_S)
        generation.struck_at = on_fake.clock()
        check_ended(generation, fault.ends_as, error=fault.error)
    assert fault.prompts in (None, len(fake.posts))
    wait_until(lambda: fake.running is None and not fake.pending, timeout_s=60)
    told(f"renderer {name}", "render", generation)
