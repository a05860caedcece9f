"""Episodes through their service, and through the versions of the project they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.episodes import create_app
from studio.settings import Settings

A = "/api/anime"


@dataclass(frozen=True)
class Studio:
    """A project with three scenes on `main`, and both services that work on it."""

    production: TestClient
    service: TestClient
    project: int
    scenes: list[int]

    def ok(self, method: str, path: str, status: int, **kwargs: Any) -> Any:
        of_episodes = path.startswith("/episodes")
        client = self.service if of_episodes else self.production
        answer = client.request(method, f"{A}{path}", **kwargs)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, status: int = 201, **body: Any) -> Any:
        return self.ok("POST", path, status, json={"project_id": self.project, **body})

    def episode(self, status: int = 201, **body: Any) -> Any:
        return self.post("/episodes", status, **{"title": "The Beginning", **body})

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return self.ok("GET", path, status, params=params)

    def put(self, path: str, status: int = 200, branch: str = "main", **body: Any) -> Any:
        return self.ok("PUT", path, status, params={"branch": branch}, json=body)

    def commit(self, branch: str = "main", **body: Any) -> Any:
        return self.post("/commit", branch=branch, message="m", **body)

    def split(self) -> None:
        self.commit()
        self.post("/branch", branch_name="alt", source_branch="main")

    def merge(self, status: int = 201) -> Any:
        return self.post("/merge", status, source_branch="alt", target_branch="main")

    def names(self, *places: int) -> list[str]:
        return [f"scene_{self.scenes[place]}" for place in places]


@pytest.fixture(scope="module")
def service_of_episodes(settings: Settings, database: str) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", database)
        with TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def studio(client: TestClient, service_of_episodes: TestClient, project: int) -> Studio:
    casts = (["Kai"], ["Rin", "Kai"], ["Elder"])
    made = [
        client.post(f"{A}/scenes", json={"project_id": project, "scene_number": number, "characters": cast})
        for number, cast in enumerate(casts, 1)
    ]
    return Studio(client, service_of_episodes, project, [each.json()["id"] for each in made])


def test_an_episode_is_found_by_its_id_and_by_its_uuid(studio: Studio) -> None:
    made = studio.episode(scenes=studio.names(1, 0), metadata={"mood": "calm"})
    assert (made["episode_number"], made["version"], made["status"]) == (1, 1, "draft")
    assert (made["duration"], made["video_path"], made["quality_score"]) == (None, None, None)
    assert (made["scenes"], made["characters"]) == (studio.names(1, 0), ["Rin", "Kai"])
    for key in (made["id"], made["episode_id"], made["id"].upper()):
        assert studio.get(f"/episodes/{key}") == made


@pytest.mark.parametrize("key", ["0", "-1", "uuid-1234", str(2**31), "1.5"])
def test_what_is_neither_id_nor_uuid_is_refused(studio: Studio, key: str) -> None:
    refused = studio.get(f"/episodes/{key}", 422)["error"]
    assert (refused["code"], refused["details"]["field"]) == ("VALIDATION_ERROR", "episode_id")


def test_an_unknown_episode_is_not_found(studio: Studio) -> None:
    for key in (2**31 - 1, "00000000-0000-4000-8000-000000000000"):
        refused = studio.get(f"/episodes/{key}", 404)["error"]
        assert (refused["code"], refused["details"]["field"]) == ("NOT_FOUND", "episode_id")


def test_without_a_number_an_episode_follows_the_last(studio: Studio) -> None:
    assert [studio.episode(**given)["episode_number"] for given in ({}, {"episode_number": 7}, {})] == [
        1,
        7,
        8,
    ]


def test_a_number_is_given_once_a_branch(studio: Studio) -> None:
    studio.episode(episode_number=1)
    second = studio.episode(episode_number=2)
    for refused in (
        studio.episode(409, episode_number=1),
        studio.put(f"/episodes/{second['id']}", 409, episode_number=1),
    ):
        error = refused["error"]
        assert (error["code"], error["details"]["field"]) == ("DUPLICATE", "episode_number")


def test_scenes_are_named_by_name_or_id_and_each_once(studio: Studio) -> None:
    first, second, _ = studio.scenes
    made = studio.episode(scenes=[second, f"scene_{first}"])
    assert made["scenes"] == studio.names(1, 0)
    refused = studio.episode(422, scenes=[first, f"scene_{first}"])["error"]
    assert refused["details"] | {"value": ...} == {
        "field": "scenes", "value": ..., "expected": "each scene once",
    }  # fmt: skip


def test_a_scene_that_no_one_knows_is_refused_by_the_field(studio: Studio) -> None:
    made = studio.episode()
    unknown = f"scene_{2**31 - 1}"
    for refused in (
        studio.episode(404, scenes=[*studio.names(0), unknown]),
        studio.put(f"/episodes/{made['id']}/scenes", 404, scenes=[unknown]),
    ):
        error = refused["error"]
        assert (error["code"], error["details"]["field"]) == ("NOT_FOUND", "scenes")
        assert error["details"]["value"] == unknown
    assert studio.episode(422, scenes=["the first"])["error"]["details"]["field"].startswith("scenes")


def test_a_change_raises_the_version_and_no_change_does_not(studio: Studio) -> None:
    made = studio.episode(synopsis="a", metadata={"mood": "calm"})
    path = f"/episodes/{made['id']}"
    changed = studio.put(path, title="The End")
    assert (changed["title"], changed["synopsis"], changed["version"]) == ("The End", "a", 2)
    assert changed["metadata"] == {"mood": "calm"}
    assert studio.put(path, title="The End", synopsis="a")["version"] == 2


def test_a_write_holds_only_for_what_was_read(studio: Studio) -> None:
    path = f"/episodes/{studio.episode(scenes=studio.names(0, 1))['id']}"
    read = studio.service.get(f"{A}{path}").headers["ETag"]
    headers = {"If-Match": read}
    studio.ok("PUT", path, 200, json={"title": "b"}, headers=headers)
    studio.ok("PUT", f"{path}/scenes", 412, json={"scenes": []}, headers=headers)
    studio.ok("PUT", path, 412, json={"title": "c"}, headers=headers)
    studio.ok("DELETE", path, 412, headers=headers)
    assert studio.get(path)["title"] == "b"
    studio.ok("GET", path, 304, headers={"If-None-Match": studio.service.get(f"{A}{path}").headers["ETag"]})


def test_scenes_are_put_in_another_order(studio: Studio) -> None:
    path = f"/episodes/{studio.episode(scenes=studio.names(0, 1, 2))['id']}"
    ordered = studio.put(f"{path}/scenes", scenes=studio.names(2, 0))
    assert (ordered["scenes"], ordered["characters"]) == (studio.names(2, 0), ["Elder", "Kai"])
    assert ordered["version"] == 2


def test_a_scene_that_is_taken_off_the_branch_is_told_of(studio: Studio) -> None:
    path = f"/episodes/{studio.episode(scenes=studio.names(0, 1))['id']}"
    studio.ok("DELETE", f"/scenes/{studio.scenes[1]}", 204)
    left = studio.get(path)
    assert (left["scenes"], left["characters"]) == (studio.names(0, 1), ["Kai"])
    assert [(each["field"], each["value"]) for each in left["warnings"]] == [("scenes", *studio.names(1))]


def test_a_deleted_episode_is_gone_and_its_number_is_free(studio: Studio) -> None:
    made = studio.episode(scenes=studio.names(0))
    studio.ok("DELETE", f"/episodes/{made['id']}", 204)
    studio.get(f"/episodes/{made['id']}", 404)
    studio.get(f"/scenes/{studio.scenes[0]}")
    assert studio.episode()["episode_number"] == 1


def test_a_list_leads_on_to_its_next_page(studio: Studio) -> None:
    made = [studio.episode(episode_number=number)["id"] for number in (3, 1, 2)]
    url, found = f"{A}/episodes?project_id={studio.project}&limit=2", []
    for _ in range(2):
        answer = studio.service.get(url)
        found += [each["id"] for each in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert (found, url) == ([made[1], made[2], made[0]], "")


def test_an_episode_lies_on_a_track_of_its_own(studio: Studio) -> None:
    made = studio.episode()
    path = f"/episodes/{made['id']}"
    studio.get(f"{path}/audio", 404)
    points = [{"time": 2.5, "event": "turn"}, {"time": 0.0, "event": "start"}]
    laid = studio.ok(
        "POST", f"{path}/audio", 201, json={"audio_path": "/a.mp3", "bpm": 120, "sync_points": points}
    )
    assert (laid["episode_id"], laid["bpm"], laid["sync_points"]) == (made["episode_id"], 120, points[::-1])
    assert [warning["field"] for warning in laid["warnings"]] == ["audio_path"]
    shown = studio.get(path)
    assert (shown["audio"]["audio_path"], shown["version"]) == ("/a.mp3", 2)
    studio.ok("DELETE", f"{path}/audio", 204)
    assert studio.get(path)["audio"] is None
    refused = studio.ok("POST", f"{path}/audio", 422, json={"audio_path": "/a.mp3", "bpm": 0})["error"]
    assert refused["details"]["field"] == "bpm"


def test_an_episode_made_on_a_branch_is_unknown_on_main_until_it_is_merged(studio: Studio) -> None:
    studio.split()
    audio = {"audio_path": "/a.mp3", "bpm": 120.0, "sync_points": [{"time": 1, "event": "turn"}]}
    made = studio.episode(branch_name="alt", scenes=studio.names(0, 1), audio=audio)
    path = f"/episodes/{made['id']}"
    studio.get(path, 404)
    assert studio.get("/episodes", project_id=studio.project) == []
    assert studio.get(path, branch="alt") == made
    studio.merge()
    merged = studio.get(path)
    kept = ("id", "episode_id", "title", "scenes", "characters", "audio")
    assert {name: merged[name] for name in kept} == {name: made[name] for name in kept}


def test_orders_of_scenes_of_two_branches_merge(studio: Studio) -> None:
    path = f"/episodes/{studio.episode(scenes=studio.names(0, 1))['id']}"
    studio.split()
    studio.put(f"{path}/scenes", branch="alt", scenes=studio.names(0, 1, 2))
    studio.put(f"{path}/scenes", scenes=studio.names(1, 0))
    studio.merge()
    assert studio.get(path)["scenes"] in (studio.names(1, 0, 2), studio.names(1, 2, 0))


def test_edits_of_both_branches_merge_field_by_field(studio: Studio) -> None:
    path = f"/episodes/{studio.episode()['id']}"
    studio.ok("POST", f"{path}/audio", 201, json={"audio_path": "/a.mp3"})
    studio.split()
    studio.put(path, branch="alt", title="The End")
    studio.ok("DELETE", f"{path}/audio", 204, params={"branch": "alt"})
    studio.put(path, synopsis="It begins.")
    studio.merge()
    merged = studio.get(path)
    assert (merged["title"], merged["synopsis"], merged["audio"]) == ("The End", "It begins.", None)


def test_a_commit_keeps_an_episode_as_it_was(studio: Studio) -> None:
    made = studio.episode(scenes=studio.names(1), audio={"audio_path": "/a.mp3"})
    path, then = f"/episodes/{made['id']}", studio.commit()["id"]
    studio.put(path, title="The End", scenes=[], audio=None)
    studio.commit()
    kept = studio.get(path, ref=then)
    assert (kept["title"], kept["scenes"], kept["characters"]) == (
        made["title"], made["scenes"], made["characters"],
    )  # fmt: skip
    assert (kept["id"], kept["audio"]["audio_path"]) == (made["id"], "/a.mp3")
    (change,) = studio.get("/diff", project_id=studio.project, base=then, head="main")["changes"]
    assert change["entity"] == f"episodes/{made['episode_id']}"
    studio.ok("DELETE", path, 204)
    studio.commit()
    assert studio.get(f"/episodes/{made['episode_id']}", ref=then) == kept
    (listed,) = studio.get("/episodes", project_id=studio.project, ref=then)
    assert listed == kept
    assert studio.get("/episodes", 422, ref=then)["error"]["details"]["field"] == "project_id"


def test_a_track_can_be_changed_by_a_commits_patch(studio: Studio) -> None:
    path = f"/episodes/{studio.episode()['id']}"
    late_first = [{"time": 2, "event": "b"}, {"time": 1, "event": "a"}]
    studio.commit(changes={"episodes": {"1": {"audio": {"audio_path": "/a.mp3", "sync_points": late_first}}}})
    assert studio.get(path)["audio"]["sync_points"] == late_first[::-1]
    studio.commit(changes={"episodes": {"1": {"audio": None}}})
    assert studio.get(path)["audio"] is None
