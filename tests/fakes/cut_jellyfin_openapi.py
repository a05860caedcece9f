"""`python -m tests.fakes.cut_jellyfin_openapi FILE` cuts what Tower uses out of Jellyfin's description.

References are put in place, descriptions and further media types left out. Of an item, which has 155
properties, those stay that the fake answers with; everything else is as the server's description has it.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

TO: Final = Path(__file__).parent / "jellyfin_openapi.json"
USED: Final = (
    ("/System/Info/Public", "get"),
    ("/System/Info", "get"),
    ("/Library/VirtualFolders", "get"),
    ("/Library/VirtualFolders", "post"),
    ("/Library/Media/Updated", "post"),
    ("/Library/Refresh", "post"),
    ("/ScheduledTasks", "get"),
    ("/Items", "get"),
    ("/Items/{itemId}/Refresh", "post"),
)
_ITEM: Final = """Name ServerId Id Path Type MediaType IndexNumber ParentIndexNumber SeriesName SeriesId
    SeasonId Overview IsFolder ImageTags HasSubtitles MediaSources LocationType"""
_SOURCE: Final = "Id Path Protocol Type Size"
KEPT: Final = {"BaseItemDto": _ITEM.split(), "MediaSourceInfo": _SOURCE.split()}


class Cutter:
    """One description; `schema` gives a part of it without references."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self.schemas: dict[str, Any] = description["components"]["schemas"]

    def cut(self) -> dict[str, Any]:
        info = self.description["info"]
        paths: dict[str, dict[str, Any]] = {}
        for path, method in USED:
            paths.setdefault(path, {})[method] = self._operation(self.description["paths"][path][method])
        header = self.description["components"]["securitySchemes"]
        return {
            "source": f"{info['title']} {info['version']}, cut by tests/fakes/cut_jellyfin_openapi.py",
            "security": header["CustomAuthentication"]["name"],
            "paths": paths,
        }

    def _operation(self, said: dict[str, Any]) -> dict[str, Any]:
        body = said.get("requestBody", {}).get("content", {}).get("application/json")
        answers = {
            status: self._schema(reply["content"]["application/json"]["schema"])
            if "application/json" in reply.get("content", {})
            else None
            for status, reply in said["responses"].items()
        }
        return {
            "authorised": "security" in said,
            "parameters": {
                each["name"]: {
                    "in": each["in"],
                    "required": each.get("required", False),
                    "schema": self._schema(each["schema"]),
                }
                for each in said.get("parameters", ())
            },
            "body": None if body is None else self._schema(body["schema"]),
            "answers": answers,
        }

    def _schema(self, said: Any) -> Any:
        if isinstance(said, list):
            return [self._schema(each) for each in said]
        if not isinstance(said, dict):
            return said
        if "$ref" in said:
            return self._named(said["$ref"].rsplit("/", 1)[-1])
        return {name: self._schema(value) for name, value in said.items() if name != "description"}

    def _named(self, name: str) -> Any:
        said = dict(self.schemas[name])
        if name in KEPT:
            said["properties"] = {kept: said["properties"][kept] for kept in KEPT[name]}
        return self._schema(said)


def main() -> None:
    description = json.loads(Path(sys.argv[1]).read_text())
    cut = Cutter(description).cut()
    rows = [f"{json.dumps(name)}:{_row(value)}" for name, value in cut.items()]
    TO.write_text("{\n" + ",\n".join(rows) + "\n}\n")


def _row(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main()
