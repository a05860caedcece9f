"""A project leaves as one file and comes back whole, under new ids."""

import hashlib
import importlib
import json
import pkgutil
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

import db.models
from api.episodes import create_app
from db.models.base import Table as Model
from db.models.production import Stage, Take
from db.queries import branches, commits, generations, takes
from db.session import transaction
from studio.archive import LEFT_BEHIND, TABLES
from studio.clients import store
from studio.settings import Settings
from tests.fakes.generations import new_generation

A = "/api/anime"
for module in pkgutil.iter_modules(db.models.__path__):
    importlib.import_module(f"db.models.{module.name}")


@pytest.fixture(scope="module")
def other(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False) as client:
            yield client


class Studio:
    """A project with a bit of everything."""

    def __init__(self, client: TestClient, other: TestClient, settings: Settings) -> None:
        self.client, self.other, self.settings = client, other, settings
        self.id = int(self.post("/projects", name="Kaze no Tani", metadata={"genre": "fantasy"})["id"])
        self.picture = self.upload()
        self.post("/characters", name="Kai", image_path=self.picture["path"])
        self.scenes = [
            self.post("/scenes", scene_number=number, characters=["Kai"], description=f"Scene {number}")["id"]
            for number in (1, 2, 3)
        ]
        audio = {"audio_path": "/music/a.mp3", "sync_points": [{"time": 1.0, "event": "beat"}]}
        self.post(f"/scenes/{self.scenes[0]}/audio", project=False, **audio)
        self.post(f"/projects/{self.id}/bible", project=False, title="Bible", content={"magic": "wind"})
        self.post(f"/projects/{self.id}/bible", project=False, title="Bible", content={"magic": "fire"})
        self.post(f"/projects/{self.id}/bible/characters", project=False, name="Kai", role="hero")
        self.episode = self.post("/episodes", title="One", scenes=[self.scenes[2], self.scenes[0]])
        self.post("/story-arcs", name="Arc", scene_ids=self.scenes)
        timeline = self.post("/timelines", name="Main")["id"]
        self.post(
            f"/timelines/{timeline}/context",
            project=False,
            subject="Kai",
            state="introduced",
            from_scene_number=1,
        )
        self.post("/cultural-elements", name="Torii", avoid=["gate"])
        self.post("/schedules", name="nightly", kind="cron", expression="0 3 * * *")
        first = self.post("/commit", message="all of it")["id"]
        self.post("/branch", branch_name="alt", source_branch="main")
        answer = client.put(f"{A}/scenes/{self.scenes[1]}?branch=alt", json={"description": "Changed on alt"})
        assert answer.status_code == 200, answer.text
        self.post("/commit", message="changed", branch="alt")
        assert client.delete(f"{A}/scenes/{self.scenes[2]}").status_code == 204
        self.post("/tags", name="v1", ref=first)
        self.generation = self._generate()

    def post(self, path: str, *, project: bool = True, **body: Any) -> dict[str, Any]:
        client = self.other if path.startswith(("/episodes", "/schedules")) else self.client
        own = {"project_id": self.id} if project and path != "/projects" else {}
        answer = client.post(f"{A}{path}", json={**own, **body})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def upload(self) -> dict[str, Any]:
        file = BytesIO()
        Image.new("RGB", (8, 8), (self.id % 255, 3, 7)).save(file, "PNG")
        files = {"file": ("kai.png", file.getvalue())}
        answer = self.client.post(f"{A}/assets", files=files, data={"project_id": self.id})
        return dict(answer.json())

    def _generate(self) -> str:
        take = self.settings.home / "take.mp4"
        take.write_bytes(f"take of {self.id}".encode())
        stored = store.put(take, root=self.settings.assets)
        with transaction() as session:
            branch = branches.find(session, self.id, "main")
            job = new_generation(session, branch, scene_id=self.scenes[0])
            takes.keep(session, stored, kind="take", project_id=self.id)
            pinned = {
                "inputs_hash": "a" * 64,
                "workflow": "w",
                "workflow_hash": "b" * 64,
                "model": "m",
                "seed": 7,
            }
            tree = commits.current_tree_hash(session, branch.id or 0)
            session.add(
                Take(
                    generation_id=job.id, take=1, attempt=1, tree_hash=tree, video_sha256=stored.sha256,
                    parameters={"reference_1": self.picture["sha256"]}, **pinned,
                )
            )  # fmt: skip
            result = {"video_path": str(stored.path), "scene_id": self.scenes[0], "of": job.id}
            session.add(Stage(generation_id=job.id, stage="render", take=1, attempt=1, result=result))
            job.status, job.chosen_take, job.finished_at = "completed", 1, datetime.now(UTC)
            job.video_path, job.published_path = str(stored.path), "/library/a.mp4"
            return job.id

    def export(self, project_id: int) -> bytes:
        answer = self.other.get(f"{A}/projects/{project_id}/archive")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        return answer.content

    def send(self, content: bytes) -> Any:
        return self.other.post(f"{A}/projects/archive", files={"file": ("project.zip", content)})


