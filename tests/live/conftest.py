"""A real ComfyUI for the tests of this folder, where the environment names one; README.md says how."""

from collections.abc import Iterator

import httpx
import pytest

from studio.clients.comfyui import ComfyUI
from tests.fakes.serving import wait_until
from tests.live.server import RealComfyUI, checkouts, python_of

UNNAMED = pytest.param(None, id="none", marks=pytest.mark.skip("TOWER_TEST_COMFYUI names no ComfyUI"))
NAMED = [pytest.param(path, id=path.name) for path in checkouts()] or [UNNAMED]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "real_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session", params=NAMED)
def real_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealComfyUI]:
    """A server of each checkout named, one after the other."""
    server = RealComfyUI(request.param, python_of(request.param), tmp_path_factory.mktemp("comfyui"))
    server.furnish()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def client(real_server: RealComfyUI) -> Iterator[ComfyUI]:
    """A client of the running server, which has nothing to do at the start and is left with nothing to do."""
    with httpx.Client(base_url=real_server.url, trust_env=False) as http:
        yield ComfyUI(http)
        http.post("/queue", json={"clear": True})
        http.post("/interrupt")
        wait_until(lambda: ComfyUI(http).queue_length() == 0, 60)
