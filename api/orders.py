"""What the episode service sets going."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from studio.errors import SupersededError, UnavailableError
from tasks import control
from tasks.withdrawing import unpublish

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Orders:
    """The steps that routes call once their transaction is committed."""

    submit: Callable[[str, int], None]
    align: Callable[[], None]
    publish: Callable[[str], None] = control.publish
    unpublish: Callable[[str], None] = unpublish

    def submit_or_leave(self, generation_id: str) -> None:
        """Set a run going; where Prefect does not answer, the reconciler does it later."""
        try:
            self.submit(generation_id, 1)
        except (UnavailableError, SupersededError) as error:
            log.warning("%s waits for the reconciler: %s", generation_id, error.message)

    def align_or_leave(self) -> None:
        """Have Prefect know the schedules; where it does not answer, the reconciler sees to it later."""
        try:
            self.align()
        except UnavailableError as error:
            log.warning("the schedules wait for the reconciler: %s", error.message)


async def _orders(request: Request) -> Orders:
    orders = request.app.state.orders
    assert isinstance(orders, Orders)
    return orders


OrdersGiven = Annotated[Orders, Depends(_orders)]
