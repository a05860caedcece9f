"""Remember what was said to the director, what it planned, and which steps of a plan are done.

Revision ID: 0016
Revises: 0017
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0017"
branch_labels = None
depends_on = None


def _json(name: str, empty: str | None = "{}") -> sa.Column[Any]:
    kind = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    return sa.Column(name, kind, server_default=empty, nullable=empty is None)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "director_turns",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(), nullable=False),
        _json("context"),
        _json("plan"),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), server_default="rules", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("generation_id", sa.String(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("made_by IN ('rules', 'model')", name=op.f("ck_director_turns_made_by")),
        sa.CheckConstraint(
            "state IN ('asked', 'refused', 'planned', 'accepted', 'dropped', 'answered')",
            name=op.f("ck_director_turns_state"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["anime_api.anime_projects.id"],
            name="fk_director_turns_project_id_anime_projects",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name="fk_director_turns_generation_id_production_jobs",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_director_turns"),
        sa.UniqueConstraint("plan_id", name="uq_director_turns_plan_id"),
        schema="anime_api",
    )
    op.create_index(
        "ix_director_turns_conversation",
        "director_turns",
        ["token", "conversation_id", "id"],
        schema="anime_api",
    )
    op.create_index(
        "ix_director_turns_generation_id", "director_turns", ["generation_id"], schema="anime_api"
    )
    op.create_table(
        "director_steps",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("child_id", sa.String(), nullable=True),
        _json("result"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint(
            "state IN ('processing', 'completed', 'failed', 'skipped')",
            name=op.f("ck_director_steps_state"),
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name="fk_director_steps_generation_id_production_jobs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "step", name="pk_director_steps"),
        schema="anime_api",
    )
    op.add_column("user_creative_preferences", _json("learned"), schema="anime_api")
    op.drop_constraint("ck_echo_orchestration_logs_outcome", "echo_orchestration_logs", schema="anime_api")
    op.create_check_constraint(
        op.f("ck_echo_orchestration_logs_outcome"),
        "echo_orchestration_logs",
        "outcome IN ('planned', 'asked', 'accepted', 'completed', 'refused', 'failed')",
        schema="anime_api",
    )


def downgrade() -> None:
    op.execute("UPDATE anime_api.echo_orchestration_logs SET outcome = 'planned' WHERE outcome = 'asked'")
    op.drop_constraint("ck_echo_orchestration_logs_outcome", "echo_orchestration_logs", schema="anime_api")
    op.create_check_constraint(
        op.f("ck_echo_orchestration_logs_outcome"),
        "echo_orchestration_logs",
        "outcome IN ('planned', 'accepted', 'completed', 'refused', 'failed')",
        schema="anime_api",
    )
    op.drop_column("user_creative_preferences", "learned", schema="anime_api")
    op.drop_table("director_steps", schema="anime_api")
    op.drop_table("director_turns", schema="anime_api")
