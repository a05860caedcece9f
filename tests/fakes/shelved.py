"""Episodes in a library's folder, as they are published."""

from datetime import date
from pathlib import Path

from studio.library import Place, episode_nfo, nfo_path, season_nfo, tvshow_nfo
from studio.publication import Publication


def put(library: Path, number: int = 1, title: str = "Rain", season: int = 1) -> Path:
    """An episode as it is published."""
    place = Place("Kaze (2026)", season, number, title)
    video = library / place.video
    video.parent.mkdir(parents=True, exist_ok=True)
    video.write_bytes(b"video")
    said = {"season": season, "episode": number, "showtitle": "Kaze", "plot": "Wind", "runtime_min": 1}
    nfo = episode_nfo(title=title, aired=date(2026, 1, 1), **said)
    Path(nfo_path(video)).write_bytes(nfo)
    (video.parent / "season.nfo").write_bytes(season_nfo(number=season, title=f"Season {season}"))
    (library / "Kaze (2026)" / "tvshow.nfo").write_bytes(tvshow_nfo(title="Kaze", plot="p", year=2026))
    return video


def published(library: Path, video: Path, *, season: int = 1, number: int = 1) -> Publication:
    """What `put` has put there, as it is to be listed."""
    return Publication(video, library / "Kaze (2026)", season, number, video.stat().st_size)