@pytest.fixture(scope="module")
def studio(settings: Settings, database: str, service: TestClient, other: TestClient) -> Studio:
    return Studio(service, other, settings)


@pytest.fixture(scope="module")
def exported(studio: Studio) -> bytes:
    return studio.export(studio.id)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


IDS = re.compile(r"gen_[0-9a-f]{16}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KINDS = {
    "project_id": "projects", "branch_id": "branches", "scene_id": "scenes", "scene_ids": "scenes",
    "character_id": "characters", "bible_id": "project_bibles", "timeline_id": "story_timelines",
    "episode_id": "episodes", "entity_id": "scenes",
}  # fmt: skip


def up_to_ids(content: bytes) -> dict[str, Any]:
    """An archive with every id replaced by the order in which it first comes; files by their hashes."""
    found = parts(content)
    files = {name.replace("/", "")[6:70] for name in found if name.startswith("assets/")}
    known: dict[str, str] = {}

    def called(kind: str, value: str) -> str:
        return value if value in files else known.setdefault(f"{kind} {value}", f"{kind}{len(known)}")

    def seen(table: str, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: seen(table, key, inner) for key, inner in value.items() if key != "enabled"}
        if isinstance(value, list):
            return [seen(table, name, inner) for inner in value]
        if name in KINDS or name == "id":
            return None if value is None else called(KINDS.get(name, table), str(value))
        return IDS.sub(lambda each: called("name", each[0]), value) if isinstance(value, str) else value

    rows = {
        name: [seen(name.split(".")[1], "", json.loads(line)) for line in text.decode().splitlines()]
        for name, text in sorted(found.items())
        if name.startswith("rows/")
    }
    own = json.loads(found["project.json"])
    own["projects"].pop("library_folder")
    return {"rows": rows, "project": seen("projects", "", own), "files": sorted(files)}


def test_a_project_that_went_and_came_goes_again_the_same(studio: Studio, exported: bytes) -> None:
    answer = studio.send(exported)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["project_id"] != studio.id
    assert (made["name"], made["assets"], made["missing"]) == ("Kaze no Tani", 2, [])
    again = studio.export(made["project_id"])
    before, after = up_to_ids(exported), up_to_ids(again)
    for name, rows in before["rows"].items():
        assert after["rows"][name] == rows, name
    assert after == before
    assert all(before["rows"][f"rows/{name}.jsonl"] for name in (
        "anime_api.commits", "anime_api.tags", "anime_api.tombstones", "anime_api.takes", "public.episodes",
        "public.story_arcs", "anime_api.storyline_context", "public.cultural_elements",
        "anime_api.bible_history", "public.production_schedule", "anime_api.music_scene_sync",
        "anime_api.generation_stages",
    ))  # fmt: skip


