"""The sync stage of an episode: its clips one after another on the beats of its music, in one file."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from prefect import task

from db.models.production import ProductionJob, Take
from db.queries import episode_renders, generations, ownership, takes, working
from db.queries.ownership import Run
from db.session import transaction
from studio.assembly import Assembly, Music, SceneClip, Wishes, lay_episode
from studio.assembly_document import as_document
from studio.clients import media, store
from studio.clients.assembling import assemble
from studio.clients.store import Stored, open_allowed
from studio.clients.track_analysis import DETAILED, analyse_track
from studio.dialogue import timed_lines
from studio.episode_terms import Shape, common_shape, read_terms, read_transition
from studio.errors import NotFoundError, PathNotAllowedError
from studio.library import title_from
from studio.settings import read_settings
from tasks.carrying import carry_stage, stage_result
from tasks.episode_plan import branch_of, digest_of
from tasks.policy import RETRIED
from tasks.soundtrack import start_of

TOLD_EVERY_S: Final = 0.5


@task(name="assemble episode", **RETRIED)
def assemble_episode(run: Run) -> dict[str, Any]:
    """Lay the clips on the episode's music, and write the whole into the store."""
    return carry_stage(run, "sync", _assemble)


def _assemble(run: Run, take: int) -> dict[str, Any]:
    plan, rendered = stage_result(run, "plan", take), stage_result(run, "render", take)
    with transaction() as session:
        job = generations.get(session, run.generation_id)
    track, music, reason = _music(plan["audio"])
    clips = _clips(job, plan, rendered, has_music=music is not None)
    wishes = _wishes(plan, common_shape([_shape_of(clip) for clip in clips], _usual(job)))
    laid = lay_episode(_with_transitions(clips, plan, wishes.fps), wishes, music)
    with TemporaryDirectory(prefix="tower-episode-") as folder:
        file = Path(folder) / "episode.mp4"
        made = assemble(laid, file, music=track, progress=_teller(run))
        stored = store.put(file, root=read_settings().assets)
    _note(run, take, stored, laid)
    return {
        "sha256": stored.sha256,
        "made_of": digest_of(plan, rendered["clips"]),
        "assembly": as_document(laid),
        "assembled": asdict(made),
        "music": {"path": None if track is None else str(track), "reason": reason},
    }


def _music(audio: Mapping[str, Any] | None) -> tuple[Path | None, Music | None, str]:
    """The episode's track and its beats, or why there is none."""
    if audio is None:
        return None, None, "no music was asked for"
    settings = read_settings()
    try:
        path = open_allowed(audio["audio_path"], settings.roots)
    except (NotFoundError, PathNotAllowedError) as error:
        return None, None, error.message
    heard = analyse_track(path, kind=DETAILED, backend=settings.music_backend, cache=settings.analyses)
    sections_s = tuple(section.start_s for section in heard.sections[1:])
    return path, Music(heard.duration_s, heard.beats, sections_s, start_of(audio["sync_points"])), ""


def _clips(
    job: ProductionJob, plan: Mapping[str, Any], rendered: Mapping[str, Any], *, has_music: bool
) -> list[SceneClip]:
    """The scenes' clips in order, each with the sound that is heard with it.

    Under music of the episode's own the scenes' tracks give way to it: a take's own sound is heard above it,
    and its pictures are those before they were cut to another track. Without, a clip is as it was published.
    """
    made = {each["scene_id"]: each for each in rendered["clips"]}
    return [
        _clip(scene, made[scene["scene_id"]], has_music=has_music)
        for scene in plan["scenes"]
        if scene["scene_id"] in made
    ]


def _clip(scene: Mapping[str, Any], made: Mapping[str, Any], *, has_music: bool) -> SceneClip:
    with transaction() as session:
        take = takes.get(session, made["generation_id"], made["take"])
        score = takes.score(session, made["generation_id"])
        shown = take.video_sha256 if has_music else take.clip_sha256 or take.video_sha256
        path = Path(takes.asset_path(session, shown or ""))
    info = media.probe_clip(path)
    return SceneClip(
        scene_id=scene["scene_id"],
        number=scene["number"],
        title=_title(scene),
        path=path,
        frames=info.frames,
        fps=info.fps,
        width=info.width,
        height=info.height,
        generation_id=made["generation_id"],
        quality=score,
        details=_provenance(take),
        sound=None if info.audio_codec is None else path,
        dialogue=timed_lines(scene["metadata"].get("dialogue"), length_s=float(info.frames / info.fps)),
    )


def _title(scene: Mapping[str, Any]) -> str:
    title = scene["metadata"].get("title")
    return title if isinstance(title, str) and title.strip() else title_from(scene["description"])


def _provenance(take: Take) -> dict[str, Any]:
    kept = ("take", "inputs_hash", "workflow", "model", "seed", "tree_hash", "video_sha256", "clip_sha256")
    return {name: getattr(take, name) for name in kept}


def _shape_of(clip: SceneClip) -> Shape:
    return Shape(clip.width, clip.height, clip.fps)


def _usual(job: ProductionJob) -> Shape:
    at = branch_of(job)
    with transaction() as session:
        project = working.production(session, at)
    return Shape(project.width, project.height, Fraction(project.fps_num, project.fps_den))


def _wishes(plan: Mapping[str, Any], shape: Shape) -> Wishes:
    terms, _ = read_terms(plan["metadata"], plan["title"], shape.fps)
    return Wishes(
        width=shape.width,
        height=shape.height,
        fps=shape.fps,
        title=plan["title"],
        title_card=terms.title_card,
        end_card=terms.end_card,
        transition=terms.transition,
    )


def _with_transitions(clips: list[SceneClip], plan: Mapping[str, Any], fps: Fraction) -> list[SceneClip]:
    said = {
        scene["scene_id"]: read_transition(scene["metadata"], fps)[0]
        for scene in plan["scenes"]
        if "metadata" in scene
    }
    return [replace(clip, transition=said[clip.scene_id]) for clip in clips]


def _teller(run: Run) -> Callable[[float], None]:
    """Tells how far the assembly is, at most twice a second."""
    told_s = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TOLD_EVERY_S:
            told_s = time.monotonic()
            with transaction() as session:
                ownership.set_progress(session, run, share)

    return tell


def _note(run: Run, take: int, stored: Stored, laid: Assembly) -> None:
    with transaction() as session:
        job = ownership.own(session, run)
        takes.keep(session, stored, kind="episode", project_id=job.project_id)
        job.video_path = str(stored.path)
        result = {"video_path": str(stored.path), "duration_s": laid.duration_s}
        episode_renders.note_result(session, run, result)
