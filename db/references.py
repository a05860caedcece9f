"""Every place of the database that can name a file of the store: the one list of them.

A file is named by its hash, or by a path in which the two parts of it follow each other
(`…/sha256/ab/cd….mp4`). The places are read off the database itself, so that a column which is added
tomorrow counts from its first row: whatever can hold text is a place, save what is known to be none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

HOLDERS: Final = """
SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_catalog, table_schema, table_name)
WHERE c.table_schema IN ('anime_api', 'public') AND t.table_type = 'BASE TABLE'
  AND c.is_generated = 'NEVER'
  AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY')
  AND NOT (c.table_schema = 'public' AND c.table_name IN ('assets', 'alembic_version'))
ORDER BY 1, 2, 3
"""
"""All places but the assets' own rows, which every file of the store has."""

PATTERN: Final = "(?<![0-9a-f])([0-9a-f]{2}/?[0-9a-f]{62})(?![0-9a-f])"


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """A column that can name files of the store."""

    schema: str
    table: str
    column: str


OF_GENERATIONS: Final = frozenset(
    {
        Holder("anime_api", "takes", "video_sha256"),
        Holder("anime_api", "takes", "clip_sha256"),
        Holder("anime_api", "takes", "parameters"),
        Holder("anime_api", "generation_stages", "result"),
        Holder("anime_api", "generation_events", "payload"),
        Holder("anime_api", "production_jobs", "video_path"),
    }
)
"""Places that tell what generations were made of and made: these files stay or go as their generation does.

What any other place names, stays.
"""


def mentions(holders: Sequence[Holder]) -> sql.Composed:
    """A query for the hashes that these places name, each once."""
    one = sql.SQL("SELECT replace(found[1], '/', '') AS sha256 FROM {table}, {found} AS found")
    parts = [
        one.format(table=sql.Identifier(each.schema, each.table), found=found_in(sql.Identifier(each.column)))
        for each in holders
    ]
    return sql.SQL(" UNION ").join(parts)


def found_in(value: sql.Composable) -> sql.Composed:
    """The hashes in a value, as rows of one array each."""
    return sql.SQL("regexp_matches({value}::text, {pattern}, 'g')").format(
        value=value, pattern=sql.Literal(PATTERN)
    )
