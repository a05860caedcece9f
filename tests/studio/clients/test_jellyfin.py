"""The client against the fake, each request and answer held against Jellyfin's own description."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from studio.clients.jellyfin import Jellyfin
from studio.errors import JellyfinRefusedError, JellyfinUnavailableError, UnavailableError
from tests.fakes.jellyfin import FakeJellyfin, fake_jellyfin
from tests.fakes.jellyfin_contract import answer_faults, request_faults
from tests.fakes.shelved import put

THEIRS = "/media/anime"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeJellyfin]:
    with fake_jellyfin({THEIRS: tmp_path_factory.mktemp("library")}) as fake:
        yield fake


@pytest.fixture
def fake(running: FakeJellyfin, tmp_path: Path) -> Iterator[FakeJellyfin]:
    fresh = FakeJellyfin({THEIRS: tmp_path}, url=running.url)
    fresh.add_library("Anime", "tvshows", THEIRS)
    vars(running).update(vars(fresh))
    yield running
    assert running.faults == []


@pytest.fixture
def jellyfin(fake: FakeJellyfin) -> Iterator[Jellyfin]:
    with httpx.Client(base_url=fake.url, trust_env=False) as http:
        yield Jellyfin(http, fake.token, 'a "quoted", name')


def test_a_server_says_who_it_is_to_anybody_and_more_to_who_has_the_key(jellyfin: Jellyfin) -> None:
    assert jellyfin.public_info() == jellyfin.info()
    assert jellyfin.info().version == "12.0.0"


@pytest.mark.parametrize("header", ["X-Emby-Token", "X-MediaBrowser-Token", "X-Emby-Authorization"])
def test_the_headers_of_old_are_refused(fake: FakeJellyfin, header: str) -> None:
    answer = httpx.get(f"{fake.url}/System/Info", headers={header: fake.token}, trust_env=False)
    assert answer.status_code == 401
    assert httpx.get(f"{fake.url}/System/Info?api_key={fake.token}", trust_env=False).status_code == 401
    assert fake.faults.pop() == "GET /System/Info has no credentials of today"
    fake.faults.clear()


def test_a_key_that_was_revoked_is_refused_and_told_nowhere(
    jellyfin: Jellyfin, fake: FakeJellyfin, caplog: pytest.LogCaptureFixture
) -> None:
    token, fake.token = fake.token, "another"
    with caplog.at_level(logging.DEBUG), pytest.raises(JellyfinRefusedError) as refused:
        jellyfin.info()
    told = [str(refused.value), repr(refused.value.details), repr(jellyfin)]
    assert not any(token in text for text in (*told, caplog.text))
    assert refused.value.details["status"] == 401


def test_a_key_with_line_breaks_stays_within_its_header(fake: FakeJellyfin) -> None:
    fake.token = 'a"b\r\nX-Other: c'
    with httpx.Client(base_url=fake.url, trust_env=False) as http:
        assert Jellyfin(http, fake.token).info().name == "fake"


def test_what_was_published_is_listed_with_path_season_and_number(
    jellyfin: Jellyfin, fake: FakeJellyfin, tmp_path: Path
) -> None:
    for number in (1, 2):
        put(tmp_path, number)
    put(tmp_path, 1, "A clip", season=0)
    fake.scan()
    (library,) = jellyfin.libraries()
    assert (library.kind, library.locations) == ("tvshows", (THEIRS,))
    (series,) = jellyfin.series(library)
    assert (series.name, series.path) == ("Kaze", f"{THEIRS}/Kaze (2026)")
    (item,) = jellyfin.episodes(series.id, 1, 2)
    assert (item.season, item.number, item.size_bytes) == (1, 2, 5)
    assert item.path == f"{THEIRS}/Kaze (2026)/Season 01/Kaze S01E02 - Rain.mp4"
    assert [each.number for each in jellyfin.episodes(series.id)] == [1, 1, 2]
    assert [each.name for each in jellyfin.episodes(series.id, 0, 1)] == ["A clip"]


def test_a_long_list_is_read_page_by_page(jellyfin: Jellyfin, fake: FakeJellyfin, tmp_path: Path) -> None:
    video = put(tmp_path)
    for number in range(2, 503):
        video.with_name(f"Kaze S01E{number:02d} - Rain.mp4").write_bytes(b"")
    fake.scan()
    (series,) = jellyfin.series(jellyfin.libraries()[0])
    assert [each.number for each in jellyfin.episodes(series.id)] == sorted(
        range(1, 503), key="{:02d}".format
    )
    assert fake.asked.count("GET /Items") == 3


def test_a_library_is_made_that_asks_nobody_about_our_series(jellyfin: Jellyfin, fake: FakeJellyfin) -> None:
    jellyfin.create_library("Tower, anime", "/media/a, b")
    made = fake.libraries[-1]
    assert (made["Name"], made["CollectionType"], made["Locations"]) == (
        "Tower, anime",
        "tvshows",
        ["/media/a, b"],
    )
    kinds = {each["Type"]: each for each in made["LibraryOptions"]["TypeOptions"]}
    assert set(kinds) == {"Series", "Season", "Episode"}
    assert all(each["MetadataFetchers"] == each["ImageFetchers"] == [] for each in kinds.values())


def test_the_server_is_told_and_looks_when_it_is_time(
    jellyfin: Jellyfin, fake: FakeJellyfin, tmp_path: Path
) -> None:
    (library,) = jellyfin.libraries()
    video = put(tmp_path)
    jellyfin.announce([f"{THEIRS}/{video.relative_to(tmp_path)}"])
    assert fake.updates == [{"Path": f"{THEIRS}/{video.relative_to(tmp_path)}", "UpdateType": "Modified"}]
    fake.due = [(0.0, path) for _, path in fake.due]
    (series,) = jellyfin.series(library)
    put(tmp_path, 2)
    jellyfin.refresh_item(series.id)
    assert [each.number for each in jellyfin.episodes(series.id)] == [1, 2]


def test_a_scan_tells_how_far_it_is(jellyfin: Jellyfin, fake: FakeJellyfin) -> None:
    assert not jellyfin.scan().is_running
    fake.scan_s = 60.0
    jellyfin.refresh_library()
    assert (jellyfin.scan().is_running, jellyfin.scan().progress) == (True, 40.0)


def test_a_server_that_starts_fails_or_knows_no_such_item_is_not_available(
    jellyfin: Jellyfin, fake: FakeJellyfin
) -> None:
    with pytest.raises(JellyfinUnavailableError, match="404"):
        jellyfin.refresh_item("0" * 32)
    fake.broken["/Library/Refresh"] = 1
    with pytest.raises(JellyfinUnavailableError, match="500 to POST /Library/Refresh"):
        jellyfin.refresh_library()
    fake.is_starting = True
    with pytest.raises(JellyfinUnavailableError, match="503"):
        jellyfin.public_info()


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"Version": 3}', b'"x"'])
def test_what_is_no_jellyfin_is_told(answer: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=answer))
    with httpx.Client(base_url="http://ann:secret@media", transport=transport) as http:
        server = Jellyfin(http, "key")
        for ask in (server.public_info, server.libraries, server.scan, lambda: list(server.episodes("1"))):
            if answer == b"[]" and ask in (server.libraries, server.scan):
                continue
            with pytest.raises(JellyfinUnavailableError) as told:
                ask()
            assert "secret" not in f"{told.value}{told.value.details}"


def test_a_server_that_is_away_is_not_available() -> None:
    with (
        httpx.Client(base_url="http://127.0.0.1:9", trust_env=False) as http,
        pytest.raises(UnavailableError, match=r"127\.0\.0\.1:9 does not answer"),
    ):
        Jellyfin(http, "key").info()


def test_nobody_is_followed_elsewhere_with_the_key() -> None:
    asked: list[str] = []

    def lead_away(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"location": "http://evil/"})

    transport = httpx.MockTransport(lead_away)
    with (
        httpx.Client(base_url="http://media", transport=transport) as http,
        pytest.raises(JellyfinUnavailableError, match="302"),
    ):
        Jellyfin(http, "key").info()
    assert asked == ["media"]


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "fault"),
    [
        ("POST", "/Library/Media/Updated", [], b'{"Update": []}', "Additional properties"),
        ("POST", "/Library/Media/Updated", [], b'{"Updates": [{"Path": 1}]}', "not of type 'string'"),
        ("GET", "/Items", [("includeItemTypes", "Episodes")], b"", "is not one of"),
        ("GET", "/Items", [("fields", "Path,MediaSources")], b"", "is not one of"),
        ("GET", "/Items", [("path", "/a")], b"", "there is no parameter path"),
        ("GET", "/Items", [("indexNumber", "one")], b"", "not of type 'integer'"),
        ("POST", "/Library/Scan", [], b"", "not described"),
    ],
)
def test_the_contract_finds_what_is_misspelt(
    method: str, path: str, query: list[tuple[str, str]], body: bytes, fault: str
) -> None:
    headers = {"content-type": "application/json", "authorization": 'MediaBrowser Token="k"'}
    (found,) = request_faults(method, path, query, headers, body)
    assert fault in found


def test_the_contract_finds_answers_that_the_server_never_gives() -> None:
    assert list(answer_faults("POST", "/Library/Refresh", 200, b"")) != []
    assert list(answer_faults("GET", "/Items", 200, b'{"Items": [{"Paths": "/a"}]}')) != []
    assert list(answer_faults("GET", "/Items", 200, b'{"Items": [], "TotalRecordCount": 0}')) == []
