"""A project on its way to another tower: which rows go along, and how they are named anew there.

Ids are a tower's own, so everything that is named by one gets a new one: entities, branches, commits,
generations. Values keep what they say. A committed state is named by its content; where that names entities
by id, in the keys of its tree and in the orders of scenes, it is another state there, under another hash.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from studio.versions.state import Entity, id_of, kind_of

Row = dict[str, Any]
_OF_PROJECT: Final = "project_id = :project"
_OF_BRANCH: Final = "branch_id IN (SELECT id FROM anime_api.branches WHERE project_id = :project)"
_OF_JOB: Final = "generation_id IN (SELECT id FROM anime_api.production_jobs WHERE project_id = :project)"
_OF_COMMIT: Final = "commit_id IN (SELECT id FROM anime_api.commits WHERE project_id = :project)"
_OF_TIMELINE: Final = "timeline_id IN (SELECT id FROM anime_api.story_timelines WHERE project_id = :project)"

ENTITIES: Final = ("characters", "scenes", "episodes", "bible/characters")
"""Ids that are one on every branch."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows of a project go along, in the order in which they can be written."""

    name: str
    where: str
    order: str
    own: str = ""
    """What its `id` names; without it the id is nobody's concern, and the next tower gives its own."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What further columns name."""
    left: tuple[str, ...] = ()
    """Columns that hold of this tower alone."""

    def columns(self, there: list[str]) -> list[str]:
        """Those of the columns that go along."""
        return [name for name in there if name not in self.left and (name != "id" or self.own)]


def _of_branch(name: str, own: str = "", order: str = "branch_id, id", **names: str) -> Table:
    return Table(name, _OF_BRANCH, order, own, {"branch_id": "branch", "project_id": "project", **names})


def _of_job(name: str, order: str, *left: str, **names: str) -> Table:
    return Table(name, _OF_JOB, order, "", {"generation_id": "generation", **names}, left)


def _of_project(name: str, order: str, own: str = "", left: tuple[str, ...] = (), **names: str) -> Table:
    return Table(name, _OF_PROJECT, order, own, {"project_id": "project", **names}, left)


_RUN: Final = (
    *("flow_run_id", "submitted_at", "heartbeat_at", "run_host", "run_pid", "run_started", "published_path"),
)
TABLES: Final = (
    _of_project("anime_api.branches", "id", "branch", head_commit_id="commit"),
    _of_project("anime_api.commits", "number", "commit", ("number",), tree_hash="tree"),
    Table(
        "anime_api.commit_parents", _OF_COMMIT,
        "(SELECT number FROM anime_api.commits WHERE id = commit_id), position",
        names={"commit_id": "commit", "parent_id": "commit"},
    ),
    _of_project("anime_api.tags", "name", commit_id="commit"),
    _of_branch("anime_api.branch_parts", order="branch_id, part"),
    _of_branch("anime_api.tombstones", order="branch_id, kind, entity_id"),
    _of_branch("anime_api.characters", "characters"),
    _of_branch("anime_api.scenes", "scenes"),
    _of_branch("anime_api.scene_characters", order="branch_id, scene_id, position, name",
               scene_id="scenes", character_id="characters"),
    _of_branch("anime_api.project_bibles", "bible"),
    _of_branch("anime_api.bible_characters", "bible/characters"),
    _of_branch("anime_api.bible_history", bible_id="bible"),
    _of_branch("public.episodes", "episodes", uuid="uuid"),
    _of_project("public.story_arcs", "position, id"),
    _of_project("anime_api.story_timelines", "position, id", "timeline"),
    Table("anime_api.storyline_context", _OF_TIMELINE, "id", names={"timeline_id": "timeline"}),
    _of_project("public.cultural_elements", "id"),
    _of_branch("public.cultural_validations", scene_id="scenes"),
    _of_project("public.production_schedule", "id", left=("schedule_id",)),
    _of_project("anime_api.production_jobs", "created_at, id", "generation", _RUN, branch_id="branch",
                scene_id="scenes", parent_id="generation", episode_id="episodes"),
    _of_job("public.generation_requests", "generation_id"),
    _of_job("anime_api.generation_stages", "generation_id, stage, take"),
    _of_job("anime_api.generation_events", "generation_id, seq"),
    _of_job("anime_api.takes", "generation_id, take", tree_hash="tree"),
    _of_branch("anime_api.music_scene_sync", scene_id="scenes", generation_id="generation"),
    _of_job("anime_api.quality_metrics", "generation_id"),
    _of_job("public.quality_assessments", "generation_id, take, metric"),
    _of_job("anime_api.generation_analytics", "id"),
    _of_project("anime_api.specials", "number", left=("path",), scene_id="scenes",
                generation_id="generation"),
    _of_job("public.character_appearances", "id", branch_id="branch", scene_id="scenes",
            character_id="characters"),
    _of_job("public.training_examples", "id", project_id="project"),
    _of_job("public.feedback", "id"),
    _of_project("public.creative_decisions", "id", generation_id="generation"),
    _of_project("anime_api.echo_orchestration_logs", "id", generation_id="generation"),
)  # fmt: skip
"""All that is a project's, beside its own two rows, its trees and its files."""

