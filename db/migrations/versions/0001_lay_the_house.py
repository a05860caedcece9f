"""Lay the house: projects with branches, generations with attempts, takes, assets.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCES = ("character_entity_id_seq", "scene_entity_id_seq", "bible_character_entity_id_seq")


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS anime_api")
    for name in SEQUENCES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(name, schema="anime_api", start=1)))
    op.create_table(
        "anime_projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'archived')", name=op.f("ck_anime_projects_status")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_anime_projects_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anime_projects")),
        schema="anime_api",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("token", "route", "key", name=op.f("pk_idempotency_keys")),
        schema="anime_api",
    )
    op.create_table(
        "render_servers",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_render_servers")),
        schema="anime_api",
    )
    op.create_table(
        "workflows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column(
            "graph",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "bindings",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "needs",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "optional",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_workflows_name_version")),
    )
    op.create_table(
        "branches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["anime_api.anime_projects.id"],
            name=op.f("fk_branches_project_id_anime_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        sa.UniqueConstraint("project_id", "id", name=op.f("uq_branches_project_id_id")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_branches_project_id_name")),
        schema="anime_api",
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fps_num", sa.Integer(), nullable=False),
        sa.Column("fps_den", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("default_style", sa.String(), nullable=False),
        sa.Column("library_folder", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "width > 0 AND height > 0 AND fps_num > 0 AND fps_den > 0", name=op.f("ck_projects_positive")
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["anime_api.anime_projects.id"],
            name=op.f("fk_projects_id_anime_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("library_folder", name=op.f("uq_projects_library_folder")),
        schema="anime_api",
    )
    op.create_table(
        "assets",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_assets_sha256")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_assets_size")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["anime_api.anime_projects.id"],
            name=op.f("fk_assets_project_id_anime_projects"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_assets")),
    )
    op.create_index(op.f("ix_assets_project_id"), "assets", ["project_id"], unique=False)
    op.create_table(
        "bible_characters",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.Integer(),
            server_default=sa.text("nextval('anime_api.bible_character_entity_id_seq')"),
            nullable=False,
        ),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("personality", sa.String(), nullable=True),
        sa.Column("backstory", sa.String(), nullable=True),
        sa.Column("visual_description", sa.String(), nullable=True),
        sa.Column(
            "abilities",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("dirty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "branch_id"],
            ["anime_api.branches.project_id", "anime_api.branches.id"],
            name=op.f("fk_bible_characters_project_id_branch_id_branches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_id", "id", name=op.f("pk_bible_characters")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_bible_characters_branch_id_name")),
        schema="anime_api",
    )
    op.create_table(
        "characters",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.Integer(),
            server_default=sa.text("nextval('anime_api.character_entity_id_seq')"),
            nullable=False,
        ),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("image_path", sa.String(), nullable=True),
        sa.Column("comfyui_workflow", sa.String(), nullable=True),
        sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("dirty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "branch_id"],
            ["anime_api.branches.project_id", "anime_api.branches.id"],
            name=op.f("fk_characters_project_id_branch_id_branches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_id", "id", name=op.f("pk_characters")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_characters_branch_id_name")),
        schema="anime_api",
    )
    op.create_index(
        "ix_characters_project_id_branch_id",
        "characters",
        ["project_id", "branch_id", "id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "production_jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("scene_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="processing", nullable=False),
        sa.Column("stage", sa.String(), server_default="queued", nullable=False),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("take", sa.Integer(), server_default="1", nullable=False),
        sa.Column("chosen_take", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flow_run_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_host", sa.String(), nullable=True),
        sa.Column("run_pid", sa.Integer(), nullable=True),
        sa.Column("run_started", sa.Float(), nullable=True),
        sa.Column("event_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("video_path", sa.String(), nullable=True),
        sa.Column("published_path", sa.String(), nullable=True),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stage IN ('queued', 'plan', 'check', 'render', 'assess', 'sync', 'publish', 'done')",
            name=op.f("ck_production_jobs_stage"),
        ),
        sa.CheckConstraint(
            "status IN ('processing', 'completed', 'needs_review', 'failed', 'cancelled')",
            name=op.f("ck_production_jobs_status"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_production_jobs_attempt")),
        sa.ForeignKeyConstraint(
            ["project_id", "branch_id"],
            ["anime_api.branches.project_id", "anime_api.branches.id"],
            name=op.f("fk_production_jobs_project_id_branch_id_branches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_jobs")),
        schema="anime_api",
    )
    op.create_index(
        "ix_production_jobs_processing",
        "production_jobs",
        ["created_at"],
        unique=False,
        schema="anime_api",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "ix_production_jobs_project_id_created_at",
        "production_jobs",
        ["project_id", "created_at"],
        unique=False,
        schema="anime_api",
    )
    op.create_index(
        "ix_production_jobs_scene",
        "production_jobs",
        ["branch_id", "scene_id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "project_bibles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "content",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("dirty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "branch_id"],
            ["anime_api.branches.project_id", "anime_api.branches.id"],
            name=op.f("fk_project_bibles_project_id_branch_id_branches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_bibles")),
        sa.UniqueConstraint("branch_id", "version", name=op.f("uq_project_bibles_branch_id_version")),
        schema="anime_api",
    )
    op.create_index(
        op.f("ix_project_bibles_project_id"),
        "project_bibles",
        ["project_id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "scenes",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.Integer(),
            server_default=sa.text("nextval('anime_api.scene_entity_id_seq')"),
            nullable=False,
        ),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("scene_number", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("video_path", sa.String(), nullable=True),
        sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("dirty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scene_number > 0", name=op.f("ck_scenes_number")),
        sa.ForeignKeyConstraint(
            ["project_id", "branch_id"],
            ["anime_api.branches.project_id", "anime_api.branches.id"],
            name=op.f("fk_scenes_project_id_branch_id_branches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_id", "id", name=op.f("pk_scenes")),
        sa.UniqueConstraint(
            "branch_id",
            "scene_number",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_scenes_branch_id_scene_number"),
        ),
        schema="anime_api",
    )
    op.create_table(
        "generation_analytics",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_generation_analytics_seconds")),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_generation_analytics_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generation_analytics")),
        schema="anime_api",
    )
    op.create_index(
        "ix_generation_analytics_stage",
        "generation_analytics",
        ["stage", "id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "generation_events",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_generation_events_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "seq", name=op.f("pk_generation_events")),
        schema="anime_api",
    )
    op.create_table(
        "generation_stages",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "result",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint(
            "stage IN ('queued', 'plan', 'check', 'render', 'assess', 'sync', 'publish', 'done')",
            name=op.f("ck_generation_stages_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_generation_stages_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "stage", "take", name=op.f("pk_generation_stages")),
        schema="anime_api",
    )
    op.create_table(
        "music_scene_sync",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("scene_id", sa.Integer(), nullable=True),
        sa.Column("generation_id", sa.String(), nullable=True),
        sa.Column("audio_path", sa.String(), nullable=False),
        sa.Column("bpm", sa.Float(), nullable=True),
        sa.Column(
            "sync_points",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("report", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("bpm > 0", name=op.f("ck_music_scene_sync_bpm")),
        sa.ForeignKeyConstraint(
            ["branch_id", "scene_id"],
            ["anime_api.scenes.branch_id", "anime_api.scenes.id"],
            name=op.f("fk_music_scene_sync_branch_id_scene_id_scenes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_music_scene_sync_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_music_scene_sync")),
        sa.UniqueConstraint("generation_id", name=op.f("uq_music_scene_sync_generation_id")),
        schema="anime_api",
    )
    op.create_index(
        "ix_music_scene_sync_scene",
        "music_scene_sync",
        ["branch_id", "scene_id", "id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "quality_metrics",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column(
            "reasons",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('pass', 'fail', 'not judged')", name=op.f("ck_quality_metrics_verdict")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_quality_metrics_score")),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_quality_metrics_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_quality_metrics")),
        schema="anime_api",
    )
    op.create_table(
        "scene_characters",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("scene_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("character_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id", "character_id"],
            ["anime_api.characters.branch_id", "anime_api.characters.id"],
            name=op.f("fk_scene_characters_branch_id_character_id_characters"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "scene_id"],
            ["anime_api.scenes.branch_id", "anime_api.scenes.id"],
            name=op.f("fk_scene_characters_branch_id_scene_id_scenes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_id", "scene_id", "name", name=op.f("pk_scene_characters")),
        schema="anime_api",
    )
    op.create_index(
        "ix_scene_characters_character",
        "scene_characters",
        ["branch_id", "character_id"],
        unique=False,
        schema="anime_api",
    )
    op.create_table(
        "specials",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scene_id", sa.Integer(), nullable=True),
        sa.Column("generation_id", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(scene_id IS NULL) <> (generation_id IS NULL)", name=op.f("ck_specials_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_specials_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["anime_api.anime_projects.id"],
            name=op.f("fk_specials_project_id_anime_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_specials")),
        sa.UniqueConstraint("generation_id", name=op.f("uq_specials_generation_id")),
        sa.UniqueConstraint("project_id", "scene_id", name=op.f("uq_specials_project_id_scene_id")),
        schema="anime_api",
    )
    op.create_table(
        "takes",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("workflow_hash", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("server", sa.String(), nullable=True),
        sa.Column("video_sha256", sa.String(), nullable=True),
        sa.Column("clip_sha256", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clip_sha256"], ["assets.sha256"], name=op.f("fk_takes_clip_sha256_assets")),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_takes_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_sha256"], ["assets.sha256"], name=op.f("fk_takes_video_sha256_assets")
        ),
        sa.PrimaryKeyConstraint("generation_id", "take", name=op.f("pk_takes")),
        schema="anime_api",
    )
    op.create_index("ix_takes_inputs_hash", "takes", ["inputs_hash"], unique=False, schema="anime_api")
    op.create_table(
        "generation_requests",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("negative_prompt", sa.String(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("style", sa.String(), nullable=False),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column(
            "characters",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("audio_path", sa.String(), nullable=True),
        sa.Column("workflow", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("fps_num", sa.Integer(), nullable=False),
        sa.Column("fps_den", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_generation_requests_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_generation_requests")),
    )
    op.create_table(
        "quality_assessments",
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column(
            "frames",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('pass', 'fail', 'warn', 'not judged')", name=op.f("ck_quality_assessments_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_quality_assessments_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "take", "metric", name=op.f("pk_quality_assessments")),
    )
    op.create_table(
        "render_queue",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("generation_id", sa.String(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "candidates",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("server", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="1", nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'placed', 'posted', 'cancelling', 'done', 'failed', 'cancelled', 'lost')",
            name=op.f("ck_render_queue_state"),
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["anime_api.production_jobs.id"],
            name=op.f("fk_render_queue_generation_id_production_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["server"], ["anime_api.render_servers.url"], name=op.f("fk_render_queue_server_render_servers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_render_queue")),
        sa.UniqueConstraint("prompt_id", name=op.f("uq_render_queue_prompt_id")),
    )
    op.create_index(
        "ix_render_queue_server",
        "render_queue",
        ["server"],
        unique=False,
        postgresql_where=sa.text("state IN ('placed', 'posted', 'cancelling')"),
    )
    op.create_index(
        "ix_render_queue_waiting",
        "render_queue",
        ["priority", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_render_queue_live",
        "render_queue",
        ["generation_id", "take"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'placed', 'posted')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_render_queue_live",
        table_name="render_queue",
        postgresql_where=sa.text("state IN ('waiting', 'placed', 'posted')"),
    )
    op.drop_index(
        "ix_render_queue_waiting",
        table_name="render_queue",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(
        "ix_render_queue_server",
        table_name="render_queue",
        postgresql_where=sa.text("state IN ('placed', 'posted', 'cancelling')"),
    )
    op.drop_table("render_queue")
    op.drop_table("quality_assessments")
    op.drop_table("generation_requests")
    op.drop_index("ix_takes_inputs_hash", table_name="takes", schema="anime_api")
    op.drop_table("takes", schema="anime_api")
    op.drop_table("specials", schema="anime_api")
    op.drop_index("ix_scene_characters_character", table_name="scene_characters", schema="anime_api")
    op.drop_table("scene_characters", schema="anime_api")
    op.drop_table("quality_metrics", schema="anime_api")
    op.drop_index("ix_music_scene_sync_scene", table_name="music_scene_sync", schema="anime_api")
    op.drop_table("music_scene_sync", schema="anime_api")
    op.drop_table("generation_stages", schema="anime_api")
    op.drop_table("generation_events", schema="anime_api")
    op.drop_index("ix_generation_analytics_stage", table_name="generation_analytics", schema="anime_api")
    op.drop_table("generation_analytics", schema="anime_api")
    op.drop_table("scenes", schema="anime_api")
    op.drop_index(op.f("ix_project_bibles_project_id"), table_name="project_bibles", schema="anime_api")
    op.drop_table("project_bibles", schema="anime_api")
    op.drop_index("ix_production_jobs_scene", table_name="production_jobs", schema="anime_api")
    op.drop_index(
        "ix_production_jobs_project_id_created_at", table_name="production_jobs", schema="anime_api"
    )
    op.drop_index(
        "ix_production_jobs_processing",
        table_name="production_jobs",
        schema="anime_api",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.drop_table("production_jobs", schema="anime_api")
    op.drop_index("ix_characters_project_id_branch_id", table_name="characters", schema="anime_api")
    op.drop_table("characters", schema="anime_api")
    op.drop_table("bible_characters", schema="anime_api")
    op.drop_index(op.f("ix_assets_project_id"), table_name="assets")
    op.drop_table("assets")
    op.drop_table("projects", schema="anime_api")
    op.drop_table("branches", schema="anime_api")
    op.drop_table("workflows")
    op.drop_table("render_servers", schema="anime_api")
    op.drop_table("idempotency_keys", schema="anime_api")
    op.drop_table("anime_projects", schema="anime_api")
    for name in SEQUENCES:
        op.execute(sa.schema.DropSequence(sa.Sequence(name, schema="anime_api")))
    op.execute("DROP SCHEMA anime_api")
