"""Requests as long as they may be: no repetition makes planning take the square, or worse, of its length."""

from time import process_time

import pytest

from studio.echo.facts import Facts
from studio.echo.planning import plan

LONGEST = 4000
CPU_S = 8.0
"""What took from ten seconds to minutes takes less than one; a busy machine may be some times slower."""


@pytest.mark.parametrize("part", ["x", "ab-", "--", "日本", "in the ab-"])
def test_the_longest_request_is_planned_soon_whatever_it_repeats(part: str) -> None:
    begun = process_time()
    plan((part * LONGEST)[:LONGEST], Facts.of(1, {"Kai Nakamura": ()}))
    assert process_time() - begun < CPU_S
