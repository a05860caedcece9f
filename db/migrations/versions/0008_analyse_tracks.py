"""Keep what was found out about tracks, by their content.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "track_analyses",
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("analyser_version", sa.String(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("bpm", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("camelot", sa.String(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("took_s", sa.Float(), nullable=False),
        sa.Column("document", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('basic', 'detailed')", name=op.f("ck_track_analyses_kind")),
        sa.PrimaryKeyConstraint(
            "content_hash", "analyser_version", "backend", name=op.f("pk_track_analyses")
        ),
        schema="anime_api",
    )


def downgrade() -> None:
    op.drop_table("track_analyses", schema="anime_api")
