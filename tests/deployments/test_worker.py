"""The reconciler's timer; runs are tried on the whole stack."""

import logging
import threading

import pytest

from deployments.worker import Reconciler


def test_a_failing_reconciler_is_told_and_called_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    enough = threading.Event()

    def fail() -> None:
        calls.append(1)
        if len(calls) == 3:
            enough.set()
        raise LookupError("no such table")

    reconciler = Reconciler(fail, every_s=0.01)
    with caplog.at_level(logging.ERROR):
        reconciler.start()
        assert enough.wait(5)
        reconciler.stopped.set()
        reconciler.join(5)
    assert "no such table" in caplog.text
