"""What the director was told, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from db.models.judgement import UserCreativePreferences
from db.models.learning import StyleTemplate
from db.models.music_library import MusicTrack
from db.models.orchestration import OrchestrationLog
from db.models.production import ProductionJob, QualityMetrics
from db.models.production import ProductionJob as Job
from db.models.project import Branch, Character, MusicSceneSync, Scene
from db.models.story import Episode
from db.queries import branches, working
from studio.continuity import read_aliases
from studio.echo.facts import Facts, Made, Numbered, Usual

PRODUCE: Final = "produce_scene"
"""The decision that each take begins with: its shots, and the steps that make it."""
MOST: Final = 1_000
RECENT: Final = 50
LONGEST_TITLE: Final = 80


@dataclass(frozen=True, slots=True)
class Told:
    """A command, as it was sent, and the steps that it means."""

    command: str
    asked: dict[str, Any]
    plan: tuple[dict[str, Any], ...]


def carried_out(session: Session, told: Told, job: ProductionJob, token: str) -> None:
    """Note a command in the transaction that begins what it asks for; `token` is who gave it."""
    session.add(
        OrchestrationLog(
            project_id=job.project_id,
            generation_id=job.id,
            command=told.command,
            asked=told.asked,
            plan=list(told.plan),
            outcome="accepted",
            token=token or None,
        )
    )


def page(session: Session, project_id: int | None, *, limit: int, before: int) -> list[dict[str, Any]]:
    """Commands, newest first, from the one before number `before`, if any.

    The outcome of what was accepted is that of its job: it may be cancelled, or tried again.
    """
    has_ended = and_(col(OrchestrationLog.outcome) == "accepted", col(Job.status) != "processing")
    outcome = case((has_ended, col(Job.status)), else_=col(OrchestrationLog.outcome))
    query = select(OrchestrationLog, outcome).outerjoin(Job, col(Job.id) == OrchestrationLog.generation_id)
    if project_id is not None:
        query = query.where(col(OrchestrationLog.project_id) == project_id)
    if before:
        query = query.where(col(OrchestrationLog.id) < before)
    rows = session.execute(query.order_by(col(OrchestrationLog.id).desc()).limit(limit))
    return [{**row.model_dump(), "outcome": came_of_it} for row, came_of_it in rows]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the director was asked, what it planned, what of a model it dropped, and what came of it."""

    command: str
    asked: dict[str, Any]
    plan: list[dict[str, Any]]
    outcome: str
    project_id: int | None = None
    generation_id: str | None = None
    conversation_id: str | None = None
    made_by: str = "rules"
    dropped: tuple[dict[str, Any], ...] = ()
    token: str | None = None


def note(session: Session, decision: Decision) -> OrchestrationLog:
    """Keep a decision, in the transaction of what it decides."""
    row = OrchestrationLog(
        project_id=decision.project_id,
        generation_id=decision.generation_id,
        conversation_id=decision.conversation_id,
        command=decision.command,
        made_by=decision.made_by,
        asked=decision.asked,
        plan=decision.plan,
        dropped=list(decision.dropped),
        outcome=decision.outcome,
        token=decision.token or None,
    )
    session.add(row)
    session.flush()
    return row


def told_by(session: Session, generation_id: str) -> str:
    """By which token a job was ordered; nothing where there are none."""
    query = select(col(OrchestrationLog.token)).where(
        col(OrchestrationLog.generation_id) == generation_id, col(OrchestrationLog.token).is_not(None)
    )
    return session.scalar(query.order_by(col(OrchestrationLog.id)).limit(1)) or ""


def has_planned(session: Session, generation_id: str, take: int) -> bool:
    """Whether the plan of a take is in the log."""
    query = select(col(OrchestrationLog.id)).where(
        col(OrchestrationLog.generation_id) == generation_id,
        col(OrchestrationLog.command) == PRODUCE,
        col(OrchestrationLog.asked)["take"].as_integer() == take,
    )
    return session.scalar(query.limit(1)) is not None


