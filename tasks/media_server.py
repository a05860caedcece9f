"""Reading a publication back: the media server is told, asked, told more firmly, and asked again."""

import atexit
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import httpx

from studio.clients.jellyfin import Jellyfin, Library
from studio.errors import JellyfinRefusedError, JellyfinUnavailableError, StateError
from studio.publication import (
    Item,
    PathMap,
    Publication,
    ReadBack,
    State,
    differs,
    find_item,
    is_within,
    read_path_map,
)
from studio.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at the server has shown: the item where it is right, else the reason why it is not."""

    item: Item | None = None
    reason: str = ""
    series_id: str | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The media server, and what it calls our folders."""

    server: Jellyfin
    paths: PathMap

    def library_of(self, path: Path) -> Library | None:
        """The library of the server's in which a path of ours lies."""
        theirs = self.paths.theirs(path)
        libraries = self.server.libraries()
        return next((each for each in libraries if any(is_within(theirs, at) for at in each.locations)), None)

    def look(self, published: Publication, library: Library) -> Found:
        """Whether the server lists a publication as it should."""
        series = self._series(published, library)
        if series is None:
            folder = self.paths.theirs(published.series)
            return Found(reason=f"Jellyfin does not list the series at {folder}.")
        theirs = self.paths.theirs(published.path)
        item = find_item(self.server.episodes(series.id, published.season, published.number), theirs)
        if item is None:
            return Found(reason=self._elsewhere(published, series), series_id=series.id)
        wrong = differs(item, published)
        return Found(item if wrong is None else None, wrong or "", series.id)

    def still_there(self, published: Publication, library: Library) -> Found:
        """The item of a video that has been taken away, where the server lists it still."""
        series = self._series(published, library)
        if series is None:
            return Found()
        theirs = self.paths.theirs(published.path)
        item = find_item(self.server.episodes(series.id), theirs)
        return Found(item, "" if item is None else f"Jellyfin still lists {theirs}.", series.id)

    def _series(self, published: Publication, library: Library) -> Item | None:
        return find_item(self.server.series(library), self.paths.theirs(published.series))

    def _elsewhere(self, published: Publication, series: Item) -> str:
        """What the server has instead of a publication that it does not list under its number."""
        theirs = self.paths.theirs(published.path)
        item = find_item(self.server.episodes(series.id), theirs)
        wrong = None if item is None else differs(item, published)
        return wrong or f"Jellyfin does not list {theirs}."


def shelf() -> Shelf | None:
    """The media server that is configured; None where there is none.

    Raises:
        JellyfinRefusedError: there is one, and no key for it.
    """
    settings = read_settings()
    if settings.jellyfin_url is None:
        return None
    if settings.jellyfin_api_key is None:
        raise JellyfinRefusedError(
            "TOWER_JELLYFIN_API_KEY is not set; Jellyfin answers nobody without a key."
        )
    token = settings.jellyfin_api_key.get_secret_value()
    return Shelf(_server(settings.jellyfin_url, token), read_path_map(settings.jellyfin_path_map))


def tell_and_read_back(published: Publication) -> ReadBack:
    """Tell the media server of a publication, and wait until it lists it, within `TOWER_JELLYFIN_WAIT_S`.

    It opens no transaction and raises nothing of the server's: what went wrong is in the answer.
    """
    with_server = partial(_await_listing, published, read_settings())
    return _answered(with_server)


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """The media server as it stands, and what it calls our library.

    `state`: `absent` (none is configured), `unreachable`, `refused` (the key), `no_library` (none of its
    libraries has our folder, as it calls that), `ready`.
    """

    state: str
    reason: str | None = None
    url: str | None = None
    version: str | None = None
    path: str | None = None
    server_path: str | None = None
    library: str | None = None


def look_at_server() -> ServerSeen:
    """Whether the media server answers, takes the key, and has our library's folder."""
    settings = read_settings()
    try:
        there = shelf()
        if there is None:
            reason = "TOWER_JELLYFIN_URL names none: the folder is the publication."
            return ServerSeen("absent", reason, path=str(settings.library))
        return _seen(there, settings)
    except JellyfinRefusedError as error:
        return ServerSeen("refused", error.message, settings.jellyfin_url, path=str(settings.library))
    except JellyfinUnavailableError as error:
        return ServerSeen("unreachable", error.message, settings.jellyfin_url, path=str(settings.library))


def make_library(name: str) -> ServerSeen:
    """Have the media server make a library of our folder, where it has none.

    Raises:
        StateError: no media server is configured.
        JellyfinUnavailableError: it does not answer, or refuses.
    """
    there = shelf()
    if there is None:
        raise StateError("No media server is configured.", setting="TOWER_JELLYFIN_URL")
    folder = read_settings().library
    if there.library_of(folder) is None:
        there.server.create_library(name, there.paths.theirs(folder))
    return _seen(there, read_settings())


def _seen(there: Shelf, settings: Settings) -> ServerSeen:
    version = there.server.public_info().version
    there.server.info()
    library, theirs = there.library_of(settings.library), there.paths.theirs(settings.library)
    seen = partial(ServerSeen, url=there.server.shown(), version=version)
    here = {"path": str(settings.library), "server_path": theirs}
    if library is None:
        return seen("no_library", _outside(there, settings.library).reason, **here)
    return seen("ready", None, library=library.name, **here)


