"""The migrated database: equal to the models and to its page, with the relations that were promised."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

import db.models.counting
import db.models.culture
import db.models.judgement
import db.models.learning
import db.models.music
import db.models.music_library
import db.models.orchestration
import db.models.production
import db.models.project
import db.models.publishing
import db.models.story
import db.models.versions  # noqa: F401  (fills the metadata)
from db.databases import beside, ensure
from db.migrate import upgrade
from db.models.base import Table
from db.session import psycopg_url

ROOT = Path(__file__).parents[2]
OURS = {"anime_api", "public"}
DOCUMENTED = {
    "anime_api": """anime_projects projects characters scenes project_bibles bible_characters bible_history
        production_jobs quality_metrics generation_analytics style_templates branches commits tags
        music_scene_sync user_creative_preferences echo_orchestration_logs story_timelines
        storyline_context""",
    "public": """episodes assets character_appearances story_arcs generation_requests quality_assessments
        render_queue workflows learning_models training_examples production_schedule feedback
        creative_decisions cultural_elements cultural_validations""",
}
COLUMNS = text(
    """SELECT table_schema, table_name, string_agg(column_name, ', ' ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema IN ('anime_api', 'public')
    AND table_name <> 'alembic_version' GROUP BY 1, 2"""
)
REFERENCES = text(
    """SELECT 1 FROM pg_constraint c
    JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
    WHERE c.contype = 'f' AND child.relname = :child AND parent.relname = :parent
    AND (SELECT string_agg(a.attname, ' ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(attnum, n)
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) = :columns"""
)
UNIQUE = text(
    """SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype IN ('p', 'u') AND t.relname = :table
    AND (SELECT string_agg(a.attname, ' ') FROM pg_attribute a
         WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) = :columns"""
)


@pytest.fixture(scope="module")
def connection(database: str) -> Iterator[Connection]:
    engine = create_engine(psycopg_url(database))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _tables(connection: Connection) -> dict[str, str]:
    return {f"{schema}.{table}": columns for schema, table, columns in connection.execute(COLUMNS)}


def test_all_documented_tables_are_there(connection: Connection) -> None:
    promised = {f"{schema}.{name}" for schema, names in DOCUMENTED.items() for name in names.split()}
    assert len(promised) == 34
    assert promised <= _tables(connection).keys()


def test_the_models_are_what_the_migrations_make(connection: Connection) -> None:
    how = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name is None or name in OURS,
        "compare_server_default": False,
    }
    context = MigrationContext.configure(connection, opts={"target_metadata": Table.metadata, **how})
    assert compare_metadata(context, Table.metadata) == []


def test_the_page_names_each_table_and_column(connection: Connection) -> None:
    page = (ROOT / "docs" / "schema.md").read_text()
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|(.*)\|(.*)\|(.*)\|$", page, re.MULTILINE)
    told = {table: columns.strip() for table, columns, _, _ in rows}
    assert told == _tables(connection)
    assert all(writes.strip() and reads.strip() for _, _, writes, reads in rows)


def test_each_table_has_a_key_and_says_when(connection: Connection) -> None:
    keyed = text(
        """SELECT n.nspname || '.' || t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace WHERE c.contype = 'p'"""
    )
    tables = _tables(connection)
    assert tables.keys() <= set(connection.scalars(keyed))
    documented = [f"{schema}.{name}" for schema, names in DOCUMENTED.items() for name in names.split()]
    assert [name for name in documented if "created_at" not in tables[name]] == []


@pytest.mark.parametrize(
    ("child", "columns", "parent"),
    [
        ("projects", "id", "anime_projects"),
        ("branches", "project_id", "anime_projects"),
        *(
            (child, "project_id branch_id", "branches")
            for child in ("characters", "scenes", "project_bibles")
        ),
        ("scene_characters", "branch_id scene_id", "scenes"),
        ("scene_characters", "branch_id character_id", "characters"),
        ("branches", "head_commit_id", "commits"),
        ("commits", "project_id", "anime_projects"),
        ("production_jobs", "project_id branch_id", "branches"),
        ("quality_metrics", "generation_id", "production_jobs"),
        ("music_scene_sync", "branch_id scene_id", "scenes"),
        ("character_appearances", "branch_id character_id", "characters"),
        ("episodes", "project_id branch_id", "branches"),
        ("bible_history", "bible_id", "project_bibles"),
        ("storyline_context", "timeline_id", "story_timelines"),
        ("cultural_validations", "branch_id scene_id", "scenes"),
        ("training_examples", "generation_id take", "takes"),
        ("training_examples", "sha256", "assets"),
        *((child, "project_id", "anime_projects") for child in ("story_arcs", "story_timelines", "tags")),
        *((child, "project_id", "anime_projects") for child in ("cultural_elements", "production_schedule")),
        *((child, "generation_id", "production_jobs") for child in ("feedback", "creative_decisions")),
    ],
)
def test_the_documented_relations_hold(connection: Connection, child: str, columns: str, parent: str) -> None:
    values = {"child": child, "columns": columns, "parent": parent}
    assert connection.scalar(REFERENCES, values) == 1


@pytest.mark.parametrize(
    ("table", "column", "is_one"),
    [
        ("projects", "id", True),
        ("quality_metrics", "generation_id", True),
        ("characters", "project_id", False),
        ("scenes", "project_id", False),
        ("project_bibles", "project_id", False),
        ("branches", "project_id", False),
        ("production_jobs", "project_id", False),
        ("music_scene_sync", "scene_id", False),
        ("character_appearances", "character_id", False),
        ("commits", "branch_name", False),
    ],
)
def test_one_to_one_is_one_and_one_to_many_is_many(
    connection: Connection, table: str, column: str, is_one: bool
) -> None:
    assert bool(connection.scalar(UNIQUE, {"table": table, "columns": column})) is is_one


def test_an_upgrade_keeps_every_row(postgres_url: str) -> None:
    ensure(postgres_url, "upgraded")
    url = beside(postgres_url, "upgraded")
    engine = create_engine(psycopg_url(url))
    _migrate(engine.connect(), "0001")
    with engine.begin() as connection:
        connection.execute(text((Path(__file__).parent / "rows_of_0001.sql").read_text()))
        before = _counts(connection)
    assert min(before.values()) > 0
    upgrade(url)
    with engine.begin() as connection:
        after = _counts(connection)
        assert {name: count for name, count in after.items() if name in before} == before
        asked = connection.execute(text("SELECT prompt, parameters FROM generation_requests")).one()
        assert tuple(asked) == ("a forest", {})
    engine.dispose()


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "db" / "migrations"))
    with connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _counts(connection: Connection) -> dict[str, int]:
    named = (
        "anime_projects projects branches characters scenes scene_characters project_bibles bible_characters"
    )
    made = "production_jobs music_scene_sync takes quality_metrics generation_events"
    names = [f"anime_api.{name}" for name in f"{named} {made}".split()]
    names += ["public.assets", "public.generation_requests", "public.render_queue"]
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}
