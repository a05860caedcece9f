"""Whatever is sent to the service, described or not: no 5xx, and errors in their envelope."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from api import echo, episodes, music
from api.commands import Commands
from api.orders import Orders
from api.production import create_app
from db.databases import beside, ensure
from db.migrate import upgrade
from studio.settings import Settings
from tasks.library_start import Started
from tasks.media_server import ServerSeen


def nothing(*_what: object) -> None:
    """What the service would set going is not what is tried here."""


HOST = {"Host": "localhost"}
HOME = Path(tempfile.gettempdir()) / "tower-fuzz"
SERVICE = create_app(
    Settings(home=HOME, rate_per_s=1_000_000),
    Commands(
        *[nothing] * 7,
        look_at_jellyfin=lambda: ServerSeen("absent"),
        make_library=lambda _name: ServerSeen("absent"),
        judge_workflow=lambda *_what: (),
        look_at_renderers=lambda: (),
        survey_models=nothing,
    ),
)
MUSIC = music.create_app(Settings(home=HOME, rate_per_s=1_000_000), lambda: Started(1, is_new=False))
EPISODES = episodes.create_app(
    Settings(home=HOME, rate_per_s=1_000_000),
    Orders(submit=nothing, align=nothing, publish=nothing, unpublish=nothing),
)
ECHO = echo.create_app(Settings(home=HOME, rate_per_s=1_000_000), submit=nothing)
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
schema = schemathesis.openapi.from_dict(SERVICE.openapi()).exclude(path_regex="/events$")
schema.app = SERVICE
of_music = schemathesis.openapi.from_dict(MUSIC.openapi())
of_music.app = MUSIC
of_episodes = schemathesis.openapi.from_dict(EPISODES.openapi())
of_episodes.app = EPISODES

of_echo = schemathesis.openapi.from_dict(ECHO.openapi())
of_echo.app = ECHO


@pytest.fixture(scope="module", autouse=True)
def _database(postgres_url: str) -> Iterator[None]:
    """A database of its own: what is sent here would change what other tests find."""
    ensure(postgres_url, "fuzz")
    upgrade(beside(postgres_url, "fuzz"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", beside(postgres_url, "fuzz"))
        patch.setenv("TOWER_HOME", str(HOME))
        yield


@schema.parametrize()
@FEW
def test_no_request_brings_the_service_down_or_gets_an_answer_outside_the_envelope(case: Case) -> None:
    assert_told(case)


@of_music.parametrize()
@FEW
def test_no_request_brings_the_music_service_down_or_gets_an_answer_outside_the_envelope(case: Case) -> None:
    assert_told(case)


@of_episodes.parametrize()
@FEW
def test_no_request_brings_the_episode_service_down_or_gets_an_answer_outside_the_envelope(
    case: Case,
) -> None:
    assert_told(case)


@of_echo.parametrize()
@FEW
def test_no_request_brings_echo_down_or_gets_an_answer_outside_the_envelope(case: Case) -> None:
    assert_told(case)


def assert_told(case: Case) -> None:
    answer = case.call(headers=HOST)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert {"code", "message", "details", "timestamp", "request_id"} <= error.keys()
        assert error["request_id"] == answer.headers["x-request-id"][0]
