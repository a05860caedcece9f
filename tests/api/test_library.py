"""The library's routes: what is found, what a person may change, how sound and covers are given out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.music import create_app
from db.queries import library_scans, music_playlists
from db.session import transaction
from studio.settings import Settings
from tasks.library_start import Started
from tests.fakes import library
from tests.fakes.library import file_row
from tests.fakes.music import PNG, make_sound, tag

BASE = "http://localhost"
SONG = bytes(range(256)) * 8


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of music; `song.mp3` is bytes that nobody decodes here."""
    folder = tmp_path_factory.mktemp("music").resolve()
    (folder / "song.mp3").write_bytes(SONG)
    tag(make_sound(folder / "sung.mp3"), title="Sung", cover=PNG)
    (folder / "cover.png").write_bytes(PNG)
    return folder


@pytest.fixture(scope="module")
def ids(music: Path, database: str, settings: Settings) -> Iterator[dict[str, int]]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        rows = {
            "song": file_row(
                f"{music}/song.mp3", title="Epic Battle", artist="Kenji Kaze", bpm=120.0, key="8A"
            ),
            "sung": file_row(
                f"{music}/sung.mp3", title="Sung", cover="embedded", bpm=63.0, key="9A", album="Epic"
            ),
            "beside": file_row(f"{music}/gone.mp3", title="風の谷", cover="cover.png", bpm=238.0, key="3B"),
            "locked": file_row("/x/l.m4p", title="Locked", state="protected", reason="Protected.", bpm=120.0),
            "plain": file_row("/elsewhere/p.mp3", title="Plain", tags=["rock"], duration_s=60.0),
        }
        found = library.add(*rows.values())
        yield {name: found[row["location"]] for name, row in rows.items()}
        library.empty()


@pytest.fixture(scope="module")
def service(settings: Settings, music: Path, ids: dict[str, int]) -> Iterator[TestClient]:
    there = settings.model_copy(update={"music_dirs": (music,)})

    def start() -> Started:
        with transaction() as session:
            return Started(library_scans.create(session).id or 0, is_new=True)

    with TestClient(create_app(there, start), BASE, raise_server_exceptions=False) as client:
        yield client


def titles(service: TestClient, query: str) -> list[str]:
    answer = service.get(f"/api/search?{query}")
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=epic", ["Epic Battle", "Sung"]),
        ("q=battle+kenji", ["Epic Battle"]),
        ("q=batt", ["Epic Battle"]),
        ("q=bttle", ["Epic Battle"]),
        ("q=batle+kenij", ["Epic Battle"]),
        ("q=風の", ["風の谷"]),
        ("q=谷", ["風の谷"]),
        ("q=nothing-like-it", []),
        ("q=%27%26%7C%21", []),
        ("artist=kaze", ["Epic Battle"]),
        ("q=epic&artist=kaze", ["Epic Battle"]),
        ("artist=epic", []),
        ("tag=Rock", ["Plain"]),
        ("genre=rock&tag=jazz", []),
        ("bpm_min=100&bpm_max=130", ["Epic Battle", "Locked"]),
        ("bpm_min=100&bpm_max=130&state=present", ["Epic Battle"]),
        ("key=Am&key=9A", ["Epic Battle", "Sung"]),
        ("length_max=100", ["Plain"]),
    ],
)
def test_search(service: TestClient, query: str, found: list[str]) -> None:
    assert titles(service, query) == found


def test_a_slip_is_told(service: TestClient) -> None:
    (right,), (wrong,) = (service.get(f"/api/search?q={word}").json() for word in ("battle", "bttle"))
    assert (right["is_corrected"], wrong["is_corrected"]) == (False, True)


