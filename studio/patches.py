"""JSON merge patches (RFC 7396)."""

from collections.abc import Mapping
from typing import Any


def merge_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What makes `after` of `before`: a value for each key that changed, null for each that is gone."""
    changed = {
        key: _change(before.get(key), value)
        for key, value in after.items()
        if key not in before or before[key] != value
    }
    return {**dict.fromkeys(before.keys() - after.keys()), **changed}


def _change(before: Any, after: Any) -> Any:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return merge_patch(before, after)
    return after
