"""What is asked of the music library in a query; a parameter that a call does not have is refused."""

from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field, StringConstraints

from api.paging import LONGEST_LIST, Page
from api.schemas.fields import Asked, Id, Name
from api.schemas.library import Camelot, State
from db.queries.music_search import Wanted
from studio.errors import InvalidError
from studio.keys import harmonic_neighbours
from studio.music_library.facts import FASTEST_BPM, SLOWEST_BPM, read_tags

SHORT_LIST = 50
Seconds = Annotated[float, Field(ge=0, le=1e6)]
Tempo = Annotated[float, Field(ge=0, le=1_000)]


class Paged(Asked):
    """A list, from where on, and how much of it."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_LIST)] = LONGEST_LIST
    cursor: Name | None = Field(default=None, description="From the `Link` header of the page before.")

    def page(self, request: Request, response: Response) -> Page:
        """The page that is asked for."""
        return Page(request, response, self.limit, self.cursor)


class SearchAsked(Paged):
    """What is looked for; everything that is said must hold."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_LIST)] = SHORT_LIST
    q: Name | None = Field(default=None, description="Words, or the beginnings of words.")
    artist: Name | None = None
    tag: list[Name] = Field(default=[], max_length=10, description="Genre, mood or grouping; all of them.")
    genre: list[Name] = Field(default=[], max_length=10, description="Another word for `tag`.")
    bpm_min: Tempo | None = None
    bpm_max: Tempo | None = None
    key: list[Camelot] = Field(default=[], max_length=24, description="One of these keys: 8A, Am, A minor.")
    length_min: Seconds | None = Field(default=None, description="Seconds.")
    length_max: Seconds | None = None
    playlist: Id | None = None
    state: State | None = None

    def wanted(self) -> Wanted:
        """The query as the library takes it.

        Raises:
            InvalidError: a range ends before it begins.
        """
        _in_order("bpm", self.bpm_min, self.bpm_max)
        _in_order("length", self.length_min, self.length_max)
        return Wanted(
            words=self.q,
            artist=self.artist,
            tags=read_tags([*self.tag, *self.genre]),
            keys=tuple(self.key),
            bpm_min=self.bpm_min,
            bpm_max=self.bpm_max,
            length_min_s=self.length_min,
            length_max_s=self.length_max,
            playlist_id=self.playlist,
            state=self.state,
        )


class MatchAsked(Paged):
    """A tempo that tracks should go with."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_LIST)] = SHORT_LIST
    target_bpm: Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)]
    tolerance: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="5", description="In BPM, or in per cent as `5%`."
    )
    tempos: Literal["all", "same"] = Field(
        default="all", description="`all` also finds tracks of half and of double the tempo, and says so."
    )
    key: Camelot | None = None
    harmonic: bool = Field(default=True, description="With `key`: also the keys that mix with it.")

    def keys(self) -> tuple[str, ...]:
        """The keys that a track may be in; none for any."""
        if self.key is None:
            return ()
        return harmonic_neighbours(self.key) if self.harmonic else (self.key,)


def _in_order(what: str, least: float | None, most: float | None) -> None:
    if least is not None and most is not None and least > most:
        raise InvalidError(
            f"The range of {what} ends before it begins.",
            field=f"{what}_max",
            value=most,
            expected=f"at least {least:g}",
        )