@pytest.mark.parametrize("query", ["", "&q=epic", "&bpm_min=1", "&artist=ke", "&q=e"])
def test_pages_add_up_to_the_whole(service: TestClient, query: str) -> None:
    whole, parts = titles(service, f"limit=100{query}"), []
    link: str | None = f"/api/search?limit=1{query}"
    while link:
        answer = service.get(link)
        parts += [each["title"] for each in answer.json()]
        link = answer.links.get("next", {}).get("url")
    assert parts == whole


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("search?q=a&colour=red", "colour"),
        ("search?bpm_min=fast", "bpm_min"),
        ("search?bpm_min=130&bpm_max=100", "bpm_max"),
        ("search?key=H", "key.0"),
        ("search?limit=0", "limit"),
        ("search?cursor=1.2", "cursor"),
        ("search?q=", "q"),
        ("search?state=lost", "state"),
        ("bpm/find-matching", "target_bpm"),
        ("bpm/find-matching?target_bpm=0", "target_bpm"),
        ("bpm/find-matching?target_bpm=nan", "target_bpm"),
        ("bpm/find-matching?target_bpm=120&tolerance=-5", "tolerance"),
        ("bpm/find-matching?target_bpm=120&tempo=all", "tempo"),
        ("playlists?order=name", "order"),
        ("library/scans?x=1", "x"),
        ("track/x", "track_id"),
        ("library/scans/last", "scan_id"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(service: TestClient, path: str, field: str) -> None:
    answer = service.get(f"/api/{path}")
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"].startswith(field)


def matches(service: TestClient, query: str) -> list[dict[str, Any]]:
    answer = service.get(f"/api/bpm/find-matching?{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_half_and_double_tempo_match_and_say_so(service: TestClient) -> None:
    found = matches(service, "target_bpm=121&tolerance=5")
    told = [(each["title"], each["tempo"], each["distance_bpm"]) for each in found]
    assert told == [("Epic Battle", "same", 1.0), ("風の谷", "double", 2.0), ("Sung", "half", 5.0)]
    assert [each["speed_change_percent"] for each in found] == [0.83, 1.68, -3.97]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("target_bpm=121&tolerance=5&tempos=same", ["Epic Battle"]),
        ("target_bpm=120&tolerance=1%25", ["Epic Battle", "風の谷"]),
        ("target_bpm=120&tolerance=0", ["Epic Battle"]),
        ("target_bpm=120&tolerance=200", ["Epic Battle", "風の谷", "Sung"]),
        ("target_bpm=120&tolerance=10&key=8A", ["Epic Battle", "Sung"]),
        ("target_bpm=120&tolerance=10&key=A minor&harmonic=false", ["Epic Battle"]),
        ("target_bpm=63&tolerance=5", ["Sung", "Epic Battle"]),
    ],
)
def test_matching(service: TestClient, query: str, found: list[str]) -> None:
    assert [each["title"] for each in matches(service, query)] == found


def test_pages_of_matches_lead_on(service: TestClient) -> None:
    answer = service.get("/api/bpm/find-matching?target_bpm=120&tolerance=10&limit=2")
    after = service.get(answer.links["next"]["url"])
    assert [each["title"] for each in (*answer.json(), *after.json())] == ["Epic Battle", "風の谷", "Sung"]
    assert "next" not in after.links


def test_a_tempo_set_by_hand_holds(service: TestClient, ids: dict[str, int], music: Path) -> None:
    path = f"/api/track/{ids['sung']}"
    doubled = service.patch(path, json={"bpm_correction": "x2"}).json()
    assert (doubled["bpm"], doubled["bpm_source"], doubled["edited"]) == (126.0, "user", ["bpm"])
    assert doubled["bpm_sources"]["tag"] == 63.0
    library.add(
        file_row(f"{music}/sung.mp3", title="Sung", cover="embedded", bpm=64.0, key="9A", album="Epic")
    )
    again = service.get(path).json()
    assert (again["bpm"], again["bpm_sources"]["tag"]) == (126.0, 64.0)
    assert service.patch(path, json={"bpm_correction": "/2"}).json()["bpm"] == 63.0
    given_back = service.patch(path, json={"bpm": None}).json()
    assert (given_back["bpm"], given_back["bpm_source"]) == (64.0, "tag")


def test_words_set_by_hand_are_found_and_can_be_given_back(service: TestClient, ids: dict[str, int]) -> None:
    path = f"/api/track/{ids['plain']}"
    said = {"title": "Zephyrine", "tags": ["Slow Jazz", "Night"], "key": "f#m"}
    changed = service.patch(path, json=said).json()
    assert (changed["title"], changed["tags"], changed["key"]) == ("Zephyrine", ["slow jazz", "night"], "11A")
    assert titles(service, "q=zephyrine") == titles(service, "tag=night") == ["Zephyrine"]
    assert titles(service, "q=zephirine") == ["Zephyrine"]
    back = service.patch(path, json={"title": None, "tags": None, "key": None}).json()
    assert (back["title"], back["tags"], back["key"], back["edited"]) == ("Plain", ["rock"], None, [])


