"""Prompts of many kinds against their bibles: what contradicts is found, and nothing else."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from studio.canon.checking import Bible
from studio.canon.sheets import Canon, Statement
from studio.canon.slots import Finding, Weight

TABLES = sorted(Path(__file__).parent.glob("*.toml"))


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _bible(table: dict[str, Any]) -> Bible:
    return Bible([Canon(name, [Statement(text, "bible")]) for name, text in table["bible"].items()])


BIBLES = {path.stem: _bible(_table(path)) for path in TABLES}
CLEAN = [(path.stem, prompt) for path in TABLES for prompt in _table(path)["prompts"]["clean"]]
CONFLICTING = [
    (path.stem, prompt, told) for path in TABLES for prompt, told in _table(path)["conflicts"].items()
]
SCENERY = (
    "cinematic wide shot, golden hour light",
    "red lanterns in the background",
    "blue tones, silver moonlight",
    "black birds over a white tower",
)


def _contradictions(bible: Bible, prompt: str) -> list[Finding]:
    return [found for found in bible.check(prompt) if found.weight is Weight.CONTRADICTION]


def _found(bible: Bible, prompt: str) -> set[str]:
    return {f"{found.character} {found.slot}" for found in _contradictions(bible, prompt)}


@pytest.mark.parametrize(("name", "prompt"), CLEAN)
def test_a_prompt_that_keeps_to_the_bible_raises_nothing(name: str, prompt: str) -> None:
    assert _contradictions(BIBLES[name], prompt) == []


@pytest.mark.parametrize(("name", "prompt", "told"), CONFLICTING)
def test_what_contradicts_the_bible_is_found_with_its_place(name: str, prompt: str, told: str) -> None:
    findings = _contradictions(BIBLES[name], prompt)
    assert {f"{found.character} {found.slot}" for found in findings} == set(told.split(", "))
    assert all(prompt[found.start : found.end] == found.quote for found in findings)


@pytest.mark.parametrize("scenery", SCENERY)
def test_scenery_around_a_sentence_changes_nothing(scenery: str) -> None:
    for name, prompt, told in CONFLICTING:
        assert _found(BIBLES[name], f"{scenery}. {prompt}. {scenery}") == set(told.split(", "))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_words_of_the_bible_never_contradict_it(path: Path) -> None:
    bible = BIBLES[path.stem]
    for name, text in _table(path)["bible"].items():
        assert _contradictions(bible, f"{name}: {text}") == []
        assert _contradictions(bible, f"{name}. {text}") == []
