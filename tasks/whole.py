"""A finished episode or trailer judged: what one pass measures, and whether it is what its cut list says."""

from pathlib import Path
from typing import Any

from db.queries import takes
from db.queries.ownership import Run
from db.session import transaction
from studio.assembly_document import read_document
from studio.clients.conforming import conform, read_chapters
from studio.quality import assess_assembled
from studio.thresholds import STANDARD
from tasks.assess import noted
from tasks.carrying import stage_result


def judged_whole(run: Run, take: int, preset: str | None) -> dict[str, Any]:
    """The verdict on what the sync stage has assembled; its measurements and the sheet on them are kept."""
    synced = stage_result(run, "sync", take)
    with transaction() as session:
        path = Path(takes.asset_path(session, synced["sha256"]))
    laid = read_document(synced["assembly"])
    clip, meant = conform(laid, path, synced["assembled"])
    assessment = assess_assembled(clip, meant, read_chapters(path, laid), preset=preset or STANDARD)
    return noted(run, take, path, clip, assessment)
