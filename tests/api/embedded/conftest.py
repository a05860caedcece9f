"""One embedded renderer for the tests of a file; it draws noise."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.embedded.comfyui import create_app
from studio.clients.comfyui import ComfyUI
from tests.fakes.render_child import COMMAND
from tests.fakes.serving import serving


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tower")


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with serving(create_app(home, command=COMMAND)) as url:
        yield url


@pytest.fixture(scope="module")
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as http:
        yield http


@pytest.fixture
def client(http: httpx.Client) -> ComfyUI:
    return ComfyUI(http)
