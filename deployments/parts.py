"""The parts of a stack, as values for the supervisor."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from db.databases import asyncpg_url, beside, ensure, prefect_name
from db.embedded.server import EmbeddedPostgres
from db.tower_lock import TowerLock
from deployments.addresses import PREFECT_SERVER, Addresses, environment, gather, worker_environment
from deployments.child import Child
from deployments.ports import Ports
from deployments.supervisor import Part, Running
from studio.hosts import LOOPBACK, ollama_url
from studio.settings import Settings

MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "prefect": ("-m", "deployments.prefect_server", "server", "start", "--host", LOOPBACK, "--port"),
    "renderer": ("-m", "api.embedded.comfyui"),
    "language-model": ("-m", "api.embedded.ollama"),
    "api": ("-m", "api.main"),
    "worker": ("-m", "deployments.worker", "--register"),
}
"""What runs as a part, whoever carries it."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """The embedded PostgreSQL, as the supervisor sees a part."""

    server: EmbeddedPostgres

    @property
    def pid(self) -> int | None:
        return self.server.pid

    def exit_code(self) -> int | None:
        return None if self.server.is_alive() else 1

    def stop(self, within_s: float) -> None:
        self.server.stop(timeout_s=max(0.5, within_s - 1.0))


@dataclass(frozen=True, slots=True)
class Plan:
    """One stack before it runs: settings, ports, the mark its processes carry."""

    settings: Settings
    ports: Ports
    mark: str
    http: httpx.Client
    server: EmbeddedPostgres | None
    lock: TowerLock

    def database_url(self) -> str:
        """Known once PostgreSQL has been started."""
        given = self.settings.database_url
        return given.get_secret_value() if given else self.server.url() if self.server else ""

    def addresses(self) -> Addresses:
        """Where everything answers, once PostgreSQL has been started."""
        port = self.server.port if self.server else 0
        return gather(self.settings, self.ports, database_url=self.database_url(), postgres_port=port)

    def hold_database(self) -> bool:
        """One tower a database: nothing is written before the lock is ours."""
        self.lock.hold(self.database_url())
        return True

    def parts(self) -> list[Part]:
        """In the order in which they start."""
        made = (self._postgres, self._migrations, self._prefect, self._renderer, self._api, self._worker)
        parts = [make() for make in made]
        return parts if (model := self._language_model()) is None else [*parts[:-1], model, parts[-1]]

    def log(self, name: str) -> Path:
        return self.settings.log_dir / f"{name}.log"

    def _postgres(self) -> Part:
        server = self.server
        if server is None:
            return Part("postgres", is_ready=self.hold_database, address=self._database_place)

        def start() -> Running:
            server.launch()
            return ServerProcess(server)

        return Part(
            "postgres",
            start=start,
            is_ready=lambda: server.is_ready() and self.hold_database(),
            address=self._database_place,
            log=server.log,
        )

    def _migrations(self) -> Part:
        return self._child("migrations", ["-m", "deployments.migrate"], needs=("postgres",), is_step=True)

    def _prefect(self) -> Part:
        url = self._urls().prefect_api_url
        if self.settings.prefect_api_url is not None:
            return Part("prefect", is_ready=lambda: self._answers(f"{url}/health"), address=lambda: url)

        def start() -> Running:
            database = self.database_url()
            name = prefect_name(database)
            ensure(database, name)
            extra = {"PREFECT_API_DATABASE_CONNECTION_URL": asyncpg_url(beside(database, name))}
            argv = [*MODULES["prefect"], str(self.ports.prefect)]
            return self._start("prefect", argv, {**PREFECT_SERVER, **extra})

        return Part(
            "prefect", start=start, needs=("postgres",), is_ready=lambda: self._answers(f"{url}/ready"),
            address=lambda: url, log=self.log("prefect"), ready_within_s=120.0, stop_within_s=3.0,
        )  # fmt: skip

    def _renderer(self) -> Part:
        urls = self._urls().comfyui_urls
        if self.settings.comfyui_urls:
            return Part(
                "renderer", is_ready=lambda: any(self._answers(f"{url}/system_stats") for url in urls),
                address=lambda: ",".join(urls), is_required=False, ready_within_s=2.0,
            )  # fmt: skip
        return self._child("renderer", MODULES["renderer"], url=urls[0], probe="/system_stats")

    def _language_model(self) -> Part | None:
        """Ollama, where one is named; ours, where one is asked for; nothing is missing without."""
        url = self._urls().ollama_url
        if self.ports.ollama:
            return self._child("language-model", MODULES["language-model"], url=url, probe="/api/version")
        if not url:
            return None
        return Part(
            "language-model", is_ready=lambda: self._answers(f"{ollama_url(url)}/api/version"),
            address=lambda: url, is_required=False, ready_within_s=2.0,
        )  # fmt: skip

    def _api(self) -> Part:
        urls = self._urls()
        probes = (
            *(f"{url}/api/anime/health" for url in (urls.anime_url, urls.episodes_url)),
            f"{urls.music_url}/api/health",
            f"{urls.echo_url}/api/echo/health",
        )
        every = ",".join((urls.anime_url, urls.episodes_url, urls.music_url, urls.echo_url))
        return Part(
            "api", start=lambda: self._start("api", MODULES["api"], {}), needs=("migrations",),
            is_ready=lambda: all(self._answers(probe) for probe in probes),
            address=lambda: every, log=self.log("api"),
        )  # fmt: skip

    def _worker(self) -> Part:
        ready = self.settings.run_dir / "worker.ready"

        def start() -> Running:
            ready.unlink(missing_ok=True)
            argv = [*MODULES["worker"], "--ready", str(ready)]
            return self._start("worker", argv, worker_environment(self.settings), keeps_children=True)

        return Part(
            "worker", start=start, needs=("migrations",), is_ready=ready.exists, log=self.log("worker"),
            ready_within_s=150.0, stop_within_s=4.0,
        )  # fmt: skip

    def _child(
        self, name: str, argv: Sequence[str], *, needs: tuple[str, ...] = (), url: str = "", probe: str = "",
        is_step: bool = False,
    ) -> Part:  # fmt: skip
        return Part(
            name, start=lambda: self._start(name, argv, {}), needs=needs, is_step=is_step,
            is_ready=lambda: self._answers(url + probe), address=lambda: url, log=self.log(name),
        )  # fmt: skip

    def _start(
        self, name: str, argv: Sequence[str], extra: dict[str, str], *, keeps_children: bool = False
    ) -> Running:
        whole = environment(self.settings, self.ports, self.addresses(), self.mark) | extra
        return Child(
            [sys.executable, "-P", *argv],
            environment=whole,
            log=self.log(name),
            keeps_children=keeps_children,
        )

    def _answers(self, url: str) -> bool:
        try:
            return self.http.get(url, timeout=2.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _database_place(self) -> str:
        """Without the password."""
        is_known = self.server is None or self.server.port
        return self.database_url().rpartition("@")[2] if is_known else ""

    def _urls(self) -> Addresses:
        return gather(self.settings, self.ports)
