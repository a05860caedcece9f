"""Clips published with a media server beside the library: read back, taken away, published again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.models.production import ProductionJob
from db.models.project import Branch, ProjectSettings
from db.queries import ownership, publications
from db.queries.ownership import Run
from db.queries.publications import Slot
from db.session import transaction
from studio.errors import ConflictError, NotFoundError, StateError, SupersededError
from tasks import control
from tasks.carrying import carry_stage
from tasks.publish import _publish
from tasks.trying import try_out
from tasks.withdrawing import can_be_taken_away, look_at_due, unpublish
from tests.fakes.jellyfin import FakeJellyfin, fake_jellyfin
from tests.fakes.releases import files, publication, published, ready, series, standing

THEIRS = "/media/anime"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeJellyfin]:
    with fake_jellyfin({THEIRS: tmp_path_factory.mktemp("library")}) as fake:
        yield fake


@pytest.fixture
def library(connected: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is published in, with no media server beside it."""
    monkeypatch.delenv("TOWER_JELLYFIN_URL", raising=False)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return connected / "library"


@pytest.fixture
def fake(running: FakeJellyfin, library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJellyfin]:
    fresh = FakeJellyfin({THEIRS: library}, url=running.url, monitor_delay_s=0.02)
    fresh.add_library("Anime", "tvshows", THEIRS)
    vars(running).update(vars(fresh))
    settings = {"URL": running.url, "API_KEY": running.token, "PATH_MAP": f"{library}={THEIRS}"}
    for name, value in {**settings, "WAIT_S": "0.4"}.items():
        monkeypatch.setenv(f"TOWER_JELLYFIN_{name}", value)
    monkeypatch.setenv("TOWER_POLL_S", "0.02")
    yield running
    assert running.faults == []


@pytest.fixture
def show(library: Path) -> Branch:
    return series()


def folder_of(branch: Branch) -> str:
    with transaction() as session:
        return session.get_one(ProjectSettings, branch.project_id).library_folder


def make_due() -> None:
    """The time has come to look at every open publication."""
    with transaction() as session:
        session.execute(text("UPDATE publications SET look_at = now() WHERE look_at IS NOT NULL"))
    look_at_due()


def again(run: Run) -> Run:
    """The attempt that a person has asked for."""
    return Run(run.generation_id, standing(run).attempt)


def test_without_a_media_server_the_folder_is_the_publication(
    library: Path, show: Branch, connected: Path
) -> None:
    run = ready(connected, show, title="Rain")
    job, shown = published(run), publication(run)
    home = folder_of(show)
    assert (job.status, job.stage) == ("completed", "done")
    assert (shown["state"], shown["reason"], shown["season"], shown["number"]) == ("folder", None, 0, 1)
    stem = f"{home}/Season 00/{home.removesuffix(' (2026)')} S00E01 - Rain"
    assert files(library) == sorted(
        [
            f"{home}/tvshow.nfo",
            f"{home}/poster.jpg",
            f"{home}/backdrop.jpg",
            f"{home}/Season 00/season.nfo",
            f"{home}/Season 00/poster.jpg",
            f"{stem}.mp4",
            f"{stem}.nfo",
            f"{stem}-thumb.jpg",
        ]
    )
    assert shown["path"] == job.published_path == str(library / f"{stem}.mp4")


def test_a_clip_is_completed_once_the_media_server_lists_it(
    fake: FakeJellyfin, show: Branch, connected: Path
) -> None:
    run = ready(connected, show)
    job, shown, item = published(run), publication(run), fake.episode(0, 1)
    assert item is not None
    assert (job.status, shown["state"], shown["item_id"]) == ("completed", "listed", item["Id"])
    assert shown["listed_at"] is not None
    assert set(item["ImageTags"]) == {"Primary"}
    series_item = next(each for each in fake.items.values() if each["Type"] == "Series")
    assert set(series_item["ImageTags"]) == {"Primary", "Backdrop"}


def test_what_is_not_listed_waits_for_a_person_and_is_completed_when_it_is_seen(
    fake: FakeJellyfin, show: Branch, connected: Path, library: Path
) -> None:
    fake.ignores_updates = fake.ignores_refreshes = True
    run = ready(connected, show)
    job, shown = published(run), publication(run)
    assert (job.status, job.stage) == ("needs_review", "publish")
    assert job.error is not None
    assert (job.error["code"], job.error["message"]) == ("PUBLISH_NOT_SEEN", shown["reason"])
    assert shown["state"] == "not_listed"
    assert Path(shown["path"]).exists()
    make_due()
    assert standing(run).status == "needs_review"
    fake.scan()
    make_due()
    seen = standing(run)
    assert (seen.status, seen.stage, seen.error) == ("completed", "done", None)
    assert publication(run)["state"] == "listed"
    assert fake.episode(0, 1) is not None


