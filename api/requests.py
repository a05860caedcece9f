"""What requests have in common: the branch they mean, and paths that are accepted as given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from api.schemas.fields import Asked, Name, Warned
from db.queries.projects import MAIN
from studio.clients.store import open_within, real_roots
from studio.continuity import Misread
from studio.errors import FileMissingError, InvalidError, PathNotAllowedError
from studio.settings import Settings

BranchQuery = Annotated[Name | None, Query(description="The branch; `main` where it is not said.")]

DryRun = Annotated[
    bool, Query(description="Only whether it could be done: what would be refused is, and nothing changes.")
]


def settings_of(request: Request) -> Settings:
    """The settings that the service was built with."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def branch_of(query: str | None, body: str | None = None) -> str:
    """The branch that a request means.

    Raises:
        InvalidError: query and body name two.
    """
    if query is not None and body is not None and query != body:
        raise InvalidError(
            "Query and body name two branches.",
            field="branch_name",
            value=body,
            expected=f"{query!r} or none",
        )
    return query or body or MAIN


def columns(body: Asked, *, without: set[str], only_sent: bool = False) -> dict[str, Any]:
    """The fields of a body by the columns that hold them."""
    values = body.model_dump(exclude=without, exclude_unset=only_sent)
    return {"details" if name == "metadata" else name: value for name, value in values.items()}


def misread_warnings(misread: Iterable[Misread]) -> list[Warned]:
    """A warning for each value of `metadata` that is kept as given, and passed over by renders."""
    return [
        Warned(
            field=f"metadata.{each.key}",
            value=str(each.value),
            message=f"Renders pass this over; it takes {each.expected}.",
        )
        for each in misread
    ]


@dataclass(frozen=True, slots=True)
class Paths:
    """Looks at paths that are accepted as given."""

    roots: tuple[str, ...]

    def warnings(self, **paths: str | None) -> list[Warned]:
        """A warning for each path, by its field, at which there is nothing that could be opened."""
        return [
            Warned(field=field, value=path, message=reason)
            for field, path in paths.items()
            if path is not None and (reason := self._unopened(path))
        ]

    def _unopened(self, path: str) -> str | None:
        try:
            open_within(path, self.roots)
        except FileMissingError:
            return "There is no such file yet."
        except PathNotAllowedError:
            return "This path is not within the media roots, and will not be opened."
        return None


async def _paths(request: Request) -> Paths:
    return Paths(real_roots(settings_of(request).roots))


PathsGiven = Annotated[Paths, Depends(_paths)]
