"""The music that scenes are laid on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db.models.project import MusicSceneSync, Scene
from studio.errors import NotFoundError


def add(
    session: Session,
    scene: Scene,
    *,
    audio_path: str,
    bpm: float | None,
    sync_points: Sequence[dict[str, Any]],
) -> MusicSceneSync:
    """Lay a scene on a track; it is in effect from now on."""
    row = MusicSceneSync(
        branch_id=scene.branch_id,
        scene_id=scene.id,
        audio_path=audio_path,
        bpm=bpm,
        sync_points=list(sync_points),
    )
    session.add(row)
    scene.dirty = True
    session.flush()
    return row


def remove(session: Session, scene: Scene) -> None:
    """Take a scene off all its tracks."""
    mine = (col(MusicSceneSync.branch_id) == scene.branch_id, col(MusicSceneSync.scene_id) == scene.id)
    session.execute(delete(MusicSceneSync).where(*mine, col(MusicSceneSync.generation_id).is_(None)))
    scene.dirty = True


def newest(session: Session, scene: Scene) -> MusicSceneSync:
    """The track in effect.

    Raises:
        NotFoundError: the scene has none.
    """
    row = session.scalar(
        select(MusicSceneSync)
        .where(
            col(MusicSceneSync.branch_id) == scene.branch_id,
            col(MusicSceneSync.scene_id) == scene.id,
            col(MusicSceneSync.generation_id).is_(None),
        )
        .order_by(col(MusicSceneSync.id).desc())
        .limit(1)
    )
    if row is None:
        raise NotFoundError(f"Scene {scene.id} has no audio.", field="scene_id", value=scene.id)
    return row


def measured(session: Session, track: MusicSceneSync) -> MusicSceneSync | None:
    """The newest clip of a scene that was measured since it was laid on its track."""
    return session.scalar(
        select(MusicSceneSync)
        .where(
            col(MusicSceneSync.branch_id) == track.branch_id,
            col(MusicSceneSync.scene_id) == track.scene_id,
            col(MusicSceneSync.generation_id).is_not(None),
            col(MusicSceneSync.id) > track.id,
        )
        .order_by(col(MusicSceneSync.id).desc())
        .limit(1)
    )
