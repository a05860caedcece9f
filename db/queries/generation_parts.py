"""What is told with a generation, each as one value of its row: statements cost more than what they read."""

from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, func, literal_column, select
from sqlmodel import col

from db.models.production import Asset, QualityAssessment, Stage, Take
from db.models.production import ProductionJob as Job
from db.models.project import MusicSceneSync
from db.models.publishing import Published

MOST_CHILDREN: Final = 1_000
MOMENTS: Final = ("published_at", "listed_at", "unpublished_at")


def _objects(rows: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    """Rows as one value, a list of objects: statements cost more than what they read."""
    row = rows.subquery()
    found = func.json_agg(func.row_to_json(row.table_valued()))
    return select(func.coalesce(found, literal_column("'[]'::json"))).scalar_subquery()


def metrics(generation_id: BindParameter[str]) -> ScalarSelect[Any]:
    """What was measured of the present take."""
    shown = ("metric", "value", "unit", "threshold", "verdict", "frames", "source", "reason")
    return _objects(
        select(*(getattr(QualityAssessment, name) for name in shown))
        .join(
            Job,
            (col(Job.id) == col(QualityAssessment.generation_id))
            & (col(Job.take) == col(QualityAssessment.take)),
        )
        .where(col(Job.id) == generation_id)
        .order_by(col(QualityAssessment.metric))
    )


def given(generation_id: BindParameter[str]) -> ScalarSelect[Any]:
    """What checks and assessments gave of what is shown, by stage and take."""
    shown = ("findings", "verdict", "score", "reasons", "report_path")
    return _objects(
        select(
            col(Stage.stage), col(Stage.take), *(col(Stage.result)[name].label(name) for name in shown)
        ).where(
            col(Stage.generation_id) == generation_id,
            col(Stage.stage).in_(("check", "assess")),
            col(Stage.finished_at).is_not(None),
        )
    )


def publication(generation_id: BindParameter[str]) -> ScalarSelect[Any]:
    """Where its video lies in the library, and whether the media server lists it; of none or one."""
    shown = ("state", "season", "number", "path", "item_id", "url", "reason", *MOMENTS)
    return _objects(
        select(*(getattr(Published, name) for name in shown)).where(
            col(Published.generation_id) == generation_id
        )
    )


def children(generation_id: BindParameter[str]) -> ScalarSelect[Any]:
    """Those that a generation has had made, told in short."""
    shown = ("kind", "scene_id", "title", "status", "stage", "progress", "error")
    return _objects(
        select(col(Job.id).label("generation_id"), *(getattr(Job, name) for name in shown))
        .where(col(Job.parent_id) == generation_id)
        .order_by(col(Job.created_at), col(Job.id))
        .limit(MOST_CHILDREN)
    )


def sync_report() -> ScalarSelect[Any]:
    return (
        select(col(MusicSceneSync.report))
        .where(col(MusicSceneSync.generation_id) == col(Job.id))
        .scalar_subquery()
    )


def takes(generation_id: BindParameter[str]) -> ScalarSelect[Any]:
    made_of = ("tree_hash", "inputs_hash", "workflow", "workflow_hash", "model", "seed", "parameters")
    shown = ("take", "attempt", *made_of, "server", "video_sha256", "clip_sha256", "repaired_from", "repairs")
    return _objects(
        select(*(getattr(Take, name) for name in shown), *map(_removed, ("video_sha256", "clip_sha256")))
        .where(col(Take.generation_id) == generation_id)
        .order_by(col(Take.take))
        .limit(100)
    )


def _removed(column: str) -> ColumnElement[Any]:
    """Why a take's file is gone; null where it is there, or there never was one."""
    why = select(col(Asset.removed_why)).where(col(Asset.sha256) == getattr(Take, column))
    return why.scalar_subquery().label(column.replace("sha256", "removed"))
