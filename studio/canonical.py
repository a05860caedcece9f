"""One way to write a value as bytes, so that equal values have equal hashes."""

import hashlib
import json
from collections.abc import Mapping

from studio.errors import InvalidError


def canonical_json(value: object) -> bytes:
    """`value` as JSON in UTF-8: keys sorted, no spaces; tuples as lists, strings as they are.

    Keys must be strings: an integer key would sort otherwise once it came back from a database.

    Raises:
        InvalidError: a number is NaN or infinite, a key is no string, or a string is no Unicode text.
        TypeError: a value has no JSON form.
    """
    _refuse_other_keys(value)
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except ValueError as error:
        raise InvalidError(
            "The value has no canonical JSON form.", expected="finite numbers, Unicode"
        ) from error


def digest(value: object) -> str:
    """SHA-256 of `value`'s canonical JSON, as 64 lowercase hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _refuse_other_keys(value: object) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise InvalidError("The keys of canonical JSON are strings.", value=key, expected="string")
            _refuse_other_keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_other_keys(inner)
