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
        reconciler.stop()
        reconciler.join(5)
    assert "no such table" in caplog.text


def test_a_reconciler_that_is_woken_acts_at_once() -> None:
    acted = threading.Event()
    reconciler = Reconciler(acted.set, every_s=3600)
    reconciler.start()
    reconciler.wake()
    assert acted.wait(5)
    reconciler.stop()
    reconciler.join(5)
    assert not reconciler.is_alive()


def test_a_reconciler_that_is_stopped_acts_no_more() -> None:
    acted = threading.Event()
    reconciler = Reconciler(acted.set, every_s=3600)
    reconciler.start()
    reconciler.stop()
    reconciler.join(5)
    assert not acted.is_set()
