"""Names of this machine."""

import pytest

from studio.hosts import is_loopback, reachable


@pytest.mark.parametrize(
    ("bind", "host"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("192.0.2.7", "192.0.2.7")],
)
def test_a_server_is_reached_where_it_listens(bind: str, host: str) -> None:
    assert reachable(bind) == host


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("gpu", False),
        ("10.0.0.1", False),
    ],
)
def test_a_machine_knows_its_own_names(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here
