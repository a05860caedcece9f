"""Names of this machine."""

import pytest

from studio.errors import LanguageModelError
from studio.hosts import is_loopback, ollama_url, reachable


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


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu", "http://gpu:11434"),
        ("gpu:1234", "http://gpu:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://gpu", "http://gpu:80"),
        ("https://gpu/ollama/", "https://gpu:443/ollama"),
        ("[::1]:5", "http://[::1]:5"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(host: str, url: str) -> None:
    assert ollama_url(host) == url


@pytest.mark.parametrize("host", ["file:///etc/passwd", "gpu:port", "http://[::1"])
def test_what_names_no_server_is_refused(host: str) -> None:
    with pytest.raises(LanguageModelError):
        ollama_url(host)
