"""Publications over the services: shown, asked for again, taken away; and the media server as it stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.episodes import create_app
from api.orders import Orders
from db.models.production import ProductionJob
from db.queries import publications
from db.queries.jobs import accept_job
from db.queries.publications import Slot
from db.session import transaction
from studio.publication import ReadBack, State
from studio.settings import Settings
from tests.api.conftest import A, Told
from tests.fakes.generations import new_generation
from tests.fakes.jellyfin import fake_jellyfin

GONE = "gen_0000000000000000"


def published(kind: str = "clip", *, read: ReadBack | None = None, **of_slot: Any) -> str:
    """A generation that lies in the library."""
    with transaction() as session:
        job = new_generation(session)
        slot = Slot(job.project_id, kind, 0, 3, **of_slot)
        files = {"a.nfo": "0" * 64}
        row = publications.put(session, slot, generation_id=job.id, path="/library/a.mp4", files=files)
        publications.note(session, row, read or ReadBack(State.FOLDER), tries=0)
        return job.id


def test_a_publication_is_shown_with_its_generation_and_by_itself(client: TestClient) -> None:
    generation_id = published(read=ReadBack(State.LISTED, None, "1f", "http://media/web/#/details?id=1f"))
    shown = client.get(f"{A}/generations/{generation_id}/publication").json()
    assert (shown["state"], shown["season"], shown["number"]) == ("listed", 0, 3)
    assert (shown["path"], shown["url"]) == ("/library/a.mp4", "http://media/web/#/details?id=1f")
    assert shown["listed_at"].endswith("Z")
    brief = client.get(f"{A}/generations/{generation_id}").json()["publication"]
    assert brief == {name: shown[name] for name in brief}
    assert "files" not in shown


def test_without_a_media_server_the_answer_says_that_the_folder_is_the_publication(
    client: TestClient,
) -> None:
    shown = client.get(f"{A}/generations/{published()}").json()
    assert shown["publication"]["state"] == "folder"


def test_what_is_not_published_has_none(client: TestClient) -> None:
    with transaction() as session:
        generation_id = new_generation(session).id
    assert client.get(f"{A}/generations/{generation_id}").json()["publication"] is None
    for path in (generation_id, GONE):
        answer = client.get(f"{A}/generations/{path}/publication")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_publishing_again_and_taking_away_are_set_going(client: TestClient, told: Told) -> None:
    generation_id = published()
    path = f"{A}/generations/{generation_id}/publication"
    answer = client.post(path)
    assert (answer.status_code, answer.json()["generation_id"]) == (202, generation_id)
    assert client.delete(path).status_code == 204
    assert told.given == [("publish", generation_id), ("unpublish", generation_id)]


@pytest.fixture
def orders() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def episodes(
    database: str, settings: Settings, orders: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setenv("DATABASE_URL", database)
    noted = Orders(
        submit=lambda *_: None,
        align=lambda: None,
        publish=lambda generation_id: orders.append(("publish", generation_id)),
        unpublish=lambda generation_id: orders.append(("unpublish", generation_id)),
    )
    with TestClient(create_app(settings, noted), "http://localhost", raise_server_exceptions=False) as client:
        yield client


def test_an_episode_is_published_by_its_last_render(
    client: TestClient, episodes: TestClient, project: int, orders: list[tuple[str, str]]
) -> None:
    made = episodes.post(f"{A}/episodes", json={"project_id": project, "title": "The Beginning"}).json()
    path = f"{A}/episodes/{made['id']}"
    unrendered = episodes.post(f"{path}/publish")
    assert (unrendered.status_code, unrendered.json()["error"]["code"]) == (409, "INVALID_STATE")
    assert episodes.get(f"{path}/publication").status_code == 404
    generation_id = rendered(project, made["episode_id"])
    answer = episodes.post(f"{path}/publish")
    assert (answer.status_code, answer.json()["generation_id"]) == (202, generation_id)
    with transaction() as session:
        slot = Slot(project, "episode", 1, 1, made["episode_id"])
        publications.put(session, slot, generation_id=generation_id, path="/library/e.mp4", files={})
    shown = episodes.get(f"{path}/publication").json()
    assert (shown["kind"], shown["season"], shown["episode_id"]) == ("episode", 1, made["episode_id"])
    assert episodes.delete(f"{path}/publication").status_code == 204
    assert orders == [("publish", generation_id), ("unpublish", generation_id)]


def rendered(project_id: int, episode_id: int) -> str:
    """A render of an episode that has made a video."""
    with transaction() as session:
        branch_id = (
            session.connection()
            .exec_driver_sql("SELECT id FROM anime_api.branches WHERE project_id = %s", (project_id,))
            .scalar_one()
        )
        said = {"kind": "episode", "project_id": project_id, "branch_id": branch_id, "title": "The Beginning"}
        job: ProductionJob = accept_job(session, **said, episode_id=episode_id)
        job.video_path, job.status = "/assets/e.mp4", "completed"
        return job.id


def test_the_media_server_is_looked_at(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> dict[str, Any]:
        answer = client.get(f"{A}/jellyfin")
        assert answer.status_code == 200, answer.text
        assert "secret" not in answer.text
        return dict(answer.json())

    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    assert seen()["state"] == "absent"
    monkeypatch.setenv("TOWER_JELLYFIN_URL", "http://127.0.0.1:9")
    assert (seen()["state"], "TOWER_JELLYFIN_API_KEY" in seen()["reason"]) == ("refused", True)
    monkeypatch.setenv("TOWER_JELLYFIN_API_KEY", "secret")
    assert seen()["state"] == "unreachable"
    with fake_jellyfin({"/media/anime": tmp_path / "library"}) as fake:
        monkeypatch.setenv("TOWER_JELLYFIN_URL", fake.url)
        assert seen()["state"] == "refused"
        fake.token = "secret"
        assert (seen()["state"], "/media/anime" in seen()["reason"]) == ("no_library", True)
        monkeypatch.setenv("TOWER_JELLYFIN_PATH_MAP", f"{tmp_path / 'library'}=/media/anime")
        ready = seen()
        assert (ready["state"], ready["library"], ready["version"]) == ("ready", "Library 0", "12.0.0")
        assert (ready["path"], ready["server_path"]) == (str(tmp_path / "library"), "/media/anime")


def test_a_library_is_made_where_there_is_none(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(f"{A}/jellyfin/library", json={}).status_code == 409
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    with fake_jellyfin({"/media/anime": tmp_path / "library"}) as fake:
        for name, value in {"URL": fake.url, "API_KEY": fake.token}.items():
            monkeypatch.setenv(f"TOWER_JELLYFIN_{name}", value)
        for _ in range(2):
            made = client.post(f"{A}/jellyfin/library", json={"name": "Anime"}).json()
            assert (made["state"], made["library"]) == ("ready", "Anime")
        assert [each["Name"] for each in fake.libraries] == ["Library 0", "Anime"]
        assert fake.faults == []
