"""Log lines: UTC, one line each, on standard error."""

import logging
import time
from typing import Final

FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"
TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
NOISY: Final = ("httpx", "httpcore", "alembic", "websockets", "sse_starlette")


def configure(level: str = "INFO") -> None:
    """Send this process's log to standard error, which the stack keeps in one file per part."""
    formatter = logging.Formatter(FORMAT, TIME_FORMAT)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
