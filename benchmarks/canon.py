"""Prompts against a bible, by the rules of `studio.canon`: `python -m benchmarks.canon [--held-out]`.

Recall: conflicts found, by character and slot. False alarms: prompts that raise a finding which is not
among their right answers; on clean prompts, and on the others. Speed: the index of a project of 1,000
characters, the first check in it, which reads what is said of those who are named, and a check that has
them read.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.canon.checking import Bible
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Weight

FOLDER = Path(__file__).parent / "contradictions"
CHARACTERS = 1_000
ROUNDS = 30
LOOK = "A girl of sixteen with long silver hair and blue eyes, in a red coat. Carries a katana."
LONG_PROMPT = (
    "{} with red hair hugs {}, whose eyes are green, while {} in a blue dress watches a white cat with long "
    "fur from the golden balcony, cinematic lighting, wide shot"
)


@dataclass(slots=True)
class Tally:
    """What was asked for and found in prompts of one category."""

    prompts: int = 0
    clean: int = 0
    conflicts: int = 0
    found: int = 0
    alarms_clean: int = 0
    alarms_else: int = 0

    def add(self, expected: set[tuple[str, str]], found: set[tuple[str, str]]) -> None:
        self.prompts += 1
        self.clean += not expected
        self.conflicts += len(expected)
        self.found += len(expected & found)
        self.alarms_clean += bool(found - expected) and not expected
        self.alarms_else += bool(found - expected) and bool(expected)

    def line(self, name: str) -> str:
        recall = f"{self.found}/{self.conflicts}"
        alarms = f"{self.alarms_clean}/{self.clean}"
        return f"{name:24}{self.prompts:8}{recall:>10}{alarms:>15}{self.alarms_else:>8}"


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--held-out", action="store_true", help="the prompts that the rules were not tuned on"
    )
    asked = parser.parse_args(list(arguments or []))
    name = "held_out" if asked.held_out else "tune"
    _judge(name, json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    _speed()


def _judge(name: str, prompts: list[dict[str, Any]]) -> None:
    told = json.loads((FOLDER / "bible.json").read_text(encoding="utf-8"))
    bible = Bible([Canon(who, [Statement(text, "bible.json")]) for who, text in told.items()])
    tallies: dict[str, Tally] = {}
    took_ms = []
    for prompt in prompts:
        began = time.perf_counter()
        findings = bible.check(prompt["prompt"])
        took_ms.append(1e3 * (time.perf_counter() - began))
        found = {(one.character, one.slot.value) for one in findings if one.weight is Weight.CONTRADICTION}
        expected = {(one["character"], one["slot"]) for one in prompt["conflicts"]}
        for row in (prompt["category"], "all"):
            tallies.setdefault(row, Tally()).add(expected, found)
    _show(name, tallies, took_ms)


def _show(name: str, tallies: dict[str, Tally], took_ms: list[float]) -> None:
    print(f"\nContradictions, {name}.json")
    print(f"{'category':24}{'prompts':>8}{'recall':>10}{'alarms/clean':>15}{'others':>8}")
    whole = tallies.pop("all")
    for category in sorted(tallies):
        print(tallies[category].line(category))
    print(whole.line("all"))
    print(f"recall {whole.found / max(whole.conflicts, 1):.1%}, ", end="")
    print(
        f"false alarms on {(whole.alarms_clean + whole.alarms_else) / whole.prompts:.1%} of the prompts, ",
        end="",
    )
    print(f"{statistics.median(took_ms):.1f} ms a prompt (median), {max(took_ms):.1f} ms at most")


def _speed() -> None:
    canons = crowd()
    names = [canon.name for canon in canons]
    prompt = LONG_PROMPT.format(names[3], names[70], names[500])
    index_ms = _median_ms(lambda: Bible(canons))
    fresh = iter([Bible(canons) for _ in range(ROUNDS)])
    first_ms = _median_ms(lambda: next(fresh).check(prompt))
    bible = Bible(canons)
    bible.check(prompt)
    print(f"{CHARACTERS} characters: index {index_ms:.1f} ms, first check {first_ms:.1f} ms, ", end="")
    print(f"further checks {_median_ms(lambda: bible.check(prompt)):.1f} ms (medians of {ROUNDS})")


def crowd() -> list[Canon]:
    """Characters of made-up names of two words."""
    chance = random.Random(5)

    def word() -> str:
        syllables = chance.randint(2, 4)
        return "".join(
            chance.choice("bdfghkmnrst") + chance.choice("aeiou") for _ in range(syllables)
        ).title()

    names = dict.fromkeys(f"{word()} {word()}" for _ in range(2 * CHARACTERS))
    return [Canon(name, [Statement(LOOK, "bible")]) for name in list(names)[:CHARACTERS]]


def _median_ms(act: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        took.append(1e3 * (time.perf_counter() - began))
    return statistics.median(took)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