def test_asked_again_it_is_read_back_again_and_not_made_anew(
    fake: FakeJellyfin, show: Branch, connected: Path
) -> None:
    fake.ignores_updates = fake.ignores_refreshes = True
    run = ready(connected, show)
    published(run)
    control.retry(run.generation_id)
    assert standing(run).take == 1
    fake.scan()
    assert published(again(run)).status == "completed"


def test_what_is_rejected_for_not_being_seen_is_taken_away(
    fake: FakeJellyfin, show: Branch, connected: Path, library: Path
) -> None:
    fake.ignores_updates = fake.ignores_refreshes = True
    run = ready(connected, show)
    published(run)
    control.reject(run.generation_id)
    assert (standing(run).status, standing(run).published_path) == ("failed", None)
    assert files(library) == []


def test_a_media_server_that_is_away_holds_nobody_up_and_is_asked_later(
    fake: FakeJellyfin, show: Branch, connected: Path
) -> None:
    fake.is_starting = True
    run = ready(connected, show)
    assert published(run).status == "completed"
    assert (publication(run)["state"], "503" in publication(run)["reason"]) == ("pending", True)
    fake.is_starting = False
    make_due()
    assert publication(run)["state"] == "pending"  # it has just been told
    fake.due = [(0.0, path) for _, path in fake.due]
    make_due()
    assert publication(run)["state"] == "listed"
    assert standing(run).status == "completed"


