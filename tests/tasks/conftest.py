"""Renderers that fail as real ones do, and this process pointed at them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import transaction
from tests.fakes.comfyui import FakeComfyUI, fake_comfyui
from tests.fakes.staging import clip


@pytest.fixture(scope="module")
def server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture(scope="module")
def second_server() -> Iterator[FakeComfyUI]:
    with fake_comfyui() as fake:
        yield fake


@pytest.fixture
def fake(
    server: FakeComfyUI, connected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FakeComfyUI:
    """A renderer that delivers one second of video, and this process pointed at it."""
    server.reset(output=clip(tmp_path, 24))
    with transaction() as session:
        session.execute(text("UPDATE render_queue SET state = 'lost', render_s = NULL"))
        session.execute(text("DELETE FROM anime_api.render_failures"))
    monkeypatch.setenv("TOWER_COMFYUI_URLS", server.url)
    monkeypatch.setenv("TOWER_POLL_S", "0.05")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return server


@pytest.fixture
def pair(
    fake: FakeComfyUI, second_server: FakeComfyUI, monkeypatch: pytest.MonkeyPatch
) -> tuple[FakeComfyUI, FakeComfyUI]:
    """Two renderers alike: the one that is taken while nothing speaks against it, and the other."""
    second_server.reset(output=fake.output)
    monkeypatch.setenv("TOWER_COMFYUI_URLS", f"{fake.url},{second_server.url}")
    monkeypatch.setenv("TOWER_RENDERER_LOST_S", "0.2")
    first, second = sorted((fake, second_server), key=lambda server: server.url)
    return first, second
