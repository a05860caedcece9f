"""The working state of a branch: its rows as entities of the tree."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import select, text
from sqlmodel import Session, col

from db.models.project import Branch, ProjectSettings, Scene
from db.queries import projects
from db.queries.projects import MAIN
from studio.canonical import digest
from studio.versions.state import KINDS, LABELS, MOST_ORDERED, Entity, id_of, kind_of, plain

TABLES: Final = {
    "characters": "anime_api.characters",
    "scenes": "anime_api.scenes",
    "episodes": "public.episodes",
    "bible/characters": "anime_api.bible_characters",
}
_ENTITIES: Final = {
    "characters": """
        SELECT 'characters/' || id AS key, jsonb_build_object('name', name, 'description', description,
               'image_path', image_path, 'comfyui_workflow', comfyui_workflow, 'metadata', metadata) AS value
        FROM anime_api.characters WHERE branch_id = :branch AND {chosen}""",
    "scenes": """
        SELECT 'scenes/' || id, jsonb_build_object('scene_number', scene_number, 'description', description,
               'metadata', metadata,
               'characters', (SELECT coalesce(jsonb_agg(c.name ORDER BY c.position), '[]')
                              FROM anime_api.scene_characters c
                              WHERE c.branch_id = s.branch_id AND c.scene_id = s.id),
               'audio', (SELECT jsonb_build_object('audio_path', m.audio_path, 'bpm', m.bpm,
                                                   'sync_points', m.sync_points)
                         FROM anime_api.music_scene_sync m
                         WHERE m.branch_id = s.branch_id AND m.scene_id = s.id AND m.generation_id IS NULL
                         ORDER BY m.id DESC LIMIT 1))
        FROM anime_api.scenes s WHERE branch_id = :branch AND {chosen}""",
    "episodes": """
        SELECT 'episodes/' || id, jsonb_build_object('episode_number', episode_number, 'title', title,
               'synopsis', synopsis, 'scene_ids', scene_ids, 'metadata', metadata, 'uuid', uuid)
               || CASE WHEN audio IS NULL THEN '{{}}' ELSE jsonb_build_object('audio', audio) END
        FROM public.episodes WHERE branch_id = :branch AND {chosen}""",
    "bible/characters": """
        SELECT 'bible/characters/' || id, jsonb_build_object('name', name, 'role', role,
               'personality', personality, 'backstory', backstory,
               'visual_description', visual_description, 'abilities', abilities)
        FROM anime_api.bible_characters WHERE branch_id = :branch AND {chosen}""",
}
_BIBLE: Final = """
    (SELECT 'bible', jsonb_build_object('title', title, 'description', description, 'content', content)
     FROM anime_api.project_bibles WHERE branch_id = :branch ORDER BY version DESC LIMIT 1)"""
_DIRTY_BIBLE: Final = """
    SELECT * FROM {bible} b (key, value)
    WHERE EXISTS (SELECT FROM anime_api.project_bibles WHERE branch_id = :branch AND dirty)"""
_TOMBSTONES: Final = """
    SELECT kind || '/' || entity_id, NULL FROM anime_api.tombstones WHERE branch_id = :branch"""
_OWN_PARTS: Final = """
    SELECT p.part, b.content::jsonb FROM anime_api.branch_parts p
    JOIN anime_api.tree_blobs b ON b.hash = p.blob_hash
    WHERE p.branch_id = :branch AND {chosen} AND NOT (:is_main AND p.part <> 'scene_order')"""
_MAIN_PARTS: Final = """
    SELECT 'project', jsonb_build_object('name', name, 'description', description, 'metadata', metadata)
    FROM anime_api.anime_projects WHERE :is_main AND id = :project
    UNION ALL
    SELECT 'style', jsonb_build_object('default_style', default_style, 'width', width, 'height', height,
           'fps', fps_num || CASE fps_den WHEN 1 THEN '' ELSE '/' || fps_den END)
    FROM anime_api.projects WHERE :is_main AND id = :project"""
_DIGITS: Final = 10
_UNCOMMITTED: Final = "\nUNION ALL\n".join(
    [
        *(query.format(chosen="dirty") for query in _ENTITIES.values()),
        _DIRTY_BIBLE.format(bible=_BIBLE),
        _TOMBSTONES,
        _OWN_PARTS.format(chosen="p.dirty"),
        _MAIN_PARTS,
    ]
)
_PARTS: Final = "\nUNION ALL\n".join([_BIBLE, _OWN_PARTS.format(chosen="true"), _MAIN_PARTS])


def uncommitted(session: Session, branch: Branch) -> dict[str, Entity | None]:
    """What differs from the head, or may: None where an entity was deleted."""
    session.flush()
    found = _entities(session, branch, _UNCOMMITTED)
    if branch.name == MAIN:
        committed = _committed_parts(session, branch)
        for part in ("project", "style"):
            if committed.get(part) == digest(found[part]):
                del found[part]
    return found


def entities(session: Session, branch: Branch, keys: Collection[str]) -> dict[str, Entity]:
    """Those of `keys` that the branch has, as it has them now."""
    session.flush()
    chosen = [
        _ENTITIES[kind].format(chosen=f"id = ANY(:{kind.replace('/', '_')})")
        for kind in KINDS
        if any(kind_of(key) == kind for key in keys)
    ]
    ids = {
        kind.replace("/", "_"): [int(id_of(key)) for key in keys if kind_of(key) == kind]
        for kind in KINDS
    }  # fmt: skip
    found = _entities(session, branch, "\nUNION ALL\n".join([*chosen, _PARTS]), **ids)
    return {key: value for key, value in found.items() if key in keys}


def production(session: Session, branch: Branch) -> ProjectSettings:
    """Rate, size and style as the branch has them; library folder and strictness are the project's."""
    row = projects.production(session, branch.project_id)
    style = None if branch.name == MAIN else entities(session, branch, ["style"]).get("style")
    if style is None:
        return row
    fps = Fraction(style["fps"])
    return ProjectSettings(
        id=row.id,
        library_folder=row.library_folder,
        consistency=row.consistency,
        fps_num=fps.numerator,
        fps_den=fps.denominator,
        **{name: style[name] for name in ("width", "height", "default_style")},
    )