LEFT_BEHIND: Final = {
    "anime_api.anime_projects": "the project itself, a part of its own",
    "anime_api.projects": "the project itself, a part of its own",
    "public.assets": "the files, a part of their own",
    "anime_api.merges": "a merge under way is begun again",
    "public.render_queue": "places on this tower's renderers",
    "public.publications": "what is published lies in this tower's library",
    "anime_api.director_turns": "a talk with this tower's director",
    "anime_api.director_steps": "a talk with this tower's director",
}
"""Tables of projects whose rows stay, and why."""

JSON_NAMES: Final = {
    "scene_id": "scenes",
    "scene_ids": "scenes",
    "scenes": "scenes",
    "episode_id": "episodes",
    "episode_ids": "episodes",
    "character_id": "characters",
    "branch_id": "branch",
    "project_id": "project",
}
"""Fields of JSON whose numbers are ids."""

_GENERATION: Final = re.compile(r"gen_[0-9A-Za-z_-]+")
Rename = Callable[[str, Any], Any]
"""The new id of a kind's old one."""


def renamed(table: Table, row: Row, rename: Rename) -> Row:
    """A row under its new ids."""
    named = dict(table.names) | ({"id": table.own} if table.own else {})
    found: Row = {}
    for column, value in row.items():
        if value is None:
            found[column] = None
        elif column in named:
            found[column] = rename(named[column], value)
        elif column == "scene_ids":
            found[column] = [rename("scenes", each) for each in value]
        else:
            found[column] = _inside(value, rename)
    if table.name == "anime_api.tombstones":
        found["entity_id"] = str(rename(row["kind"], int(row["entity_id"])))
    if table.name == "anime_api.branch_parts":
        found["blob_hash"] = rename(f"blob/{row['part']}", row["blob_hash"])
    return found


def _inside(value: Any, rename: Rename) -> Any:
    """Ids within JSON and text: those of generations wherever they stand, others by their field's name."""
    if isinstance(value, str):
        return _GENERATION.sub(lambda found: str(rename("named generation", found[0])), value)
    if isinstance(value, list):
        return [_inside(each, rename) for each in value]
    if isinstance(value, Mapping):
        return {name: _field(name, inner, rename) for name, inner in value.items()}
    return value


def _field(name: str, value: Any, rename: Rename) -> Any:
    kind = JSON_NAMES.get(name)
    if kind is not None and _is_id(value):
        return rename(kind, value)
    if kind is not None and isinstance(value, list) and value and all(map(_is_id, value)):
        return [rename(kind, each) for each in value]
    return _inside(value, rename)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def renamed_state(state: Mapping[str, Entity], rename: Rename) -> dict[str, Entity]:
    """A committed state under its new ids."""
    return {_key(key, rename): renamed_entity(key, value, rename) for key, value in state.items()}


def _key(key: str, rename: Rename) -> str:
    kind = kind_of(key)
    return f"{kind}/{rename(kind, int(id_of(key)))}" if kind in ENTITIES else key


def renamed_entity(key: str, value: Entity, rename: Rename) -> Entity:
    """An entity of a committed state: what it names by id."""
    if key == "scene_order":
        return [rename("scenes", each) for each in value]
    if kind_of(key) != "episodes":
        return value
    named = {"scene_ids": [rename("scenes", each) for each in value["scene_ids"]]}
    if value.get("uuid") is not None:
        named["uuid"] = rename("uuid", value["uuid"])
    return {**value, **named}
