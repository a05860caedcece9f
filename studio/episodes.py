"""How an episode is told of: its running time, and its scenes by name."""

import re
from collections.abc import Sequence
from typing import Final

from studio.errors import InvalidError

_SCENE: Final = re.compile(r"scene_([1-9][0-9]{0,9})")
_LARGEST_ID: Final = 2**31 - 1
_MINUTE_S, _HOUR_S = 60, 3600


def running_time(duration_s: float) -> str:
    """A running time as people write it: `24:30`, and from an hour on `1:02:03`.

    Args:
        duration_s: Seconds, >= 0; rounded to whole ones, halves up.

    Raises:
        InvalidError: `duration_s` is negative.
    """
    if duration_s < 0:
        raise InvalidError("Nothing runs for less than no time.", field="duration", value=duration_s)
    whole_s = int(duration_s + 0.5)
    minutes, seconds = divmod(whole_s % _HOUR_S, _MINUTE_S)
    hours = whole_s // _HOUR_S
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def scene_name(scene_id: int) -> str:
    """`scene_7`: by its id, which is the same on every branch and does not change with its number."""
    return f"scene_{scene_id}"


def scene_names(scene_ids: Sequence[int]) -> list[str]:
    """Scenes by name, in their order."""
    return [scene_name(scene_id) for scene_id in scene_ids]


def scene_id(name: str) -> int:
    """The id behind `scene_7`.

    Raises:
        InvalidError: it names no scene.
    """
    found = _SCENE.fullmatch(name)
    if found is None or int(found[1]) > _LARGEST_ID:
        raise InvalidError(
            f"{name!r} names no scene.", field="scenes", value=name, expected="an id, as scene_7 or 7"
        )
    return int(found[1])
