"""Asks how generations go, in a process of its own: `python -m benchmarks.asking URL`, ids on its input.

A client that shares its interpreter with the renderer that sleeps would time the renderer too.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

import httpx

PAUSE_S: Final = 0.02
LATE_S: Final = 900.0


def ask_until_done(url: str, generations: Sequence[str]) -> list[float]:
    """Ask one after another until all have ended; how long each answer took, seconds."""
    asker = [sys.executable, "-m", "benchmarks.asking", url]
    answer = subprocess.run(asker, input=json.dumps(generations), capture_output=True, check=True, text=True)
    return [float(took_s) for took_s in json.loads(answer.stdout)]


def main(url: str) -> None:
    waiting, asked_s, deadline_s = json.load(sys.stdin), [], time.monotonic() + LATE_S
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as api:
        while waiting:
            assert time.monotonic() < deadline_s, f"{len(waiting)} have not ended"
            begun_s = time.perf_counter()
            status = api.get(f"generations/{waiting[0]}").json()["status"]
            asked_s.append(time.perf_counter() - begun_s)
            if status == "processing":
                waiting.append(waiting.pop(0))
                time.sleep(PAUSE_S)
            else:
                waiting.pop(0)
    json.dump(asked_s, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
