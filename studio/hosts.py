"""Names of this machine, and of Ollama's."""

from typing import Final
from urllib.parse import urlsplit

from studio.errors import LanguageModelError

LOOPBACK = "127.0.0.1"
_OLLAMA_PORT: Final = 11434
_PORTS: Final = {"http": 80, "https": 443}


def reachable(host: str) -> str:
    """The address at which this machine reaches a server bound to `host`."""
    if host in ("0.0.0.0", ""):  # noqa: S104 -- compared, not bound
        return LOOPBACK
    return "[::1]" if host == "::" else f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine."""
    return host.strip("[]").lower() in ("localhost", "::1") or host.startswith("127.")


def ollama_url(host: str) -> str:
    """`OLLAMA_HOST` as a URL; a bare host has Ollama's port, and one that listens everywhere is here.

    Raises:
        LanguageModelError: It names no server.
    """
    try:
        given = urlsplit(host if "://" in host else f"http://{host}")
        port = given.port or (_PORTS[given.scheme] if "://" in host else _OLLAMA_PORT)
    except (ValueError, KeyError) as error:
        raise LanguageModelError("OLLAMA_HOST names no server.", host=host) from error
    return f"{given.scheme}://{reachable(given.hostname or LOOPBACK)}:{port}{given.path.rstrip('/')}"