def test_what_came_is_read_like_what_went(studio: Studio, exported: bytes) -> None:
    project = studio.send(exported).json()["project_id"]

    def get(path: str, client: TestClient = studio.client, **params: Any) -> Any:
        answer = client.get(f"{A}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def told(project_id: int, branch: str) -> list[tuple[Any, ...]]:
        scenes = get("/scenes", project_id=project_id, branch=branch)
        return [(scene["scene_number"], scene["description"], scene["characters"]) for scene in scenes]

    for branch in ("main", "alt"):
        assert told(project, branch) == told(studio.id, branch)
    log = get("/commits", project_id=project, branch="alt")
    assert [each["message"] for each in log] == ["changed", "all of it", "The project is made"]
    then = get(f"/projects/{project}", ref="v1")
    assert then["name"] == "Kaze no Tani"
    (episode,) = get("/episodes", studio.other, project_id=project)
    scenes = {each["id"] for each in get("/scenes", project_id=project, branch="alt")}
    assert {int(name.removeprefix("scene_")) for name in episode["scenes"]} <= scenes
    assert not scenes & set(studio.scenes)
    (kai,) = get("/characters", project_id=project)
    assert Path(kai["image_path"]).read_bytes() == Path(studio.picture["path"]).read_bytes()
    (schedule,) = get("/schedules", studio.other, project_id=project)
    assert not schedule["enabled"]
    (generation,) = get("/generations", project_id=project)
    assert (generation["status"], generation["published_path"]) == ("completed", None)
    whole = get(f"/generations/{generation['generation_id']}")
    assert whole["takes"][0]["seed"] == 7
    assert whole["takes"][0]["parameters"]["reference_1"] == studio.picture["sha256"]
    with transaction() as session:
        assert generations.get(session, generation["generation_id"]).scene_id in scenes
        result = session.get_one(Stage, (generation["generation_id"], "render", 1)).result
    assert (result["scene_id"] in scenes, result["of"]) == (True, generation["generation_id"])


def test_a_clean_copy_can_be_worked_on(studio: Studio, exported: bytes) -> None:
    """The imported rows and their last commit say the same: nothing is dirty but what was."""
    project = studio.send(exported).json()["project_id"]
    merged = studio.client.post(
        f"{A}/merge", json={"project_id": project, "source_branch": "alt", "target_branch": "main"}
    )
    assert merged.status_code in (200, 201), merged.text
    scenes = studio.client.get(f"{A}/scenes", params={"project_id": project}).json()
    assert "Changed on alt" in [scene["description"] for scene in scenes]


def test_every_table_of_a_project_goes_along_or_is_left_behind_by_name() -> None:
    def of_project(table: Any, seen: frozenset[str] = frozenset()) -> bool:
        if table.fullname in seen:
            return False
        targets = [key.column.table for key in table.foreign_keys]
        return any(
            each.name == "anime_projects" or of_project(each, seen | {table.fullname}) for each in targets
        )

    named = {
        f"{table.schema or 'public'}.{table.name}"
        for table in Model.metadata.tables.values()
        if table.name == "anime_projects" or of_project(table)
    }
    carried = {table.name for table in TABLES}
    assert named <= carried | LEFT_BEHIND.keys()
    assert not carried & LEFT_BEHIND.keys()


def rewritten(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """An archive whose parts were changed by somebody who makes its manifest fit."""
    found = parts(content)
    manifest = json.loads(found.pop("manifest.json"))
    change(found)
    manifest["parts"] = {
        name: {"sha256": hashlib.sha256(text).hexdigest(), "size_bytes": len(text)}
        for name, text in found.items()
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, text in found.items():
            target.writestr(name, text)
        target.writestr("manifest.json", json.dumps(manifest))
    return file.getvalue()


def _asset(found: dict[str, bytes]) -> None:
    name = next(name for name in found if name.startswith("assets/"))
    found[name] = b"something else"


def _page(found: dict[str, bytes]) -> None:
    content = b"<script>alert(1)</script>"
    sha256 = hashlib.sha256(content).hexdigest()
    found[f"assets/{sha256[:2]}/{sha256[2:]}.html"] = content


def _version(found: dict[str, bytes]) -> None:
    found["versions/blobs.jsonl"] = found["versions/blobs.jsonl"].replace(b"Scene 1", b"Scene 9")


def _no_version(found: dict[str, bytes]) -> None:
    found["versions/nodes.jsonl"] = b""


def _column(found: dict[str, bytes]) -> None:
    found["rows/public.story_arcs.jsonl"] = b'{"nonsense": 1}\n'


def _dangling(found: dict[str, bytes]) -> None:
    name = "rows/anime_api.scene_characters.jsonl"
    found[name] = re.sub(rb'"branch_id": \d+', b'"branch_id": 999999', found[name])


def _type(found: dict[str, bytes]) -> None:
    name = "rows/anime_api.takes.jsonl"
    found[name] = found[name].replace(b'"seed": 7', b'"seed": "seven"')


def _list(found: dict[str, bytes]) -> None:
    found["rows/public.episodes.jsonl"] = b"[1]\n"


def _no_json(found: dict[str, bytes]) -> None:
    found["project.json"] = b"{"


def _no_project(found: dict[str, bytes]) -> None:
    found["project.json"] = b'{"anime_projects": {}, "projects": {}}'


def _escape(found: dict[str, bytes]) -> None:
    found["assets/../../evil"] = b"x"


@pytest.mark.parametrize(
    "change",
    [
        *(_asset, _page, _version, _no_version, _column, _dangling),
        *(_type, _list, _no_json, _no_project, _escape),
    ],
)
def test_what_was_tampered_with_is_refused_and_leaves_no_project(
    studio: Studio, exported: bytes, change: Callable[[dict[str, bytes]], None]
) -> None:
    before = len(studio.client.get(f"{A}/projects").json())
    answer = studio.send(rewritten(exported, change))
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] in ("ARCHIVE_INVALID", "VALIDATION_ERROR")
    assert len(studio.client.get(f"{A}/projects").json()) == before


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no zip", b"x" * 100])
def test_what_is_no_archive_is_refused(studio: Studio, content: bytes) -> None:
    answer = studio.send(content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "ARCHIVE_INVALID")


def test_a_project_that_is_not_there_has_no_archive(studio: Studio) -> None:
    assert studio.other.get(f"{A}/projects/{2**31 - 1}/archive").status_code == 404


def test_nothing_is_left_of_what_was_sent_and_given_out(studio: Studio, exported: bytes) -> None:
    studio.send(exported)
    studio.export(studio.id)
    assert list((studio.settings.home / "cache" / "archives").iterdir()) == []
