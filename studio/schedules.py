"""When batches recur: which expressions are taken, before anybody works out their times."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from studio.continuity import Misread
from studio.errors import InvalidError
from studio.presets import PRESETS

MOST_TIMES_A_DAY: Final = 24
_DAY: Final = "(MO|TU|WE|TH|FR|SA|SU)"


def _list(item: str) -> str:
    return f"{item}(,{item})*"


_ALWAYS: Final = {
    "FREQ": "[A-Z]+",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}(T[0-9]{6})?",
    "WKST": _DAY,
    "BYDAY": _list(_DAY),
    "BYMONTH": _list("(0?[1-9]|1[0-2])"),
    "BYHOUR": _list("(0?[0-9]|1[0-9]|2[0-3])"),
    "BYMINUTE": _list("[0-5]?[0-9]"),
}
_MONTHLY: Final = {
    "BYDAY": _list(f"([+-]?[1-5])?{_DAY}"),
    "BYMONTHDAY": _list("-?(0?[1-9]|[12][0-9]|3[01])"),
}
_TAKEN: Final = {"DAILY": _ALWAYS, "WEEKLY": _ALWAYS, "MONTHLY": {**_ALWAYS, **_MONTHLY}}
_CLASHES: Final = {"DAILY": ("INTERVAL", "BYDAY", "BYMONTH"), "MONTHLY": ("BYMONTHDAY", "BYDAY", "BYMONTH")}
"""What a rule has the first of, it has none of the others: together they may have no time at all."""
_CRON_FIELDS: Final = 5


def check_cron(expression: str) -> None:
    """Take a cron line of minute, hour, day, month and day of the week.

    Raises:
        InvalidError: it has more fields or fewer.
    """
    if len(expression.split()) != _CRON_FIELDS:
        raise not_taken(expression, "five fields, as 0 3 * * *")


def check_rrule(expression: str) -> None:
    """Take one recurrence rule (RFC 5545) that recurs by days, at most 24 times on each.

    Whoever looks for the next time of a rule goes through all that it might have had since the beginning of
    the count. So rules are refused that recur by hours or less, and those that may have no time at all.

    Raises:
        InvalidError: it is no such rule.
    """
    parts = [part.partition("=") for part in expression.removeprefix("RRULE:").split(";")]
    named = {name: value for name, _, value in parts}
    taken = _TAKEN.get(named.get("FREQ", ""))
    if taken is None:
        raise not_taken(expression, "FREQ=DAILY, WEEKLY or MONTHLY; BYHOUR for times of a day")
    if len(named) != len(parts) or not named.keys() <= taken.keys():
        raise not_taken(expression, f"parts once each, of {', '.join(taken)}")
    for name, value in named.items():
        if not re.fullmatch(taken[name], value, re.ASCII):
            raise not_taken(expression, f"{name} as RFC 5545 has it, each value within its range")
    _check_together(expression, named)


def _check_together(expression: str, named: Mapping[str, str]) -> None:
    first, *others = _CLASHES.get(named["FREQ"], ("",))
    given = {name for name, value in named.items() if (name, value) != ("INTERVAL", "1")}
    if first in given and given & set(others):
        raise not_taken(expression, f"{first} without {' and '.join(others)}")
    times = math.prod(len(named[name].split(",")) for name in ("BYHOUR", "BYMINUTE") if name in named)
    if times > MOST_TIMES_A_DAY:
        raise not_taken(expression, f"at most {MOST_TIMES_A_DAY} times a day")


def read_parameters(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Misread, ...]]:
    """What a schedule says of its batches, and what of it cannot be meant; other keys are passed over."""
    said = {name: parameters[name] for name in _PARAMETERS if name in parameters}
    misread = tuple(
        Misread(name, value, _PARAMETERS[name][1])
        for name, value in said.items()
        if not _PARAMETERS[name][0](value)
    )
    wrong = {each.key for each in misread}
    return {name: value for name, value in said.items() if name not in wrong}, misread


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_quality(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in PRESETS)


_PARAMETERS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "branch_name": (_is_name, "the name of a branch"),
    "only_stale": (_is_flag, "true or false"),
    "quality": (_is_quality, f"{', '.join(PRESETS)} or null"),
    "publish": (_is_flag, "true or false"),
}


def not_taken(expression: str, expected: str) -> InvalidError:
    """The refusal of an expression."""
    return InvalidError(
        f"No schedule can be made of {expression[:200]!r}.",
        field="expression",
        value=expression,
        expected=expected,
    )
