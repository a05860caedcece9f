"""A PostgreSQL of its own for a benchmark, gone without a trace afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from db.embedded.server import EmbeddedPostgres
from db.migrate import upgrade


@contextmanager
def migrated() -> Iterator[tuple[str, Path]]:
    """The URL of a migrated database, and a folder to work in."""
    with TemporaryDirectory(prefix="tower-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "home")
        try:
            url = server.start()
            upgrade(url)
            yield url, Path(folder)
        finally:
            server.stop()
            if not server.place.store.is_relative_to(folder):  # root's database lies outside of a closed home
                shutil.rmtree(server.place.store)
