"""Scenes and their music."""

from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import past
from api.conditions import ConditionsAsked
from api.paging import PageAsked
from api.past import RefQuery, SceneThen
from api.requests import BranchQuery, Paths, PathsGiven, branch_of, columns, misread_warnings
from api.schemas.fields import Id, Warned
from api.schemas.scenes import AudioAsked, AudioShown, SceneAsked, SceneChange, SceneShown
from db.models.project import MusicSceneSync
from db.queries import audio, branches, scenes
from db.queries.branches import Hold
from db.queries.scenes import Staged
from db.session import transaction
from studio.continuity import continues
from studio.scene_terms import read_terms

router = APIRouter(prefix="/scenes", tags=["scenes"])
_NO_COLUMNS = {"project_id", "branch_name", "characters"}


@router.post("", status_code=201)
def create_scene(paths: PathsGiven, body: SceneAsked, branch: BranchQuery = None) -> SceneShown:
    """Make a scene; who is not known yet is kept by name, with a warning."""
    values = columns(body, without=_NO_COLUMNS)
    with transaction() as session:
        at = branches.find(session, body.project_id, branch_of(branch, body.branch_name), Hold.SHARED)
        return _shown(paths, scenes.create(session, at, values, body.characters))


@router.get("", response_model=list[SceneShown] | list[SceneThen])
def list_scenes(
    paths: PathsGiven,
    project_id: Annotated[Id, Query()],
    page: PageAsked,
    branch: BranchQuery = None,
    ref: RefQuery = None,
) -> list[SceneShown] | list[SceneThen]:
    """A branch's scenes, or a commit's, by number."""
    number, scene_id = page.after(2)
    if ref is not None:
        then = past.scenes(project_id, branch, ref)
        rest = [each for each in then if (each.scene_number, each.id) > (number, scene_id)]
        return page.cut(rest, lambda each: f"{each.scene_number}.{each.id}")
    with transaction() as session:
        at = branches.find(session, project_id, branch_of(branch))
        rows = scenes.page(session, at, limit=page.one_more, after=(number, scene_id))
    cut = page.cut(rows, lambda row: f"{row.scene.scene_number}.{row.scene.id}")
    return [_shown(paths, row) for row in cut]


@router.get("/{scene_id}", response_model=SceneShown | SceneThen)
def get_scene(
    paths: PathsGiven,
    scene_id: Id,
    conditions: ConditionsAsked,
    branch: BranchQuery = None,
    ref: RefQuery = None,
) -> SceneShown | SceneThen | Response:
    """One scene, as a branch has it or, with `ref`, a commit."""
    if ref is not None:
        return conditions.answer(past.scene(scene_id, branch, ref))
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
    values = columns(body, without=_NO_COLUMNS, only_sent=True)
    names = body.characters if "characters" in body.model_fields_set else None
    with transaction() as session:
        row = scenes.held(session, scene_id, branch_of(branch, body.branch_name))
        conditions.check(_shown(paths, row))
        shown = _shown(paths, scenes.change(session, row, values, names))
    return conditions.tag(shown)


@router.delete("/{scene_id}", status_code=204)
def delete_scene(
    paths: PathsGiven, scene_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Take a scene off a branch, with its music; clips that were made of it stay."""
    with transaction() as session:
        row = scenes.held(session, scene_id, branch_of(branch))
        conditions.check(_shown(paths, row))
        at = branches.find(session, row.scene.project_id, row.branch_name, Hold.SHARED)
        scenes.delete(session, at, scene_id)


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
        clip = audio.measured(session, row)
    return conditions.answer(_shown_audio(paths, row, clip))


@router.delete("/{scene_id}/audio", status_code=204, tags=["audio"])
def delete_audio(
    paths: PathsGiven, scene_id: Id, conditions: ConditionsAsked, branch: BranchQuery = None
) -> None:
    """Take a scene off its tracks; it has no music then."""
    with transaction() as session:
        at = scenes.held(session, scene_id, branch_of(branch))
        row = audio.newest(session, at.scene)
        conditions.check(_shown_audio(paths, row, audio.measured(session, row)))
        audio.remove(session, at.scene)


def _shown(paths: Paths, row: Staged) -> SceneShown:
    fields = row.scene.model_dump(exclude={"details", "dirty", "branch_id"})
    unknown = [
        Warned(field="characters", value=name, message="The branch has no character of this name yet.")
        for name in row.unresolved
    ]
    missing = paths.warnings(video_path=row.scene.video_path)
    misread = continues(row.scene.details)[1] + read_terms(row.scene.details)[1]
    return SceneShown(
        **fields,
        branch_name=row.branch_name,
        characters=list(row.characters),
        metadata=row.scene.details,
        warnings=unknown + missing + misread_warnings(misread),
    )


def _shown_audio(paths: Paths, row: MusicSceneSync, clip: MusicSceneSync | None = None) -> AudioShown:
    shown = AudioShown.model_validate(row)
    if clip is not None:
        shown.sync = {"generation_id": clip.generation_id, "audio_path": clip.audio_path} | (
            clip.report or {}
        )
    shown.warnings = paths.warnings(audio_path=row.audio_path)
    return shown
