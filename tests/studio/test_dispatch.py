from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dispatch import Order, Rates, place_of

FAST, SLOW = "http://fast", "http://slow"
BOTH = (FAST, SLOW)


def orders(count: int, *servers: str, workflow: str = "wan") -> list[Order]:
    return [Order(number, workflow, 10.0, servers or BOTH) for number in range(count)]


def rates(**seconds: float) -> Rates:
    return Rates({(f"http://{name}", "wan"): each / 10.0 for name, each in seconds.items()})


def placed(fast: int, slow: int) -> dict[str, list[Order]]:
    held = {FAST: fast, SLOW: slow}
    return {url: [Order(100, "wan", 10.0, BOTH)] * count for url, count in held.items()}


@pytest.mark.parametrize(
    ("held", "expected"), [((0, 0), FAST), ((1, 0), SLOW), ((1, 1), FAST), ((2, 1), SLOW), ((2, 2), None)]
)
def test_where_nothing_was_measured_the_emptiest_server_is_taken(
    held: tuple[int, int], expected: str | None
) -> None:
    assert place_of(0, orders(1), placed(*held), Rates(), places=2) == expected


def test_a_slow_server_gets_work_only_when_the_queue_of_the_fast_one_is_worth_it() -> None:
    known = rates(fast=10, slow=45)
    assert place_of(0, orders(1), placed(0, 0), known, places=2) == FAST
    assert place_of(0, orders(1), placed(1, 0), known, places=2) == FAST
    first, second, third, fourth = (place_of(n, orders(4), placed(2, 0), known, places=2) for n in range(4))
    assert (first, second, fourth) == (None, None, None)
    assert third == SLOW  # behind four on the fast one it would be done after 50 s


def test_prompts_of_other_people_are_waited_for_as_well() -> None:
    known = rates(fast=10, slow=15)
    assert place_of(0, orders(1), placed(0, 0), known, places=2, others={FAST: 1}) == SLOW
    assert place_of(0, orders(1), placed(0, 0), known, places=2, others={FAST: 1, SLOW: 1}) == FAST


def test_a_server_full_of_other_people_s_prompts_is_no_reason_to_stand_in_line() -> None:
    assert place_of(0, orders(1), placed(0, 0), rates(fast=10), places=2, others={FAST: 9, SLOW: 9}) == FAST


def test_a_server_that_was_not_measured_is_reckoned_as_the_others() -> None:
    assert place_of(0, orders(1), placed(1, 0), rates(fast=10), places=2) == SLOW


def test_a_prompt_of_another_workflow_that_was_never_measured_does_not_count_for_nothing() -> None:
    held = {FAST: [Order(100, "ltx", 10.0, BOTH)], SLOW: []}
    assert place_of(0, orders(1), held, rates(fast=10, slow=15), places=2) == SLOW


def test_who_can_use_no_server_or_stands_in_no_line_has_no_place() -> None:
    assert place_of(0, [Order(0, "wan", 1.0)], {}, Rates(), places=2) is None
    assert place_of(7, orders(2), {}, Rates(), places=2) is None


@given(
    st.integers(1, 12),
    st.floats(1, 100),
    st.floats(1, 100),
    st.lists(st.sampled_from([BOTH, (FAST,), (SLOW,)]), min_size=1, max_size=12),
)
def test_whoever_waits_gets_a_place_in_the_end_and_no_server_is_overfilled(
    seed: int, fast_s: float, slow_s: float, wished: list[tuple[str, ...]]
) -> None:
    waiting = [Order(number, "wan", 10.0 * seed, servers) for number, servers in enumerate(wished)]
    held: dict[str, list[Order]] = {FAST: [], SLOW: []}
    known = rates(fast=fast_s, slow=slow_s)
    for _ in range(4 * len(wished)):
        for order in list(waiting):
            if server := place_of(order.id, waiting, held, known, places=2):
                assert server in order.servers
                waiting.remove(order)
                held[server].append(order)
                assert len(held[server]) <= 2
        for orders_there in held.values():
            del orders_there[:1]
    assert not waiting


def test_twenty_prompts_are_shared_by_speed() -> None:
    waiting, held, ran = orders(20), {FAST: [], SLOW: []}, Counter[str]()
    known, free_at = rates(fast=10, slow=30), {FAST: 0.0, SLOW: 0.0}
    now = 0.0
    while waiting or any(held.values()):
        for order in list(waiting):
            if server := place_of(order.id, waiting, held, known, places=2):
                waiting.remove(order)
                held[server].append(order)
                free_at[server] = (
                    max(free_at[server], now) if len(held[server]) > 1 else now + {FAST: 10, SLOW: 30}[server]
                )
        busy = [server for server in BOTH if held[server]]
        first = min(busy, key=lambda server: free_at[server])
        now = free_at[first]
        held[first].pop(0)
        ran[first] += 1
        free_at[first] = now + {FAST: 10, SLOW: 30}[first]
    assert ran[FAST] in (15, 16)
    assert now <= 180  # the best there is: 15 on the one, 5 on the other, done after 150 s
