"""Entities of a tree as rows: what a merge or a commit's changes make of a branch's working state."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

from db.models.project import Branch
from db.queries import bibles, trees
from db.queries.projects import MAIN
from db.queries.trees import Changes
from db.queries.uniqueness import one_of_a_kind
from db.queries.working import TABLES
from studio.canonical import digest
from studio.versions.state import KINDS, Entity, id_of, kind_of


def put(session: Session, branch: Branch, before: Changes, after: Changes) -> None:
    """Have the branch's rows say what `after` says; the head is about to.

    Args:
        session: A transaction that holds the branch alone.
        branch: The branch.
        before: What those entities are on the branch; what is not there may be left out.
        after: What they are to be, or None.

    Raises:
        DuplicateError: two entities would have one name or number.
    """
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    for kind in KINDS:
        of_kind = {key: value for key, value in after.items() if kind_of(key) == kind}
        _drop(session, branch, kind, [key for key, value in of_kind.items() if value is None])
        kept = {key: value for key, value in of_kind.items() if value is not None}
        if kept:
            _upsert(session, branch, kind, kept)
            if kind == "scenes":
                _stage(session, branch, before, kept)
    _unlink(session, branch, [key for key in after if _is_character(key)])
    _link(session, branch, [value["name"] for key, value in after.items() if _is_character(key) and value])
    _put_parts(session, branch, after)
    with one_of_a_kind("Two entities would have one name or number.", field="changes"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.expire_all()


def note_parts(session: Session, branch: Branch, values: Changes, *, is_dirty: bool = False) -> None:
    """Keep the branch's own parts, or for `main` what was committed of them."""
    parts = {part: values[part] for part in ("project", "style", "scene_order") if part in values}
    rows = {part: digest(value) for part, value in parts.items() if value is not None}
    if rows:
        trees.keep(session, [value for value in parts.values() if value is not None])
        session.execute(
            text(
                "INSERT INTO anime_api.branch_parts (branch_id, part, blob_hash, dirty) "
                "SELECT :branch, part, hash, :dirty "
                "FROM unnest(CAST(:parts AS text[]), CAST(:hashes AS text[])) AS t (part, hash) "
                "ON CONFLICT (branch_id, part) DO UPDATE SET blob_hash = excluded.blob_hash, dirty = :dirty"
            ),
            {"branch": branch.id, "dirty": is_dirty, "parts": list(rows), "hashes": list(rows.values())},
        )
    gone = [part for part, value in parts.items() if value is None]
    if gone:
        query = "DELETE FROM anime_api.branch_parts WHERE branch_id = :branch AND part = ANY(:gone)"
        session.execute(text(query), {"branch": branch.id, "gone": gone})


def _is_character(key: str) -> bool:
    return kind_of(key) == "characters"


_COLUMNS: Final = {
    "characters": "name text, description text, image_path text, comfyui_workflow text, metadata jsonb",
    "scenes": "scene_number int, description text, metadata jsonb",
    "episodes": "episode_number int, title text, synopsis text, scene_ids jsonb, metadata jsonb, uuid uuid, "
    "audio jsonb",
    "bible/characters": "name text, role text, personality text, backstory text, visual_description text, "
    "abilities jsonb",
}


def _upsert(session: Session, branch: Branch, kind: str, kept: Mapping[str, Entity]) -> None:
    names = [column.split()[0] for column in _COLUMNS[kind].split(", ")]
    values = ["coalesce(r.uuid, gen_random_uuid())" if name == "uuid" else f"r.{name}" for name in names]
    sets = [f"{name} = excluded.{name}" for name in names]
    query = (
        f"INSERT INTO {TABLES[kind]} AS old (branch_id, id, project_id, dirty, {', '.join(names)}) "  # noqa: S608
        f"SELECT :branch, r.id, :project, false, {', '.join(values)} "
        f"FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id int, {_COLUMNS[kind]}) "
        f"ON CONFLICT (branch_id, id) DO UPDATE SET {', '.join(sets)}, "
        "version = old.version + 1, dirty = false, updated_at = now()"
    )
    rows = [{"id": int(id_of(key)), **value} for key, value in kept.items()]
    session.execute(text(query), {"branch": branch.id, "project": branch.project_id, "rows": _json(rows)})


def _drop(session: Session, branch: Branch, kind: str, keys: list[str]) -> None:
    if not keys:
        return
    at = {"branch": branch.id, "ids": [int(id_of(key)) for key in keys]}
    if kind == "characters":
        query = "UPDATE anime_api.scene_characters SET character_id = NULL "
        session.execute(text(f"{query} WHERE branch_id = :branch AND character_id = ANY(:ids)"), at)
    session.execute(
        text(f"DELETE FROM {TABLES[kind]} WHERE branch_id = :branch AND id = ANY(:ids)"),  # noqa: S608
        at,
    )


