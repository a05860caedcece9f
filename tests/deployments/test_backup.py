"""A tower is backed up while others write, and comes back as it was at one moment."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from db.backup import SCHEMAS
from db.databases import beside, ensure
from db.migrate import configuration, upgrade
from db.session import psycopg_url
from deployments import restoring
from deployments.backup import make_backup
from deployments.cli import command_line
from deployments.databases import reached
from studio.clients import store
from studio.clients.packing import packing, unpacking
from studio.errors import ArchiveError, NewerArchiveError, NotEmptyError, StackError
from studio.settings import Settings
from tests.conftest import forget

ROWS_OF_0001 = Path(__file__).parents[1] / "db" / "rows_of_0001.sql"
TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2"
PROJECT = "INSERT INTO anime_api.anime_projects (name) VALUES (%s) RETURNING id"
SETTINGS = """
INSERT INTO anime_api.projects (id, library_folder, fps_num, fps_den, width, height, default_style)
VALUES (%s, %s, 24, 1, 832, 480, 'anime')"""
BRANCH = "INSERT INTO anime_api.branches (project_id, name) VALUES (%s, 'main') RETURNING id"
CHARACTER = (
    "INSERT INTO anime_api.characters (branch_id, project_id, name, image_path) VALUES (%s, %s, %s, %s)"
)
ASSET = "INSERT INTO public.assets (sha256, path, kind, size_bytes) VALUES (%s, %s, 'picture', %s)"


class Source:
    """A tower's database and store, and somebody who writes to them without a pause."""

    def __init__(self, url: str, home: Path) -> None:
        self.settings = Settings(home=home, database_url=SecretStr(url), api_tokens=(SecretStr("hush-hush"),))
        self.url = url
        self.written = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def write(self) -> None:
        """A project with a character whose picture is in the store, in one transaction."""
        number = self.written + 1
        file = self.settings.home / f"{number}.png"
        file.write_bytes(hashlib.sha256(str(number).encode()).digest() * 50)
        stored = store.put(file, root=self.settings.assets)
        with psycopg.connect(self.url) as connection:
            project = _one(connection, PROJECT, f"Written {number}")
            connection.execute(SETTINGS, [project, f"Written {number} (2026)"])
            branch = _one(connection, BRANCH, project)
            connection.execute(CHARACTER, [branch, project, "Kai", str(stored.path)])
            connection.execute(ASSET, [stored.sha256, str(stored.path), stored.size_bytes])
        self.written = number

    def _write(self) -> None:
        while not self._ends.is_set():
            self.write()

    def await_written(self, number: int) -> None:
        deadline = time.monotonic() + 30
        while self.written < number:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def __enter__(self) -> "Source":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()


