"""What was found out about music."""

from typing import Any

from sqlmodel import Field

from db.models.base import API, Moment, Table, json_column, one_of, utc


class TrackAnalysis(Table, table=True):
    """One content as one backend of one version of the analyser heard it; `document` holds all of it."""

    __tablename__ = "track_analyses"
    __table_args__ = (one_of("kind", ("basic", "detailed")), {"schema": API})

    content_hash: str = Field(primary_key=True)
    analyser_version: str = Field(primary_key=True)
    backend: str = Field(primary_key=True)
    kind: str
    bpm: float | None = None
    confidence: float
    key: str | None = None
    camelot: str | None = None
    duration_s: float
    took_s: float
    document: dict[str, Any] = json_column()
    created_at: Moment = utc()
    updated_at: Moment = utc()
