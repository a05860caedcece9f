import wave
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.schemas.fields import FrameRate
from db.queries import generations
from db.session import transaction
from studio.errors import StateError, SupersededError, UnavailableError
from studio.settings import Settings

A = "/api/anime"
rates: TypeAdapter[Fraction] = TypeAdapter(FrameRate)


def _ask(client: TestClient, project: int, key: str | None = None, **fields: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"prompt": "A duel in the rain", **fields}
    return client.post(f"{A}/projects/{project}/generate-from-command", json=body, headers=headers)


def _count(client: TestClient, project: int) -> int:
    return len(client.get(f"{A}/generations?project_id={project}").json())


@pytest.fixture
def song(settings: Settings) -> Path:
    path = settings.media / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    return path


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", ""),
        ("prompt", "  "),
        ("prompt", "x" * 4001),
        ("prompt", None),
        ("duration", 0),
        ("duration", 10_000),
        ("duration", -5),
        ("duration", "long"),
        ("duration", True),
        ("duration", 0.001),
        ("quality", "best"),
        ("width", 63),
        ("width", 65),
        ("height", 1922),
        ("fps", 0),
        ("fps", 61),
        ("fps", "24/0"),
        ("fps", "fast"),
        ("fps", True),
        ("fps", "1e999999999"),
        ("seed", -1),
        ("seed", 2**63),
        ("workflow", "nobody's"),
        ("characters", "Kai"),
        ("style", ""),
        ("mood", "grim"),
    ],
)
def test_what_cannot_be_made_is_refused_and_no_generation(
    client: TestClient, project: int, told: Any, field: str, value: Any
) -> None:
    answer = _ask(client, project, **{field: value})
    assert answer.status_code == 422, answer.text
    details = answer.json()["error"]["details"]
    assert details["field"] == field
    assert details["expected"]
    assert _count(client, project) == 0
    assert told.given == []


def test_an_unknown_character_is_named_with_those_there_are(
    client: TestClient, project: int, kai: dict[str, Any]
) -> None:
    answer = _ask(client, project, characters=[kai["name"], "Nobody"])
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["details"]["value"] == ["Nobody"]
    assert error["details"]["known"] == ["Kai Nakamura"]
    assert "'Nobody'" in error["message"]


def test_an_unknown_scene_branch_or_project_is_not_found(client: TestClient, project: int) -> None:
    other = client.post(f"{A}/projects", json={"name": "Other"}).json()["id"]
    scene = client.post(f"{A}/scenes", json={"project_id": other, "scene_number": 1}).json()["id"]
    assert _ask(client, project, scene_id=scene).json()["error"]["details"]["field"] == "scene_id"
    assert _ask(client, int(other), scene_id=scene).status_code == 202
    assert _ask(client, project, branch_name="nowhere").status_code == 404
    assert _ask(client, 2**31 - 1).status_code == 404


def test_what_is_not_said_has_a_default(client: TestClient, project: int, told: Any) -> None:
    accepted = _ask(client, project).json()
    assert accepted["metadata"] == {"duration": 5, "style": "anime", "quality": "standard"}
    generation_id = accepted["generation_id"]
    assert told.given == [("submit", generation_id, 1)]
    shown = client.get(f"{A}/generations/{generation_id}").json()
    assert shown["title"] == "A duel in the rain"
    assert (shown["status"], shown["stage"], shown["takes"], shown["sync"]) == (
        "processing",
        "queued",
        [],
        None,
    )
    with transaction() as session:
        asked = generations.request(session, generation_id)
    assert (asked.width, asked.height, asked.fps_num, asked.fps_den) == (832, 480, 24, 1)
    assert asked.body == {"prompt": "A duel in the rain"}


def test_all_that_is_said_is_kept(client: TestClient, project: int, kai: Any, song: Path) -> None:
    said = {
        "duration": 2.5,
        "style": "ink wash",
        "characters": [kai["name"]],
        "quality": "draft",
        "seed": 2**63 - 1,
        "audio_path": str(song),
        "width": 640,
        "height": 360,
        "fps": 23.976,
        "negative_prompt": "blurry",
        "title": "Duel",
    }
    accepted = _ask(client, project, **said).json()
    with transaction() as session:
        asked = generations.request(session, accepted["generation_id"])
    kept = asked.model_dump(include=said.keys() - {"duration", "fps"})
    assert kept == {name: value for name, value in said.items() if name in kept}
    assert (asked.duration_s, Fraction(asked.fps_num, asked.fps_den)) == (2.5, Fraction(24000, 1001))


