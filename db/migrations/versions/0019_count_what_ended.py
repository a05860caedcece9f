"""Count how often generations ended, by status: what is counted stays counted when they are deleted.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COUNT = """
CREATE FUNCTION anime_api.count_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO anime_api.generations_ended AS ended (status, slot, count)
    VALUES (NEW.status, pg_backend_pid() % 16, 1)
    ON CONFLICT (status, slot) DO UPDATE SET count = ended.count + 1;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "generations_ended",
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("status", "slot", name="pk_generations_ended"),
        schema="anime_api",
    )
    op.execute(
        "INSERT INTO anime_api.generations_ended SELECT status, 0, count(*) FROM anime_api.production_jobs "
        "WHERE status <> 'processing' GROUP BY status"
    )
    op.execute(COUNT)
    op.execute(
        "CREATE TRIGGER count_ended AFTER UPDATE OF status ON anime_api.production_jobs FOR EACH ROW "
        "WHEN (OLD.status <> NEW.status AND NEW.status <> 'processing') "
        "EXECUTE FUNCTION anime_api.count_ended()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER count_ended ON anime_api.production_jobs")
    op.execute("DROP FUNCTION anime_api.count_ended()")
    op.drop_table("generations_ended", schema="anime_api")
