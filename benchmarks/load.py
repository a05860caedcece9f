"""Load from a process of its own: `python -m benchmarks.load PORT PATH CONNECTIONS SECONDS` prints JSON.

Loopback only; each connection is kept, and asks again when it has been answered.
"""

import json
import socket
import sys
import threading
import time


def ask_until(port: int, path: str, deadline_s: float, latencies_s: list[float]) -> None:
    """Requests over one connection until the deadline."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < deadline_s:
            begun_s = time.perf_counter()
            connection.sendall(request)
            _read_answer(connection)
            latencies_s.append(time.perf_counter() - begun_s)


def _read_answer(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(262_144)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert b" 200 " in lines[0], head
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(262_144)


def main() -> None:
    port, path, connections, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    latencies_s: list[float] = []
    begun_s = time.perf_counter()
    askers = [
        threading.Thread(target=ask_until, args=(port, path, begun_s + seconds, latencies_s))
        for _ in range(connections)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    latencies_s.sort()
    took_s = time.perf_counter() - begun_s
    print(
        json.dumps(
            {
                "per_s": len(latencies_s) / took_s,
                "median_ms": 1e3 * latencies_s[len(latencies_s) // 2],
                "p99_ms": 1e3 * latencies_s[int(len(latencies_s) * 0.99)],
            }
        )
    )


if __name__ == "__main__":
    main()