def test_audio_is_opened_now(client: TestClient, project: int, settings: Settings) -> None:
    text = settings.media / "song.mp3"
    text.write_text("no sound at all")
    (settings.media / "out.mp3").unlink(missing_ok=True)
    (settings.media / "out.mp3").symlink_to("/etc/hostname")
    for path, status, code in [
        (str(settings.media / "gone.mp3"), 404, "FILE_NOT_FOUND"),
        ("/etc/passwd", 422, "PATH_NOT_ALLOWED"),
        (f"{settings.media}/../../etc/passwd", 422, "PATH_NOT_ALLOWED"),
        (str(settings.media / "out.mp3"), 422, "PATH_NOT_ALLOWED"),
        (str(settings.media), 422, "PATH_NOT_ALLOWED"),
        ("/dev/zero", 422, "PATH_NOT_ALLOWED"),
        (str(text), 422, "VALIDATION_ERROR"),
    ]:
        answer = _ask(client, project, audio_path=path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), path
        if status == 422:
            assert answer.json()["error"]["details"]["field"] == "audio_path"
            assert answer.json()["error"]["details"]["value"] == path
    assert _count(client, project) == 0


@pytest.mark.parametrize("trouble", [UnavailableError("Prefect is away."), SupersededError("Taken over.")])
def test_an_accepted_request_is_not_lost_when_it_cannot_be_submitted(
    client: TestClient, project: int, told: Any, trouble: Exception
) -> None:
    told.trouble = trouble
    assert _ask(client, project).status_code == 202
    assert _count(client, project) == 1


def test_a_repeat_gets_the_first_answer(client: TestClient, project: int, told: Any, song: Path) -> None:
    first = _ask(client, project, "key", duration=3, audio_path=str(song))
    song.unlink()
    again = _ask(client, project, "key", duration=3, audio_path=str(song))
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert _count(client, project) == 1
    assert len(told.given) == 1


def test_a_key_is_not_taken_for_another_body(client: TestClient, project: int) -> None:
    _ask(client, project, "key")
    other = _ask(client, project, "key", duration=4)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert _count(client, project) == 1
    assert _ask(client, project, "another key", duration=4).status_code == 202


def test_a_key_of_a_refused_request_is_free(client: TestClient, project: int) -> None:
    assert _ask(client, project, "key", characters=["Nobody"]).status_code == 422
    assert _ask(client, project, "key").status_code == 202


def test_repeats_at_the_same_time_make_one_generation(client: TestClient, project: int, told: Any) -> None:
    together = Barrier(8)

    def ask(_: int) -> Any:
        together.wait()
        return _ask(client, project, "key")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["generation_id"] for answer in answers}) == 1
    assert _count(client, project) == 1
    assert len(told.given) == 1


def test_generations_are_listed_newest_first_by_state_and_page(client: TestClient, project: int) -> None:
    asked = [_ask(client, project).json()["generation_id"] for _ in range(3)]
    listed = client.get(f"{A}/generations?project_id={project}&status=processing&limit=2")
    assert [row["generation_id"] for row in listed.json()] == asked[:0:-1]
    rest = client.get(listed.links["next"]["url"])
    assert [row["generation_id"] for row in rest.json()] == asked[:1]
    assert "Link" not in rest.headers
    assert client.get(f"{A}/generations?project_id={project}&status=failed").json() == []
    assert client.get(f"{A}/generations?status=lost").status_code == 422


@pytest.mark.parametrize(
    ("action", "status"), [("cancel", 200), ("approve", 200), ("reject", 200), ("retry", 202)]
)
def test_a_decision_is_handed_on(
    client: TestClient, project: int, told: Any, action: str, status: int
) -> None:
    generation_id = _ask(client, project).json()["generation_id"]
    answer = client.post(f"{A}/generations/{generation_id}/{action}")
    assert (answer.status_code, answer.json()["generation_id"]) == (status, generation_id)
    assert told.given[-1][:2] == (action, generation_id)
    told.trouble = StateError("Too late.", status="completed")
    late = client.post(f"{A}/generations/{generation_id}/{action}")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "INVALID_STATE")


@pytest.mark.parametrize(
    ("generation_id", "status"), [("gen_0", 404), ("gen_%00", 422), ("7", 422), (f"gen_{'x' * 200}", 422)]
)
def test_a_generation_that_is_not_there_is_not_found(
    client: TestClient, generation_id: str, status: int
) -> None:
    for path in ("", "/events"):
        assert client.get(f"{A}/generations/{generation_id}{path}").status_code == status


@pytest.mark.parametrize(
    ("sent", "rate"),
    [
        (24, Fraction(24)),
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        ("12", Fraction(12)),
        (12.5, Fraction(25, 2)),
        (1, Fraction(1)),
        (60, Fraction(60)),
    ],
)
def test_a_frame_rate_is_exact(sent: Any, rate: Fraction) -> None:
    assert rates.validate_python(sent) == rate


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none(), st.lists(st.integers())))
def test_a_frame_rate_is_within_bounds_or_refused(sent: Any) -> None:
    try:
        rate = rates.validate_python(sent)
    except ValidationError:
        return
    assert 1 <= rate <= 60
    assert rate.denominator <= 1001
