"""Lines of work, and which of an entity's rows is meant."""

from enum import Enum
from typing import Any, Final

from sqlalchemy import Select, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from db.models.project import BibleCharacter, Branch, Character, ProjectBible, Scene
from db.models.story import Episode
from db.models.versions import BranchPart, Tag, Tombstone
from db.queries import projects
from db.queries.uniqueness import one_of_a_kind
from studio.errors import DuplicateError, NotFoundError

Entity = type[Character] | type[Scene] | type[Episode]


class Hold(Enum):
    """How a branch's row is locked: edits share it, commits and merges want it alone."""

    NOT = None
    SHARED = "shared"
    ALONE = "alone"


_COPIED: Final = {
    "anime_api.characters": "id, project_id, name, description, image_path, comfyui_workflow, metadata, "
    "version, dirty, created_at, updated_at",
    "anime_api.scenes": "id, project_id, scene_number, description, video_path, metadata, version, dirty, "
    "created_at, updated_at",
    "anime_api.scene_characters": "scene_id, name, position, character_id",
    "anime_api.bible_characters": "id, project_id, name, role, personality, backstory, visual_description, "
    "abilities, version, dirty, created_at, updated_at",
    "anime_api.project_bibles": "project_id, version, title, description, content, dirty, "
    "created_at, updated_at",
    "public.episodes": "id, uuid, project_id, episode_number, title, synopsis, scene_ids, metadata, status, "
    "video_path, duration_s, quality_score, version, dirty, created_at, updated_at, audio",
    "anime_api.music_scene_sync": "scene_id, audio_path, bpm, sync_points, created_at",
    "anime_api.branch_parts": "part, blob_hash, dirty",
    "anime_api.tombstones": "kind, entity_id, created_at",
}
_NEWEST: Final = {
    "anime_api.project_bibles": "version = (SELECT max(version) FROM anime_api.project_bibles "
    "WHERE branch_id = :source)",
    "anime_api.music_scene_sync": "generation_id IS NULL AND id IN (SELECT max(id) "
    "FROM anime_api.music_scene_sync WHERE branch_id = :source AND generation_id IS NULL GROUP BY scene_id)",
}
_COPIES: Final = [
    f"INSERT INTO {table} (branch_id, {columns}) SELECT :branch, {columns} FROM {table} "  # noqa: S608
    f"WHERE branch_id = :source AND {_NEWEST.get(table, 'true')}"
    for table, columns in _COPIED.items()
]
_MARKED: Final[tuple[Any, ...]] = (Character, Scene, BibleCharacter, ProjectBible, Episode, BranchPart)
_HAS_WORK: Final[Any] = or_(
    *(
        select(col(table.branch_id)).where(col(table.branch_id) == col(Branch.id), col(table.dirty)).exists()
        for table in _MARKED
    ),
    select(col(Tombstone.branch_id)).where(col(Tombstone.branch_id) == col(Branch.id)).exists(),
)
_LOCKS: Final[dict[Hold, dict[str, bool]]] = {Hold.SHARED: {"read": True}, Hold.ALONE: {"key_share": True}}


def find(session: Session, project_id: int, name: str, hold: Hold = Hold.NOT) -> Branch:
    """A project's branch of that name.

    Raises:
        NotFoundError: there is no such project, or no such branch of it.
    """
    query = select(Branch).where(col(Branch.project_id) == project_id, col(Branch.name) == name)
    branch: Branch | None = session.scalar(_held(query, hold))
    if branch is None:
        projects.get(session, project_id)
        raise NotFoundError(f"The project has no branch {name!r}.", field="branch", value=name)
    return branch


def of_entity(session: Session, entity: Entity, entity_id: int, name: str, hold: Hold = Hold.NOT) -> Branch:
    """The branch of that name on which an entity is.

    Raises:
        NotFoundError: the entity does not exist, or not on that branch.
    """
    query = (
        select(Branch)
        .join(entity, col(entity.branch_id) == col(Branch.id))
        .where(col(entity.id) == entity_id, col(Branch.name) == name)
    )
    branch: Branch | None = session.scalar(_held(query, hold))
    if branch is None:
        kind = entity.__name__.lower()
        raise NotFoundError(
            f"There is no {kind} {entity_id} on branch {name!r}.", field=f"{kind}_id", value=entity_id
        )
    return branch


def create(session: Session, source: Branch, name: str) -> Branch:
    """A branch that starts as `source`, held alone, is now; what is not committed there is not here either.

    Raises:
        DuplicateError: the project has a branch of that name.
    """
    is_tag = col(Tag.project_id) == source.project_id, col(Tag.name) == name
    if session.scalar(select(col(Tag.name)).where(*is_tag)) is not None:
        raise DuplicateError(
            f"The project has a tag {name!r}, which would hide the branch.",
            field="branch_name",
            value=name,
            expected="another name",
        )
    branch = Branch(project_id=source.project_id, name=name, head_commit_id=source.head_commit_id)
    with one_of_a_kind(
        f"The project already has a branch {name!r}.",
        field="branch_name",
        value=name,
        expected="another name",
    ):
        session.add(branch)
        session.flush()
    for query in _COPIES:
        session.execute(text(query), {"source": source.id, "branch": branch.id})
    return branch


def page(session: Session, project_id: int, *, limit: int, after: int) -> list[tuple[Branch, bool]]:
    """A project's branches, oldest first, and whether each holds what is not committed yet."""
    query = select(Branch, _HAS_WORK).where(col(Branch.project_id) == project_id, col(Branch.id) > after)
    rows = session.execute(query.order_by(col(Branch.id)).limit(limit)).all()
    if not rows and not after:
        projects.get(session, project_id)
    return [(branch, bool(has_work)) for branch, has_work in rows]


def has_work(session: Session, branch: Branch) -> bool:
    """Whether a branch holds what is not committed yet."""
    return bool(session.scalar(select(_HAS_WORK).where(col(Branch.id) == branch.id)))


def bury(session: Session, branch: Branch, kind: str, entity_id: object) -> None:
    """Note that an entity was deleted on a branch, so that the next commit records it."""
    row = {"branch_id": branch.id, "kind": kind, "entity_id": str(entity_id)}
    session.execute(insert(Tombstone).values(row).on_conflict_do_nothing())


def name_of(session: Session, branch_id: int) -> str:
    """What a branch is called."""
    return session.get_one(Branch, branch_id).name


def id_of(branch: Branch) -> int:
    """The id of a branch that was read from the database."""
    assert branch.id is not None
    return branch.id


def _held(query: Select[Any], hold: Hold) -> Select[Any]:
    if hold is Hold.NOT:
        return query
    held = query.with_for_update(of=Branch, **_LOCKS[hold])
    return held.execution_options(populate_existing=True)
