"""Scenes and their music."""

from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.requests import BranchQuery, Paths, PathsGiven, branch_of
from api.schemas.fields import Id, Warned
from api.schemas.scenes import AudioAsked, AudioShown, SceneAsked, SceneChange, SceneShown
from db.models.project import MusicSceneSync
from db.queries import audio, branches, scenes
from db.queries.branches import Hold
from db.queries.scenes import Staged
from db.session import transaction

router = APIRouter(prefix="/scenes", tags=["scenes"])
_NO_COLUMNS = {"project_id", "branch_name", "characters"}


@router.post("", status_code=201)
def create_scene(paths: PathsGiven, body: SceneAsked, branch: BranchQuery = None) -> SceneShown:
    """Make a scene; who is not known yet is kept by name, with a warning."""
    values = body.model_dump(exclude=_NO_COLUMNS)
    with transaction() as session:
        at = branches.find(session, body.project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        return _shown(paths, scenes.create(session, at, values, body.characters))


@router.get("")
def list_scenes(
    paths: PathsGiven, project_id: Annotated[Id, Query()], page: PageAsked, branch: BranchQuery = None
) -> list[SceneShown]:
    """A branch's scenes, by number."""
    number, scene_id = page.after(2)
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = scenes.page(session, at, limit=page.one_more, after=(number, scene_id))
    cut = page.cut(rows, lambda row: f"{row.scene.scene_number}.{row.scene.id}")
    return [_shown(paths, row) for row in cut]


@router.get("/{scene_id}", response_model=SceneShown)
def get_scene(
    paths: PathsGiven, scene_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> SceneShown | Response:
    """One scene."""
    with transaction() as session:
        row = scenes.get(session, scene_id, branch_of(branch))
    return conditions.answer(_shown(paths, row))


@router.put("/{scene_id}", response_model=SceneShown)
def update_scene(
    paths: PathsGiven,
    scene_id: Id,
    body: SceneChange,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
) -> SceneShown | Response:
    """Change what is named; the version rises by one if that differs from what there was."""
    values = body.model_dump(exclude_unset=True, exclude=_NO_COLUMNS)
    names = body.characters if "characters" in body.model_fields_set else None
    with transaction() as session:
        row = scenes.held(session, scene_id, branch_of(branch, body.branch_name))
        conditions.check(_shown(paths, row))
        shown = _shown(paths, scenes.change(session, row, values, names))
    return conditions.tag(shown)


@router.post("/{scene_id}/audio", status_code=201, tags=["audio"])
def add_audio(paths: PathsGiven, scene_id: Id, body: AudioAsked, branch: BranchQuery = None) -> AudioShown:
    """Lay a scene on a track, in place of the one before."""
    points = [point.model_dump() for point in body.sync_points]
    with transaction() as session:
        at = scenes.held(session, scene_id, branch_of(branch, body.branch_name))
        row = audio.add(
            session,
            at.scene,
            audio_path=body.audio_path,
            bpm=body.bpm,
            sync_points=sorted(points, key=itemgetter("time")),
        )
        return _shown_audio(paths, row)


@router.get("/{scene_id}/audio", tags=["audio"], response_model=AudioShown)
def get_audio(
    paths: PathsGiven, scene_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> AudioShown | Response:
    """The track that a scene is laid on."""
    with transaction() as session:
        at = scenes.get(session, scene_id, branch_of(branch))
        row = audio.newest(session, at.scene)
    return conditions.answer(_shown_audio(paths, row))


def _shown(paths: Paths, row: Staged) -> SceneShown:
    fields = row.scene.model_dump(exclude={"details", "dirty", "branch_id"})
    unknown = [
        Warned(field="characters", value=name, message="The branch has no character of this name yet.")
        for name in row.unresolved
    ]
    missing = paths.warnings(video_path=row.scene.video_path)
    return SceneShown(
        **fields, branch_name=row.branch_name, characters=list(row.characters), warnings=unknown + missing
    )


def _shown_audio(paths: Paths, row: MusicSceneSync) -> AudioShown:
    shown = AudioShown.model_validate(row)
    shown.warnings = paths.warnings(audio_path=row.audio_path)
    return shown
