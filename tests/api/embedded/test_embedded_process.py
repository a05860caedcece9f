import os
import signal
import socketserver
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from studio.clients.comfyui import ComfyUI, JobState
from tests.fakes.prompts import CLIENT, post
from tests.fakes.serving import wait_until


@pytest.fixture
def free_port() -> int:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as taken:
        return int(taken.server_address[1])


def start_server(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "TOWER_HOME": str(home),
        "TOWER_COMFYUI_PORT": str(port),
        "TOWER_BIND": "127.0.0.1",
    }
    return subprocess.Popen([sys.executable, "-m", "api.embedded.comfyui"], env=environment)


def answers(client: ComfyUI) -> bool:
    try:
        return client.queue_length() == 0
    except Exception:  # noqa: BLE001 - it is not there yet
        return False


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_the_process_ends_at_once_and_its_child_with_it(
    tmp_path: Path, free_port: int, sign: signal.Signals
) -> None:
    server = start_server(tmp_path, free_port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{free_port}") as http:
            client = ComfyUI(http)
            wait_until(lambda: answers(client))
            with client.watch(CLIENT, timeout_s=0.5) as events:
                running = post(client, frames=5000, width=832, height=480)
                next(event for event in events if event and (event.value or event.finished))
                assert client.job(running).state is JobState.RUNNING
                (child,) = psutil.Process(server.pid).children()
                server.send_signal(sign)
                assert server.wait(timeout=3) == -sign
        wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 3)
    finally:
        server.kill()
        server.wait()
