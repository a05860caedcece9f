import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api.app import build
from studio.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    RenderError,
    StackError,
    StudioError,
    UnavailableError,
)
from studio.settings import Settings

BASE = "http://localhost"
TOKEN = {"Authorization": "Bearer a-long-token"}
routes = APIRouter()
FAULTS: dict[str, Exception] = {
    "invalid": InvalidError("No.", field="mood", value=float("nan"), expected="a mood"),
    "missing": NotFoundError("None."),
    "conflict": ConflictError("Clash.", with_="x"),
    "changed": PreconditionError("Changed."),
    "away": UnavailableError("Away."),
    "render": RenderError("The server at 10.0.0.7 burnt."),
    "bug": ZeroDivisionError("password=hunter2"),
    "ours": StudioError("password=hunter2"),
}


class Body(BaseModel):
    name: str = ""


@routes.post("/echo")
def echo(body: Body) -> Body:
    return body


@routes.post("/nothing")
def nothing() -> None:
    return None


@routes.get("/open")
def opened() -> str:
    return "open"


@routes.get("/fail/{kind}")
def fail(kind: str) -> None:
    raise FAULTS[kind]


def service(**settings: Any) -> TestClient:
    app = build(
        Settings(**{"rate_per_s": 10_000, **settings}),
        title="t",
        description="d",
        routers=[routes],
        open_paths=["/open"],
    )
    return TestClient(app, BASE)


@pytest.fixture(scope="module")
def plain() -> Iterator[TestClient]:
    with service() as client:
        yield client


def _error(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == code
    assert error.keys() - {"errors"} == {"code", "message", "details", "timestamp", "request_id"}
    assert re.fullmatch(r"req_[0-9a-f]{16}", error["request_id"])
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", error["timestamp"])
    return error


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("invalid", 422, "VALIDATION_ERROR"),
        ("missing", 404, "NOT_FOUND"),
        ("conflict", 409, "CONFLICT"),
        ("changed", 412, "PRECONDITION_FAILED"),
        ("away", 503, "UNAVAILABLE"),
        ("render", 500, "RENDER_FAILED"),
        ("bug", 500, "INTERNAL_ERROR"),
        ("ours", 500, "INTERNAL_ERROR"),
    ],
)
def test_each_family_of_errors_has_its_status(plain: TestClient, kind: str, status: int, code: str) -> None:
    _error(plain.get(f"/fail/{kind}"), status, code)


def test_an_invalid_value_is_named_in_json(plain: TestClient) -> None:
    error = _error(plain.get("/fail/invalid"), 422, "VALIDATION_ERROR")
    assert error["details"] == {"field": "mood", "value": "nan", "expected": "a mood"}
    assert error["errors"] == [error["details"]]