def test_what_was_published_before_there_was_a_media_server_is_told_and_listed_once_there_is(
    fake: FakeJellyfin, show: Branch, connected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM publications"))
    url = fake.url
    monkeypatch.delenv("TOWER_JELLYFIN_URL")
    runs = [ready(connected, show, title=f"Rain {number}") for number in range(3)]
    jobs = [published(run) for run in runs]
    lost, waits = Path(str(jobs[1].published_path)), jobs[2].project_id
    lost.unlink()
    look_at_due()
    assert [publication(run)["state"] for run in runs] == ["folder"] * 3
    monkeypatch.setenv("TOWER_JELLYFIN_URL", url)
    with transaction() as session:
        publications.take_up(session, most=2)
        states = [row.state for row in publications.of_project(session, waits)]
    assert sorted(states) == ["folder", "pending", "pending"]
    look_at_due()
    fake.scan()
    for _ in range(4):
        make_due()
    shown = [publication(run) for run in runs]
    assert [each["state"] for each in shown] == ["listed", "not_listed", "listed"]
    assert shown[1]["reason"] == "The video is no longer in the library."
    assert [standing(run).status for run in runs] == ["completed"] * 3


def test_looks_become_rarer_and_end(fake: FakeJellyfin, show: Branch, connected: Path) -> None:
    fake.is_starting = True
    run = ready(connected, show)
    published(run)
    with transaction() as session:
        row = publications.of_generation(session, run.generation_id)
        row.tries = publications.MOST_TRIES - 1
    make_due()
    with transaction() as session:
        row = publications.of_generation(session, run.generation_id)
        assert (row.tries, row.look_at, row.state) == (publications.MOST_TRIES, None, "pending")


def test_a_clip_of_an_episode_is_not_waited_for(fake: FakeJellyfin, show: Branch, connected: Path) -> None:
    fake.ignores_updates = True
    parent, run = ready(connected, show), ready(connected, show, seed=2)
    with transaction() as session:
        session.get_one(ProductionJob, run.generation_id).parent_id = parent.generation_id
    assert published(run).status == "completed"
    assert publication(run)["state"] == "pending"
    assert "POST /Library/Refresh" not in fake.asked


def test_what_is_taken_away_leaves_nothing_here_nor_there(
    fake: FakeJellyfin, show: Branch, connected: Path, library: Path
) -> None:
    run = ready(connected, show)
    published(run)
    unpublish(run.generation_id)
    assert list(library.iterdir()) == []
    assert standing(run).published_path is None
    assert publication(run)["state"] == "unpublished"
    assert "still lists" in publication(run)["reason"]
    fake.due = [(0.0, path) for _, path in fake.due]
    make_due()
    shown = publication(run)
    assert (shown["state"], shown["reason"], shown["item_id"]) == ("unpublished", None, None)
    assert fake.items == {}


@pytest.mark.usefixtures("fake")
def test_taking_away_and_publishing_anew_can_be_tried_and_change_nothing(
    show: Branch, connected: Path, library: Path
) -> None:
    run = ready(connected, show)
    published(run)
    before = (files(library), publication(run), standing(run).status, standing(run).attempt)
    for work in (can_be_taken_away, control.published):
        try_out(work, run.generation_id)
    assert (files(library), publication(run), standing(run).status, standing(run).attempt) == before
    with pytest.raises(StateError):
        try_out(control.approved, run.generation_id)


def test_what_others_share_stays_until_the_last_is_taken_away(
    library: Path, show: Branch, connected: Path
) -> None:
    runs = [ready(connected, show, seed=seed) for seed in (1, 2)]
    for run in runs:
        published(run)
    unpublish(runs[0].generation_id)
    left = files(library)
    assert [name for name in left if "E01" in name] == []
    assert [Path(name).name for name in left if "E0" not in name] == [
        "poster.jpg",
        "season.nfo",
        "backdrop.jpg",
        "poster.jpg",
        "tvshow.nfo",
    ]
    unpublish(runs[1].generation_id)
    assert list(library.iterdir()) == []


def test_what_a_person_put_there_is_neither_overwritten_nor_taken_away(
    library: Path, show: Branch, connected: Path
) -> None:
    home = library / folder_of(show)
    home.mkdir(parents=True)
    (home / "poster.jpg").write_bytes(b"a person's")
    run = ready(connected, show)
    job = published(run)
    assert (home / "poster.jpg").read_bytes() == b"a person's"
    thumb = Path(str(job.published_path)).with_name(f"{Path(str(job.published_path)).stem}-thumb.jpg")
    thumb.write_bytes(b"a better one")
    control.publish(run.generation_id)
    published(again(run))
    assert thumb.read_bytes() == b"a better one"
    unpublish(run.generation_id)
    assert files(library) == sorted(str(path.relative_to(library)) for path in (home / "poster.jpg", thumb))


def test_published_again_under_another_title_it_moves_with_what_lay_beside_it(
    fake: FakeJellyfin, show: Branch, connected: Path, library: Path
) -> None:
    run = ready(connected, show, title="First")
    first = Path(str(published(run).published_path))
    first.with_name(f"{first.stem}.de.srt").write_text("a person's subtitles")
    with transaction() as session:
        session.get_one(ProductionJob, run.generation_id).title = "Second"
    control.publish(run.generation_id)
    job = published(again(run))
    assert job.status == "completed"
    season = first.parent
    names = [path.name for path in season.iterdir() if "E01" in path.name]
    stem = first.stem.replace("First", "Second")
    assert sorted(names) == [f"{stem}{end}" for end in ("-thumb.jpg", ".de.srt", ".mp4", ".nfo")]
    item = fake.episode(0, 1)
    assert item is not None
    assert item["Path"].endswith("S00E01 - Second.mp4")
    assert len([each for each in fake.items.values() if each["Type"] == "Episode"]) == 1


def test_published_again_after_it_was_taken_away_it_keeps_its_number_and_its_first_day(
    library: Path, show: Branch, connected: Path
) -> None:
    run = ready(connected, show)
    path = published(run).published_path
    with transaction() as session:
        session.execute(text("UPDATE publications SET published_at = '2026-01-02 12:00:00+00'"))
    unpublish(run.generation_id)
    control.publish(run.generation_id)
    assert published(again(run)).published_path == path
    assert "<aired>2026-01-02</aired>" in Path(str(path)).with_suffix(".nfo").read_text()


def test_a_run_that_dies_before_it_has_read_back_is_gone_on_with(
    fake: FakeJellyfin, show: Branch, connected: Path, library: Path
) -> None:
    run = ready(connected, show)
    carry_stage(run, "publish", _publish)
    before = [(path, path.stat().st_mtime_ns) for path in library.rglob("*") if path.is_file()]
    with transaction() as session:
        assert ownership.take_over(session, run) is not None
    heir = again(run)
    assert published(heir).status == "completed"
    assert [(path, path.stat().st_mtime_ns) for path in library.rglob("*") if path.is_file()] == before


def test_a_run_that_was_superseded_publishes_nothing(library: Path, show: Branch, connected: Path) -> None:
    run = ready(connected, show)
    with transaction() as session:
        ownership.take_over(session, run)
    with pytest.raises(SupersededError):
        published(run)
    assert not library.exists() or files(library) == []


def test_what_is_under_way_is_not_taken_away(library: Path, show: Branch, connected: Path) -> None:
    run = ready(connected, show)
    with pytest.raises(StateError):
        unpublish(run.generation_id)
    with pytest.raises(StateError):
        control.publish(run.generation_id)


def test_what_was_never_published_cannot_be_taken_away(library: Path, show: Branch, connected: Path) -> None:
    run = ready(connected, show)
    control.cancel(run.generation_id)
    with pytest.raises(NotFoundError):
        unpublish(run.generation_id)


def test_two_episodes_do_not_share_a_number_but_one_may_move(show: Branch, connected: Path) -> None:
    first, second = (Slot(show.project_id, "episode", 1, 1, episode_id) for episode_id in (1, 2))
    run = ready(connected, show)

    def put(slot: Slot) -> int:
        with transaction() as session:
            files = {f"a/{slot.episode_id}.nfo": "0" * 64}
            row = publications.put(session, slot, generation_id=run.generation_id, path="/a.mp4", files=files)
            return row.id or 0

    kept = put(first)
    with pytest.raises(ConflictError, match="season 1, episode 1"):
        put(second)
    assert put(Slot(show.project_id, "episode", 1, 2, 1)) == kept
    assert put(second) != kept
