"""Real parts for the tests, each started once a session and only when a test asks for it."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from pydantic import SecretStr

from db.embedded.server import EmbeddedPostgres
from db.migrate import upgrade
from db.tower_lock import TowerLock
from deployments import ports, stack
from deployments.addresses import Addresses
from deployments.parts import Plan
from studio.settings import Settings
from tests.fakes.jellyfin import FakeJellyfin, fake_jellyfin

hypothesis.settings.register_profile("tower", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("tower")  # how long an example takes says more of the machine than of us


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One PostgreSQL for the session."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "home")
    server.start()
    yield server
    server.stop()
    forget(server.home)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: EmbeddedPostgres) -> str:
    """The database `anime_production`; take `database` where its tables are needed."""
    return postgres_server.url()


@pytest.fixture(scope="session")
def database(postgres_url: str) -> str:
    """The migrated database."""
    upgrade(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def prefect_server(
    postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A Prefect server on the session's PostgreSQL: the URL of its API."""
    settings = Settings(
        home=tmp_path_factory.mktemp("prefect"), prefect_port=0, anime_port=0, episodes_port=0,
        music_port=0, echo_port=0, comfyui_port=0,
        prefect_api_url=None, comfyui_urls=(), database_url=None,
    )  # fmt: skip
    settings.log_dir.mkdir()
    with httpx.Client(trust_env=False) as http:
        plan = Plan(settings, ports.choose(settings), "", http, postgres_server, TowerLock())
        part = next(part for part in plan.parts() if part.name == "prefect")
        assert part.start is not None
        running = part.start()
        deadline = time.monotonic() + part.ready_within_s
        while not part.is_ready():
            assert running.exit_code() is None, (settings.log_dir / "prefect.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield part.address()
        running.stop(5.0)


@pytest.fixture(scope="session")
def tower_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tower of `tower_settings` has everything."""
    return (tmp_path_factory.mktemp("tower") / "home").resolve()


@pytest.fixture(scope="session")
def media_server(tower_home: Path) -> Iterator[FakeJellyfin]:
    """A media server that looks at the tower's library as soon as it is told; what it was sent is right."""
    with fake_jellyfin({"/media/anime": tower_home / "library"}, monitor_delay_s=0.0) as fake:
        yield fake
    assert fake.faults == []


@pytest.fixture(scope="session")
def tower_settings(tower_home: Path, media_server: FakeJellyfin) -> Iterator[Settings]:
    """The settings of a tower with a home of its own and free ports; `tower` starts it."""
    settings = Settings(
        home=tower_home, anime_port=0, episodes_port=0, music_port=0,
        echo_port=0, prefect_port=0, comfyui_port=0,
        database_url=None, prefect_api_url=None, comfyui_urls=(),
        jellyfin_url=media_server.url, jellyfin_api_key=SecretStr(media_server.token),
        jellyfin_path_map=(f"{tower_home / 'library'}=/media/anime",), jellyfin_wait_s=20.0,
    )  # fmt: skip
    yield settings
    stack.down(settings)
    forget(settings.home)


@pytest.fixture(scope="session")
def tower(tower_settings: Settings) -> Addresses:
    """A whole tower, every part of it real."""
    return stack.ensure_up(tower_settings)


def forget(home: Path) -> None:
    """Remove what a server of `home` keeps outside of it, where root runs the tests."""
    store = EmbeddedPostgres(home).place.store
    if not store.is_relative_to(home):
        shutil.rmtree(store)


@pytest.fixture
def connected(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process works on the migrated database, with a home of its own: the home."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    return tmp_path
