"""A tower of a benchmark's own, on a renderer that sleeps, and what it takes of the machine."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import psutil

from db.embedded.server import EmbeddedPostgres
from deployments import guard, stack, status
from studio.settings import Settings

FREE_PORTS: Final = {f"{part}_port": 0 for part in ("anime", "prefect", "comfyui", "postgres")}


@contextmanager
def tower(renderer: str, **given: object) -> Iterator[tuple[Settings, httpx.Client]]:
    """The settings of a running tower that renders at `renderer`, and a client of its production API."""
    with TemporaryDirectory(prefix="tower-bench-") as folder:
        settings = Settings.model_validate(
            {
                "home": Path(folder) / "home",
                "comfyui_urls": (renderer,),
                "rate_per_s": 100_000.0,
                **FREE_PORTS,
            }
            | given
        )
        store = EmbeddedPostgres(settings.home).place.store
        try:
            url = stack.ensure_up(settings).anime_url
            with httpx.Client(base_url=f"{url}/api/anime", trust_env=False, timeout=60) as api:
                yield settings, api
        finally:
            stack.down(settings)
            if not store.is_relative_to(folder):
                shutil.rmtree(store, ignore_errors=True)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Values that the parts of a tower find in their environment."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Memory(threading.Thread):
    """The most memory that all processes of a tower held together, bytes; shared pages count once."""

    def __init__(self, settings: Settings, *, every_s: float = 1.0) -> None:
        super().__init__(daemon=True)
        self.most_bytes = 0
        self._mark = status.read(settings).mark
        self._every_s = every_s
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.most_bytes = max(self.most_bytes, sum(map(_proportional, guard.marked(self._mark))))

    def __enter__(self) -> "Memory":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


def _proportional(pid: int) -> int:
    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_full_info().pss)
    return 0
