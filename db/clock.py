"""PostgreSQL's clock, the only one whose times are compared."""

from typing import Any, Final

from sqlalchemy import func

NOW: Final[Any] = func.now()
"""When the transaction began, as a value for a timestamp column."""

NOW_EXACTLY: Final[Any] = func.clock_timestamp()
"""The moment the statement runs."""


def ago(seconds: float) -> Any:
    """The moment `seconds` before the statement runs."""
    return NOW_EXACTLY - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