def _stage(session: Session, branch: Branch, before: Changes, kept: Mapping[str, Entity]) -> None:
    """Who is in these scenes, and what they are laid on."""
    old = {key: before.get(key) or {} for key in kept}
    recast = {key: value for key, value in kept.items() if old[key].get("characters") != value["characters"]}
    relaid = {key: value for key, value in kept.items() if old[key].get("audio") != value["audio"]}
    for query in _RECAST:
        session.execute(text(query), _of_scenes(branch, recast, "characters"))
    for query in _RELAY:
        session.execute(text(query), _of_scenes(branch, relaid, "audio"))


def _of_scenes(branch: Branch, scenes: Mapping[str, Entity], name: str) -> dict[str, Any]:
    rows = [{"id": int(id_of(key)), "value": value[name]} for key, value in scenes.items()]
    return {"branch": branch.id, "ids": [row["id"] for row in rows], "rows": _json(rows)}


_RECAST: Final = (
    "DELETE FROM anime_api.scene_characters WHERE branch_id = :branch AND scene_id = ANY(:ids)",
    """INSERT INTO anime_api.scene_characters (branch_id, scene_id, name, position, character_id)
       SELECT :branch, r.id, n.name, n.position - 1, c.id
       FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id int, value jsonb)
       CROSS JOIN jsonb_array_elements_text(r.value) WITH ORDINALITY AS n (name, position)
       LEFT JOIN anime_api.characters c ON c.branch_id = :branch AND c.name = n.name""",
)
_RELAY: Final = (
    """DELETE FROM anime_api.music_scene_sync m
       USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id int, value jsonb)
       WHERE m.branch_id = :branch AND m.scene_id = r.id AND m.generation_id IS NULL
         AND (r.value IS NULL OR r.value = 'null')""",
    """INSERT INTO anime_api.music_scene_sync (branch_id, scene_id, audio_path, bpm, sync_points)
       SELECT :branch, r.id, r.value ->> 'audio_path', (r.value ->> 'bpm')::float, r.value -> 'sync_points'
       FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id int, value jsonb)
       WHERE r.id = ANY(:ids) AND r.value IS NOT NULL AND r.value <> 'null'""",
)


def _unlink(session: Session, branch: Branch, keys: list[str]) -> None:
    """A character that is called otherwise now is no longer whom these scenes name."""
    if keys:
        query = """UPDATE anime_api.scene_characters s SET character_id = NULL FROM anime_api.characters c
                   WHERE s.branch_id = :branch AND s.character_id = ANY(:ids)
                     AND c.branch_id = s.branch_id AND c.id = s.character_id AND c.name <> s.name"""
        session.execute(text(query), {"branch": branch.id, "ids": [int(id_of(key)) for key in keys]})


def _link(session: Session, branch: Branch, names: list[str]) -> None:
    """Have the scenes that name these characters have them."""
    if names:
        query = """UPDATE anime_api.scene_characters s SET character_id = c.id FROM anime_api.characters c
                   WHERE s.branch_id = :branch AND s.character_id IS NULL AND s.name = ANY(:names)
                     AND c.branch_id = s.branch_id AND c.name = s.name"""
        session.execute(text(query), {"branch": branch.id, "names": names})


def _put_parts(session: Session, branch: Branch, after: Changes) -> None:
    is_main = branch.name == MAIN
    if is_main and (project := after.get("project")):
        query = """UPDATE anime_api.anime_projects SET name = :name, description = :description,
                   metadata = CAST(:metadata AS jsonb), updated_at = now() WHERE id = :project"""
        _put_part(session, branch, query, project)
    if is_main and (style := after.get("style")):
        fps_num, _, fps_den = style["fps"].partition("/")
        query = """UPDATE anime_api.projects SET default_style = :default_style, width = :width,
                   height = :height, fps_num = :fps_num, fps_den = :fps_den, updated_at = now()
                   WHERE id = :project"""
        _put_part(session, branch, query, {**style, "fps_num": int(fps_num), "fps_den": int(fps_den or 1)})
    if "bible" in after:
        _put_bible(session, branch, after["bible"])
    note_parts(session, branch, after)


def _put_part(session: Session, branch: Branch, query: str, part: Mapping[str, Any]) -> None:
    values = {name: _json(value) if isinstance(value, dict) else value for name, value in part.items()}
    session.execute(text(query), {**values, "project": branch.project_id})


def _put_bible(session: Session, branch: Branch, bible: Entity | None) -> None:
    """A further version; where there is to be none, none is left."""
    if bible is None:
        query = text("DELETE FROM anime_api.project_bibles WHERE branch_id = :branch")
        session.execute(query, {"branch": branch.id})
    else:
        bibles.add(session, branch, bible).dirty = False
        session.flush()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
