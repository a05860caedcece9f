"""Keep what was measured of each clip's sync in columns of its own, and its cut list.

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SCHEMA, TABLE = "anime_api", "music_scene_sync"
KNOWN = ("hit_rate_1_frame", "hit_rate_40ms", "chance_hit_rate_40ms", "median_ms", "p95_abs_ms")
NEW = ("downbeat_share", "beat_alignment", "largest_retime", "av_offset_ms")
MEASURED_BEFORE = """
UPDATE anime_api.music_scene_sync
SET hit_rate_1_frame = (report ->> 'hit_rate_1_frame')::float,
    hit_rate_40ms = (report ->> 'hit_rate_40ms')::float,
    chance_hit_rate_40ms = (report ->> 'chance_hit_rate_40ms')::float,
    median_ms = (report ->> 'median_ms')::float,
    p95_abs_ms = (report ->> 'p95_abs_ms')::float
WHERE report IS NOT NULL
"""


def upgrade() -> None:
    for name in (*KNOWN, *NEW):
        op.add_column(TABLE, sa.Column(name, sa.Float(), nullable=True), schema=SCHEMA)
    op.add_column(TABLE, sa.Column("cut_list", JSONB(), nullable=True), schema=SCHEMA)
    op.execute(MEASURED_BEFORE)


def downgrade() -> None:
    for name in ("cut_list", *NEW, *KNOWN):
        op.drop_column(TABLE, name, schema=SCHEMA)
