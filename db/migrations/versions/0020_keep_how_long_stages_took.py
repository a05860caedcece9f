"""Keep how long stages took, as Prometheus counts it: what is counted stays counted when they are deleted.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BUCKET = """
CREATE FUNCTION anime_api.stage_bucket(seconds double precision) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT count(*)::smallint
    FROM unnest(ARRAY[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800]::double precision[]) bound
    WHERE bound < seconds
$$
"""
COUNT = """
CREATE FUNCTION anime_api.count_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO anime_api.stages_ended AS ended (stage, bucket, slot, count, seconds)
    VALUES (NEW.stage, anime_api.stage_bucket(NEW.seconds), pg_backend_pid() % 16, 1, NEW.seconds)
    ON CONFLICT (stage, bucket, slot)
    DO UPDATE SET count = ended.count + 1, seconds = ended.seconds + EXCLUDED.seconds;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "stages_ended",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("stage", "bucket", "slot", name="pk_stages_ended"),
        schema="anime_api",
    )
    op.execute(BUCKET)
    op.execute(
        "INSERT INTO anime_api.stages_ended SELECT stage, anime_api.stage_bucket(seconds), 0, count(*), "
        "sum(seconds) FROM anime_api.generation_analytics GROUP BY 1, 2"
    )
    op.execute(COUNT)
    op.execute(
        "CREATE TRIGGER count_stage AFTER INSERT ON anime_api.generation_analytics FOR EACH ROW "
        "EXECUTE FUNCTION anime_api.count_stage()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER count_stage ON anime_api.generation_analytics")
    op.execute("DROP FUNCTION anime_api.count_stage()")
    op.drop_table("stages_ended", schema="anime_api")
    op.execute("DROP FUNCTION anime_api.stage_bucket(double precision)")
