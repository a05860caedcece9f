"""What was published: where it lies, and whether the media server lists it."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.models.base import API, PUBLIC, Moment, Table, json_column, of_project, one_of, utc

PUBLISHED = ("clip", "episode", "trailer")
PUBLICATION_STATES = ("folder", "pending", "listed", "not_listed", "unpublished")


class Published(Table, table=True):
    """A video in the library under its number; the newest that was published there.

    `files` holds the SHA-256 of what was written with it, by path within the library: what has another hash
    by now is somebody else's. `look_at` is when the media server is asked next; null where nothing is open.
    """

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("project_id", "season", "number"),
        one_of("kind", PUBLISHED),
        one_of("state", PUBLICATION_STATES),
        CheckConstraint("season >= 0 AND number > 0", name="number"),
        Index("ix_publications_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_publications_episode", "project_id", "episode_id"),
        {"schema": PUBLIC},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = of_project()
    kind: str
    generation_id: str | None = Field(
        default=None, index=True, foreign_key=f"{API}.production_jobs.id", ondelete="SET NULL"
    )
    episode_id: int | None = None
    season: int
    number: int
    path: str
    state: str
    item_id: str | None = None
    url: str | None = None
    reason: str | None = None
    files: dict[str, str] = json_column()
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    look_at: Moment | None = utc(nullable=True)
    published_at: Moment | None = utc(nullable=True)
    listed_at: Moment | None = utc(nullable=True)
    unpublished_at: Moment | None = utc(nullable=True)
    created_at: Moment = utc()
    updated_at: Moment = utc()
