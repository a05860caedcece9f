"""Know by which token a generation was decided on, and the director told.

Revision ID: 0018
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("creative_decisions", sa.Column("token", sa.String(), nullable=True), schema="public")
    op.add_column(
        "echo_orchestration_logs", sa.Column("token", sa.String(), nullable=True), schema="anime_api"
    )


def downgrade() -> None:
    op.drop_column("echo_orchestration_logs", "token", schema="anime_api")
    op.drop_column("creative_decisions", "token", schema="public")
