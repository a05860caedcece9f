"""What Jellyfin makes of a folder: names are read, and what an NFO file says goes before them."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

Said = dict[str, Any]

_EPISODE = re.compile(r"[Ss](\d+)[Ee](\d+)(?:(?:-| - )?[xXeE](\d{1,3}))?")
_SEASON = re.compile(r"Season (\d+)", re.IGNORECASE)
_VIDEOS = (".mp4", ".mkv")
_SUBTITLES = (".srt", ".ass")


def item_id(path: str) -> str:
    """Ids come from paths, as 32 digits without dashes."""
    return hashlib.md5(path.encode()).hexdigest()


def scan_series(folder: Path, path: str) -> Iterator[Said]:
    """A series with its seasons and episodes; `path` is what the server calls the folder."""
    if not folder.is_dir():
        return
    nfo = _nfo(folder / "tvshow.nfo")
    name = nfo.get("title") or re.sub(r" \(\d{4}\)$", "", folder.name)
    series = _item("Series", path, name, nfo, IsFolder=True, ImageTags=_images(folder))
    yield series
    for home in sorted(folder.iterdir()):
        found = _SEASON.fullmatch(home.name)
        number = 0 if home.name == "Specials" else int(found[1]) if found else None
        if home.is_dir() and number is not None:
            yield from _season(home, f"{path}/{home.name}", number, series)


def _season(folder: Path, path: str, number: int, series: Said) -> Iterator[Said]:
    nfo = _nfo(folder / "season.nfo")
    name = nfo.get("title") or f"Season {number}"
    of_series = {"SeriesId": series["Id"], "SeriesName": series["Name"]}
    images = _images(folder)
    season = _item(
        "Season", path, name, nfo, IsFolder=True, IndexNumber=number, ImageTags=images, **of_series
    )
    yield season
    for file in sorted(folder.iterdir()):
        if file.suffix in _VIDEOS and not file.name.startswith("."):
            yield _episode(file, f"{path}/{file.name}", number, {**of_series, "SeasonId": season["Id"]})


def _episode(file: Path, path: str, season: int, of_series: Said) -> Said:
    nfo = _nfo(file.with_suffix(".nfo"))
    read = _EPISODE.search(file.stem)
    number = int(nfo["episode"]) if "episode" in nfo else int(read[2]) if read else None
    thumb = file.with_name(f"{file.stem}-thumb.jpg")
    others = [other for other in file.parent.iterdir() if other.name.startswith(f"{file.stem}.")]
    return _item(
        "Episode",
        path,
        nfo.get("title") or file.stem,
        nfo,
        MediaType="Video",
        IndexNumber=number,
        ParentIndexNumber=int(nfo.get("season", season)),
        ImageTags={"Primary": item_id(str(thumb.stat().st_mtime_ns))} if thumb.exists() else {},
        HasSubtitles=any(other.suffix in _SUBTITLES for other in others),
        size=file.stat().st_size,
        **of_series,
    )


def _item(kind: str, path: str, name: str, nfo: dict[str, str], **more: Any) -> Said:
    plain = {"IsFolder": False, "MediaType": "Unknown", "LocationType": "FileSystem"}
    return {**plain, "Type": kind, "Id": item_id(path), "Path": path, "Name": name, **more} | (
        {"Overview": nfo["plot"]} if nfo.get("plot") else {}
    )


def _nfo(path: Path) -> dict[str, str]:
    """What cannot be read is passed over."""
    try:
        return {field.tag: field.text or "" for field in ET.parse(path).getroot()}
    except (OSError, ET.ParseError):
        return {}


def _images(folder: Path) -> dict[str, str]:
    names = {"Primary": "poster.jpg", "Backdrop": "backdrop.jpg", "Logo": "logo.png"}
    there = {kind: folder / name for kind, name in names.items()}
    return {kind: item_id(str(file.stat().st_mtime_ns)) for kind, file in there.items() if file.exists()}
