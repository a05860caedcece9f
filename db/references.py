"""Every place of the database that can name a file of the store: the one list of them.

A file is named by its hash, or by a path in which the two parts of it follow each other
(`…/sha256/ab/cd….mp4`). The places are read off the database itself, so that a column which is added
tomorrow counts from its first row: whatever can hold text is a place, save what is known to be none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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


def mentions(holders: Sequence[Holder]) -> str:
    """A query for the hashes that these places name, each once."""
    return " UNION ".join(
        f"SELECT replace(found[1], '/', '') FROM {_quoted(each.schema)}.{_quoted(each.table)}, "  # noqa: S608
        f"regexp_matches({_quoted(each.column)}::text, '{PATTERN}', 'g') AS found"
        for each in holders
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
