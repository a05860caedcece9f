"""What the `metadata` of scenes says of how their clips are to be made.

The keys are documented in `docs/api.md`; a value that cannot be meant is passed over and told of.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from studio.continuity import LARGEST_SEED, Misread

LONGEST_S: Final = 600
"""The longest clip that can be asked for, seconds."""
LONGEST_NAME: Final = 200
LONGEST_PROMPT: Final = 4_000


def read_terms(metadata: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Misread, ...]]:
    """The terms that a scene sets, under the names that requests have for them, and what cannot be meant.

    Keys: `duration` (seconds), `style`, `seed`, `negative_prompt`, `workflow`; what is null is not said.
    """
    said = {key: metadata[key] for key in _TERMS if metadata.get(key) is not None}
    misread = tuple(
        Misread(key, value, _TERMS[key][1]) for key, value in said.items() if not _TERMS[key][0](value)
    )
    wrong = {each.key for each in misread}
    return {key: value for key, value in said.items() if key not in wrong}, misread


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LONGEST_S


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_SEED


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_NAME


def _is_prompt(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_PROMPT


_TERMS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "duration": (_is_duration, f"seconds, over 0 and at most {LONGEST_S}"),
    "style": (_is_name, "free text, or the name of a style template"),
    "seed": (_is_seed, "a whole number from 0 to 2^63 - 1"),
    "negative_prompt": (_is_prompt, f"a text of at most {LONGEST_PROMPT} characters"),
    "workflow": (_is_name, "the name of a workflow"),
}
