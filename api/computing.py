"""Work over 50 ms of CPU, in processes of its own: so many at once, so many waiting, none for ever."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import anyio
from anyio import BrokenWorkerProcess, CapacityLimiter, from_thread, to_process

from studio.errors import BusyError, ComputeError

PROCESSES: Final = 2
WAITING: Final = 4
"""How many requests may wait for a process; each holds a thread of the API while it does."""
LONGEST_S: Final = 120.0
RETRY_AFTER_S: Final = 5

_places = CapacityLimiter(PROCESSES)

T = TypeVar("T")


def compute(work: Callable[..., T], *values: object, longest_s: float = LONGEST_S) -> T:
    """Call `work(*values)` in a process that is kept for the next; called from a route's thread.

    Args:
        work: A function of a module; what it takes and gives can be pickled.
        values: What it is called with.
        longest_s: How long it may take, the wait for a process included, s, > 0.

    Raises:
        BusyError: All processes are at work, and enough requests wait for one.
        ComputeError: It took longer than that and was ended, or its process died.
        StudioError: As `work` raises them.
    """
    return from_thread.run(partial(_compute, longest_s, work, *values))


async def warm(work: Callable[[], object]) -> None:
    """Start a process and let it import what `work` needs, so that the first request need not wait."""
    await to_process.run_sync(work, cancellable=True, limiter=_places)


async def _compute(longest_s: float, work: Callable[..., T], *values: object) -> T:
    if _places.statistics().tasks_waiting >= WAITING:
        raise BusyError(
            "Too many files are being analysed; try again in a moment.", retry_after_s=RETRY_AFTER_S
        )
    try:
        with anyio.fail_after(longest_s):
            return await to_process.run_sync(work, *values, cancellable=True, limiter=_places)
    except TimeoutError as error:
        raise ComputeError(f"It took longer than {longest_s:.0f} s and was given up.") from error
    except BrokenWorkerProcess as error:
        raise ComputeError("The process that computed it died.") from error
