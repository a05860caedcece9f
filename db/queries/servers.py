"""What is known of each renderer: how fast it renders, and what it is set aside for."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW
from db.models.rendering import OCCUPYING, RenderFailures, RenderPlace
from studio.dispatch import Kind, Order, Rates
from studio.remedies import TOO_MUCH

MEASURED_RENDERS: Final = 200
"""So many of the latest renders of all servers say how fast each is."""


def failed(session: Session, server: str, workflow: str, *, blame: int, set_aside_s: float) -> None:
    """Hold a failure against a server; with `TOO_MUCH` of it in a row it is set aside for the workflow."""
    until = NOW + timedelta(seconds=set_aside_s)
    in_a_row = col(RenderFailures.in_a_row) + blame
    first = until if blame >= TOO_MUCH else None
    entry = insert(RenderFailures).values(
        server=server, workflow=workflow, in_a_row=blame, set_aside_until=first
    )
    session.execute(
        entry.on_conflict_do_update(
            index_elements=["server", "workflow"],
            set_={"in_a_row": in_a_row, "set_aside_until": case((in_a_row >= TOO_MUCH, until))},
        )
    )


def succeeded(session: Session, server: str, workflow: str) -> None:
    """Nothing is held against the server any more for that workflow."""
    session.execute(
        delete(RenderFailures).where(
            col(RenderFailures.server) == server, col(RenderFailures.workflow) == workflow
        )
    )


def set_aside(session: Session, servers: Iterable[str]) -> frozenset[Kind]:
    """The workflows for which servers are passed over now, while others can run them."""
    rows = session.execute(
        select(col(RenderFailures.server), col(RenderFailures.workflow))
        .where(col(RenderFailures.server).in_(list(servers)))
        .where(col(RenderFailures.set_aside_until) > NOW)
    )
    return frozenset((server, workflow) for server, workflow in rows)


def rates(session: Session) -> Rates:
    """How fast each server rendered each workflow lately."""
    rows = session.scalars(
        select(RenderPlace)
        .where(col(RenderPlace.render_s).is_not(None))
        .order_by(col(RenderPlace.id).desc())
        .limit(MEASURED_RENDERS)
    )
    spent: defaultdict[Kind, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        total = spent[row.server or "", row.workflow or ""]
        total[0], total[1] = total[0] + (row.render_s or 0.0), total[1] + row.work
    return Rates({kind: seconds / work for kind, (seconds, work) in spent.items() if work > 0})


def placed(session: Session) -> dict[str, list[Order]]:
    """The prompts that hold a place, by server."""
    held: dict[str, list[Order]] = {}
    rows = session.scalars(select(RenderPlace).where(col(RenderPlace.state).in_(OCCUPYING)))
    for row in rows:
        held.setdefault(row.server or "", []).append(order(row))
    return held


def posted(session: Session) -> dict[str, int]:
    """How many prompts of ours each server has."""
    counted = select(col(RenderPlace.server), func.count()).where(col(RenderPlace.state) == "posted")
    return {str(url): number for url, number in session.execute(counted.group_by(col(RenderPlace.server)))}


def order(row: RenderPlace) -> Order:
    """A place as the one who shares out the work sees it."""
    return Order(row.id or 0, row.workflow or "", row.work, tuple(row.candidates))
