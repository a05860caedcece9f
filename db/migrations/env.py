"""How Alembic reaches the database: over the connection that `db.migrate` hands in."""

from alembic import context

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
import db.models.rendering
import db.models.story
import db.models.versions  # noqa: F401  (fills the metadata)
from db.models.base import Table

OUR_SCHEMAS = {"anime_api", "public"}


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name is None or name in OUR_SCHEMAS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    include_schemas=True,
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
