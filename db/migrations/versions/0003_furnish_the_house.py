"""Furnish the house: stories, styles, judgement, learning, culture, schedules.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

API = "anime_api"
EPISODE_IDS = sa.Sequence("episode_entity_id_seq", schema=API)
NEWEST_LAST = (
    "training_examples", "character_appearances", "feedback", "cultural_validations", "creative_decisions",
    "episodes", "story_arcs", "production_schedule", "learning_models", "cultural_elements",
)  # fmt: skip
API_NEWEST_LAST = (
    "echo_orchestration_logs", "bible_history", "storyline_context", "story_timelines",
    "user_creative_preferences", "style_templates", "retired_folders",
)  # fmt: skip


def _id(kind: type = sa.Integer) -> sa.Column[Any]:
    return sa.Column("id", kind(), nullable=False)


def _text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), server_default=default, nullable=null)


def _int(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=null)


def _float(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(), nullable=True)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default="true", nullable=False)


def _json(name: str, empty: str = "{}") -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(none_as_null=True), server_default=empty, nullable=False)


def _at(name: str = "created_at") -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _pk(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _unique(table: str, *columns: str, **how: Any) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"), **how)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    return _check(table, column, f"{column} IN ({', '.join(repr(word) for word in words)})")


def _fk(
    table: str,
    columns: str,
    target: str,
    keys: str = "id",
    *,
    schema: str | None = API,
    gone: str | None = "CASCADE",
) -> sa.ForeignKeyConstraint:
    of, to = columns.split(), keys.split()
    home = f"{schema}.{target}" if schema else target
    name = op.f(f"fk_{table}_{'_'.join(of)}_{target}")
    return sa.ForeignKeyConstraint(of, [f"{home}.{key}" for key in to], name=name, ondelete=gone)


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return _fk(table, "project_id", "anime_projects")


def _of_branch(table: str) -> sa.ForeignKeyConstraint:
    return _fk(table, "project_id branch_id", "branches", "project_id id")


def _of_generation(table: str) -> sa.ForeignKeyConstraint:
    return _fk(table, "generation_id", "production_jobs")


def _of_take(table: str) -> sa.ForeignKeyConstraint:
    return _fk(table, "generation_id take", "takes", "generation_id take")


def _index(table: str, name: str, columns: str, schema: str | None = None) -> None:
    op.create_index(f"ix_{table}_{name}", table, columns.split(), schema=schema)


def upgrade() -> None:
    op.add_column("generation_requests", _json("parameters"))
    op.execute(sa.schema.CreateSequence(EPISODE_IDS))
    _story()
    _preferences()
    _takes()
    _culture()
    _orchestration()


def _story() -> None:
    op.create_table(
        "episodes",
        _int("branch_id"),
        sa.Column("id", sa.Integer(), server_default=EPISODE_IDS.next_value(), nullable=False),
        sa.Column("uuid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        *(_int("project_id"), _int("episode_number"), _text("title"), _text("synopsis", default="")),
        *(_json("scene_ids", "[]"), _json("metadata"), _text("status", default="draft")),
        *(_text("video_path", null=True), _float("duration_s"), _float("quality_score")),
        *(_int("version", default="1"), _flag("dirty"), _at(), _at("updated_at")),
        _one_of(
            "episodes", "status", "draft", "processing", "completed", "needs_review", "failed", "cancelled"
        ),
        _check("episodes", "number", "episode_number > 0"),
        _check("episodes", "duration", "duration_s >= 0"),
        _check("episodes", "quality", "quality_score BETWEEN 0 AND 10"),
        _of_branch("episodes"),
        _pk("episodes", "branch_id", "id"),
        _unique("episodes", "branch_id", "episode_number", deferrable=True, initially="DEFERRED"),
        _unique("episodes", "branch_id", "uuid"),
    )
    _index("episodes", "project_id_branch_id", "project_id branch_id episode_number")
    op.create_index("ix_episodes_dirty", "episodes", ["branch_id"], postgresql_where=sa.text("dirty"))
    op.create_table(
        "story_arcs",
        *(_id(), _int("project_id"), _text("name"), _text("description", default="")),
        *(_text("status", default="planned"), _int("position")),
        *(_json("scene_ids", "[]"), _json("characters", "[]"), _at(), _at("updated_at")),
        _one_of("story_arcs", "status", "planned", "active", "resolved"),
        *(_of_project("story_arcs"), _pk("story_arcs"), _unique("story_arcs", "project_id", "name")),
    )
    _index("story_arcs", "project_id_position", "project_id position id")
    op.create_table(
        "story_timelines",
        *(_id(), _int("project_id"), _text("name"), _text("description", default="")),
        *(_int("position"), _at(), _at("updated_at")),
        *(_of_project("story_timelines"), _pk("story_timelines")),
        _unique("story_timelines", "project_id", "name"),
        schema=API,
    )
    _index("story_timelines", "project_id_position", "project_id position id", API)
    op.create_table(
        "storyline_context",
        *(_id(), _int("timeline_id"), _int("from_scene_number"), _text("subject")),
        *(_text("state", null=True), _text("note", default=""), _at(), _at("updated_at")),
        _one_of("storyline_context", "state", "unknown", "introduced", "absent", "dead"),
        _check("storyline_context", "scene_number", "from_scene_number > 0"),
        *(_fk("storyline_context", "timeline_id", "story_timelines"), _pk("storyline_context")),
        schema=API,
    )
    _index("storyline_context", "timeline", "timeline_id from_scene_number id", API)
    op.create_table(
        "bible_history",
        *(_id(), _int("bible_id"), _int("project_id"), _int("branch_id"), _int("version")),
        *(_json("changes"), _at()),
        *(_of_branch("bible_history"), _fk("bible_history", "bible_id", "project_bibles")),
        *(_pk("bible_history"), _unique("bible_history", "bible_id")),
        schema=API,
    )
    _index("bible_history", "branch_id_version", "branch_id version", API)


def _preferences() -> None:
    op.create_table(
        "style_templates",
        *(_id(), _text("name"), _text("description", default=""), _text("prompt_suffix", default="")),
        *(_text("negative_prompt", default=""), _text("workflow", null=True)),
        *(_int("width", null=True), _int("height", null=True), _int("steps", null=True), _float("cfg")),
        *(_at(), _at("updated_at")),
        _check("style_templates", "positive", "width > 0 AND height > 0 AND steps > 0 AND cfg > 0"),
        *(_pk("style_templates"), _unique("style_templates", "name")),
        schema=API,
    )
    op.create_table(
        "user_creative_preferences",
        *(_text("token"), _text("style", null=True), _text("quality", null=True), _float("duration_s")),
        *(_at(), _at("updated_at")),
        _one_of("user_creative_preferences", "quality", "draft", "standard", "high"),
        _check("user_creative_preferences", "duration", "duration_s > 0"),
        _pk("user_creative_preferences", "token"),
        schema=API,
    )
    op.create_table("retired_folders", _text("folder"), _at(), _pk("retired_folders", "folder"), schema=API)


def _takes() -> None:
    op.create_table(
        "feedback",
        *(_id(), _text("generation_id"), _int("take"), _text("token"), _int("rating")),
        *(_text("text", default=""), _at()),
        _check("feedback", "rating", "rating BETWEEN 1 AND 5"),
        *(_of_generation("feedback"), _pk("feedback")),
    )
    _index("feedback", "generation", "generation_id id")
    op.create_table(
        "creative_decisions",
        *(_id(sa.BigInteger), _int("project_id"), _text("generation_id", null=True), _int("take", null=True)),
        *(_text("made_by"), _text("decision"), _text("reason", default=""), _json("details"), _at()),
        _one_of("creative_decisions", "made_by", "person", "loop", "director"),
        *(_of_project("creative_decisions"), _of_generation("creative_decisions"), _pk("creative_decisions")),
    )
    _index("creative_decisions", "project", "project_id id")
    _index("creative_decisions", "generation", "generation_id id")
    table = "character_appearances"
    op.create_table(
        table,
        *(_id(sa.BigInteger), _text("generation_id"), _int("take"), _int("branch_id")),
        *(_int("scene_id", null=True), _int("character_id", null=True), _text("name")),
        *(_int("character_version", null=True), _at()),
        _fk(table, "branch_id character_id", "characters", "branch_id id", gone="SET NULL (character_id)"),
        *(_of_take(table), _pk(table), _unique(table, "generation_id", "take", "name")),
    )
    _index(table, "character", "branch_id character_id id")
    op.create_table(
        "training_examples",
        *(_id(), _int("project_id"), _text("generation_id"), _int("take"), _text("sha256")),
        *(_text("caption"), _json("characters", "[]"), _at()),
        *(_of_project("training_examples"), _of_take("training_examples"), _pk("training_examples")),
        _fk("training_examples", "sha256", "assets", "sha256", schema=None, gone=None),
        _unique("training_examples", "generation_id", "take"),
    )
    _index("training_examples", "project", "project_id id")
    op.create_table(
        "learning_models",
        *(_id(), _text("server"), _text("kind"), _text("file"), _json("details"), _at("seen_at"), _at()),
        *(_fk("learning_models", "server", "render_servers", "url"), _pk("learning_models")),
        _unique("learning_models", "server", "kind", "file"),
    )


def _culture() -> None:
    op.create_table(
        "cultural_elements",
        *(_id(), _int("project_id"), _text("name"), _text("category", default="")),
        *(_text("description", default=""), _json("prefer", "[]"), _json("avoid", "[]")),
        *(_at(), _at("updated_at")),
        *(_of_project("cultural_elements"), _pk("cultural_elements")),
        _unique("cultural_elements", "project_id", "name"),
    )
    _index("cultural_elements", "project", "project_id id")
    table = "cultural_validations"
    op.create_table(
        table,
        *(_id(), _int("project_id"), _int("branch_id"), _int("scene_id"), _int("scene_version")),
        *(_text("verdict"), _text("reason", default=""), _json("findings", "[]"), _at()),
        _one_of(table, "verdict", "pass", "warn", "not judged"),
        *(_of_branch(table), _fk(table, "branch_id scene_id", "scenes", "branch_id id"), _pk(table)),
    )
    _index(table, "scene", "branch_id scene_id id")


def _orchestration() -> None:
    table = "echo_orchestration_logs"
    op.create_table(
        table,
        *(_id(sa.BigInteger), _int("project_id", null=True), _text("generation_id", null=True)),
        *(_text("conversation_id", null=True), _text("command"), _text("made_by", default="rules")),
        *(_json("asked"), _json("plan", "[]"), _json("dropped", "[]"), _text("outcome")),
        *(_at(), _at("updated_at")),
        _one_of(table, "made_by", "rules", "model"),
        _one_of(table, "outcome", "planned", "accepted", "completed", "refused", "failed"),
        *(_of_project(table), _of_generation(table), _pk(table)),
        schema=API,
    )
    _index(table, "project", "project_id id", API)
    _index(table, "conversation", "conversation_id id", API)
    _index(table, "generation_id", "generation_id", API)
    op.create_table(
        "production_schedule",
        *(_id(), _int("project_id"), _text("name"), _text("kind"), _text("expression")),
        *(_text("time_zone", default="UTC"), _text("deployment"), _json("parameters"), _flag("enabled")),
        *(sa.Column("schedule_id", sa.Uuid(), nullable=True), _at(), _at("updated_at")),
        _one_of("production_schedule", "kind", "cron", "rrule"),
        *(_of_project("production_schedule"), _pk("production_schedule")),
        *(
            _unique("production_schedule", "project_id", "name"),
            _unique("production_schedule", "schedule_id"),
        ),
    )


def downgrade() -> None:
    for table in NEWEST_LAST:
        op.drop_table(table)
    for table in API_NEWEST_LAST:
        op.drop_table(table, schema=API)
    op.execute(sa.schema.DropSequence(EPISODE_IDS))
    op.drop_column("generation_requests", "parameters")
