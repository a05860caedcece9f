"""Fit what models take: limits, detours and rank of a workflow.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    for name in ("limits", "detours"):
        op.add_column("workflows", sa.Column(name, JSON, server_default="{}", nullable=False))
    op.add_column("workflows", sa.Column("rank", sa.Integer(), server_default="50", nullable=False))
    op.execute("UPDATE workflows SET rank = 0 WHERE name = 'animatic'")  # a model's work goes first


def downgrade() -> None:
    for name in ("limits", "detours", "rank"):
        op.drop_column("workflows", name)
