"""Jellyfin: told of what was published, and asked whether it lists it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Final
from urllib.parse import quote

import httpx

from studio.clients.jellyfin_replies import (
    Library,
    Scan,
    ServerInfo,
    of_kind,
    read_items,
    read_library,
    read_scan,
    read_server,
)
from studio.errors import JellyfinRefusedError, JellyfinUnavailableError
from studio.publication import Item

__all__ = ["Jellyfin", "Library", "Scan", "ServerInfo"]

Query = Mapping[str, str | Sequence[str]]

_TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
_PAGE: Final = 500
_REFUSED: Final = (401, 403)
_LOCAL_ALONE: Final[dict[str, Any]] = {
    "MetadataFetchers": [],
    "MetadataFetcherOrder": [],
    "ImageFetchers": [],
    "ImageFetcherOrder": [],
}
"""What lies beside the videos is the truth: nothing is looked up elsewhere."""

_KINDS: Final = ("Series", "Season", "Episode")


@dataclass(frozen=True, slots=True)
class Jellyfin:
    """A media server, reached over a client whose base URL is the server's."""

    http: httpx.Client
    token: str = field(repr=False)
    device: str = "tower"

    def public_info(self) -> ServerInfo:
        """Who answers there; asked without the token."""
        return read_server(self._json("GET", "/System/Info/Public", authorised=False))

    def info(self) -> ServerInfo:
        """Who answers there, and takes the token.

        Raises:
            JellyfinRefusedError: the server does not take the token.
            JellyfinUnavailableError: it does not answer, or not as Jellyfin does; so every call.
        """
        return read_server(self._json("GET", "/System/Info"))

    def libraries(self) -> tuple[Library, ...]:
        """The libraries, with their folders as the server calls them."""
        folders = of_kind(self._json("GET", "/Library/VirtualFolders"), list)
        return tuple(read_library(each) for each in folders)

    def create_library(self, name: str, path: str) -> None:
        """Have a library of series at a folder of the server's, which reads what lies there and asks nobody.

        The folder goes in the body: in the query a comma would make two of it.
        """
        options = {
            "Enabled": True,
            "PathInfos": [{"Path": path}],
            "EnableRealtimeMonitor": True,
            "SaveLocalMetadata": False,
            "EnableEmbeddedTitles": False,
            "EnableAutomaticSeriesGrouping": False,
            "SeasonZeroDisplayName": "Specials",
            "LocalMetadataReaderOrder": ["Nfo"],
            "TypeOptions": [{"Type": kind, **_LOCAL_ALONE} for kind in _KINDS],
        }
        query = {"name": name, "collectionType": "tvshows", "refreshLibrary": "true"}
        self._call("POST", "/Library/VirtualFolders", query, {"LibraryOptions": options})

    def announce(self, paths: Iterable[str], *, kind: str = "Modified") -> None:
        """Say that something has changed at these paths of the server's; it looks a minute later."""
        updates = [{"Path": path, "UpdateType": kind} for path in paths]
        self._call("POST", "/Library/Media/Updated", json={"Updates": updates})

    def refresh_item(self, item_id: str) -> None:
        """Have an item looked at anew; a series or a library with all that lies in it."""
        query = {"metadataRefreshMode": "Default", "imageRefreshMode": "Default"}
        self._call("POST", f"/Items/{item_id}/Refresh", query)

    def refresh_library(self) -> None:
        """Have all libraries looked through."""
        self._call("POST", "/Library/Refresh")

    def scan(self) -> Scan:
        """Whether the libraries are being looked through."""
        return read_scan(self._json("GET", "/ScheduledTasks", {"isHidden": "false"}))

    def series(self, library: Library) -> Iterator[Item]:
        """The series of a library, with their folders."""
        return self._items({"includeItemTypes": "Series", "parentId": library.item_id, "fields": "Path"})

    def episodes(
        self, series_id: str, season: int | None = None, number: int | None = None
    ) -> Iterator[Item]:
        """The episodes of a series, or those of a season and a number."""
        by_number = {"parentIndexNumber": season, "indexNumber": number}
        asked = {name: str(value) for name, value in by_number.items() if value is not None}
        of_series = {"includeItemTypes": "Episode", "parentId": series_id}
        return self._items({**of_series, **asked, "fields": ["Path", "MediaSources"]})

    def page_of(self, item_id: str, server_id: str) -> str:
        """Where the server's own pages show an item."""
        return f"{self.shown()}/web/#/details?id={item_id}&serverId={server_id}"

    def _items(self, query: Query) -> Iterator[Item]:
        start = 0
        while True:
            page: Query = {"recursive": "true", "startIndex": str(start), "limit": str(_PAGE), **query}
            items, count = read_items(self._json("GET", "/Items", page))
            yield from items
            start += len(items)
            if not items or start >= count:
                return

    def _json(self, method: str, path: str, query: Query | None = None, *, authorised: bool = True) -> Any:
        reply = self._call(method, path, query, authorised=authorised)
        try:
            return reply.json()
        except ValueError as error:
            told = "What answers there is not Jellyfin."
            raise JellyfinUnavailableError(told, server=self.shown()) from error

    def _call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        json: object = None,
        *,
        authorised: bool = True,
    ) -> httpx.Response:
        headers = {"Authorization": self._credentials()} if authorised else None
        sent: dict[str, Any] = {"params": query, "json": json, "headers": headers}
        try:
            reply = self.http.request(method, path, **sent, timeout=_TIMEOUT)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise JellyfinUnavailableError(
                f"Jellyfin at {self.shown()} does not answer: {reason}", server=self.shown()
            ) from error
        return self._expect(reply, f"{method} {path}")

    def _expect(self, reply: httpx.Response, call: str) -> httpx.Response:
        if reply.is_success:
            return reply
        told = {"server": self.shown(), "status": reply.status_code}
        if reply.status_code in _REFUSED:
            raise JellyfinRefusedError(
                f"Jellyfin at {self.shown()} does not take the API key: {reply.status_code} to {call}.",
                **told,
            )
        raise JellyfinUnavailableError(
            f"Jellyfin at {self.shown()} answered {reply.status_code} to {call}.", **told
        )

    def _credentials(self) -> str:
        """Values are quoted and encoded, so that none of them can break out of the header."""
        device_id = uuid.uuid5(uuid.NAMESPACE_DNS, self.device).hex
        said = {"Client": "Tower", "Device": self.device, "DeviceId": device_id}
        said |= {"Version": metadata.version("tower-anime"), "Token": self.token}
        pairs = (f'{name}="{quote(value, safe="")}"' for name, value in said.items())
        return f"MediaBrowser {', '.join(pairs)}"

    def shown(self) -> str:
        """The server's address as it may be told: without a password."""
        return str(self.http.base_url.copy_with(userinfo=b"")).rstrip("/")
