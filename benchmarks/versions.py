"""Commits, merges and branches of projects of 1,000, 10,000 and 100,000 entities, beside `git merge-tree`."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text
from sqlmodel import Session

from benchmarks.postgres import migrated
from db.models.project import Branch
from db.queries import branches, commits, merges, projects
from db.queries.branches import Hold
from db.queries.merges import Wanted
from db.session import psycopg_url
from studio.canonical import canonical_json

SIZES = (1_000, 10_000, 100_000)
WARM_UP = 600
RUNS = 5
COLUMNS = ("entities", "commit of 1", "merge 100+100", "git merge-tree", "new branch", "first commit, ms")
EDITS = 100
_FILL = """INSERT INTO anime_api.characters (branch_id, project_id, name, description, metadata)
           SELECT :branch, :project, 'Character ' || n, 'Number ' || n || ' of many', '{"age": 20}'
           FROM generate_series(1, :size) n"""
_EDIT = """UPDATE anime_api.characters SET description = :said || id, dirty = true
           WHERE branch_id = :branch AND id = ANY(:ids)"""


def main() -> None:
    with migrated() as (url, _):
        engine = create_engine(psycopg_url(url))
        with Session(engine) as session:
            _figures(session, WARM_UP)
        print(" | ".join(f"{name:>14}" for name in COLUMNS))
        for size in SIZES:
            with Session(engine) as session:
                row = (size, *_figures(session, size))
                print(" | ".join(f"{figure:>14}" for figure in row), flush=True)
        engine.dispose()


def _figures(session: Session, size: int) -> tuple[str, ...]:
    project = projects.create(session, name=f"Bench {size}", description="", details={})
    assert project.id is not None
    main = branches.find(session, project.id, "main", Hold.ALONE)
    session.execute(text(_FILL), {"branch": main.id, "project": main.project_id, "size": size})
    filling = _timed(session, lambda: commits.commit(session, _held(session, main), "all of it"))
    session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("ANALYZE"))
    session.commit()
    query = text("SELECT id FROM anime_api.characters WHERE branch_id = :branch ORDER BY id")
    ids = list(session.scalars(query, {"branch": main.id}))
    committing = [_commit(session, main, ids[run * 7 % size]) for run in range(RUNS)]
    made = [_branch(session, main, f"alt {run}") for run in range(RUNS)]
    merging = [_merge(session, main, branch, ids, run) for run, (branch, _) in enumerate(made)]
    git = _git(size, ids)
    medians = (median(committing), median(merging), git, median(took for _, took in made), filling)
    return tuple(f"{took * 1000:.1f}" for took in medians)


def _held(session: Session, branch: Branch) -> Branch:
    return branches.find(session, branch.project_id, branch.name, Hold.ALONE)


def _commit(session: Session, branch: Branch, character_id: int) -> float:
    _edit(session, branch, [character_id], "Edited ")
    session.commit()
    return _timed(session, lambda: commits.commit(session, _held(session, branch), "one change"))


def _branch(session: Session, main: Branch, name: str) -> tuple[Branch, float]:
    took = _timed(session, lambda: commits.branch_off(session, _held(session, main), name))
    return branches.find(session, main.project_id, name), took


def _merge(session: Session, main: Branch, alt: Branch, ids: list[int], run: int) -> float:
    """Each side has 100 changes committed, of which no two are of one character."""
    chosen = ids[run * 211 % 500 :]
    _edit(session, main, chosen[:EDITS], f"Ours {run} ")
    _edit(session, alt, chosen[EDITS : 2 * EDITS], f"Theirs {run} ")
    for branch in (main, alt):
        commits.commit(session, _held(session, branch), "a hundred changes")
    session.commit()
    wanted = Wanted("merge", main.project_id, main.name, alt.name, "merged")
    return _timed(session, lambda: merges.carry_out(session, wanted))


def _edit(session: Session, branch: Branch, ids: list[int], said: str) -> None:
    session.execute(text(_EDIT), {"branch": branch.id, "ids": ids, "said": said})


def _timed(session: Session, action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    session.commit()
    return time.perf_counter() - started


def _git(size: int, ids: list[int]) -> float:
    """The same entities as JSON files, sixteen folders wide, with the same changes on two branches."""
    with tempfile.TemporaryDirectory(prefix="tower-bench-git-") as folder:
        repository = Path(folder)
        _run(repository, "init", "-q", "-b", "main")
        _write(repository, ids, "")
        _record(repository)
        _run(repository, "checkout", "-q", "-b", "alt")
        _write(repository, ids[EDITS : 2 * EDITS], "Theirs")
        _record(repository)
        _run(repository, "checkout", "-q", "main")
        _write(repository, ids[:EDITS], "Ours")
        _record(repository)
        return median(_run(repository, "merge-tree", "--write-tree", "main", "alt") for _ in range(RUNS))


def _write(repository: Path, ids: list[int], said: str) -> None:
    for number in ids:
        entity = {"name": f"Character {number}", "description": f"{said}{number}", "metadata": {"age": 20}}
        path = repository / f"{number % 16:x}" / f"{number // 16 % 16:x}" / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(json.loads(canonical_json(entity)), indent=1))


def _record(repository: Path) -> None:
    _run(repository, "add", "-A")
    _run(repository, "-c", "user.name=b", "-c", "user.email=b@b", "commit", "-q", "-m", "m")


def _run(repository: Path, *command: str) -> float:
    started = time.perf_counter()
    subprocess.run(["git", *command], cwd=repository, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
