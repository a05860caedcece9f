"""Say of a project whether what contradicts its bible is refused, or made with a warning.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("consistency", sa.String(), server_default="refuse", nullable=False)
    op.add_column("projects", column, schema="anime_api")
    op.create_check_constraint(
        op.f("ck_projects_consistency"), "projects", "consistency IN ('refuse', 'warn')", schema="anime_api"
    )


def downgrade() -> None:
    op.drop_column("projects", "consistency", schema="anime_api")
