"""Requests that hold only for what was read before: `If-Match` and `If-None-Match`."""

from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from studio.canonical import digest
from studio.errors import PreconditionError

_PASSING: Final = frozenset({"warnings", "estimated_completion", "next_times"})
"""What changes by itself, while the resource stays as it is."""

View = TypeVar("View", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the client last saw."""

    response: Response
    if_match: str | None
    if_none_match: str | None

    def check(self, shown: BaseModel) -> None:
        """Let a write pass only if the client has seen the present state, where it says what it saw.

        Raises:
            PreconditionError: it saw another.
        """
        if self.if_match is not None and not _names(self.if_match, _etag(shown)):
            raise PreconditionError("This has changed since you read it.", etag=_etag(shown))

    def answer(self, shown: View) -> View | Response:
        """The resource under its tag, or nothing where the client has it already."""
        etag = _etag(shown)
        if is_known(self.if_none_match, etag):
            return Response(status_code=304, headers={"ETag": etag})
        return self.tag(shown)

    def tag(self, shown: View) -> View:
        """The resource under its tag."""
        self.response.headers["ETag"] = _etag(shown)
        return shown


async def _conditions(
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Conditions:
    return Conditions(response, if_match, if_none_match)


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether `If-None-Match` says that the client has what goes by `etag`."""
    return if_none_match is not None and _names(if_none_match.replace("W/", ""), etag)


ConditionsAsked = Annotated[Conditions, Depends(_conditions)]


def _etag(shown: BaseModel) -> str:
    return f'"{digest(shown.model_dump(mode="json", exclude=set(_PASSING)))[:32]}"'


def _names(tags: str, etag: str) -> bool:
    return tags.strip() == "*" or etag in (tag.strip() for tag in tags.split(","))
