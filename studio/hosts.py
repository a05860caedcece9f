"""Names of this machine."""

LOOPBACK = "127.0.0.1"


def reachable(host: str) -> str:
    """The address at which this machine reaches a server bound to `host`."""
    if host in ("0.0.0.0", ""):  # noqa: S104 -- compared, not bound
        return LOOPBACK
    return "[::1]" if host == "::" else f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine."""
    return host.strip("[]").lower() in ("localhost", "::1") or host.startswith("127.")
