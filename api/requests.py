"""What requests have in common: the branch they mean, and paths that are accepted as given."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from api.schemas.fields import Name, Warned
from db.queries.projects import MAIN
from studio.clients.store import open_within, real_roots
from studio.errors import FileMissingError, InvalidError, PathNotAllowedError
from studio.settings import Settings

BranchQuery = Annotated[Name | None, Query(description="The branch; `main` where it is not said.")]


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
