"""Sessions: a token traded for a cookie, which every service takes, and no other page can use."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import echo, episodes, music
from api.sessions import LASTS_S, Sessions, sessions_of
from studio.settings import Settings
from tests.api.conftest import BASE
from tests.api.dashboard.conftest import served

A = "/api/anime"
TOKEN = "a-long-token"


@pytest.fixture(scope="module")
def guarded(settings: Settings) -> Settings:
    return Settings(home=settings.home, rate_per_s=10_000, api_tokens=f"{TOKEN},another")


@pytest.fixture(scope="module")
def asked(guarded: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        yield from served(guarded)


@pytest.fixture
def client(asked: TestClient) -> TestClient:
    asked.cookies.clear()
    return asked


@pytest.fixture
def known(client: TestClient) -> TestClient:
    answer = client.post("/login", data={"token": TOKEN, "next": "/projects?cursor=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects?cursor=1")
    return client


def test_who_has_no_session_is_led_to_the_login_and_back(client: TestClient) -> None:
    answer = client.get("/projects?cursor=7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fprojects%3Fcursor%3D7")
    page = client.get(answer.headers["Location"])
    assert 'name="next" value="/projects?cursor=7"' in page.text
    assert client.get("/static/tower.css").status_code == 200


def test_a_wrong_token_begins_no_session(client: TestClient) -> None:
    answer = client.post("/login", data={"token": "a-long"})
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (401, None)
    assert "none of this tower" in answer.text
    assert client.get("/").status_code == 303


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(client: TestClient) -> None:
    cookie = client.post("/login", data={"token": TOKEN}).headers["Set-Cookie"]
    assert re.search(r"^tower_[0-9a-f]{8}=", cookie)
    assert {"HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={LASTS_S}"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert TOKEN not in cookie


def test_a_session_opens_pages_and_the_api(known: TestClient) -> None:
    assert known.get("/").status_code == 200
    assert known.get(f"{A}/projects", headers={"Accept": "*/*"}).status_code == 200
    made = known.post("/projects", data={"name": "Kaze no Tani"})
    assert re.fullmatch(r"/projects/\d+", made.headers["Location"])


@pytest.mark.parametrize("service", [episodes, music])
def test_the_other_services_take_the_session_too(
    known: TestClient, guarded: Settings, service: object
) -> None:
    app = service.create_app(guarded)  # type: ignore[attr-defined]
    other = TestClient(app, BASE)
    assert other.get("/openapi.json").status_code == 401
    session = "; ".join(f"{name}={value}" for name, value in known.cookies.items())
    assert other.get("/openapi.json", headers={"Cookie": session}).status_code == 200


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://evil.example", "null", None])
def test_a_session_writes_only_from_our_own_pages(known: TestClient, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    del known.headers["Origin"]
    try:
        for sent in (
            known.post(f"{A}/projects", json={"name": "x"}, headers=headers),
            known.post("/projects", data={"name": "x"}, headers=headers),
        ):
            assert (sent.status_code, sent.json()["error"]["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    finally:
        known.headers["Origin"] = BASE


def test_logging_out_takes_the_session_off(known: TestClient) -> None:
    answer = known.post("/logout")
    assert answer.headers["Location"] == "/login"
    assert not dict(known.cookies)
    assert known.get("/").status_code == 303


def _copied(client: TestClient) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


@pytest.mark.parametrize("service", [None, episodes, music, echo])
def test_a_copied_cookie_is_worth_nothing_after_the_logout(
    known: TestClient, guarded: Settings, service: object
) -> None:
    first, sessions = _copied(known), sessions_of(guarded)
    session = sessions.found(first["Cookie"])
    assert session is not None
    later = {"Cookie": f"{sessions.cookie}={sessions.go_on(session, now_s=time.time() + 60)}"}
    app = service.create_app(guarded) if service else None  # type: ignore[attr-defined]
    other = known if app is None else TestClient(app, BASE)
    assert other.get("/openapi.json", headers=first).status_code == 200
    known.post("/logout")
    for copy in (first, later):
        known.cookies.clear()
        assert other.get("/openapi.json", headers={**copy, "Accept": "*/*"}).status_code == 401


def test_other_sessions_outlive_a_logout_unless_all_are_ended(known: TestClient) -> None:
    mine = _copied(known)
    known.cookies.clear()
    known.post("/login", data={"token": "another"})
    foreign = _copied(known)
    known.cookies.clear()
    known.post("/login", data={"token": TOKEN})
    known.post("/logout")
    assert known.get("/", headers=mine).status_code == 200
    known.cookies.clear()
    known.post("/logout", data={"everywhere": "true"}, headers=mine)
    assert known.get("/", headers=mine).status_code == 303
    assert known.get("/", headers=foreign).status_code == 200
    known.cookies.clear()
    known.post("/login", data={"token": TOKEN})
    assert known.get("/").status_code == 200


def test_what_ended_is_forgotten_once_no_cookie_could_hold(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, [TOKEN.encode()])
    first, second = (sessions.found(f"{sessions.cookie}={sessions.begin(TOKEN.encode())}") for _ in range(2))
    assert first is not None
    assert second is not None
    sessions.end(first)
    kept = tmp_path / "ended-sessions" / first.id
    os.utime(kept, (time.time() - LASTS_S - 60,) * 2)
    sessions.end(second)
    assert [each.name for each in kept.parent.iterdir()] == [second.id]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_login_leads_nowhere_but_to_our_own_pages(client: TestClient, elsewhere: str) -> None:
    answer = client.post("/login", data={"token": TOKEN, "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_script_is_told_in_json_that_its_session_has_ended(client: TestClient) -> None:
    answer = client.get("/", headers={"X-Partial": "1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_a_session_ends_with_its_time_and_with_its_token(tmp_path: Path) -> None:
    found = Sessions(tmp_path, [TOKEN.encode()])
    cookie = f"{found.cookie}={found.begin(TOKEN.encode(), now_s=1000.0)}"
    session = found.found(cookie, now_s=1000.0 + LASTS_S - 1)
    assert session is not None
    assert session.token == TOKEN.encode()
    assert found.found(cookie, now_s=1000.0 + LASTS_S + 1) is None
    assert Sessions(found.folder, [b"another"]).found(cookie, now_s=1001.0) is None


def test_a_session_that_was_tampered_with_is_none(tmp_path: Path) -> None:
    found = Sessions(tmp_path, [TOKEN.encode()])
    value = found.begin(TOKEN.encode(), now_s=1000.0)
    ends, nonce, code = value.split(".")
    for wrong in (
        f"{int(ends) + 1}.{nonce}.{code}",
        f"{ends}.{nonce}x.{code}",
        f"{ends}.{nonce}.",
        "",
        "..",
        "é.é.é",
        '"',
    ):
        assert found.found(f"{found.cookie}={wrong}", now_s=1001.0) is None
    assert (found.folder / "session-secret").stat().st_mode & 0o077 == 0


def test_without_tokens_there_is_no_login(settings: Settings, database: str) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        for client in served(settings):
            assert client.get("/login").headers["Location"] == "/"
            assert "Log out" not in client.get("/").text