@pytest.mark.parametrize(
    "body",
    [
        {"bpm": 0}, {"bpm": 401}, {"bpm": True}, {"bpm_correction": "x3"}, {"key": "H"},
        {"bpm": 120, "bpm_correction": "x2"}, {"title": ""}, {"title": "a\0"}, {"year": 99},
        {"colour": "red"}, {"tags": ["x"] * 31},
    ],
)  # fmt: skip
def test_what_no_track_has_is_refused(service: TestClient, ids: dict[str, int], body: dict[str, Any]) -> None:
    answer = service.patch(f"/api/track/{ids['plain']}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


def test_a_track_without_a_tempo_has_none_to_correct(service: TestClient, ids: dict[str, int]) -> None:
    answer = service.patch(f"/api/track/{ids['plain']}", json={"bpm_correction": "x2"})
    assert answer.json()["error"]["details"]["field"] == "bpm_correction"


def test_an_edit_of_what_has_changed_since_is_refused(service: TestClient, ids: dict[str, int]) -> None:
    path = f"/api/track/{ids['plain']}"
    etag = service.get(path).headers["etag"]
    assert service.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert service.patch(path, json={"year": 1984}, headers={"If-Match": etag}).status_code == 200
    late = service.patch(path, json={"year": 1985}, headers={"If-Match": etag})
    assert late.json()["error"]["code"] == "PRECONDITION_FAILED"


def stream(service: TestClient, ids: dict[str, int], **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.get(f"/api/track/{ids['song']}/stream", headers=named)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=2000-", 2000, 2048), ("bytes=-5", 2043, 2048), ("bytes=0-99999", 0, 2048)],
)
def test_a_part_of_the_sound(
    service: TestClient, ids: dict[str, int], asked: str, start: int, end: int
) -> None:
    answer = stream(service, ids, Range=asked)
    assert (answer.status_code, answer.content) == (206, SONG[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/2048"


@pytest.mark.parametrize("asked", ["", "bytes=9-1", "bytes=a-b", "seconds=0-1", "bytes=", "bytes=--1", "0-9"])
def test_a_range_that_cannot_be_read_is_passed_over(
    service: TestClient, ids: dict[str, int], asked: str
) -> None:
    answer = stream(service, ids, Range=asked)
    assert (answer.status_code, answer.content) == (200, SONG)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize("asked", ["bytes=2048-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_is_not_there(service: TestClient, ids: dict[str, int], asked: str) -> None:
    answer = stream(service, ids, Range=asked)
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */2048")
    assert answer.json()["error"]["code"] == "RANGE_NOT_SATISFIABLE"


def test_the_sound_has_a_tag(service: TestClient, ids: dict[str, int]) -> None:
    etag = stream(service, ids).headers["etag"]
    assert stream(service, ids, If_None_Match=etag).status_code == 304
    assert stream(service, ids, Range="bytes=0-1", If_Range=etag).status_code == 206
    assert stream(service, ids, Range="bytes=0-1", If_Range='"other"').status_code == 200
    head = service.head(f"/api/track/{ids['song']}/stream")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "2048", b"")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("locked", 409, "INVALID_STATE"),
        ("beside", 404, "FILE_NOT_FOUND"),
        ("plain", 422, "PATH_NOT_ALLOWED"),
    ],
)
def test_sound_that_is_not_to_be_had_says_why(
    service: TestClient, ids: dict[str, int], name: str, status: int, code: str
) -> None:
    answer = service.get(f"/api/track/{ids[name]}/stream")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_cover_that_the_file_brings(service: TestClient, ids: dict[str, int]) -> None:
    path = f"/api/track/{ids['sung']}/cover"
    answer = service.get(path)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert service.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_track_without_a_cover(service: TestClient, ids: dict[str, int]) -> None:
    answer = service.get(f"/api/track/{ids['song']}/cover")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "FILE_NOT_FOUND")


def test_a_playlist_with_a_track_and_a_place_without_one(service: TestClient, ids: dict[str, int]) -> None:
    row = {"location": "/m/mix.m3u", "source": "m3u", "kind": "playlist", "name": "Mix", "state": "present"}
    with transaction() as session:
        (number,) = music_playlists.write(
            session, [{**row, "reason": None, "size_bytes": 1, "mtime_ns": 1}]
        ).values()
        places = [("song", None), (None, "An address on the network is no file.")]
        entries = [
            {
                "playlist_id": number, "position": position, "written": "x", "title": None, "location": None,
                "track_id": ids.get(name or ""), "reason": reason,
            }
            for position, (name, reason) in enumerate(places, start=1)
        ]  # fmt: skip
        music_playlists.fill(session, [number], entries)
    (shown,) = service.get("/api/playlists").json()
    assert (shown["name"], shown["entries"], shown["tracks"]) == ("Mix", 2, 1)
    whole = service.get(f"/api/playlists/{number}").json()
    assert [item["track"] and item["track"]["title"] for item in whole["items"]] == ["Epic Battle", None]
    assert "network" in whole["items"][1]["reason"]
    assert titles(service, f"playlist={number}") == ["Epic Battle"]
    assert service.get(f"/api/track/{ids['song']}").json()["playlists"] == [{"id": number, "name": "Mix"}]
    assert service.get("/api/search?playlist=999999").status_code == 404


def test_a_scan_is_started_and_followed(service: TestClient) -> None:
    assert service.get("/api/library/scans/latest").status_code == 404
    started = service.post("/api/library/scan")
    assert started.status_code == 202
    body = started.json()
    assert (body["state"], body["scanned"]) == ("queued", 0)
    assert service.get(started.headers["location"]).json() == body
    assert service.get("/api/library/scans/latest").json() == body
    assert service.get("/api/library/scans").json() == [body]
