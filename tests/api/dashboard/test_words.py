"""How the dashboard words what was measured."""

import pytest

from api.dashboard.words import signed_ms


@pytest.mark.parametrize(
    ("offset_ms", "said"),
    [(-0.4, "0 ms"), (0.0, "0 ms"), (0.4, "0 ms"), (-1.2, "−1 ms"), (41.7, "+42 ms")],
)
def test_an_offset_has_a_sign_unless_it_rounds_to_nothing(offset_ms: float, said: str) -> None:
    assert signed_ms(offset_ms) == said
