"""A publication read back from a media server that answers late, wrongly, or not at all."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.publication import ReadBack, State
from tasks.media_server import look_again, look_for_removed, tell_and_read_back
from tests.fakes.jellyfin import SERVER_ID, FakeJellyfin, fake_jellyfin
from tests.fakes.shelved import published, put

THEIRS = "/media/anime"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeJellyfin]:
    with fake_jellyfin({THEIRS: tmp_path_factory.mktemp("library")}) as fake:
        yield fake


@pytest.fixture
def fake(running: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJellyfin]:
    """A server whose monitor takes a twentieth of the time that is waited."""
    fresh = FakeJellyfin({THEIRS: tmp_path}, url=running.url)
    fresh.add_library("Anime", "tvshows", THEIRS)
    vars(running).update(vars(fresh))
    settings = {
        "URL": running.url,
        "API_KEY": running.token,
        "PATH_MAP": f"{tmp_path}={THEIRS}",
        "WAIT_S": "1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TOWER_JELLYFIN_{name}", value)
    monkeypatch.setenv("TOWER_POLL_S", "0.02")
    yield running
    assert running.faults == []


def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not to be seen is not to be waited for either."""
    monkeypatch.setenv("TOWER_JELLYFIN_WAIT_S", "0.2")


def test_without_a_server_the_folder_is_the_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOWER_JELLYFIN_URL", raising=False)
    assert tell_and_read_back(published(tmp_path, put(tmp_path))) == ReadBack(State.FOLDER)


def test_what_the_server_lists_is_read_back_with_its_page(fake: FakeJellyfin, tmp_path: Path) -> None:
    video = put(tmp_path)
    told = tell_and_read_back(published(tmp_path, video))
    item = fake.episode(1, 1)
    assert item is not None
    assert (told.state, told.reason, told.item_id) == (State.LISTED, None, item["Id"])
    assert told.url == f"{fake.url}/web/#/details?id={item['Id']}&serverId={SERVER_ID}"
    assert "POST /Library/Refresh" not in fake.asked
    assert [each["Path"] for each in fake.updates] == [f"{THEIRS}/{video.relative_to(tmp_path)}"]


def test_a_server_that_overhears_is_told_more_firmly(fake: FakeJellyfin, tmp_path: Path) -> None:
    fake.ignores_updates = True
    assert tell_and_read_back(published(tmp_path, put(tmp_path))).state is State.LISTED
    assert any(asked.endswith("/Refresh") and "/Items/" in asked for asked in fake.asked)


def test_a_further_episode_has_its_series_looked_at_and_nothing_else(
    fake: FakeJellyfin, tmp_path: Path
) -> None:
    put(tmp_path)
    fake.scan()
    fake.ignores_updates = True
    assert tell_and_read_back(published(tmp_path, put(tmp_path, 2), number=2)).state is State.LISTED
    series = next(item for item in fake.items.values() if item["Type"] == "Series")
    assert f"POST /Items/{series['Id']}/Refresh" in fake.asked
    assert "POST /Library/Refresh" not in fake.asked


