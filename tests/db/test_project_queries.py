from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from db.models.project import AnimeProject, Branch
from db.queries import audio, bibles, branches, characters, idempotency, projects, scenes
from db.queries.branches import Hold
from db.queries.idempotency import Keyed
from db.session import psycopg_url, transaction
from studio.errors import DuplicateError, IdempotencyError, InvalidError, NotFoundError


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A session whose work is rolled back."""
    engine = create_engine(psycopg_url(database))
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def project(session: Session) -> AnimeProject:
    return projects.create(session, name=f"Kaze {uuid4().hex}", description="", details={})


@pytest.fixture
def main(session: Session, project: AnimeProject) -> Branch:
    return branches.find(session, project.id or 0, "main")


def test_a_project_has_settings_a_folder_and_a_branch(session: Session, project: AnimeProject) -> None:
    production = projects.production(session, project.id or 0)
    year = project.created_at.year
    assert production.library_folder == f"{project.name} ({year})"
    assert (production.fps_num, production.width, production.height) == (24, 832, 480)
    assert branches.find(session, project.id or 0, "main").project_id == project.id


def test_projects_of_one_name_have_folders_of_their_own(session: Session) -> None:
    name = f"Sora % {uuid4().hex}"
    made = [
        projects.create(session, name=each, description="", details={}) for each in (name, name.upper(), name)
    ]
    folders = [projects.production(session, project.id or 0).library_folder for project in made]
    year = made[0].created_at.year
    assert folders == [f"{name} ({year})", f"{name.upper()} (2) ({year})", f"{name} (3) ({year})"]


def test_projects_made_at_the_same_time_have_folders_of_their_own(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    name, together = f"Umi {uuid4().hex}", Barrier(4)

    def create(_: int) -> str:
        together.wait()
        with transaction() as session:
            project = projects.create(session, name=name, description="", details={})
            return projects.production(session, project.id or 0).library_folder

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(create, range(4)))) == 4


def test_an_unknown_branch_and_an_unknown_project_are_told_apart(
    session: Session, project: AnimeProject
) -> None:
    with pytest.raises(NotFoundError, match="no branch 'nowhere'"):
        branches.find(session, project.id or 0, "nowhere")
    with pytest.raises(NotFoundError, match="no project"):
        branches.find(session, 2**31 - 1, "main")


def test_a_character_is_not_on_another_branch(session: Session, project: AnimeProject, main: Branch) -> None:
    kai = characters.create(session, main, {"name": "Kai"})
    session.add(Branch(project_id=project.id or 0, name="other"))
    session.flush()
    with pytest.raises(NotFoundError, match="on branch 'other'"):
        characters.held(session, kai.id or 0, "other")
    other = branches.find(session, project.id or 0, "other")
    assert characters.page(session, other, limit=10, after=0) == []
    assert characters.create(session, other, {"name": "Kai"}).id != kai.id


def test_a_second_character_of_a_name_is_refused(session: Session, main: Branch) -> None:
    characters.create(session, main, {"name": "Kai"})
    with pytest.raises(DuplicateError):
        characters.create(session, main, {"name": "Kai"})


def test_missing_characters_are_named(session: Session, main: Branch) -> None:
    characters.create(session, main, {"name": "Kai"})
    characters.require(session, main, ["Kai"])
    with pytest.raises(InvalidError, match="'Rin'") as caught:
        characters.require(session, main, ["Rin", "Kai"])
    assert caught.value.details["known"] == ["Kai"]


def test_a_renamed_character_is_found_by_scenes_that_waited_for_it(session: Session, main: Branch) -> None:
    kai = characters.create(session, main, {"name": "Kai"})
    scene = scenes.create(session, main, {"scene_number": 1}, ["Kai", "Rin"])
    assert scene.unresolved == ("Rin",)
    characters.change(session, kai, {"name": "Rin"})
    seen = scenes.get(session, scene.scene.id or 0, "main")
    assert (seen.characters, seen.unresolved) == (("Kai", "Rin"), ())


def test_a_videos_path_is_not_an_edit_of_the_branch(session: Session, main: Branch) -> None:
    staged = scenes.create(session, main, {"scene_number": 1}, [])
    staged.scene.dirty = False
    session.flush()
    staged = scenes.change(session, staged, {"video_path": "/a.mp4"}, None)
    assert (staged.scene.version, staged.scene.dirty) == (2, False)
    staged = scenes.change(session, staged, {"description": "x"}, [])
    assert (staged.scene.version, staged.scene.dirty) == (3, True)


def test_a_track_is_an_edit_of_the_scenes_branch(session: Session, main: Branch) -> None:
    scene = scenes.create(session, main, {"scene_number": 1}, []).scene
    scene.dirty = False
    session.flush()
    track = audio.add(session, scene, audio_path="/a.mp3", bpm=None, sync_points=[])
    session.refresh(scene)
    assert (scene.dirty, audio.newest(session, scene).id) == (True, track.id)


def test_bibles_written_at_the_same_time_are_versions_one_after_the_other(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    with transaction() as session:
        project_id = projects.create(session, name="Bibles", description="", details={}).id or 0
    together = Barrier(4)

    def write(_: int) -> int:
        together.wait()
        with transaction() as session:
            return bibles.add(
                session, branches.find(session, project_id, "main", Hold.ALONE), {"title": "t"}
            ).version

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [1, 2, 3, 4]


def test_a_key_belongs_to_its_token_and_route(session: Session) -> None:
    first = Keyed(token="a", route="POST /x", key=uuid4().hex, body_sha256="1" * 64)
    assert idempotency.answered(session, first) is None
    idempotency.record(session, first, status=202, answer={"id": 1})
    assert idempotency.answered(session, first) == {"id": 1}
    for other in (
        Keyed("b", first.route, first.key, first.body_sha256),
        Keyed(first.token, "POST /y", first.key, first.body_sha256),
    ):
        assert idempotency.answered(session, other) is None
    with pytest.raises(IdempotencyError):
        idempotency.answered(session, Keyed(first.token, first.route, first.key, "2" * 64))