def _one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def rows(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text, in one order."""
    found = {}
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(TABLES, [list(SCHEMAS)]).fetchall():
            query = sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(schema, table))
            found[f"{schema}.{table}"] = sorted(str(row[0]) for row in connection.execute(query))
    return found


@pytest.fixture
def fresh(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """Makes empty databases, which go with the test."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        ensure(postgres_url, name)
        return beside(postgres_url, name)

    yield make
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        there = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        for name in [name for name in there if any(name.startswith(each) for each in made)]:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def source(fresh: Callable[[str], str], tmp_path: Path) -> Source:
    url = fresh("backup_source")
    upgrade(url)
    (tmp_path / "home").mkdir()
    return Source(url, tmp_path / "home")


@pytest.fixture
def elsewhere(fresh: Callable[[str], str], tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "other home", database_url=SecretStr(fresh("backup_target")))


def test_a_backup_under_load_is_of_one_moment_and_comes_back_row_by_row_and_file_by_file(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "tower.zip"
    with source:
        source.await_written(5)
        made = make_backup(source.url, source.settings, file, {})
        source.await_written(source.written + 5)
    assert made.missing == made.damaged == []
    done = restoring.restore_backup(elsewhere, file, force=False)
    url = _url(elsewhere)
    old, new = str(source.settings.home), str(elsewhere.home)
    restored = {name: [row.replace(new, old) for row in found] for name, found in rows(url).items()}
    assert {name: len(found) for name, found in restored.items()} == made.rows
    before = rows(source.url)
    assert all(set(found) <= set(before[name]) for name, found in restored.items())
    projects = len(restored["anime_api.anime_projects"])
    assert 5 <= projects < source.written
    assert projects == len(restored["anime_api.characters"]) == len(restored["public.assets"])
    kept = {each.sha256: each.path for each in store.walk(elsewhere.assets)}
    assert len(kept) == done.assets == made.assets == projects
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == sha256 for sha256, path in kept.items())
    for row in restored["anime_api.characters"]:
        assert Path(json.loads(row)["image_path"].replace(old, new)).is_file()


def test_a_backup_holds_no_secret_and_says_what_it_could_not_have(source: Source, tmp_path: Path) -> None:
    for _ in range(3):
        source.write()
    lost, spoiled, _ = (each.path for each in store.walk(source.settings.assets))
    lost.unlink()
    spoiled.write_bytes(b"spoiled")
    made = make_backup(source.url, source.settings, tmp_path / "tower.zip", {})
    assert made.missing == [str(lost)]
    assert made.damaged == [str(spoiled)]
    with unpacking(tmp_path / "tower.zip", form="tower-backup", version=1) as pack:
        assert "hush-hush" not in json.dumps(dict(pack.manifest))
        assert "postgresql" not in json.dumps(dict(pack.manifest))
        assert pack.manifest["settings"] == {"home": str(source.settings.home)}
        assert pack.manifest["missing"] == [str(lost)]


def test_a_file_that_a_row_names_by_path_alone_is_in_the_backup(source: Source, tmp_path: Path) -> None:
    source.write()
    with psycopg.connect(source.url) as connection:
        connection.execute("DELETE FROM public.assets")
    assert make_backup(source.url, source.settings, tmp_path / "tower.zip", {}).assets == 1


def test_the_library_comes_along_where_it_is_asked_for(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    clip = source.settings.library / "Kaze (2026)" / "Season 00" / "Kaze S00E01.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"clip")
    (clip.parent / ".half.part").write_bytes(b"half")
    make_backup(source.url, source.settings, tmp_path / "tower.zip", {"library": source.settings.library})
    done = restoring.restore_backup(elsewhere, tmp_path / "tower.zip", force=False)
    assert done.files["library"] == 1
    there = elsewhere.library / clip.relative_to(source.settings.library)
    assert there.read_bytes() == b"clip"


def test_published_videos_that_did_not_come_along_are_counted(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    source.write()
    path = source.settings.library / "Kaze S00E01.mp4"
    with psycopg.connect(source.url) as connection:
        connection.execute(
            "INSERT INTO public.publications (project_id, kind, season, number, path, state) "
            "SELECT id, 'clip', 0, 1, %s, 'folder' FROM anime_api.anime_projects",
            [str(path)],
        )
    make_backup(source.url, source.settings, tmp_path / "without.zip", {})
    path.parent.mkdir(parents=True)
    path.write_bytes(b"clip")
    make_backup(source.url, source.settings, tmp_path / "with.zip", {"library": source.settings.library})
    assert restoring.restore_backup(elsewhere, tmp_path / "without.zip", force=False).not_in_library == 1
    assert restoring.restore_backup(elsewhere, tmp_path / "with.zip", force=True).not_in_library == 0


def test_what_is_there_is_refused_or_set_aside_whole(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    source.write()
    make_backup(source.url, source.settings, tmp_path / "tower.zip", {})
    url = _url(elsewhere)
    upgrade(url)
    with psycopg.connect(url) as connection:
        connection.execute(PROJECT, ["Somebody's"])
    before = rows(url)
    with pytest.raises(NotEmptyError, match="--force"):
        restoring.restore_backup(elsewhere, tmp_path / "tower.zip", force=False)
    assert rows(url) == before
    assert not elsewhere.assets.exists()
    done = restoring.restore_backup(elsewhere, tmp_path / "tower.zip", force=True)
    assert [json.loads(row)["name"] for row in rows(url)["anime_api.anime_projects"]] == ["Written 1"]
    assert rows(beside(url, done.set_aside[0])) == before


def test_a_restore_that_fails_leaves_what_was_there(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.zip"
    says = {"alembic_revision": "0015", "rows": {}, "folders": {}}
    (tmp_path / "junk").write_bytes(b"PGDMP no dump")
    with (
        packing(broken, form="tower-backup", version=1, says=says) as pack,
        (tmp_path / "junk").open("rb") as junk,
    ):
        pack.add("database.dump", junk)
    url = _url(elsewhere)
    upgrade(url)
    before = rows(url)
    with pytest.raises(StackError, match="pg_restore failed"):
        restoring.restore_backup(elsewhere, broken, force=True)
    assert rows(url) == before


def test_a_backup_that_was_changed_or_cut_off_touches_nothing(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    source.write()
    whole = tmp_path / "tower.zip"
    make_backup(source.url, source.settings, whole, {})
    content = whole.read_bytes()
    picture = hashlib.sha256(b"1").digest() * 50
    at = content.index(picture)
    (tmp_path / "changed.zip").write_bytes(content[:at] + b"X" + content[at + 1 :])
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    for name in ("changed.zip", "cut.zip", "nowhere.zip"):
        with pytest.raises(ArchiveError):
            restoring.restore_backup(elsewhere, tmp_path / name, force=False)
    assert not elsewhere.home.exists()


def test_a_backup_of_a_newer_tower_is_refused_by_name(elsewhere: Settings, tmp_path: Path) -> None:
    file = tmp_path / "newer.zip"
    with packing(file, form="tower-backup", version=1, says={"alembic_revision": "9999"}):
        pass
    with pytest.raises(NewerArchiveError, match="9999"):
        restoring.restore_backup(elsewhere, file, force=False)
    with packing(file, form="tower-backup", version=2, says={"alembic_revision": "0015"}):
        pass
    with pytest.raises(NewerArchiveError, match="version 2"):
        restoring.restore_backup(elsewhere, file, force=False)


def test_an_older_schema_is_brought_up(
    fresh: Callable[[str], str], elsewhere: Settings, tmp_path: Path
) -> None:
    old = fresh("backup_of_0001")
    engine = create_engine(psycopg_url(old))
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(ROWS_OF_0001.read_text()))
    engine.dispose()
    made = make_backup(old, Settings(home=tmp_path / "old"), tmp_path / "tower.zip", {})
    assert made.alembic_revision == "0001"
    restoring.restore_backup(elsewhere, tmp_path / "tower.zip", force=False)
    restored = rows(_url(elsewhere))
    assert len(restored["anime_api.anime_projects"]) == made.rows["anime_api.anime_projects"] > 0
    assert "0001" not in restored["public.alembic_version"][0]


def test_the_verbs_print_one_document(source: Source, elsewhere: Settings, tmp_path: Path) -> None:
    source.write()
    file = str(tmp_path / "tower.zip")
    backed = CliRunner().invoke(
        command_line(["backup"]), ["backup", file, "--json"], env=_environment(source.settings)
    )
    assert backed.exit_code == 0, backed.output
    assert json.loads(backed.stdout)["assets"] == 1
    back = CliRunner().invoke(
        command_line(["restore"]), ["restore", file, "--json"], env=_environment(elsewhere)
    )
    assert back.exit_code == 0, back.output
    assert json.loads(back.stdout)["assets"] == 1


def _environment(settings: Settings) -> dict[str, str]:
    return {"TOWER_HOME": str(settings.home), "DATABASE_URL": _url(settings)}


def _url(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def test_an_empty_home_gets_a_database_of_its_own(source: Source, tmp_path: Path) -> None:
    source.write()
    made = make_backup(source.url, source.settings, tmp_path / "tower.zip", {})
    home = Settings(home=tmp_path / "empty", database_url=None)
    restoring.restore_backup(home, tmp_path / "tower.zip", force=False)
    with reached(home) as url:
        restored = rows(url)
    forget(home.home)
    assert {name: len(found) for name, found in restored.items()} == made.rows
