"""Say of a take that it was made of another one's file, and how; keep whom a character was recognised by.

Revision ID: 0011
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("takes", sa.Column("repaired_from", sa.Integer(), nullable=True), schema="anime_api")
    repairs = sa.Column("repairs", JSONB(), server_default="[]", nullable=False)
    op.add_column("takes", repairs, schema="anime_api")
    op.add_column("character_appearances", sa.Column("embedding", JSONB(), nullable=True), schema="public")


def downgrade() -> None:
    op.drop_column("character_appearances", "embedding", schema="public")
    for name in ("repairs", "repaired_from"):
        op.drop_column("takes", name, schema="anime_api")
