"""What was found out about tracks, by their content: the cache that hosts share."""

from typing import Any

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.clock import NOW
from db.models.music import TrackAnalysis as Row
from studio.clients.analysis_cache import ANALYSER_VERSION, answer
from studio.tracks import DETAILED, TrackAnalysis, to_json


def keep(session: Session, analysis: TrackAnalysis) -> None:
    """Keep an analysis; a detailed one stays where a basic one comes after it."""
    values = _columns(analysis)
    entry = insert(Row).values(values)
    session.execute(
        entry.on_conflict_do_update(
            index_elements=["content_hash", "analyser_version", "backend"],
            set_={**values, "updated_at": NOW},
            where=or_(col(Row.kind) != DETAILED, entry.excluded.kind == DETAILED),
        )
    )


def find(session: Session, content: str, *, kind: str, backend: str) -> TrackAnalysis | None:
    """What this version of the analyser found in a content, if that says as much as is asked for."""
    row = session.get(Row, (content, ANALYSER_VERSION, backend))
    return None if row is None else answer(row.document, content=content, kind=kind, backend=backend)


def _columns(analysis: TrackAnalysis) -> dict[str, Any]:
    key = analysis.key
    return {
        "content_hash": analysis.content_hash,
        "analyser_version": ANALYSER_VERSION,
        "backend": analysis.backend,
        "kind": analysis.kind,
        "bpm": analysis.beats.bpm,
        "confidence": analysis.beats.confidence,
        "key": key and key.name,
        "camelot": key and key.camelot,
        "duration_s": analysis.duration_s,
        "took_s": analysis.took_s,
        "document": to_json(analysis),
    }
