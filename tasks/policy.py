"""What is tried again, and when: one policy, read by every task."""

from typing import Any, Final

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from studio.errors import ContentionError, StorageError, UnavailableError


async def is_transient(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """A part that does not answer may answer again; a full disk or a wrong request will not mend itself."""
    error = await state.aresult(raise_on_failure=False)
    return isinstance(error, UnavailableError | ContentionError) and not isinstance(error, StorageError)


RETRIED: Final[dict[str, Any]] = {
    "retries": 5,
    "retry_delay_seconds": [1, 2, 4, 8, 15],
    "retry_condition_fn": is_transient,
    "persist_result": False,
}
