"""Carry episodes, trailers and plans as clips are carried, and know whose child a job is.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JOBS = "production_jobs"
API = "anime_api"


def upgrade() -> None:
    empty = sa.text("'{}'::jsonb")
    for column in (
        sa.Column("kind", sa.String(), server_default="clip", nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("request", JSONB(), server_default=empty, nullable=False),
    ):
        op.add_column(JOBS, column, schema=API)
    kinds = "kind IN ('clip', 'episode', 'trailer', 'direct')"
    op.create_check_constraint("kind", JOBS, kinds, schema=API)
    op.create_foreign_key(
        op.f("fk_production_jobs_parent_id_production_jobs"),
        JOBS,
        JOBS,
        ["parent_id"],
        ["id"],
        source_schema=API,
        referent_schema=API,
        ondelete="SET NULL",
    )
    op.create_index(op.f("ix_production_jobs_parent_id"), JOBS, ["parent_id"], schema=API)
    op.execute("UPDATE production_schedule SET deployment = 'render-batch/render-batch'")
    op.create_index("ix_production_jobs_episode", JOBS, ["branch_id", "episode_id", "created_at"], schema=API)


def downgrade() -> None:
    op.execute("DELETE FROM anime_api.production_jobs WHERE kind <> 'clip'")
    op.execute("UPDATE production_schedule SET deployment = 'render-episode/render-episode'")
    for name in ("ix_production_jobs_episode", "ix_production_jobs_parent_id"):
        op.drop_index(name, JOBS, schema=API)
    for name in ("request", "episode_id", "parent_id", "kind"):
        op.drop_column(JOBS, name, schema=API)
