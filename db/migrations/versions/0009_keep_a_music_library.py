"""Keep a music library: its tracks, playlists and words, and how far a scan of it is.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MAKE_TRIGRAMS = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN undefined_file OR feature_not_supported OR insufficient_privilege THEN
    RAISE NOTICE 'pg_trgm is not to be had: misspelt words will not be found';
END $$
"""
HAS_TRIGRAMS = sa.text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")


def upgrade() -> None:
    op.create_table(
        "library_scans",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("flow_run_id", sa.Uuid(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("scanned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("to_analyse", sa.Integer(), nullable=True),
        sa.Column("analysed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notes", postgresql.JSONB(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'scanning', 'analysing', 'completed', 'failed', 'interrupted')",
            name=op.f("ck_library_scans_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_scans")),
    )
    op.create_table(
        "music_playlists",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('playlist', 'folder', 'smart')", name=op.f("ck_music_playlists_kind")),
        sa.CheckConstraint(
            "state IN ('present', 'missing', 'unreadable')", name=op.f("ck_music_playlists_state")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["music_playlists.id"],
            name=op.f("fk_music_playlists_parent_id_music_playlists"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_music_playlists")),
        sa.UniqueConstraint("location", name=op.f("uq_music_playlists_location")),
    )
    op.create_index(op.f("ix_music_playlists_parent_id"), "music_playlists", ["parent_id"], unique=False)
    op.create_table(
        "music_tracks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("persistent_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("artist", sa.String(), nullable=True),
        sa.Column("album", sa.String(), nullable=True),
        sa.Column("genre", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("codec", sa.String(), nullable=True),
        sa.Column("bit_rate", sa.Integer(), nullable=True),
        sa.Column("rate_hz", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("cover", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("tagged", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("listed", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("edited", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("bpm_tag", sa.Float(), nullable=True),
        sa.Column("bpm_listed", sa.Float(), nullable=True),
        sa.Column("bpm_analysed", sa.Float(), nullable=True),
        sa.Column("bpm_confidence", sa.Float(), nullable=True),
        sa.Column("bpm_user", sa.Float(), nullable=True),
        sa.Column(
            "bpm",
            sa.Float(),
            sa.Computed("COALESCE(bpm_user, bpm_tag, bpm_listed, bpm_analysed)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "bpm_source",
            sa.String(),
            sa.Computed(
                "CASE WHEN bpm_user IS NOT NULL THEN 'user' WHEN bpm_tag IS NOT NULL THEN 'tag' WHEN bpm_listed IS NOT NULL THEN 'apple_music' WHEN bpm_analysed IS NOT NULL THEN 'analysed' END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("key_tag", sa.String(), nullable=True),
        sa.Column("key_analysed", sa.String(), nullable=True),
        sa.Column("key_confidence", sa.Float(), nullable=True),
        sa.Column("key_user", sa.String(), nullable=True),
        sa.Column(
            "key",
            sa.String(),
            sa.Computed("COALESCE(key_user, key_tag, key_analysed)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "key_source",
            sa.String(),
            sa.Computed(
                "CASE WHEN key_user IS NOT NULL THEN 'user' WHEN key_tag IS NOT NULL THEN 'tag' WHEN key_analysed IS NOT NULL THEN 'analysed' END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("analysed_hash", sa.String(), nullable=True),
        sa.Column("analyser", sa.String(), nullable=True),
        sa.Column("analysis_error", sa.String(), nullable=True),
        sa.Column("title_words", sa.Text(), server_default="", nullable=False),
        sa.Column("artist_words", sa.Text(), server_default="", nullable=False),
        sa.Column("further_words", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('simple'::regconfig, title_words), 'A'::\"char\") || setweight(to_tsvector('simple'::regconfig, artist_words), 'B'::\"char\") || setweight(to_tsvector('simple'::regconfig, further_words), 'C'::\"char\")",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "title_search",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple'::regconfig, title_words)", persisted=True),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('folder', 'apple_music')", name=op.f("ck_music_tracks_source")),
        sa.CheckConstraint(
            "state IN ('present', 'missing', 'cloud_only', 'protected', 'unreadable')",
            name=op.f("ck_music_tracks_state"),
        ),
        sa.CheckConstraint("bpm_user > 0", name=op.f("ck_music_tracks_bpm_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_music_tracks")),
        sa.UniqueConstraint("location", name=op.f("uq_music_tracks_location")),
        sa.UniqueConstraint("persistent_id", name=op.f("uq_music_tracks_persistent_id")),
    )
    op.create_index(
        "ix_music_tracks_title_search", "music_tracks", ["title_search"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_music_tracks_title", "music_tracks", ["title_words"], unique=False, postgresql_using="hash"
    )
    op.create_index("ix_music_tracks_bpm", "music_tracks", ["bpm", "id"], unique=False)
    op.create_index("ix_music_tracks_content", "music_tracks", ["content_hash"], unique=False)
    op.create_index("ix_music_tracks_key", "music_tracks", ["key", "id"], unique=False)
    op.create_index(
        "ix_music_tracks_search", "music_tracks", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_music_tracks_tags", "music_tracks", ["tags"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_music_tracks_unanalysed",
        "music_tracks",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'present' AND content_hash IS DISTINCT FROM analysed_hash"),
    )
    op.create_table(
        "music_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_music_words")),
    )
    op.create_table(
        "music_playlist_entries",
        sa.Column("playlist_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("track_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["playlist_id"],
            ["music_playlists.id"],
            name=op.f("fk_music_playlist_entries_playlist_id_music_playlists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["track_id"],
            ["music_tracks.id"],
            name=op.f("fk_music_playlist_entries_track_id_music_tracks"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("playlist_id", "position", name=op.f("pk_music_playlist_entries")),
    )
    op.create_index(
        "ix_music_playlist_entries_open",
        "music_playlist_entries",
        ["location"],
        unique=False,
        postgresql_where=sa.text("track_id IS NULL"),
    )
    op.create_index(
        "ix_music_playlist_entries_track", "music_playlist_entries", ["track_id", "playlist_id"], unique=False
    )
    op.execute(MAKE_TRIGRAMS)
    if op.get_bind().scalar(HAS_TRIGRAMS):
        op.create_index(
            "ix_music_words_trigrams",
            "music_words",
            ["word"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        )


def downgrade() -> None:
    for name in ("music_playlist_entries", "music_words", "music_tracks", "music_playlists", "library_scans"):
        op.drop_table(name)
