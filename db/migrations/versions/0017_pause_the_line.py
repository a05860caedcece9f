"""Pause the line for renderers, and let a generation go before others.

Revision ID: 0017
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "production_jobs", sa.Column("priority", sa.SmallInteger(), nullable=True), schema="anime_api"
    )
    op.create_check_constraint(
        op.f("ck_production_jobs_priority"), "production_jobs", "priority BETWEEN 0 AND 9", schema="anime_api"
    )
    op.create_table(
        "render_line",
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_render_line_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_render_line"),
        schema="anime_api",
    )


def downgrade() -> None:
    op.drop_table("render_line", schema="anime_api")
    op.drop_constraint(op.f("ck_production_jobs_priority"), "production_jobs", schema="anime_api")
    op.drop_column("production_jobs", "priority", schema="anime_api")
