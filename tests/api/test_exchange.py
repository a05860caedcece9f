"""An episode's cut, its dialogue and a screenplay, out of Tower and into it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from api.episodes import create_app
from db.models.production import ProductionJob, Stage
from db.queries import branches
from db.session import transaction
from studio.assembly import SceneClip, Wishes, lay_episode
from studio.assembly_document import as_document
from studio.exchange.subtitles import Line, read_subtitles
from studio.exchange.timeline import read_otio
from studio.settings import Settings

A = "/api/anime"
SCRIPT = """Title: The Mill

INT. MILL - NIGHT #4#

= They meet.

Wind in the sails.

KAI
(softly)
It is late.

.THE HILL

@McAvoy
Wait.

> CUT TO:
"""


@pytest.fixture(scope="module")
def exchange(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False) as client:
            yield client


def clip(number: int, *dialogue: Line) -> SceneClip:
    return SceneClip(
        scene_id=number, number=number, title=f"Scene {number}", path=Path(f"/store/{number}.mp4"), frames=48,
        fps=Fraction(24), width=832, height=480, generation_id=f"gen_{number}", quality=8.0,
        accents_s=(), transition=None, details={}, dialogue=dialogue,
    )  # fmt: skip


@pytest.fixture
def episode(exchange: TestClient, project: int) -> int:
    body = {"project_id": project, "title": "The Mill: one 水車"}
    made = exchange.post(f"{A}/episodes", json=body)
    assert made.status_code == 201, made.text
    return int(made.json()["episode_id"])


def assembled(project: int, episode: int, *clips: SceneClip) -> None:
    """A render of the episode that got as far as its cut."""
    wishes = Wishes(title="The Mill", width=832, height=480, fps=Fraction(24))
    document = as_document(lay_episode(clips, wishes, None))
    with transaction() as session:
        branch = branches.find(session, project, "main")
        job = ProductionJob(
            id=f"gen_{episode:016x}", project_id=project, branch_id=branch.id or 0, title="The Mill",
            kind="episode", episode_id=episode, status="completed",
        )  # fmt: skip
        session.add(job)
        session.flush()
        result = {"assembly": document, "music": {"path": "/music/a.mp3", "reason": ""}}
        stage = {"stage": "sync", "take": 1, "attempt": 1, "finished_at": datetime.now(UTC)}
        session.add(Stage(generation_id=job.id, **stage, result=result))


def test_before_an_assembly_there_is_no_cut(exchange: TestClient, episode: int) -> None:
    for path in ("timeline", "subtitles"):
        answer = exchange.get(f"{A}/episodes/{episode}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert "not assembled yet" in answer.json()["error"]["message"]
    assert exchange.get(f"{A}/episodes/{2**31 - 1}/timeline").status_code == 404
    assert exchange.get(f"{A}/episodes/{episode}/timeline", params={"format": "aaf"}).status_code == 422


def test_the_cut_is_given_out_in_each_format(exchange: TestClient, project: int, episode: int) -> None:
    assembled(project, episode, clip(1), clip(2))
    timeline = exchange.get(f"{A}/episodes/{episode}/timeline")
    told = timeline.headers["content-disposition"]
    assert told.startswith('attachment; filename="01-The-Mill-one.otio"; ')
    assert unquote(told.partition("filename*=UTF-8''")[2]) == "01 The Mill: one 水車.otio"
    read = read_otio(timeline.text)
    assert [each.name for each in read.clips] == ["Scene 1", "Scene 2"]
    assert [each.path for each in read.clips] == ["/store/1.mp4", "/store/2.mp4"]
    assert read.audio_path == "/music/a.mp3"
    edl = exchange.get(f"{A}/episodes/{episode}/timeline", params={"format": "edl"})
    assert "TITLE" in edl.text
    fcpxml = exchange.get(f"{A}/episodes/{episode}/timeline", params={"format": "fcpxml"})
    assert "<fcpxml" in fcpxml.text


def test_what_is_said_is_given_out_in_the_episodes_time(
    exchange: TestClient, project: int, episode: int
) -> None:
    assembled(project, episode, clip(1), clip(2, Line(0.5, 1.5, "It is late.", "Kai")))
    srt = exchange.get(f"{A}/episodes/{episode}/subtitles")
    (line,) = read_subtitles(srt.text, "srt")
    assert (line.text, line.start_s, line.end_s) == ("It is late.", 2.5, 3.5)
    ass = exchange.get(f"{A}/episodes/{episode}/subtitles", params={"format": "ass"})
    assert read_subtitles(ass.text, "ass")[0].speaker == "Kai"


def test_where_nothing_is_said_there_are_no_subtitles(
    exchange: TestClient, project: int, episode: int
) -> None:
    assembled(project, episode, clip(1))
    answer = exchange.get(f"{A}/episodes/{episode}/subtitles")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_screenplay_becomes_scenes_with_their_dialogue(
    exchange: TestClient, client: TestClient, project: int, kai: dict[str, Any]
) -> None:
    body = {"text": SCRIPT.replace("KAI", "KAI NAKAMURA")}
    path = f"{A}/projects/{project}/screenplay"
    dry = exchange.post(path, json={**body, "dry_run": True})
    assert (dry.status_code, dry.json()["unknown_characters"]) == (200, ["McAvoy"])
    assert client.get(f"{A}/scenes", params={"project_id": project}).json() == []
    made = exchange.post(path, json=body)
    assert made.status_code == 201, made.text
    assert made.json()["title"] == "The Mill"
    scenes = client.get(f"{A}/scenes", params={"project_id": project}).json()
    assert [scene["scene_number"] for scene in scenes] == [1, 2]
    assert [scene["id"] for scene in scenes] == [scene["id"] for scene in made.json()["scenes"]]
    first = scenes[0]
    assert (first["description"], first["characters"]) == (
        "Mill, night.\n\nWind in the sails.",
        [kai["name"]],
    )
    spoken = {"character": kai["name"], "text": "It is late.", "direction": "softly"}
    assert first["metadata"]["dialogue"] == [spoken]
    again = exchange.post(path, json={**body, "first_number": 2})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "DUPLICATE")
    assert len(client.get(f"{A}/scenes", params={"project_id": project}).json()) == 2
    assert exchange.post(path, json=body).json()["scenes"][0]["scene_number"] == 3


def test_scenes_are_written_as_a_screenplay_that_gives_the_same_scenes(
    exchange: TestClient, client: TestClient, project: int
) -> None:
    path = f"{A}/projects/{project}/screenplay"
    made = exchange.post(path, json={"text": SCRIPT}).json()["scenes"]
    written = exchange.get(path)
    assert written.headers["content-type"].startswith("text/plain")
    again = exchange.post(path, json={"text": written.text, "dry_run": True, "first_number": 1}).json()
    assert again["title"] == "Kaze no Tani"
    assert again["scenes"] == [{**scene, "id": None} for scene in made]


@pytest.mark.parametrize("text", ["", "Title: nothing else\n", "\0"])
def test_what_is_no_screenplay_is_refused(exchange: TestClient, project: int, text: str) -> None:
    answer = exchange.post(f"{A}/projects/{project}/screenplay", json={"text": text})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16"])
def test_a_screenplay_is_uploaded_as_a_file(
    exchange: TestClient, client: TestClient, project: int, code: str
) -> None:
    path = f"{A}/projects/{project}/screenplay/file"
    file = {"file": ("雨.fountain", "INT. 教室 - 夜\n\n雨。\n\n@カイ\n待って。\n".encode(code), "text/plain")}
    dry = exchange.post(path, files=file, data={"dry_run": "true"})
    assert (dry.status_code, dry.json()["unknown_characters"]) == (200, ["カイ"])
    made = exchange.post(path, files=file, data={"first_number": "7"})
    assert made.status_code == 201, made.text
    scenes = client.get(f"{A}/scenes", params={"project_id": project}).json()
    assert [(scene["scene_number"], scene["description"]) for scene in scenes] == [(7, "教室, 夜.\n\n雨。")]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\xd8", b"\x89PNG\0", b"a" * 2_000_001, b"\n \n"])
def test_a_file_that_is_no_screenplay_is_refused(exchange: TestClient, project: int, content: bytes) -> None:
    answer = exchange.post(f"{A}/projects/{project}/screenplay/file", files={"file": ("x", content)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


def test_a_file_is_sent_as_a_form(exchange: TestClient, project: int) -> None:
    answer = exchange.post(f"{A}/projects/{project}/screenplay/file", json={"text": SCRIPT})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
