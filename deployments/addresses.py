"""Where the parts of a stack answer, and the environment that tells its processes."""

import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from deployments.guard import MARK
from deployments.ports import Ports
from studio.hosts import LOOPBACK, reachable
from studio.settings import Settings

QUIET_PREFECT: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}
PREFECT_SERVER: Final = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
}
_POLLS_EVERY_S: Final = {"warm": "5", "process": "1"}
_WORKER: Final = {
    "PREFECT_LOGGING_EXTRA_LOGGERS": "studio,db,tasks,flows",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")},
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """A running stack's, as clients use them. `database_url` holds a password: never print it."""

    anime_url: str
    prefect_api_url: str
    prefect_ui_url: str
    comfyui_urls: tuple[str, ...]
    database_url: str = field(repr=False)
    postgres_port: int = 0
    music_url: str = ""
    episodes_url: str = ""
    echo_url: str = ""
    ollama_url: str = ""

    def environment(self) -> dict[str, str]:
        """For a process that is to work with this stack."""
        return {
            "DATABASE_URL": self.database_url,
            "PREFECT_API_URL": self.prefect_api_url,
            "TOWER_COMFYUI_URLS": ",".join(self.comfyui_urls),
            **QUIET_PREFECT,
        }

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def gather(settings: Settings, ports: Ports, *, database_url: str = "", postgres_port: int = 0) -> Addresses:
    """The addresses of the stack with these ports."""
    prefect = settings.prefect_api_url or f"http://{LOOPBACK}:{ports.prefect}/api"
    return Addresses(
        anime_url=f"http://{reachable(settings.bind)}:{ports.anime}",
        prefect_api_url=prefect,
        prefect_ui_url=prefect.rstrip("/").removesuffix("/api"),
        comfyui_urls=settings.comfyui_urls or (f"http://{LOOPBACK}:{ports.comfyui}",),
        database_url=database_url,
        postgres_port=postgres_port,
        music_url=f"http://{reachable(settings.bind)}:{ports.music}",
        episodes_url=f"http://{reachable(settings.bind)}:{ports.episodes}",
        echo_url=f"http://{reachable(settings.bind)}:{ports.echo}",
        ollama_url=f"http://{LOOPBACK}:{ports.ollama}" if ports.ollama else settings.ollama_host or "",
    )


def environment(settings: Settings, ports: Ports, addresses: Addresses, mark: str) -> dict[str, str]:
    """What every process of the stack finds in its environment: real addresses, no zeros."""
    home = settings.home.resolve()
    programs = str(Path(sys.executable).parent)
    own_prefect = {}
    if settings.prefect_api_url is None:
        own_prefect = {"PREFECT_HOME": str(home / "prefect"), "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false"}
    return {
        **handed_down(settings),
        **addresses.environment(),
        MARK: mark,
        "TOWER_HOME": str(home),
        "TOWER_ANIME_PORT": str(ports.anime),
        "TOWER_EPISODES_PORT": str(ports.episodes),
        "TOWER_MUSIC_PORT": str(ports.music),
        "TOWER_ECHO_PORT": str(ports.echo),
        "TOWER_PREFECT_PORT": str(ports.prefect),
        "TOWER_COMFYUI_PORT": str(ports.comfyui),
        "TOWER_POSTGRES_PORT": str(addresses.postgres_port),
        **({"TOWER_OLLAMA_PORT": str(ports.ollama)} if ports.ollama else {}),
        **({"OLLAMA_HOST": addresses.ollama_url} if addresses.ollama_url else {}),
        **own_prefect,
        "NUMBA_CACHE_DIR": str(home / "cache" / "numba"),
        "PATH": os.pathsep.join((programs, os.environ.get("PATH", os.defpath))),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def worker_environment(settings: Settings) -> dict[str, str]:
    """What a worker needs besides: Prefect's own folder for runs is one for all users of a host."""
    temporary = settings.home.resolve() / "cache" / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    polls = "PREFECT_WORKER_QUERY_SECONDS"
    every_s = os.environ.get(polls, _POLLS_EVERY_S[settings.worker])
    return {**_WORKER, polls: every_s, "TMPDIR": str(temporary)}


def handed_down(settings: Settings) -> dict[str, str]:
    """This process's environment, with exactly these settings in it: also those that say "none"."""
    known = {_variable(name) for name in Settings.model_fields}
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    given["home"] = settings.home.resolve()
    return {
        **{name: value for name, value in os.environ.items() if name not in known},
        **{_variable(name): _word(name, value) for name, value in given.items() if value is not None},
    }


def _variable(name: str) -> str:
    return (
        name.upper()
        if name in ("database_url", "prefect_api_url", "ollama_host")
        else f"TOWER_{name.upper()}"
    )


def _word(name: str, value: object) -> str:
    if isinstance(value, tuple):
        separator = os.pathsep if name in ("music_dirs", "media_roots") else ","
        return separator.join(_word(name, part) for part in value)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
