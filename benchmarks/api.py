"""The production API under load: a lookup among 1,000 and 100,000 characters, a list against a bare route."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import Connection, create_engine, text

from benchmarks.postgres import migrated
from db.session import psycopg_url

ROUNDS: Final = 5
SECONDS: Final = 3.0
SIZES: Final = (1_000, 100_000)
PREFIX: Final = "/api/anime"


def main() -> None:
    with migrated() as (url, folder), ExitStack() as stack:
        api = stack.enter_context(_api(url, folder))
        projects = _characters(url)
        _compare_lookups(api, projects)
        bare = stack.enter_context(_bare(folder, api))
        _compare_lists(api, bare)


def _compare_lookups(api: int, projects: dict[int, int]) -> None:
    """One character by project, branch and name."""
    paths = {
        size: f"{PREFIX}/characters?project_id={project}&branch=main&name=Character%20{size // 2}"
        for size, project in projects.items()
    }
    rounds: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            rounds[size].append(_load(api, paths[size], connections=1))
    few, many = (_medians(rounds[size]) for size in SIZES)
    for size, found in zip(SIZES, (few, many), strict=True):
        print(f"lookup among {size:>7,}: median {found['median_ms']:.2f} ms, p99 {found['p99_ms']:.2f} ms")
    print(f"  ratio of medians {many['median_ms'] / few['median_ms']:.2f} (at most 1.5)")


def _compare_lists(api: int, bare: int) -> None:
    """20 projects against a bare route that returns the same JSON from memory."""
    rounds: dict[str, list[dict[str, float]]] = {"tower": [], "bare": []}
    for _ in range(ROUNDS):
        rounds["tower"].append(_load(api, f"{PREFIX}/projects?limit=20", connections=4))
        rounds["bare"].append(_load(bare, "/rows", connections=4))
    ours, theirs = _medians(rounds["tower"]), _medians(rounds["bare"])
    print(f"GET /projects, 20 rows: {ours['per_s']:.0f}/s, p99 {ours['p99_ms']:.1f} ms")
    print(f"  bare FastAPI route:   {theirs['per_s']:.0f}/s")
    print(f"  ratio {ours['per_s'] / theirs['per_s']:.2f} (at least 0.35)")


def _load(port: int, path: str, *, connections: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, str(connections), str(SECONDS)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(found[key] for found in rounds) for key in rounds[0]}


@contextmanager
def _api(url: str, folder: Path) -> Iterator[int]:
    """The service in one uvicorn process, all middleware on, the rate limit out of the way."""
    port = _free_port()
    settings = {
        "DATABASE_URL": url,
        "TOWER_HOME": str(folder / "home"),
        "TOWER_ANIME_PORT": str(port),
        "TOWER_RATE_PER_S": "1000000",
        "TOWER_LOG_LEVEL": "WARNING",
    }
    with _serving([sys.executable, "-m", "api.main"], settings, f"http://127.0.0.1:{port}{PREFIX}/health"):
        yield port


@contextmanager
def _bare(folder: Path, api: int) -> Iterator[int]:
    rows = folder / "rows.json"
    answer = httpx.get(f"http://127.0.0.1:{api}{PREFIX}/projects?limit=20", trust_env=False)
    rows.write_text(answer.text)
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.bare", str(port), str(rows)]
    with _serving(command, {}, f"http://127.0.0.1:{port}/rows"):
        yield port


@contextmanager
def _serving(command: list[str], settings: dict[str, str], address: str) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **settings})
    try:
        _await(process, address)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _await(process: "subprocess.Popen[bytes]", address: str) -> None:
    deadline_s = time.monotonic() + 60
    while True:
        try:
            httpx.get(address, trust_env=False).raise_for_status()
            return
        except httpx.TransportError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline_s, "the server did not come up"
            time.sleep(0.1)


def _characters(url: str) -> dict[int, int]:
    """Projects of so many characters each, and 18 more: by number of characters, the project's id."""
    engine = create_engine(psycopg_url(url))
    with engine.begin() as connection:
        projects = {size: _project(connection, f"{size} characters") for size in SIZES}
        for number in range(18):
            _project(connection, f"Project {number}")
        for size, project in projects.items():
            connection.execute(
                text(
                    "INSERT INTO anime_api.characters (branch_id, project_id, name, description) "
                    "SELECT b.id, b.project_id, 'Character ' || n, 'red hair, blue coat' "
                    "FROM anime_api.branches b, generate_series(1, :size) n WHERE b.project_id = :project"
                ),
                {"size": size, "project": project},
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE anime_api.characters"))
    engine.dispose()
    return projects


def _project(connection: Connection, name: str) -> int:
    project: Any = connection.scalar(
        text("INSERT INTO anime_api.anime_projects (name, metadata) VALUES (:name, :m) RETURNING id"),
        {"name": name, "m": '{"genre": "fantasy", "target_length": "12_episodes"}'},
    )
    connection.execute(
        text(
            "INSERT INTO anime_api.projects "
            "(id, fps_num, fps_den, width, height, default_style, library_folder) "
            "VALUES (:id, 24, 1, 832, 480, 'anime', :folder)"
        ),
        {"id": project, "folder": f"{name} (2026)"},
    )
    connection.execute(
        text("INSERT INTO anime_api.branches (project_id, name) VALUES (:id, 'main')"), {"id": project}
    )
    return int(project)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
