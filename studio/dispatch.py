"""Who renders where: each prompt goes to the server on which it would be done first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

Kind = tuple[str, str]
"""A server and the workflow that is rendered there."""


@dataclass(frozen=True, slots=True)
class Order:
    """A prompt: its workflow, its work (pixels x frames x steps) and the servers that can run it."""

    id: int
    workflow: str
    work: float
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """Measured seconds a unit of work, by server and workflow; `usual_s` stands in where nothing is known."""

    measured: Mapping[Kind, float] = field(default_factory=dict)
    usual_s: float = 1.0

    def expected_s(self, order: Order, server: str) -> float | None:
        """How long `order` takes on `server`.

        Where it was not measured there, as long as on the servers where it was; None where it never was.
        """
        rates = [rate for (_, workflow), rate in self.measured.items() if workflow == order.workflow]
        if not rates:
            return None
        return order.work * self.measured.get((server, order.workflow), sum(rates) / len(rates))

    def reckoned_s(self, order: Order, server: str) -> float:
        """How long `order` is reckoned to take on `server`."""
        expected = self.expected_s(order, server)
        return self.usual_s if expected is None else expected


def place_of(
    mine: int,
    waiting: Sequence[Order],
    placed: Mapping[str, Sequence[Order]],
    rates: Rates,
    *,
    places: int,
    others: Mapping[str, int] | None = None,
) -> str | None:
    """The server on which the prompt `mine` may take a place now.

    Whoever waits is thought of as sent, in order, to the server on which it would be done first, after all
    that was sent there before. So a slow server gets work only once the queue of a fast one is worth it,
    and who would rather wait for a fast one lets others pass.

    Args:
        mine: The prompt that asks; it stands in `waiting`.
        waiting: The prompts without a place, in the order in which they are served.
        placed: The prompts that hold a place, by server.
        rates: What was measured. Prompts of unknown length are reckoned as long as those that are known
            take on average; where none is known, the number of prompts decides.
        places: How many prompts a server takes.
        others: Prompts of other people that a server is to render before, by server; each is reckoned to
            take what prompts of unknown length do.

    Returns:
        None while `mine` has to wait, for a place or for one who is to go first.
    """
    held = {server: list(orders) for server, orders in placed.items()}
    rates = replace(
        rates, usual_s=_usual_s((*waiting, *(each for all_ in held.values() for each in all_)), rates)
    )
    before_s = {server: count * rates.usual_s for server, count in (others or {}).items()}
    for order in waiting:
        server = min(order.servers, key=lambda name: _done(order, name, held, rates, before_s), default=None)
        if order.id == mine:
            there = held.get(server or "", [])
            is_next = len(there) == len(placed.get(server or "", ()))
            return server if is_next and len(there) < places else None
        if server is not None:
            held.setdefault(server, []).append(order)
    return None


def _done(
    order: Order,
    server: str,
    held: Mapping[str, Sequence[Order]],
    rates: Rates,
    before_s: Mapping[str, float],
) -> tuple[float, int, str]:
    there = held.get(server, ())
    ours_s = sum(rates.reckoned_s(each, server) for each in (*there, order))
    return before_s.get(server, 0.0) + ours_s, len(there), server


def _usual_s(orders: Iterable[Order], rates: Rates) -> float:
    known = [rates.expected_s(order, server) for order in orders for server in order.servers]
    seconds = [each for each in known if each is not None]
    return sum(seconds) / len(seconds) if seconds else 1.0
