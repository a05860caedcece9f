"""Lists that are bounded, and lead on to their next page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from api.schemas.fields import Name
from studio.errors import InvalidError

LONGEST_LIST: Final = 1_000
_LARGEST_NUMBER: Final = 2**31 - 1
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """How much of a list is wanted, and from where on."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    @property
    def one_more(self) -> int:
        """What to read, so as to know whether there is a next page."""
        return self.limit + 1

    def after(self, numbers: int) -> tuple[int, ...]:
        """The cursor as so many numbers; zeros where a list begins.

        Raises:
            InvalidError: it is none of ours.
        """
        if self.cursor is None:
            return (0,) * numbers
        parts = tuple(int(part) for part in self.cursor.split(".") if part.isascii() and part.isdigit())
        if len(parts) != numbers or max(parts) > _LARGEST_NUMBER:
            raise InvalidError(
                "This cursor is none of ours.",
                field="cursor",
                value=self.cursor,
                expected="one from a Link header",
            )
        return parts

    def cut(self, rows: list[Row], cursor_of: Callable[[Row], str]) -> list[Row]:
        """The page itself, with a link to the next one where there is more."""
        if len(rows) > self.limit:
            kept = {name: value for name, value in self.request.query_params.items() if name != "cursor"}
            query = urlencode({**kept, "cursor": cursor_of(rows[self.limit - 1])})
            self.response.headers["Link"] = f'<{self.request.url.path}?{query}>; rel="next"'
        return rows[: self.limit]


async def _page(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=LONGEST_LIST)] = LONGEST_LIST,
    cursor: Annotated[Name | None, Query(description="From the `Link` header of the page before.")] = None,
) -> Page:
    return Page(request, response, limit, cursor)


PageAsked = Annotated[Page, Depends(_page)]
