"""A stateful stand-in for a Jellyfin server, over real HTTP, that scans what was published as that does.

Every request and every answer is held against Jellyfin's own description; `faults` has what breaks it.
"""

import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.fakes.jellyfin_contract import answer_faults, request_faults
from tests.fakes.jellyfin_scan import Said, item_id, scan_series
from tests.fakes.serving import serving

SERVER_ID = "5e7b0c4c2f9b4a0d8e6f1a2b3c4d5e6f"
Answer = Callable[[Request], Awaitable[Response]]


@contextmanager
def fake_jellyfin(mounts: dict[str, Path], **settings: Any) -> Iterator["FakeJellyfin"]:
    """A running fake; `mounts` says where the server's folders lie here, each a library of it."""
    fake = FakeJellyfin(mounts, **settings)
    for number, path in enumerate(mounts):
        fake.add_library(f"Library {number}", "tvshows", path)
    with serving(fake.app()) as fake.url:
        yield fake


@dataclass
class FakeJellyfin:
    """A server; its fields say how it behaves, and may be changed at any time."""

    mounts: dict[str, Path]
    token: str = "0123456789abcdef0123456789abcdef"
    url: str = ""
    monitor_delay_s: float = 0.05
    scan_s: float = 0.0
    ignores_updates: bool = False
    ignores_refreshes: bool = False
    is_starting: bool = False
    broken: dict[str, int] = field(default_factory=dict)
    libraries: list[Said] = field(default_factory=list)
    items: dict[str, Said] = field(default_factory=dict)
    due: list[tuple[float, str]] = field(default_factory=list)
    scans_until: float = 0.0
    asked: list[str] = field(default_factory=list)
    updates: list[Said] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add_library(self, name: str, kind: str, path: str) -> None:
        self.libraries.append(
            {"Name": name, "CollectionType": kind, "Locations": [path], "ItemId": item_id(name)}
        )

    def scan(self, path: str | None = None) -> None:
        """Look through a folder of the server's at once, or through all libraries."""
        places = [at for library in self.libraries for at in library["Locations"]]
        for at in places if path is None else [path]:
            self._scan(at, places)

    def episode(self, season: int, number: int) -> Said | None:
        """What the server lists under a season and a number."""
        self._settle()
        wanted = ("Episode", season, number)
        keys = ("Type", "ParentIndexNumber", "IndexNumber")
        return next((i for i in self.items.values() if tuple(i.get(key) for key in keys) == wanted), None)

    def item(self, item_id: str) -> Said:
        """What the server lists under an id."""
        return next(item for item in self.items.values() if item["Id"] == item_id)

    def app(self) -> ASGIApp:
        routes: list[tuple[str, str, Answer]] = [
            ("GET", "/System/Info/Public", self._public_info),
            ("GET", "/System/Info", self._info),
            ("GET", "/Library/VirtualFolders", self._get_libraries),
            ("POST", "/Library/VirtualFolders", self._post_library),
            ("POST", "/Library/Media/Updated", self._post_updates),
            ("POST", "/Library/Refresh", self._post_refresh),
            ("GET", "/ScheduledTasks", self._get_tasks),
            ("GET", "/Items", self._get_items),
            ("POST", "/Items/{id}/Refresh", self._refresh_item),
        ]
        return Starlette(
            routes=[Route(path, self._checked(answer), methods=[method]) for method, path, answer in routes]
        )

    def _checked(self, answer: Answer) -> Answer:
        async def checked(request: Request) -> Response:
            body, path = await request.body(), request.url.path
            self.asked.append(f"{request.method} {path}")
            query = request.query_params.multi_items()
            self.faults += request_faults(request.method, path, query, request.headers, body)
            reply = await self._reply(request, answer)
            if reply.status_code < 500:
                self.faults += answer_faults(request.method, path, reply.status_code, bytes(reply.body))
            return reply

        return checked

    async def _reply(self, request: Request, answer: Answer) -> Response:
        path = request.url.path
        if self.is_starting:
            return PlainTextResponse("Jellyfin is starting", 503, {"Retry-After": "5"})
        if self.broken.get(path, 0) > 0:
            self.broken[path] -= 1
            return PlainTextResponse("Error processing request.", 500)
        if path != "/System/Info/Public" and _token(request) != self.token:
            return Response(status_code=401)
        self._settle()
        return await answer(request)

    def _settle(self) -> None:
        """Do what has become due since the last request."""
        now = time.monotonic()
        due, self.due = [path for at, path in self.due if at <= now], [w for w in self.due if w[0] > now]
        for path in due:
            self.scan(path)

    def _scan(self, path: str, places: list[str]) -> None:
        folder = self._here(path)
        if path in places:
            inside = list(folder.iterdir()) if folder is not None and folder.is_dir() else []
            known = [at for at, item in self.items.items() if item["Type"] == "Series" and _within(at, path)]
            for name in {each.name for each in inside if each.is_dir()} | {
                at[len(path) + 1 :] for at in known
            }:
                self._scan(f"{path}/{name}", places)
            return
        self.items = {at: item for at, item in self.items.items() if not _within(at, path)}
        if folder is not None:
            self.items |= {item["Path"]: item for item in scan_series(folder, path)}

    def _here(self, path: str) -> Path | None:
        """Where a folder of the server's lies on this machine."""
        for theirs, ours in self.mounts.items():
            if _within(path, theirs):
                return ours / path[len(theirs) :].strip("/")
        return None

    async def _public_info(self, _: Request) -> Response:
        named = {"Id": SERVER_ID, "ServerName": "fake", "Version": "12.0.0", "ProductName": "Jellyfin Server"}
        return JSONResponse({**named, "StartupWizardCompleted": True})

    async def _info(self, request: Request) -> Response:
        public = json.loads(bytes((await self._public_info(request)).body))
        return JSONResponse({**public, "HasPendingRestart": False, "IsShuttingDown": False})

    async def _get_libraries(self, _: Request) -> Response:
        return JSONResponse(self.libraries)

    async def _post_library(self, request: Request) -> Response:
        options = (await request.json())["LibraryOptions"]
        paths = request.query_params.getlist("paths") or [each["Path"] for each in options["PathInfos"]]
        name, kind = request.query_params["name"], request.query_params["collectionType"]
        self.add_library(name, kind, paths[0])
        self.libraries[-1]["LibraryOptions"] = options
        if request.query_params.get("refreshLibrary") == "true":
            self._begin_scan()
        return Response(status_code=204)

    async def _post_updates(self, request: Request) -> Response:
        """Each further change of a folder puts its turn off, as with the real one."""
        updates = (await request.json()).get("Updates", [])
        self.updates += updates
        at = time.monotonic() + self.monitor_delay_s
        for path in filter(None, (self._affected(each["Path"]) for each in updates)):
            self.due = [waiting for waiting in self.due if waiting[1] != path]
            if not self.ignores_updates:
                self.due.append((at, path))
        return Response(status_code=204)

    def _affected(self, path: str) -> str | None:
        """The series of a path, or the library's folder where there is none yet; nothing outside of both."""
        for library in self.libraries:
            for place in library["Locations"]:
                if _within(path, place):
                    series = "/".join(path.split("/")[: place.count("/") + 2])
                    return series if series in self.items else str(place)
        return None

    async def _post_refresh(self, _: Request) -> Response:
        self._begin_scan()
        return Response(status_code=204)

    def _begin_scan(self) -> None:
        self.scans_until = time.monotonic() + self.scan_s
        if not self.ignores_refreshes:
            places = [at for library in self.libraries for at in library["Locations"]]
            self.due += [(self.scans_until, at) for at in places]

    async def _refresh_item(self, request: Request) -> Response:
        known = {library["ItemId"]: library["Locations"] for library in self.libraries}
        known |= {item["Id"]: [at] for at, item in self.items.items()}
        if request.path_params["id"] not in known:
            return JSONResponse({"title": "Not Found", "status": 404}, 404)
        if not self.ignores_refreshes:
            self.due += [(time.monotonic() + self.scan_s, at) for at in known[request.path_params["id"]]]
        return Response(status_code=204)

    async def _get_tasks(self, _: Request) -> Response:
        is_running = time.monotonic() < self.scans_until
        scan = {
            "Name": "Scan Media Library",
            "Key": "RefreshLibrary",
            "Id": "7738148ffcd07979c7ceb148e06b3aed",
        }
        progress = {"CurrentProgressPercentage": 40.0} if is_running else {}
        scan |= {"State": "Running" if is_running else "Idle", "IsHidden": False, **progress}
        cleaning = {
            "Name": "Clean Cache Directory",
            "Key": "DeleteCacheFiles",
            "State": "Idle",
            "IsHidden": False,
        }
        return JSONResponse([cleaning, scan])

    async def _get_items(self, request: Request) -> Response:
        query = request.query_params
        rows = [item for item in self.items.values() if self._is_asked(item, request)]
        start, limit = int(query.get("startIndex", 0)), int(query.get("limit", len(rows) or 1))
        shown = [_shown(item, query.getlist("fields")) for item in rows[start : start + limit]]
        return JSONResponse({"Items": shown, "TotalRecordCount": len(rows), "StartIndex": start})

    def _is_asked(self, item: Said, request: Request) -> bool:
        query = request.query_params
        kinds, parent = query.getlist("includeItemTypes"), query.get("parentId")
        numbers = {"parentIndexNumber": "ParentIndexNumber", "indexNumber": "IndexNumber"}
        if kinds and item["Type"] not in kinds:
            return False
        if any(name in query and item.get(key) != int(query[name]) for name, key in numbers.items()):
            return False
        return parent is None or parent in self._parents(item)

    def _parents(self, item: Said) -> list[str]:
        above = [
            each["ItemId"]
            for each in self.libraries
            if any(_within(item["Path"], at) for at in each["Locations"])
        ]
        return [*above, *(item[key] for key in ("SeriesId", "SeasonId") if key in item)]


def _shown(item: Said, fields: list[str]) -> Said:
    """What is not asked for is left out."""
    said = {name: value for name, value in item.items() if name not in ("Path", "size", "Overview")}
    said |= {name: item[name] for name in ("Path", "Overview") if name in fields and name in item}
    if "MediaSources" in fields and "size" in item:
        source = {"Id": item["Id"], "Path": item["Path"], "Protocol": "File", "Type": "Default"}
        said["MediaSources"] = [{**source, "Size": item["size"]}]
    return {**said, "ServerId": SERVER_ID}


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _token(request: Request) -> str | None:
    """The token in today's header; those of old are not looked at."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    said = dict(re.findall(r'(\w+)="([^"]*)"', rest)) if scheme == "MediaBrowser" else {}
    return unquote(said["Token"]) if "Token" in said else None
