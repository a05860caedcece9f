"""Keep for how long a project's intermediates stay, and tell of files that were taken away.

Revision ID: 0015
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("retention_days", sa.Integer(), nullable=True), schema="anime_api")
    op.create_check_constraint(
        op.f("ck_projects_retention_days"), "projects", "retention_days >= 1", schema="anime_api"
    )
    op.add_column("assets", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assets", sa.Column("removed_why", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_assets_removed"), "assets", "(removed_at IS NULL) = (removed_why IS NULL)"
    )
    op.create_index(
        "ix_assets_removed", "assets", ["removed_at"], postgresql_where=sa.text("removed_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_assets_removed", "assets")
    op.drop_constraint(op.f("ck_assets_removed"), "assets")
    op.drop_column("assets", "removed_why")
    op.drop_column("assets", "removed_at")
    op.drop_constraint(op.f("ck_projects_retention_days"), "projects", schema="anime_api")
    op.drop_column("projects", "retention_days", schema="anime_api")
