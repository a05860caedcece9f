"""Flows that a worker under test carries out; a file is how they speak with their test."""

import os
import signal
import time
from pathlib import Path

from prefect import flow, get_run_logger, task


@flow(name="greet", persist_result=False)
async def greet(file: str) -> None:
    """Log a line, and leave the number of the process that did."""
    get_run_logger().info("hello from the run")
    with Path(file).open("a") as written:
        written.write(f"{os.getpid()}\n")


@flow(name="wait", persist_result=False)
async def wait(file: str) -> None:
    """Leave the process's number, then block as a render does until `<file>.go` is there."""
    _block(file, 0)


@flow(name="grow", persist_result=False)
async def grow(file: str, size: int) -> None:
    """Take so much memory, and wait."""
    _block(file, size)


@flow(name="die", persist_result=False)
async def die(file: str) -> None:
    """End as a process does that touches memory which is not its own."""
    Path(file).write_text(f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGSEGV)


@task
def _block(file: str, size: int) -> None:
    Path(file).write_text(f"{os.getpid()}\n")
    held = b"x" * size
    while not Path(f"{file}.go").exists():
        time.sleep(0.02)
    Path(f"{file}.done").write_text(f"{len(held)}\n")
