"""What Jellyfin answers, as our types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from studio.errors import JellyfinUnavailableError
from studio.publication import Item

Kind = TypeVar("Kind")
SCAN_KEY: Final = "RefreshLibrary"


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A server, as it names itself."""

    id: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Library:
    """A library of the server, with the folders that it is made of, as the server calls them."""

    name: str
    item_id: str
    kind: str | None
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """The server's look through all its libraries; `progress` is of 100."""

    is_running: bool
    progress: float | None = None


def read_server(answer: Any) -> ServerInfo:
    """What `/System/Info` says, with or without a token."""
    said = of_kind(answer, dict)
    names = ("Id", "ServerName", "Version")
    if not isinstance(said.get("Version"), str):
        raise JellyfinUnavailableError("What answers there is not Jellyfin: it says no version.")
    return ServerInfo(*(str(said.get(name) or "") for name in names))


def read_library(answer: Any) -> Library:
    """One of `/Library/VirtualFolders`."""
    said = of_kind(answer, dict)
    locations = tuple(str(each) for each in said.get("Locations") or ())
    return Library(
        str(said.get("Name") or ""), str(said.get("ItemId") or ""), said.get("CollectionType"), locations
    )


def read_scan(answer: Any) -> Scan:
    """The scan among the server's tasks; a server that does not show it says nothing of it."""
    tasks = [of_kind(each, dict) for each in of_kind(answer, list)]
    scan: Mapping[str, Any] = next((task for task in tasks if task.get("Key") == SCAN_KEY), {})
    return Scan(scan.get("State") == "Running", _number(scan.get("CurrentProgressPercentage")))


def read_items(answer: Any) -> tuple[tuple[Item, ...], int]:
    """A page of items, and how many there are in all."""
    said = of_kind(answer, dict)
    items = tuple(_item(of_kind(each, dict)) for each in of_kind(said.get("Items"), list))
    return items, of_kind(said.get("TotalRecordCount"), int)


def of_kind(value: Any, kind: type[Kind]) -> Kind:
    """The value, when it is what Jellyfin would have answered.

    Raises:
        JellyfinUnavailableError: it is not.
    """
    if isinstance(value, kind):
        return value
    raise JellyfinUnavailableError("What answers there does not answer as Jellyfin does.")


def _item(said: Mapping[str, Any]) -> Item:
    sources: Sequence[Mapping[str, Any]] = said.get("MediaSources") or ({},)
    return Item(
        id=of_kind(said.get("Id"), str),
        name=str(said.get("Name") or ""),
        path=said.get("Path"),
        season=said.get("ParentIndexNumber"),
        number=said.get("IndexNumber"),
        size_bytes=sources[0].get("Size"),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
