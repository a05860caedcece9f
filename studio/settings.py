"""Every setting, read from the environment here and nowhere else."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_OURS: Final = ("TOWER_", "DATABASE_URL", "PREFECT_API_URL", "OLLAMA_HOST", "HOME")


def _split(separator: str) -> BeforeValidator:
    def split(value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(separator) if part.strip())
        return value

    return BeforeValidator(split)


def _url(value: str) -> str:
    """A server's address as it is; a port out of range makes `port` raise."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("a server's address is meant, such as http://host:port")
    return value


def _database(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise ValueError("the address of a PostgreSQL database is meant, such as postgresql://user@host/name")
    return value


def _level(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


Url = Annotated[str, AfterValidator(_url)]
Urls = Annotated[tuple[Url, ...], NoDecode, _split(",")]
Words = Annotated[tuple[str, ...], NoDecode, _split(",")]
Folders = Annotated[tuple[Path, ...], NoDecode, _split(os.pathsep)]


class Settings(BaseSettings):
    """One tower's settings. A port of 0 means any free one."""

    model_config = SettingsConfigDict(
        env_prefix="TOWER_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    home: Path = Field(default_factory=lambda: Path.home() / ".tower")
    bind: str = "127.0.0.1"
    allowed_hosts: Words = ()
    cors_origins: Words = ()
    api_tokens: Annotated[tuple[SecretStr, ...], NoDecode, _split(",")] = ()
    rate_per_s: float = Field(default=100.0, gt=0)
    max_body_bytes: int = Field(default=256 * 1024 * 1024, gt=0)

    anime_port: int = Field(default=8328, ge=0, le=65535)
    episodes_port: int = Field(default=8323, ge=0, le=65535)
    music_port: int = Field(default=8315, ge=0, le=65535)
    echo_port: int = Field(default=8309, ge=0, le=65535)
    comfyui_port: int = Field(default=8188, ge=0, le=65535)
    prefect_port: int = Field(default=4200, ge=0, le=65535)
    postgres_port: int = Field(default=0, ge=0, le=65535)
    postgres_bin: Path | None = None

    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    prefect_api_url: Url | None = Field(
        default=None, validation_alias=AliasChoices("PREFECT_API_URL", "prefect_api_url")
    )
    comfyui_urls: Urls = ()
    ollama_host: str | None = Field(default=None, validation_alias=AliasChoices("OLLAMA_HOST", "ollama_host"))
    ollama_model: str | None = None
    ollama_timeout_s: float = Field(default=30.0, gt=0)
    ollama_port: int = Field(default=11434, ge=0, le=65535)
    language_model: Literal["none", "embedded"] = "none"
    language_model_file: Path | None = None
    library_dir: Path | None = None
    assets_dir: Path | None = None
    music_dirs: Folders = ()
    music_path_map: Words = ()
    music_backend: Literal["builtin", "librosa", "madmom"] = "builtin"
    media_roots: Folders = ()
    jellyfin_url: Url | None = None
    jellyfin_api_key: SecretStr | None = None
    jellyfin_path_map: Words = ()
    jellyfin_wait_s: float = Field(default=240.0, gt=0)
    identity_python: Path | None = None

    heartbeat_s: float = Field(default=10.0, gt=0)
    heartbeat_lost_s: float = Field(default=90.0, gt=0)
    start_lost_s: float = Field(default=120.0, gt=0)
    reconcile_s: float = Field(default=10.0, gt=0)
    max_attempts: int = Field(default=5, ge=1)
    worker: Literal["warm", "process"] = "warm"
    child_most_bytes: int = Field(default=1_500_000_000, gt=0)
    watch_sources: bool = False
    render_stall_s: float = Field(default=300.0, gt=0)
    renderer_lost_s: float = Field(default=15.0, gt=0)
    set_aside_s: float = Field(default=600.0, gt=0)
    poll_s: float = Field(default=1.0, gt=0)
    stop_s: float = Field(default=15.0, gt=0)
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_level)
    ] = "INFO"

    @property
    def prefect_ui_url(self) -> str | None:
        """Where Prefect's UI shows flow runs."""
        return None if self.prefect_api_url is None else self.prefect_api_url.rstrip("/").removesuffix("/api")

    @property
    def assets(self) -> Path:
        """The content-addressed store."""
        return self.assets_dir or self.home / "assets"

    @property
    def library(self) -> Path:
        """The folder a media server scans."""
        return self.library_dir or self.home / "library"

    @property
    def media(self) -> Path:
        """Where users put files that requests name by path."""
        return self.home / "media"

    @property
    def analyses(self) -> Path:
        """What was found out about sound files, by content."""
        return self.home / "cache" / "analyses"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of clips, made when they are asked for."""
        return self.home / "cache" / "thumbnails"

    @property
    def music(self) -> tuple[Path, ...]:
        """The folders that the music library is made of."""
        return self.music_dirs or (self.media,)

    @property
    def run_dir(self) -> Path:
        """Sockets, pids and the ports that were chosen."""
        return self.home / "run"

    @property
    def log_dir(self) -> Path:
        """One log file a part."""
        return self.home / "logs"

    @property
    def roots(self) -> tuple[Path, ...]:
        """The only folders from which a path named in a request is opened."""
        return self.media_roots or (self.assets, self.media, self.library, *self.music_dirs)


def read_settings() -> Settings:
    """The settings of this process, as its environment gives them now."""
    ours = (item for item in os.environ.items() if item[0].upper().startswith(_OURS))
    return _settings_of(tuple(sorted(ours)))


@lru_cache(maxsize=8)
def _settings_of(_environment: tuple[tuple[str, str], ...]) -> Settings:
    """Reading them takes longer than most requests, and another environment gives others."""
    return Settings()