def arranged_scenes(session: Session, branch: Branch) -> list[int]:
    """The ids of a branch's scenes as they are arranged; those that are not follow by number."""
    arranged: Any = entities(session, branch, ["scene_order"]).get("scene_order") or []
    query = select(col(Scene.id)).where(col(Scene.branch_id) == branch.id).order_by(col(Scene.scene_number))
    by_number = [scene_id for scene_id in session.scalars(query.limit(MOST_ORDERED)) if scene_id is not None]
    there = set(by_number)
    first = [scene_id for scene_id in arranged if scene_id in there]
    return [*first, *(scene_id for scene_id in by_number if scene_id not in set(first))]


def called(session: Session, branch: Branch, kind: str, names: Collection[str]) -> dict[str, str]:
    """The ids behind what a user calls entities of a kind: an id, or else a name or a number."""
    session.flush()
    label = LABELS[kind]
    numbers = [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < _DIGITS]
    query = text(
        f"SELECT id::text AS id, {label}::text AS label FROM {TABLES[kind]} "  # noqa: S608
        f"WHERE branch_id = :branch AND (id = ANY(:numbers) OR {label} = ANY(:labels))"
    )
    labels = list(names) if label == "name" else numbers
    rows = session.execute(query, {"branch": branch.id, "numbers": numbers, "labels": labels}).all()
    by_label = {row.label: row.id for row in rows}
    by_id = {row.id: row.id for row in rows if row.id in names}
    return {name: found for name in names if (found := by_id.get(name) or by_label.get(name))}


def allot(session: Session, kind: str) -> str:
    """A key for a new entity."""
    sequence = {"bible/characters": "bible_character"}.get(kind, kind.removesuffix("s"))
    number = session.scalar(text("SELECT nextval(:name)"), {"name": f"anime_api.{sequence}_entity_id_seq"})
    return f"{kind}/{number}"


def clean(session: Session, branch: Branch) -> None:
    """The branch's head has all that its rows hold."""
    tables = [*TABLES.values(), "anime_api.project_bibles", "anime_api.branch_parts"]
    marks = [
        f"c{number} AS (UPDATE {table} SET dirty = false WHERE branch_id = :branch AND dirty)"  # noqa: S608
        for number, table in enumerate(tables)
    ]
    query = f"WITH {', '.join(marks)} DELETE FROM anime_api.tombstones WHERE branch_id = :branch"  # noqa: S608
    session.execute(text(query), {"branch": branch.id})


def _entities(session: Session, branch: Branch, query: str, **values: Any) -> dict[str, Entity | None]:
    at = {"branch": branch.id, "project": branch.project_id, "is_main": branch.name == MAIN}
    rows = session.execute(text(query), {**at, **values}).all()
    return {key: _tidy(key, plain(value)) for key, value in rows}


def _tidy(key: str, value: Entity | None) -> Entity | None:
    if value is not None and kind_of(key) == "scenes" and value["audio"]:
        value["audio"]["sync_points"].sort(key=lambda point: point["time"])
    return value


def _committed_parts(session: Session, branch: Branch) -> dict[str, str]:
    query = "SELECT part, blob_hash FROM anime_api.branch_parts WHERE branch_id = :branch"
    rows = session.execute(text(query), {"branch": branch.id})
    return {row.part: row.blob_hash for row in rows}
