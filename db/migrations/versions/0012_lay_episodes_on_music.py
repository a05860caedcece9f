"""Lay an episode on a track of its own, and find it by its other id.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("episodes", sa.Column("audio", JSONB(), nullable=True))
    op.create_index("ix_episodes_uuid", "episodes", ["uuid"])


def downgrade() -> None:
    op.drop_index("ix_episodes_uuid", "episodes")
    op.drop_column("episodes", "audio")