def test_what_is_never_listed_says_so(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty(monkeypatch)
    fake.ignores_updates = fake.ignores_refreshes = True
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert told == ReadBack(State.NOT_LISTED, f"Jellyfin does not list the series at {THEIRS}/Kaze (2026).")
    assert fake.asked.count("POST /Library/Refresh") == 1


def test_a_scan_that_is_slow_is_told_with_how_far_it_is(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty(monkeypatch)
    fake.ignores_updates, fake.scan_s = True, 60.0
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert told.state is State.NOT_LISTED
    assert str(told.reason).endswith("It is still looking through its libraries (40 %).")


def test_a_file_that_the_server_takes_for_another_episode_is_told(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty(monkeypatch)
    video = put(tmp_path)
    video.with_suffix(".nfo").write_text(
        "<episodedetails><season>2</season><episode>7</episode></episodedetails>"
    )
    told = tell_and_read_back(published(tmp_path, video))
    assert told.reason == "Jellyfin lists the file as season 2, episode 7, not as season 1, episode 1."


def test_a_replaced_file_is_listed_once_the_server_has_seen_the_new_one(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = put(tmp_path)
    fake.scan()
    video.write_bytes(b"another take")
    fake.ignores_updates = fake.ignores_refreshes = True
    with monkeypatch.context() as briefly:
        hasty(briefly)
        told = tell_and_read_back(published(tmp_path, video))
    assert told == ReadBack(State.NOT_LISTED, "Jellyfin still lists the file that lay there before.")
    fake.ignores_updates = False
    assert tell_and_read_back(published(tmp_path, video)).state is State.LISTED


def test_a_wrong_path_map_is_told_without_waiting(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_JELLYFIN_PATH_MAP", f"{tmp_path}=/data")
    begun = time.monotonic()
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert time.monotonic() - begun < 0.9
    assert told.state is State.NOT_LISTED
    assert "No library of Jellyfin has /data/Kaze (2026)" in str(told.reason)
    assert f"its folders are {THEIRS}" in str(told.reason)
    assert "TOWER_JELLYFIN_PATH_MAP" in str(told.reason)
    assert fake.updates == []


def test_a_refused_key_needs_a_person_and_is_echoed_nowhere(fake: FakeJellyfin, tmp_path: Path) -> None:
    token, fake.token = fake.token, "another"
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert told.state is State.NOT_LISTED
    assert "does not take the API key: 401" in str(told.reason)
    assert token not in repr(told)


def test_no_key_needs_a_person_too(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOWER_JELLYFIN_API_KEY")
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert (told.state, "TOWER_JELLYFIN_API_KEY" in str(told.reason)) == (State.NOT_LISTED, True)


def test_a_server_that_is_away_is_waited_for_by_others(fake: FakeJellyfin, tmp_path: Path) -> None:
    fake.is_starting = True
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert (told.state, "503" in str(told.reason)) == (State.PENDING, True)


def test_a_server_that_fails_amid_the_waiting_is_asked_again(fake: FakeJellyfin, tmp_path: Path) -> None:
    fake.broken["/Items"] = 3
    assert tell_and_read_back(published(tmp_path, put(tmp_path))).state is State.LISTED


def test_a_server_that_goes_on_failing_is_no_verdict_on_the_publication(
    fake: FakeJellyfin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty(monkeypatch)
    fake.broken["/Items"] = 10_000
    told = tell_and_read_back(published(tmp_path, put(tmp_path)))
    assert (told.state, "500 to GET /Items" in str(told.reason)) == (State.PENDING, True)


def test_a_later_look_waits_for_nothing_and_tells_more_firmly_each_time(
    fake: FakeJellyfin, tmp_path: Path
) -> None:
    fake.ignores_updates = True
    seen = published(tmp_path, put(tmp_path))
    states = [look_again(seen, tries).state for tries in (0, 1, 2)]
    assert states == [State.NOT_LISTED, State.NOT_LISTED, State.LISTED]
    assert len(fake.updates) == 1


def test_what_was_taken_away_is_told_and_seen_to_be_gone(fake: FakeJellyfin, tmp_path: Path) -> None:
    video = put(tmp_path)
    put(tmp_path, 2)
    fake.scan()
    was = published(tmp_path, video)
    video.unlink()
    told = look_for_removed(was, 0)
    assert told.state is State.UNPUBLISHED
    assert told.item_id is not None
    assert "still lists" in str(told.reason)
    assert fake.updates[-1]["UpdateType"] == "Deleted"
    fake.due = [(0.0, path) for _, path in fake.due]
    assert look_for_removed(was, 1) == ReadBack(State.UNPUBLISHED)
    assert fake.episode(1, 2) is not None
