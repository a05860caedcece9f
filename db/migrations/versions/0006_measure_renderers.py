"""Measure what renders where and how long, find finished files again, set failing servers aside.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("render_queue", sa.Column("workflow", sa.String(), nullable=True))
    op.add_column("render_queue", sa.Column("work", sa.Float(), server_default="1", nullable=False))
    op.add_column("render_queue", sa.Column("output", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("render_queue", sa.Column("render_s", sa.Float(), nullable=True))
    op.create_index("ix_render_queue_take", "render_queue", ["generation_id", "take"])
    op.create_index(
        "ix_render_queue_measured", "render_queue", ["id"],
        postgresql_where=sa.text("render_s IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "render_failures",
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("set_aside_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["server"], ["anime_api.render_servers.url"], ondelete="CASCADE",
            name=op.f("fk_render_failures_server_render_servers"),
        ),
        sa.PrimaryKeyConstraint("server", "workflow", name=op.f("pk_render_failures")),
        schema="anime_api",
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("render_failures", schema="anime_api")
    op.drop_index("ix_render_queue_measured", table_name="render_queue")
    op.drop_index("ix_render_queue_take", table_name="render_queue")
    for column in ("render_s", "output", "work", "workflow"):
        op.drop_column("render_queue", column)