@pytest.mark.parametrize("kind", ["bug", "ours", "render"])
def test_a_500_shows_no_internals_and_the_log_has_them(
    plain: TestClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = plain.get(f"/fail/{kind}")
    assert not re.search("hunter2|10.0.0.7|Traceback|Error\\(", answer.text)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert answer.json()["error"]["request_id"] in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[1] is FAULTS[kind]


def test_the_routers_own_errors_are_in_the_envelope(plain: TestClient) -> None:
    _error(plain.get("/nowhere"), 404, "NOT_FOUND")
    _error(plain.get("/open/"), 404, "NOT_FOUND")
    wrong = plain.delete("/open")
    _error(wrong, 405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["Allow"] == "GET"


@pytest.mark.parametrize("content", [b"{", b"", b'"\\ud800"', b"[" * 100_000, b"1" * 5000, b"\xff"])
def test_what_is_no_json_is_refused(plain: TestClient, content: bytes) -> None:
    answer = plain.post("/echo", content=content, headers={"Content-Type": "application/json"})
    _error(answer, answer.status_code, answer.json()["error"]["code"])
    assert answer.status_code in {400, 422}


def test_bodies_must_be_json(plain: TestClient) -> None:
    form = plain.post("/echo", data={"name": "x"})
    assert _error(form, 415, "UNSUPPORTED_MEDIA_TYPE")["details"]["expected"] == "application/json"
    _error(plain.post("/echo", content=b"{}"), 415, "UNSUPPORTED_MEDIA_TYPE")
    _error(plain.post("/echo", content=iter([b"{}"])), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert plain.post("/nothing").status_code == 200
    sent = {"Content-Type": "application/json; charset=utf-8"}
    assert plain.post("/echo", content=b"{}", headers=sent).status_code == 200


def test_large_bodies_are_refused_however_they_come() -> None:
    sent = {"Content-Type": "application/json"}
    with service(max_body_bytes=1000) as client:
        _error(client.post("/echo", content=b"x" * 1001, headers=sent), 413, "PAYLOAD_TOO_LARGE")
        pieces = (b"x" * 600 for _ in range(3))
        _error(client.post("/echo", content=pieces, headers=sent), 413, "PAYLOAD_TOO_LARGE")
        assert client.post("/echo", content=iter([b"{", b"}"]), headers=sent).status_code == 200
        lie = {**sent, "Content-Length": "-5"}
        _error(client.post("/echo", content=b"{}", headers=lie), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8328", 200),
        ("127.0.0.1", 200),
        ("[::1]:8328", 200),
        ("LOCALHOST", 200),
        ("studio.local", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("", 403),
        ("[", 403),
    ],
)
def test_only_our_own_names_are_answered(host: str, status: int) -> None:
    with service(allowed_hosts="studio.local") as client:
        answer = client.get("/open", headers={"Host": host})
    assert answer.status_code == status
    if status == 403:
        _error(answer, 403, "HOST_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("https://board.example", 200),
        ("http://localhost:3000", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
def test_pages_of_other_origins_do_not_write(origin: str, status: int) -> None:
    with service(cors_origins="https://board.example") as client:
        assert client.post("/nothing", headers={"Origin": origin}).status_code == status
        assert client.get("/open", headers={"Origin": origin}).status_code == 200


def test_cross_origin_rules_come_from_the_settings() -> None:
    asks = {"Origin": "https://board.example", "Access-Control-Request-Method": "POST"}
    with service(cors_origins="https://board.example", api_tokens="a-long-token") as client:
        allowed = client.options("/echo", headers=asks)
        refused = client.options("/echo", headers={**asks, "Origin": "https://evil.example"})
        failed = client.get("/fail/missing", headers={"Origin": "https://board.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://board.example"
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert failed.headers["Access-Control-Allow-Origin"] == "https://board.example"


def test_a_token_opens_all_but_what_is_open_anyway() -> None:
    with service(api_tokens="a-long-token,another") as client:
        assert client.get("/open").status_code == 200
        refused = client.get("/openapi.json")
        _error(refused, 401, "UNAUTHORIZED")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        for wrong in ("Bearer ", "Bearer a-long", "Basic a-long-token", "a-long-token", "Bearer ÿ"):
            sent = {"Authorization": wrong.encode("latin-1")}
            _error(client.post("/nothing", headers=sent), 401, "UNAUTHORIZED")
        assert client.post("/nothing", headers=TOKEN).status_code == 200
        assert client.post("/nothing", headers={"Authorization": "bearer another"}).status_code == 200


def test_beyond_this_machine_a_token_is_needed() -> None:
    with pytest.raises(StackError, match="TOWER_API_TOKENS"):
        service(bind="0.0.0.0")
    with service(bind="0.0.0.0", api_tokens="a-long-token", allowed_hosts="studio.local") as client:
        assert client.get("/open").status_code == 200


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    with service(rate_per_s=5) as client:
        answers = [client.get("/open") for _ in range(11)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    _error(answers[10], 429, "RATE_LIMITED")
    assert int(answers[10].headers["Retry-After"]) in {1, 2}


def test_secrets_are_not_echoed(plain: TestClient) -> None:
    @routes.get("/with")
    def with_token(api_token: int) -> int:
        return api_token

    with service() as client:
        answer = client.get("/with?api_token=hunter2")
    assert _error(answer, 422, "VALIDATION_ERROR")["details"]["value"] == "***"
    assert "hunter2" not in answer.text
