"""Announce changes of projects, so that what repeats can be kept in memory.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ANNOUNCE = """
CREATE FUNCTION anime_api.announce_projects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('projects_changed', '');
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(ANNOUNCE)
    op.execute(
        "CREATE TRIGGER announce_projects AFTER INSERT OR UPDATE OR DELETE ON anime_api.anime_projects "
        "FOR EACH STATEMENT EXECUTE FUNCTION anime_api.announce_projects()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER announce_projects ON anime_api.anime_projects")
    op.execute("DROP FUNCTION anime_api.announce_projects()")
