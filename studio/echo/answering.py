"""An answer to what was asked back: the request with the answer in it."""

import re
from dataclasses import replace
from typing import Final

from studio.echo.courtesies import FILLER
from studio.echo.plans import Missing, Plan, Understood

_BEHIND_ANSWER: Final = re.compile(r"(?:[\s,.!]+(?:then|instead|please|of course))*[\s.!]*$", re.IGNORECASE)
_PLACED: Final = re.compile(r"(?:in|on|at|under|by|near|with|over|inside|\w+ing)\b")
"""What goes on with a sentence: where somebody is, or what he does."""


def merged(asked: Plan, answer: str) -> str:
    """The request whose question `answer` answers, with the answer in it."""
    question = asked.questions[0]
    answer = answer[FILLER.match(answer).end() :].strip()  # type: ignore[union-attr]
    answer = _BEHIND_ANSWER.sub("", answer)
    if question.words and question.words in asked.request:
        return asked.request.replace(question.words, answer, 1)
    joined = {
        Missing.CONTENT: " " if _PLACED.match(answer.lower()) else ": ",
        Missing.CHANGE: ": ",
        Missing.SCENES: " from ",
    }.get(question.missing, " ")
    return f"{asked.request.rstrip(' .!?')}{joined}{answer}"


def of_answer(answered: Plan, answer: str) -> tuple[Understood, ...]:
    """Of what was understood of a request and the answer to its question, that which the answer says."""
    found = ((each, answer.find(each.words)) for each in answered.understood)
    return tuple(replace(each, start=at, end=at + len(each.words)) for each, at in found if at >= 0)
