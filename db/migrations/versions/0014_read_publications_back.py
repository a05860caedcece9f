"""Know of each published video where it lies and whether the media server lists it.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "publications"
API = "anime_api"
PUBLISHED_SO_FAR = """
    INSERT INTO publications (project_id, kind, generation_id, season, number, path, state, published_at)
    SELECT s.project_id, 'clip', j.id, 0, s.number, s.path, 'folder', s.updated_at
    FROM anime_api.specials s
    LEFT JOIN LATERAL (
        SELECT id FROM anime_api.production_jobs
        WHERE project_id = s.project_id AND published_path = s.path
        ORDER BY finished_at DESC NULLS LAST, id LIMIT 1
    ) j ON true
    WHERE s.path IS NOT NULL"""


def upgrade() -> None:
    moments = ("look_at", "published_at", "listed_at", "unpublished_at")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("generation_id", sa.String(), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("files", JSONB(), server_default="{}", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in moments),
        *(
            sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.CheckConstraint("kind IN ('clip', 'episode', 'trailer')", name=op.f("ck_publications_kind")),
        sa.CheckConstraint(
            "state IN ('folder', 'pending', 'listed', 'not_listed', 'unpublished')",
            name=op.f("ck_publications_state"),
        ),
        sa.CheckConstraint("season >= 0 AND number > 0", name=op.f("ck_publications_number")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            [f"{API}.anime_projects.id"],
            name=op.f("fk_publications_project_id_anime_projects"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            [f"{API}.production_jobs.id"],
            name=op.f("fk_publications_generation_id_production_jobs"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "project_id", "season", "number", name=op.f("uq_publications_project_id_season_number")
        ),
    )
    op.create_index(op.f("ix_publications_generation_id"), TABLE, ["generation_id"])
    op.create_index("ix_publications_episode", TABLE, ["project_id", "episode_id"])
    op.create_index(
        "ix_publications_look_at", TABLE, ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.execute(PUBLISHED_SO_FAR)


def downgrade() -> None:
    op.drop_table(TABLE)
