"""The store is kept to what is needed, and nothing that anybody names ever goes."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import Session

from db.backup import snapshot
from db.models.production import Asset, ProductionJob, Take
from db.models.project import Branch, Character, ProjectSettings
from db.queries import storage, takes
from db.session import database_url, transaction
from studio.clients import store
from studio.clients.store import Stored
from studio.errors import StateError
from studio.settings import read_settings
from tasks import housekeeping, storage_report
from tasks.housekeeping import CleanUp
from tests.fakes.generations import new_branch, new_generation

DAY = timedelta(days=1)
LATER = datetime.now(UTC) + 400 * DAY


@pytest.fixture(autouse=True)
def home(connected: Path) -> Path:
    return connected


def clean_up(**how: Any) -> CleanUp:
    return housekeeping.clean_up(read_settings().assets, **how)


def stored(content: bytes | None = None) -> Stored:
    file = read_settings().home / f"{uuid4().hex}.mp4"
    file.write_bytes(content or uuid4().bytes)
    kept = store.put(file, root=read_settings().assets)
    os.utime(kept.path, (1, 1))
    return kept


def noted(session: Session, project_id: int, kind: str = "take") -> Stored:
    kept = stored()
    takes.keep(session, kept, kind=kind, project_id=project_id)
    return kept


def generation(status: str, *, chosen: int | None = None, days: int | None = 7) -> tuple[str, list[Stored]]:
    """One that ended so, with two takes of a file each, in a project with that retention."""
    with transaction() as session:
        branch = new_branch(session)
        session.get_one(ProjectSettings, branch.project_id).retention_days = days
        job = new_generation(session, branch)
        files = [noted(session, job.project_id) for _ in range(2)]
        made_of = {
            "attempt": 1,
            "inputs_hash": "x",
            "workflow": "w",
            "workflow_hash": "x",
            "model": "m",
            "seed": 1,
        }
        for number, file in enumerate(files, 1):
            session.add(Take(generation_id=job.id, take=number, video_sha256=file.sha256, **made_of))
        job.status, job.chosen_take, job.finished_at = status, chosen, datetime.now(UTC)
        return job.id, files


def there(files: list[Stored]) -> list[bool]:
    return [file.path.is_file() for file in files]


def test_the_kept_take_stays_and_the_rejected_one_goes_when_its_time_is_over() -> None:
    generation_id, files = generation("completed", chosen=2)
    assert clean_up(apply=True).files == []
    would = clean_up(apply=False, now=LATER)
    assert files[0].sha256 in {each["sha256"] for each in would.files}
    assert there(files) == [True, True]
    gone = clean_up(apply=True, now=LATER)
    assert [each["standing"] for each in gone.files if each["sha256"] == files[0].sha256] == ["rejected"]
    assert there(files) == [False, True]
    with transaction() as session:
        row = session.get_one(Asset, files[0].sha256)
        assert (row.removed_why, row.removed_at is None) == ("rejected", False)
        assert session.get_one(Asset, files[1].sha256).removed_at is None
        assert session.get_one(Take, (generation_id, 1)).video_sha256 == files[0].sha256


@pytest.mark.parametrize("status", ["processing", "needs_review"])
def test_of_what_is_under_way_nothing_goes(status: str) -> None:
    _, files = generation(status)
    clean_up(apply=True, now=LATER)
    assert there(files) == [True, True]


def test_where_no_time_is_set_everything_stays() -> None:
    _, files = generation("failed", days=None)
    clean_up(apply=True, now=LATER)
    assert there(files) == [True, True]


def test_a_rejected_take_that_a_character_is_drawn_by_stays() -> None:
    generation_id, files = generation("failed")
    with transaction() as session:
        job = session.get_one(ProductionJob, generation_id)
        key = {"branch_id": job.branch_id, "project_id": job.project_id}
        session.add(Character(**key, name="Kai", image_path=str(files[0].path)))
    clean_up(apply=True, now=LATER)
    assert there(files) == [True, False]


def test_what_nobody_names_goes_only_where_it_is_asked_for_and_with_or_without_a_row() -> None:
    unnamed = stored()
    with transaction() as session:
        noted_one = noted(session, new_branch(session).project_id, kind="picture")
    clean_up(apply=True, now=LATER)
    assert there([unnamed, noted_one]) == [True, True]
    clean_up(apply=True, now=LATER, unreferenced_days=500)
    assert there([unnamed, noted_one]) == [True, True]
    clean_up(apply=True, now=LATER, unreferenced_days=30)
    assert there([unnamed, noted_one]) == [False, False]


def test_what_was_stored_lately_stays() -> None:
    _, files = generation("failed")
    os.utime(files[0].path)
    clean_up(apply=True, now=LATER)
    assert there(files) == [True, False]


def test_one_project_is_cleaned_and_no_other() -> None:
    (one, its), (_, others) = generation("failed"), generation("failed")
    with transaction() as session:
        project_id = session.get_one(ProductionJob, one).project_id
    clean_up(apply=True, now=LATER, project_id=project_id)
    assert (there(its), there(others)) == ([False, False], [True, True])


def test_what_is_stored_again_is_there_again() -> None:
    content = uuid4().bytes
    first = stored(content)
    with transaction() as session:
        project_id = new_branch(session).project_id
        takes.keep(session, first, kind="picture", project_id=project_id)
    clean_up(apply=True, now=LATER, unreferenced_days=1)
    assert not first.path.exists()
    again = stored(content)
    with transaction() as session:
        takes.keep(session, again, kind="picture", project_id=project_id)
        assert session.get_one(Asset, first.sha256).removed_at is None
    assert again.path.read_bytes() == content


def test_while_a_backup_is_made_nothing_is_taken_away() -> None:
    _, files = generation("failed")
    with snapshot(database_url()), pytest.raises(StateError, match="backup"):
        clean_up(apply=True, now=LATER)
    assert there(files) == [True, True]


def test_a_clean_up_that_was_killed_is_put_right_by_the_next() -> None:
    generation_id, files = generation("failed")
    with transaction() as session:
        storage.mark(session, {file.sha256: "rejected" for file in files})
        session.get_one(ProductionJob, generation_id).status = "processing"
    for file in files:
        file.path.rename(file.path.with_name(f".{file.path.name}.aside"))
    clean_up(apply=True, now=LATER)
    assert there(files) == [True, True]
    with transaction() as session:
        assert storage.marked(session, [file.sha256 for file in files]) == set()


def test_a_name_that_is_given_while_the_file_goes_keeps_it() -> None:
    """The transaction began before, and commits while the clean-up waits for it."""
    generation_id, files = generation("failed")
    cleaning = threading.Thread(target=clean_up, kwargs={"apply": True, "now": LATER})
    with transaction() as session:
        job = session.get_one(ProductionJob, generation_id)
        cleaning.start()
        deadline = time.monotonic() + 20
        while files[0].path.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        key = {"branch_id": job.branch_id, "project_id": job.project_id}
        session.add(Character(**key, name="Kai", image_path=str(files[0].path)))
    cleaning.join()
    assert there(files) == [True, False]


def test_whoever_stores_what_is_being_taken_away_has_it() -> None:
    """One thread cleans without a pause; the other stores the same few contents again and again."""
    contents = [bytes([number]) * 64 for number in range(3)]
    with transaction() as session:
        project_id = new_branch(session).project_id
    ends = threading.Event()

    def clean() -> None:
        while not ends.is_set():
            clean_up(apply=True, now=LATER, unreferenced_days=1, grace_s=0.3)

    cleaning = threading.Thread(target=clean)
    cleaning.start()
    try:
        for turn in range(60):
            content = contents[turn % 3]
            kept = stored_now(content)
            with transaction() as session:
                takes.keep(session, kept, kind="picture", project_id=project_id)
            found = store.find(kept.sha256, root=read_settings().assets) or kept.path
            assert found.read_bytes() == content
            with transaction() as session:
                assert session.get_one(Asset, kept.sha256).removed_at is None
            os.utime(found, (1, 1))
    finally:
        ends.set()
        cleaning.join()


def stored_now(content: bytes) -> Stored:
    file = read_settings().home / f"{uuid4().hex}.png"
    file.write_bytes(content)
    return store.put(file, root=read_settings().assets)


def test_the_report_says_what_takes_how_much_and_what_would_be_freed() -> None:
    generation_id, files = generation("completed", chosen=2)
    with transaction() as session:
        job = session.get_one(ProductionJob, generation_id)
        job.published_path = "/library/a.mp4"
        job.finished_at = datetime.now(UTC) - 30 * DAY
        project_id = job.project_id
    told = storage_report.report(read_settings(), project_id)
    size = {"files": 1, "size_bytes": 16}
    assert told["store"]["by_state"] == {"published": size, "rejected": size}
    assert told["store"]["by_kind"] == {"take": {"files": 2, "size_bytes": 32}}
    assert told["clean_up"] == size
    (mine,) = told["store"]["by_project"]
    assert (mine["project_id"], mine["files"]) == (project_id, 2)
    whole = storage_report.report(read_settings())
    assert whole["database_bytes"] > 0
    assert set(whole["folders"]) >= {"library", "backups", "caches"}
    assert storage_report.clean(read_settings(), False, project_id, None)["by_state"] == {"rejected": size}
    assert there(files) == [True, True]


class StoreMachine(RuleBasedStateMachine):
    """Files come, are named, are forgotten and stored again, while somebody cleans up all the time.

    What must be there is kept apart: the contents that a name was given to and not taken from.
    """

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        with transaction() as session:
            branch = new_branch(session)
            self.key = {"branch_id": branch.id, "project_id": branch.project_id}
            self.project_id = branch.project_id
            session.get_one(ProjectSettings, branch.project_id).retention_days = 1
        self.named: dict[str, set[str]] = {}
        self.contents: dict[str, bytes] = {}
        self.numbers = iter(range(10_000))

    @rule(target=files, content=st.binary(min_size=1, max_size=2))
    def store(self, content: bytes) -> Stored:
        kept = stored(content)
        self.contents[kept.sha256] = content
        with transaction() as session:
            takes.keep(session, kept, kind="picture", project_id=self.project_id)
        return kept

    @rule(file=files)
    def draw_somebody_by_it(self, file: Stored) -> None:
        name = self._name(file)
        with transaction() as session:
            session.add(Character(**self.key, name=name, image_path=str(self._again(file).path)))

    @rule(file=files, status=st.sampled_from(["processing", "completed", "failed"]))
    def make_a_take_of_it(self, file: Stored, status: str) -> None:
        again = self._again(file)
        with transaction() as session:
            takes.keep(session, again, kind="take", project_id=self.project_id)
            branch = session.get_one(Branch, self.key["branch_id"])
            job = new_generation(session, branch)
            made_of = {"attempt": 1, "inputs_hash": "x", "workflow": "w", "workflow_hash": "x", "model": "m"}
            session.add(Take(generation_id=job.id, take=1, video_sha256=file.sha256, seed=1, **made_of))
            job.status, job.chosen_take, job.finished_at = status, 1, datetime.now(UTC)
        if status != "failed":
            self.named.setdefault(file.sha256, set()).add(job.id)

    @rule(file=files)
    def forget_it(self, file: Stored) -> None:
        with transaction() as session:
            for name in list(self.named.get(file.sha256, ())):
                if name.startswith("Kai"):
                    session.execute(
                        text("DELETE FROM anime_api.characters WHERE branch_id = :branch AND name = :name"),
                        {"branch": self.key["branch_id"], "name": name},
                    )
                else:
                    session.get_one(ProductionJob, name).status = "cancelled"
        self.named.pop(file.sha256, None)

    @rule(unreferenced_days=st.sampled_from([None, 1]))
    def clean(self, unreferenced_days: int | None) -> None:
        clean_up(apply=True, now=LATER, unreferenced_days=unreferenced_days)

    @invariant()
    def whatever_has_a_name_is_there(self) -> None:
        for sha256, names in self.named.items():
            path = store.find(sha256, root=read_settings().assets)
            assert path is not None, names
            assert path.read_bytes() == self.contents[sha256]

    def _again(self, file: Stored) -> Stored:
        """A file that went is stored again before it is named, as everybody does."""
        again = stored(self.contents[file.sha256])
        with transaction() as session:
            takes.keep(session, again, kind="picture", project_id=self.project_id)
        return again

    def _name(self, file: Stored) -> str:
        name = f"Kai {next(self.numbers)}"
        self.named.setdefault(file.sha256, set()).add(name)
        return name


def test_whatever_happens_nothing_with_a_name_goes() -> None:
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=4, stateful_step_count=12, deadline=None,
            suppress_health_check=list(HealthCheck), derandomize=True,
        ),
    )  # fmt: skip