def look_again(published: Publication, tries: int) -> ReadBack:
    """One look, and one more nudge where that shows nothing: waiting is left to whoever calls this."""
    return _answered(lambda shelf: _nudge(shelf, published, tries))


def look_for_removed(published: Publication, tries: int) -> ReadBack:
    """Whether the media server has let go of a video that was taken away; if not, it is told so again."""
    return _answered(lambda shelf: _nudge_away(shelf, published, tries))


def _answered(ask: Callable[[Shelf], ReadBack]) -> ReadBack:
    """A server that is away is waited for; one that refuses us needs a person."""
    try:
        there = shelf()
        return ReadBack(State.FOLDER) if there is None else ask(there)
    except JellyfinRefusedError as error:
        return ReadBack(State.NOT_LISTED, error.message)
    except JellyfinUnavailableError as error:
        return ReadBack(State.PENDING, error.message)


def _await_listing(published: Publication, settings: Settings, shelf: Shelf) -> ReadBack:
    library = shelf.library_of(published.path)
    if library is None:
        return _outside(shelf, published.path)
    found, trouble = Found(), None
    for act, until in _steps(shelf, published, library, settings):
        act(found)
        while True:
            found, trouble = _look(shelf, published, library, found)
            if found.item is not None:
                return _listed(shelf, found.item)
            if time.monotonic() >= until:
                break
            time.sleep(min(settings.poll_s, max(0.0, until - time.monotonic())))
    if trouble is not None:
        return ReadBack(State.PENDING, trouble)
    return ReadBack(State.NOT_LISTED, f"{found.reason}{_scanning(shelf)}")


def _steps(
    shelf: Shelf, published: Publication, library: Library, settings: Settings
) -> Iterator[tuple[Callable[[Found], None], float]]:
    """What is done, and until when its effect is waited for, in the clock's seconds.

    Half of the time is the server's own delay; then the series is looked at anew, or where there is none yet
    its library, and for the last quarter all libraries.
    """
    begun, whole_s = time.monotonic(), settings.jellyfin_wait_s
    theirs = shelf.paths.theirs(published.path)
    yield lambda _: shelf.server.announce([theirs]), begun + whole_s / 2
    yield (
        lambda found: shelf.server.refresh_item(found.series_id or library.item_id),
        begun + whole_s * 3 / 4,
    )
    yield lambda _: shelf.server.refresh_library(), begun + whole_s


def _look(shelf: Shelf, published: Publication, library: Library, before: Found) -> tuple[Found, str | None]:
    """A look amid the waiting: one that fails is followed by another, unless the key is refused."""
    try:
        return shelf.look(published, library), None
    except JellyfinRefusedError:
        raise
    except JellyfinUnavailableError as error:
        return before, error.message


def _nudge(shelf: Shelf, published: Publication, tries: int) -> ReadBack:
    library = shelf.library_of(published.path)
    if library is None:
        return _outside(shelf, published.path)
    found = shelf.look(published, library)
    if found.item is not None:
        return _listed(shelf, found.item)
    _tell(shelf, published, found.series_id or library.item_id, tries, "Modified")
    return ReadBack(State.NOT_LISTED, found.reason)


def _nudge_away(shelf: Shelf, published: Publication, tries: int) -> ReadBack:
    library = shelf.library_of(published.path)
    if library is None:
        return ReadBack(State.UNPUBLISHED)
    found = shelf.still_there(published, library)
    if found.item is not None:
        _tell(shelf, published, found.series_id or library.item_id, tries, "Deleted")
        return ReadBack(State.UNPUBLISHED, found.reason, found.item.id)
    return ReadBack(State.UNPUBLISHED)


def _tell(shelf: Shelf, published: Publication, item_id: str, tries: int, kind: str) -> None:
    """The first time as a hint that something has changed, then by having it looked at anew."""
    if tries == 0:
        shelf.server.announce([shelf.paths.theirs(published.path)], kind=kind)
    elif tries % 2:
        shelf.server.refresh_item(item_id)
    else:
        shelf.server.refresh_library()


def _listed(shelf: Shelf, item: Item) -> ReadBack:
    server_id = shelf.server.public_info().id
    return ReadBack(State.LISTED, None, item.id, shelf.server.page_of(item.id, server_id))


def _outside(shelf: Shelf, path: Path) -> ReadBack:
    theirs = shelf.paths.theirs(path)
    at = [place for library in shelf.server.libraries() for place in library.locations]
    return ReadBack(
        State.NOT_LISTED,
        f"No library of Jellyfin has {theirs}; its folders are {', '.join(at) or 'none'}. "
        "TOWER_JELLYFIN_PATH_MAP says what our folders are called there.",
    )


def _scanning(shelf: Shelf) -> str:
    scan = shelf.server.scan()
    if not scan.is_running:
        return ""
    return f" It is still looking through its libraries ({scan.progress or 0:.0f} %)."


@lru_cache(maxsize=4)
def _server(url: str, token: str) -> Jellyfin:
    """The client of one server, its connections kept."""
    http = httpx.Client(base_url=url, trust_env=False)
    atexit.register(http.close)
    return Jellyfin(http, token, socket.gethostname())
