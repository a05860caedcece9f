"""Changes as they are sent: a JSON merge patch (RFC 7396) over a project's tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.errors import InvalidError
from studio.versions.state import FREE, KINDS, SINGLES, Entity, checked, kind_of


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch taken apart: its parts, entities as the user calls them, and what is no part of the tree."""

    parts: dict[str, Any] = field(default_factory=dict)
    called: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


def merge_patch(target: Any, patch: Any) -> Any:
    """`target` after `patch`: objects are merged, null takes out, all else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(target) if isinstance(target, Mapping) else {}
    for name, inner in patch.items():
        if inner is None:
            kept.pop(name, None)
        else:
            kept[name] = merge_patch(kept.get(name), inner)
    return kept


def taken_apart(changes: Mapping[str, Any]) -> Patch:
    """The patch by what it touches; what the tree does not have is kept as notes.

    Raises:
        InvalidError: entities of a kind are no object.
    """
    patch = Patch()
    for name, inner in changes.items():
        if name == "bible" and isinstance(inner, Mapping):
            of_bible = {key: value for key, value in inner.items() if key != "characters"}
            if of_bible:
                patch.parts["bible"] = of_bible
            if "characters" in inner:
                patch.called["bible/characters"] = _entities("bible/characters", inner["characters"])
        elif name in SINGLES:
            patch.parts[name] = inner
        elif name in KINDS:
            patch.called[name] = _entities(name, inner)
        else:
            patch.notes[name] = inner
    return patch


def patched(key: str, entity: Entity | None, patch: Any, *, called: str | None = None) -> Entity | None:
    """An entity after its part of a patch, or None where that takes it out.

    Args:
        key: The entity's key.
        entity: What it was; None where it is new.
        patch: Its part of the patch. A field that its kind does not have goes where free ones are kept.
        called: The name or number by which the patch calls a new entity.

    Raises:
        InvalidError: a field cannot be what the patch says.
    """
    if patch is None and key not in ("project", "style"):
        return None
    kind = kind_of(key)
    if not isinstance(patch, Mapping):
        return checked(key, patch)
    start = entity if entity is not None or called is None else _called(kind, called)
    return checked(key, merge_patch(start, _with_free_fields(kind, patch)))


def _entities(kind: str, inner: Any) -> dict[str, Any]:
    if not isinstance(inner, Mapping):
        raise InvalidError(
            f"The {kind} of a patch are an object.",
            field=f"changes.{kind}",
            value=inner,
            expected="an object by id, name or number",
        )
    return dict(inner)


def _called(kind: str, called: str) -> dict[str, Any]:
    if kind in ("characters", "bible/characters"):
        return {"name": called}
    label = {"scenes": "scene_number", "episodes": "episode_number"}[kind]
    return {label: int(called)} if called.isascii() and called.isdigit() else {}


def _with_free_fields(kind: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in FREE:
        return dict(patch)
    known = (SINGLES.get(kind) or KINDS[kind]).model_fields
    fields = {name: value for name, value in patch.items() if name in known}
    others = {name: value for name, value in patch.items() if name not in known}
    if not others:
        return fields
    free = fields.get(FREE[kind])
    return {**fields, FREE[kind]: {**(free if isinstance(free, Mapping) else {}), **others}}
