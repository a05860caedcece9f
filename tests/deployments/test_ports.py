"""Ports that are taken, and what is said about it."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deployments.ports import choose
from studio.errors import PortTakenError
from studio.settings import Settings


def settings(tmp_path: Path, **ports: int) -> Settings:
    parts = ("anime", "episodes", "music", "echo", "prefect", "comfyui")
    free = {f"{part}_port": 0 for part in parts}
    return Settings.model_validate(
        {"home": tmp_path, "comfyui_urls": (), "prefect_api_url": None, **free, **ports}
    )


@contextmanager
def answering(path: str, document: object) -> Iterator[int]:
    """A server that knows one page; its port."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == path else 404)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode() if self.path == path else b"")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_zero_means_any_free_port_and_never_one_twice(tmp_path: Path) -> None:
    with_model = settings(tmp_path).model_copy(update={"language_model": "embedded", "ollama_port": 0})
    chosen = choose(with_model)
    assert len(set(astuple(chosen)) - {0}) == 7
    with socket.create_server(("127.0.0.1", chosen.anime)):
        assert choose(settings(tmp_path)).anime != chosen.anime


def test_a_taken_port_names_its_holder_and_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        expected = rf"Port {port} for the API is used by .*\(pid {os.getpid()}\).*TOWER_ANIME_PORT"
        with pytest.raises(PortTakenError, match=expected):
            choose(settings(tmp_path, anime_port=port))


def test_a_comfyui_in_the_way_comes_with_the_setting_that_uses_it(tmp_path: Path) -> None:
    with answering("/system_stats", {"system": {"comfyui_version": "0.3.75"}}) as port:
        expected = rf"ComfyUI \(0\.3\.75\).*TOWER_COMFYUI_URLS=http://127\.0\.0\.1:{port}\."
        with pytest.raises(PortTakenError, match=expected):
            choose(settings(tmp_path, comfyui_port=port))


def test_a_prefect_server_in_the_way_comes_with_the_setting_that_uses_it(tmp_path: Path) -> None:
    with (
        answering("/api/ready", {"message": "OK"}) as port,
        pytest.raises(PortTakenError, match=rf"PREFECT_API_URL=http://127\.0\.0\.1:{port}/api"),
    ):
        choose(settings(tmp_path, prefect_port=port))


@pytest.mark.parametrize(
    ("wanted", "named", "has_one"),
    [("none", None, False), ("embedded", None, True), ("embedded", "gpu", False)],
)
def test_a_language_model_is_carried_where_it_is_asked_for_and_no_other_is_named(
    tmp_path: Path, wanted: str, named: str | None, has_one: bool
) -> None:
    asked = {"language_model": wanted, "ollama_host": named, "ollama_port": 0}
    assert bool(choose(settings(tmp_path).model_copy(update=asked)).ollama) is has_one


def test_parts_of_others_need_no_port_here(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = settings(tmp_path, comfyui_port=port, prefect_port=port).model_copy(
            update={"comfyui_urls": ("http://gpu:8188",), "prefect_api_url": "http://prefect:4200/api"}
        )
        assert (choose(given).comfyui, choose(given).prefect) == (0, 0)
