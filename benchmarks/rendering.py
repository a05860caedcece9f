"""What Tower adds to rendering: from a post to the prompt, between two renders, and under 200 requests."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import httpx

from benchmarks.asking import LATE_S, ask_until_done
from benchmarks.towers import Memory, environment, tower
from studio.settings import Settings
from studio.shipped import ANIMATIC
from studio.workflows import bind
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.staging import SIZE, clip

POSTS: Final = 30
RENDERS: Final = 20
RENDER_S: Final = 3.0
MANY: Final = 200
MANY_RENDER_S: Final = 0.05
SECOND_FRAMES: Final = 24
STOCK_POLL_S: Final = 10
Span = tuple[float, float]


def main() -> None:
    with fake_comfyui(output=_clip()) as fake:
        with tower(fake.url) as (settings, api):
            project = _project(api)
            ours_s = _latencies_s(fake, api, project, most_pause_s=2.0)
            _compare_queues(fake, api, project)
            _submit_many(fake, api, project, settings)
        with (
            environment(PREFECT_WORKER_QUERY_SECONDS=str(STOCK_POLL_S)),
            tower(fake.url, worker="process") as (_, api),
        ):
            stock_s = _latencies_s(fake, api, _project(api), most_pause_s=STOCK_POLL_S)
    ours, stock = statistics.median(ours_s), statistics.median(stock_s)
    print(f"post to prompt, stock process worker at {STOCK_POLL_S} s: {_spread(stock_s)}")
    print(f"  ratio {ours / stock:.3f} (at most {1 / 6:.3f})")


def _latencies_s(fake: FakeComfyUI, api: httpx.Client, project: int, *, most_pause_s: float) -> list[float]:
    """From the post of a request to its prompt in the renderer's queue, at random phase."""
    fake.reset(output=fake.output)
    rng = random.Random(11)
    ask_until_done(str(api.base_url), [_ask(api, project, 0)])
    found = []
    for number in range(1, POSTS + 1):
        time.sleep(rng.uniform(0, most_pause_s))  # the phase against every poll there is
        before, begun_s = len(fake.posts), time.perf_counter()
        generation = _ask(api, project, number)
        while len(fake.posts) == before:
            assert time.perf_counter() - begun_s < 120, "the prompt never came"
            time.sleep(0.002)
        found.append(time.perf_counter() - begun_s)
        ask_until_done(str(api.base_url), [generation])
    print(f"post to prompt: {_spread(found)}")
    return found


def _compare_queues(fake: FakeComfyUI, api: httpx.Client, project: int) -> None:
    """The same renders at once by a script, and through Tower."""
    script = _rendered(fake, lambda: _post_all(fake))
    ours = _rendered(fake, lambda: [_ask(api, project, number) for number in range(RENDERS)])
    walls_s = [spans[-1][1] - spans[0][0] for spans in (script, ours)]
    print(f"{RENDERS} renders of {RENDER_S:.0f} s: script {walls_s[0]:.2f} s, Tower {walls_s[1]:.2f} s")
    print(f"  ratio {walls_s[1] / walls_s[0]:.3f} (at most 1.03)")
    idle_ms = sorted(1e3 * (after[0] - before[1]) for before, after in pairwise(ours))
    print(
        f"  idle between renders: total {sum(idle_ms):.0f} ms, median {statistics.median(idle_ms):.0f} ms, "
        f"p95 {idle_ms[int(0.95 * len(idle_ms))]:.0f} ms"
    )


def _rendered(fake: FakeComfyUI, ask: Callable[[], object]) -> list[Span]:
    fake.reset(output=fake.output, render_s=RENDER_S)
    ask()
    deadline_s = time.monotonic() + LATE_S
    while len(spans := _spans(fake)) < RENDERS:
        assert time.monotonic() < deadline_s, f"{len(spans)} renders of {RENDERS}"
        time.sleep(0.05)
    return spans


def _spans(fake: FakeComfyUI) -> list[Span]:
    """When each finished render began and ended, seconds, in the order of time."""
    told = [dict(entry["status"]["messages"]) for entry in list(fake.history.values())]
    return sorted(
        (said["execution_start"]["timestamp"] / 1e3, said["execution_success"]["timestamp"] / 1e3)
        for said in told
    )


def _post_all(fake: FakeComfyUI) -> None:
    graph = bind(
        ANIMATIC,
        {
            "prompt": "rain over the sea", "seed": 1, "width": SIZE[0], "height": SIZE[1], "frames": 24,
            "fps": 24.0, "filename_prefix": "script",
        },
    )  # fmt: skip
    with httpx.Client(base_url=fake.url, trust_env=False) as http:
        for _ in range(RENDERS):
            body = {"prompt": graph, "prompt_id": str(uuid4()), "client_id": "script"}
            http.post("/prompt", json=body).raise_for_status()


def _submit_many(fake: FakeComfyUI, api: httpx.Client, project: int, settings: Settings) -> None:
    """Everything at once: nothing is lost, and who asks how it goes is answered meanwhile."""
    fake.reset(output=fake.output, render_s=MANY_RENDER_S)
    with Memory(settings) as memory:
        begun_s = time.perf_counter()
        generations = [_ask(api, project, number) for number in range(MANY)]
        accepted_s = time.perf_counter() - begun_s
        asked_s = ask_until_done(str(api.base_url), generations)
        took_s = time.perf_counter() - begun_s
    ends = [api.get(f"/generations/{generation}").json()["status"] for generation in generations]
    asked_s.sort()
    p99_ms = 1e3 * asked_s[int(0.99 * len(asked_s))]
    print(f"{MANY} generations at once: accepted in {accepted_s:.1f} s, drained in {took_s:.0f} s")
    print(
        f"  completed {ends.count('completed')}, in the renderer {len({p['prompt_id'] for p in fake.posts})}"
    )
    print(f"  status calls meanwhile: {len(asked_s)}, p99 {p99_ms:.1f} ms (under 50)")
    print(f"  peak memory of the stack {memory.most_bytes / 2**20:.0f} MiB")


def _project(api: httpx.Client) -> int:
    answer = api.post("/projects", json={"name": f"Bench {uuid4().hex[:8]}"})
    return int(answer.raise_for_status().json()["id"])


def _ask(api: httpx.Client, project: int, seed: int) -> str:
    """A clip of one second, as the renderer delivers it."""
    body = {
        "prompt": "rain over the sea", "duration": 1, "width": SIZE[0], "height": SIZE[1], "seed": seed,
        "title": f"Clip {seed}",
    }  # fmt: skip
    answer = api.post(f"/projects/{project}/generate-from-command", json=body)
    return str(answer.raise_for_status().json()["generation_id"])


def _spread(seconds: Sequence[float]) -> str:
    least, middle, most = min(seconds), statistics.median(seconds), max(seconds)
    return f"median {middle:.2f} s of {len(seconds)} ({least:.2f}..{most:.2f})"


def _clip() -> bytes:
    """One second of a clip that passes, so that each request is one render."""
    with TemporaryDirectory() as folder:
        return clip(Path(folder), SECOND_FRAMES)


if __name__ == "__main__":
    main()
