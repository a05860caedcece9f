"""TCP ports of this machine: which are free, who has the others."""

import random
import socket
from pathlib import Path
from typing import Final

import psutil

_RANGE_FILE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST: Final = 20000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1", *, avoid: frozenset[int] = frozenset()) -> int:
    """A free port below the ephemeral range.

    A client that calls an ephemeral port while its server restarts may be given that very port
    and talk to itself, and then the server cannot come back.
    """
    candidates = [port for port in range(_LOWEST, _ephemeral_start()) if port not in avoid]
    random.shuffle(candidates)
    for port in candidates:
        if is_free(port, host):
            return port
    raise OSError("no free port")


def listener(port: int) -> str:
    """Who listens on `port`, in words: `python3 (pid 12)`, or `another program`."""
    try:
        connections = psutil.net_connections(kind="tcp")
        pids = [
            c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port
        ]
        known = [psutil.Process(pid) for pid in pids if pid]
        return f"{known[0].name()} (pid {known[0].pid})" if known else "another program"
    except psutil.Error:
        return "another program"


def _ephemeral_start() -> int:
    try:
        start = int(_RANGE_FILE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        start = 32768
    return start if start > _LOWEST + 1000 else 32768