def facts(session: Session, at: Branch, likes: UserCreativePreferences) -> Facts:
    """What the director knows of a project at a branch."""
    branch_id = branches.id_of(at)
    aliases = func.jsonb_object_agg(col(Character.name), col(Character.details)["aliases"])
    called = session.scalar(select(aliases).where(col(Character.branch_id) == branch_id)) or {}
    return Facts.of(
        at.project_id,
        {name: read_aliases(given) for name, given in called.items()},
        scenes=_numbered(session, Scene, col(Scene.scene_number), col(Scene.description), branch_id),
        episodes=_numbered(session, Episode, col(Episode.episode_number), col(Episode.title), branch_id),
        tracks=_tracks(session, branch_id),
        styles=session.scalars(select(col(StyleTemplate.name)).limit(MOST)),
        made=_made(session, branch_id),
        usual=usual(session, at, likes),
    )


def usual(session: Session, at: Branch, likes: UserCreativePreferences) -> Usual:
    """What holds of a clip where a request does not say: the user's likes, else the project's settings."""
    style = working.production(session, at).default_style
    return Usual(likes.style or style, _short(likes.duration_s or 5), likes.quality)


def _short(seconds: float) -> float:
    return int(seconds) if float(seconds).is_integer() else seconds


def _numbered(
    session: Session, table: type[Scene] | type[Episode], number: Any, title: Any, branch_id: int
) -> list[Numbered]:
    query = select(col(table.id), number, func.left(title, LONGEST_TITLE)).where(
        col(table.branch_id) == branch_id
    )
    return [Numbered(*row) for row in session.execute(query.order_by(number).limit(MOST))]


def _tracks(session: Session, branch_id: int) -> list[str]:
    """The music of the branch's scenes, then what the library has had longest."""
    mine = select(col(MusicSceneSync.audio_path)).where(col(MusicSceneSync.branch_id) == branch_id).distinct()
    library = select(col(MusicTrack.location)).where(col(MusicTrack.state) == "present")
    found = [
        *session.scalars(mine.limit(MOST)),
        *session.scalars(library.order_by(col(MusicTrack.id)).limit(MOST)),
    ]
    return list(dict.fromkeys(found))


def _made(session: Session, branch_id: int) -> list[Made]:
    query = (
        select(col(Job.id), col(Job.status), col(Job.kind), col(Job.scene_id))
        .where(col(Job.branch_id) == branch_id, col(Job.kind) != "direct")
        .order_by(col(Job.created_at).desc(), col(Job.id).desc())
    )
    return [Made(*row) for row in session.execute(query.limit(RECENT))]


def character_named(session: Session, branch_id: int, name: str) -> Character | None:
    """The character of that name on a branch, held until the transaction ends."""
    query = select(Character).where(col(Character.branch_id) == branch_id, col(Character.name) == name)
    return session.scalar(query.with_for_update())


def newest(session: Session, branch_id: int, *, scene_id: int | None, episode_id: int | None) -> Job | None:
    """The newest clip of a scene, or the newest render of an episode, on a branch."""
    meant = (
        (col(Job.kind) == "clip", col(Job.scene_id) == scene_id)
        if scene_id is not None
        else (col(Job.kind) == "episode", col(Job.episode_id) == episode_id)
    )
    query = select(Job).where(col(Job.branch_id) == branch_id, *meant)
    return session.scalar(query.order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(1))


def under_way(session: Session, branch_id: int, *, besides: str) -> list[Job]:
    """What is being made on a branch, oldest first."""
    query = select(Job).where(
        col(Job.branch_id) == branch_id, col(Job.status) == "processing", col(Job.id) != besides
    )
    return list(session.scalars(query.order_by(col(Job.created_at), col(Job.id)).limit(RECENT)))


def jobs_of(session: Session, ids: Collection[str]) -> dict[str, Job]:
    """Generations by their ids."""
    return {job.id: job for job in session.scalars(select(Job).where(col(Job.id).in_(ids)))}


def verdicts(session: Session, ids: Collection[str]) -> dict[str, QualityMetrics]:
    """What was judged of generations, by their ids."""
    query = select(QualityMetrics).where(col(QualityMetrics.generation_id).in_(ids))
    return {row.generation_id: row for row in session.scalars(query)}
