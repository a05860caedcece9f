"""The kinds of fields that requests and answers are made of."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

LARGEST_ID: Final = 2**31 - 1
LARGEST_SEED: Final = 2**63 - 1
DEEPEST: Final = 64
FINGERPRINT: Final = 8
_SLOWEST_FPS: Final = 1
_FASTEST_FPS: Final = 60
_RATE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}|/[0-9]{1,6})?")
_NTSC: Final = {round(rate * 1000 / 1001, 2): Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)}


class Asked(BaseModel):
    """The body of a request: a field that it does not have is refused by name."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


By = Annotated[
    str | None,
    BeforeValidator(lambda token: token[:FINGERPRINT] if token else None),
    Field(
        validation_alias="token",
        description="By which token: the first eight digits of its SHA-256; null where there are none.",
        examples=["9f86d081"],
    ),
]


class Shown(BaseModel):
    """The body of an answer, read off a row."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class Warned(BaseModel):
    """Something that was accepted as given, and is not there yet."""

    field: str
    value: str
    message: str


def storable(text: str) -> str:
    """The database holds all text but NUL."""
    if "\0" in text:
        raise PydanticCustomError("nul", "Text cannot hold NUL", {"expected": "text without NUL"})
    return text


def _storable_json(value: Any) -> Any:
    """The database holds JSON without NUL, NaN and lone surrogates; we hold it 64 levels deep."""
    for depth, inner in _walk(value, 1):
        if depth > DEEPEST:
            raise _unfit(f"at most {DEEPEST} levels")
        if isinstance(inner, float) and not math.isfinite(inner):
            raise _unfit("finite numbers")
        if isinstance(inner, str) and ("\0" in inner or not _is_unicode(inner)):
            raise _unfit("Unicode text without NUL")
    return value


def _walk(value: Any, depth: int) -> Iterator[tuple[int, Any]]:
    pending = [(depth, value)]
    while pending:
        depth, inner = pending.pop()
        yield depth, inner
        if depth > DEEPEST:
            return
        if isinstance(inner, Mapping):
            pending += [(depth + 1, each) for pair in inner.items() for each in pair]
        elif isinstance(inner, list):
            pending += [(depth + 1, each) for each in inner]


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _unfit(expected: str) -> PydanticCustomError:
    return PydanticCustomError(
        "json_value", "The value cannot be kept: it takes {expected}", {"expected": expected}
    )


def number(value: Any) -> Any:
    """JSON's true and false are no numbers."""
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a number", {"expected": "number"})
    return value


def _frame_rate(value: Any) -> Fraction:
    """24, 23.976 or "24000/1001"; the broadcast rates are meant exactly, however they are rounded."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise TypeError
        if isinstance(value, str) and not _RATE.fullmatch(value):  # "1e999999999" would be worked out
            raise ValueError
        rate = Fraction(value)
        rate = _NTSC.get(round(float(rate), 2), rate).limit_denominator(1001)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise _no_rate() from error
    if not _SLOWEST_FPS <= rate <= _FASTEST_FPS:
        raise _no_rate()
    return rate


def _no_rate() -> PydanticCustomError:
    expected = f'{_SLOWEST_FPS} to {_FASTEST_FPS} frames a second, as 24, 23.976 or "24000/1001"'
    return PydanticCustomError("frame_rate", "Input should be {expected}", {"expected": expected})


def as_sent(value: float) -> float:
    """A whole number is shown without a point, as it was sent."""
    return int(value) if float(value).is_integer() else value


def _even(value: int) -> int:
    if value % 2:
        raise PydanticCustomError("even", "Input should be even", {"expected": "an even number"})
    return value


Id = Annotated[int, BeforeValidator(number), Field(ge=1, le=LARGEST_ID)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(storable)
]
Text = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(storable)]
StoredPath = Annotated[str, StringConstraints(min_length=1, max_length=4096), AfterValidator(storable)]
Object = Annotated[dict[str, Any], AfterValidator(_storable_json)]
Json = Annotated[Any, AfterValidator(_storable_json)]
Values = Annotated[list[Any], Field(max_length=1000), AfterValidator(_storable_json)]
Side = Annotated[int, BeforeValidator(number), Field(ge=64, le=1920), AfterValidator(_even)]
Number = Annotated[float, BeforeValidator(number), AfterValidator(as_sent)]
Prompt = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(storable)]
FrameRate = Annotated[
    Fraction,
    PlainValidator(_frame_rate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 1, "maximum": 60}, {"type": "string"}]}),
]
Time = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str),
]
