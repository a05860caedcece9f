"""`python -m deployments.prefect_server ARGUMENTS`: Prefect's own command line, its schedules able to fire.

Prefect's scheduler inserts runs together with a `state` that it writes to a table of its own just after. With
SQLAlchemy 2.1 that insert is refused, for the `state` of a run is no column, and so no schedule ever fires.
Here it is passed over, as it was before.
"""

from collections.abc import MutableMapping
from typing import Any

from prefect.cli import app
from prefect.server.database.orm_models import FlowRun


def mend_scheduler() -> None:
    """Have inserts of many runs pass over their `state`."""
    vars(FlowRun)["state"].bulk_dml_setter = _passed_over


def _passed_over(_model: type[FlowRun], _row: MutableMapping[str, Any], _value: object) -> None:
    """The state of a run is written by itself."""


if __name__ == "__main__":
    mend_scheduler()
    app()
