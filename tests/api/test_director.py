"""Commands to the director, and what people say of the clips that come of them."""

import wave
from typing import Any

import pytest
from fastapi.testclient import TestClient

from db.models.production import ProductionJob, Take
from db.queries import appearances, branches, episodes, generations
from db.session import transaction
from studio.settings import Settings

A = "/api/anime"


@pytest.fixture
def scene(client: TestClient, kai: dict[str, Any]) -> dict[str, Any]:
    body = {
        "project_id": kai["project_id"], "scene_number": 1, "description": "Opening scene in the village",
        "characters": [kai["name"], "Village Elder"],
    }  # fmt: skip
    return dict(client.post(f"{A}/scenes", json=body).json())


def _command(client: TestClient, scene: dict[str, Any], **parameters: Any) -> Any:
    body = {
        "project_id": scene["project_id"],
        "command": "generate_scene",
        "parameters": {"scene_id": scene["id"], **parameters},
    }
    return client.post(f"{A}/director/command", json=body)


def _asked(answer: Any) -> Any:
    assert answer.status_code == 202, answer.text
    with transaction() as session:
        return generations.request(session, answer.json()["generation_id"])


def test_generate_scene_makes_the_scene_as_it_is_described(
    client: TestClient, told: Any, scene: dict[str, Any]
) -> None:
    answer = _command(client, scene, style="cinematic", duration=5, quality="high")
    asked, body = _asked(answer), answer.json()
    assert (asked.prompt, asked.characters) == (scene["description"], ["Kai Nakamura"])
    assert body["metadata"] == {"duration": 5, "style": "cinematic", "quality": "high"}
    assert [warning["value"] for warning in body["warnings"]] == ["Village Elder"]
    assert told.given == [("submit", body["generation_id"], 1)]
    assert answer.headers["Location"] == f"{A}/generations/{body['generation_id']}"
    shown = client.get(answer.headers["Location"]).json()
    assert (shown["scene_id"], shown["status"]) == (scene["id"], "processing")
    (entry,) = client.get(f"{A}/director/log?project_id={scene['project_id']}").json()
    assert (entry["command"], entry["outcome"]) == ("generate_scene", "accepted")
    assert entry["generation_id"] == body["generation_id"]
    assert entry["plan"][0]["parameters"]["prompt"] == scene["description"]


@pytest.mark.parametrize("status", ["completed", "needs_review", "failed", "cancelled"])
def test_the_log_tells_what_came_of_a_command(
    client: TestClient, told: Any, scene: dict[str, Any], status: str
) -> None:
    generation_id = _command(client, scene).json()["generation_id"]
    with transaction() as session:
        generations.get(session, generation_id).status = status
    (entry,) = client.get(f"{A}/director/log?project_id={scene['project_id']}").json()
    assert entry["outcome"] == status


def test_a_scene_plays_its_track_where_that_can_be_opened(
    client: TestClient, settings: Settings, scene: dict[str, Any]
) -> None:
    path = settings.media / "director.wav"
    client.post(f"{A}/scenes/{scene['id']}/audio", json={"audio_path": str(path)})
    missing = _command(client, scene).json()["warnings"]
    assert {warning["field"] for warning in missing} == {"characters", "audio_path"}
    path.write_bytes(b"no sound")
    assert _command(client, scene).status_code == 422
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    assert [warning["field"] for warning in _command(client, scene).json()["warnings"]] == ["characters"]


def test_parameters_stand_in_for_the_scene_and_unused_ones_are_named(
    client: TestClient, scene: dict[str, Any]
) -> None:
    answer = _command(client, scene, prompt="A storm", characters=[], seed=7, mood="grim")
    asked = _asked(answer)
    assert (asked.prompt, asked.characters, asked.seed) == ("A storm", [], 7)
    assert [warning["field"] for warning in answer.json()["warnings"]] == ["parameters.mood"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"quality": "best"}, "parameters.quality"),
        ({"duration": -1}, "parameters.duration"),
        ({"scene_id": "x"}, "parameters.scene_id"),
        ({"characters": ["Nobody"]}, "characters"),
    ],
)
def test_parameters_that_cannot_be_are_refused(
    client: TestClient, told: Any, scene: dict[str, Any], parameters: dict[str, Any], field: str
) -> None:
    refused = _command(client, scene, **parameters)
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, field)
    assert told.given == []


def test_what_the_director_does_not_know_is_refused_by_name(
    client: TestClient, project: int, scene: dict[str, Any]
) -> None:
    refused = client.post(f"{A}/director/command", json={"project_id": project, "command": "make_tea"})
    details = refused.json()["error"]["details"]
    assert (refused.status_code, details["value"], details["known"][0]) == (422, "make_tea", "generate_scene")
    assert _command(client, {**scene, "id": 2**31 - 1}).status_code == 404
    assert _command(client, {**scene, "project_id": 2**31 - 1}).status_code == 404
    client.put(f"{A}/scenes/{scene['id']}", json={"description": ""})
    empty = _command(client, scene)
    assert (empty.status_code, empty.json()["error"]["details"]["field"]) == (422, "parameters.prompt")


def test_a_repeated_command_gets_the_first_answer(
    client: TestClient, told: Any, scene: dict[str, Any]
) -> None:
    parameters = {"scene_id": scene["id"]}
    body = {"project_id": scene["project_id"], "command": "generate_scene", "parameters": parameters}
    headers = {"Idempotency-Key": f"scene-{scene['id']}"}
    answers = [client.post(f"{A}/director/command", json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(told.given) == 1
    other = {**body, "parameters": {**body["parameters"], "seed": 1}}
    assert client.post(f"{A}/director/command", json=other, headers=headers).status_code == 422


def test_feedback_is_kept_and_counts_as_a_decision(client: TestClient, scene: dict[str, Any]) -> None:
    made = _command(client, scene).json()["generation_id"]
    path = f"{A}/generations/{made}/feedback"
    first = client.post(path, json={"rating": 4, "text": "Lovely rain."})
    assert first.status_code == 201
    client.post(path, json={"rating": 1})
    assert [(row["rating"], row["text"], row["take"]) for row in client.get(path).json()] == [
        (4, "Lovely rain.", 1), (1, "", 1),
    ]  # fmt: skip
    for wrong in ({"rating": 0}, {"rating": 6}, {"rating": "5"}, {"rating": 4.5}, {}):
        assert client.post(path, json=wrong).status_code == 422
    assert client.post(f"{A}/generations/gen_none/feedback", json={"rating": 3}).status_code == 404
    decisions = client.get(f"{A}/decisions?generation_id={made}").json()
    assert [(row["decision"], row["made_by"]) for row in decisions] == [("feedback", "person")] * 2
    assert decisions[1]["details"] == {"rating": 4}
    page = client.get(f"{A}/decisions?project_id={scene['project_id']}&limit=1")
    assert page.json() == decisions[:1]
    assert client.get(page.headers["Link"].partition(">")[0].lstrip("<")).json() == decisions[1:]


def test_who_is_in_a_published_take_is_known(
    client: TestClient, kai: dict[str, Any], scene: dict[str, Any]
) -> None:
    made = _command(client, scene).json()["generation_id"]
    with transaction() as session:
        job = session.get_one(ProductionJob, made)
        take = Take(
            generation_id=made, take=1, attempt=1, inputs_hash="i", workflow="w", workflow_hash="h",
            model="m", seed=1,
        )  # fmt: skip
        session.add(take)
        session.flush()
        for _ in range(2):
            appearances.record(session, job, 1, ["Kai Nakamura", "Village Elder", "Kai Nakamura"])
    (row,) = client.get(f"{A}/characters/{kai['id']}/appearances").json()
    assert (row["generation_id"], row["scene_id"], row["character_version"]) == (made, scene["id"], 1)


def _told(client: TestClient, project: int, command: str, **parameters: Any) -> Any:
    body = {"project_id": project, "command": command, "parameters": parameters}
    return client.post(f"{A}/director/command", json=body)


def test_a_registered_action_becomes_a_plan_that_is_carried_out(
    client: TestClient, told: Any, kai: dict[str, Any]
) -> None:
    answer = _told(
        client,
        kai["project_id"],
        "generate_video",
        prompt="Kai runs",
        duration=3,
        characters=["Kai Nakamura"],
    )
    assert answer.status_code == 202, answer.text
    body = answer.json()
    actions = [step["action"] for step in body["action_plan"]]
    assert actions == ["character_consistency_check", "generate_video", "quality_assessment"]
    assert told.given == [("submit", body["generation_id"], 1)]
    assert client.get(answer.headers["Location"]).json()["kind"] == "direct"


def test_what_publishes_or_destroys_is_a_dry_run_unless_told_otherwise(
    client: TestClient, told: Any, scene: dict[str, Any]
) -> None:
    _command(client, scene)
    told.given.clear()
    shown = _told(client, scene["project_id"], "publish", scene_id=scene["id"])
    assert (shown.status_code, shown.json()["dry_run"], shown.json()["generation_id"]) == (200, True, None)
    assert told.given == []
    done = _told(client, scene["project_id"], "publish", scene_id=scene["id"], dry_run=False)
    assert (done.status_code, done.json()["dry_run"]) == (202, False)
    assert told.given == [("submit", done.json()["generation_id"], 1)]


@pytest.mark.parametrize(
    ("command", "parameters"),
    [
        ("run_shell", {"cmd": "id"}),
        ("publish", {"path": "/etc/passwd"}),
        ("make_trailer", {"duration": 0}),
        ("update_character", {"character": "Kai Nakamura"}),
        ("quality_assessment", {}),
    ],
)
def test_nothing_else_is_a_command(
    client: TestClient, told: Any, project: int, command: str, parameters: dict[str, Any]
) -> None:
    answer = _told(client, project, command, **parameters)
    assert answer.status_code == 422, answer.text
    assert told.given == []


@pytest.mark.parametrize("dry_run", [True, False, None])
@pytest.mark.parametrize(
    ("command", "parameters", "status"),
    [
        ("publish", {"generation_id": "gen_none"}, 404),
        ("publish", {"scene_id": 2**31 - 1}, 404),
        ("publish", {"episode_id": 2**31 - 1}, 404),
        ("publish", {}, 422),
        ("publish", {"generation_id": {"step": 1}}, 422),
        ("unpublish", {"generation_id": "gen_none"}, 404),
        ("unpublish", {"scene_id": 2**31 - 1}, 404),
        ("cancel_generation", {"generation_id": "gen_none"}, 404),
        ("update_character", {"character": "Nobody", "change": "blue eyes"}, 404),
        ("regenerate_video", {"generation_id": "gen_none"}, 404),
        ("regenerate_video", {"scene_id": 2**31 - 1}, 404),
        ("regenerate_video", {}, 422),
        ("generate_video", {"prompt": "Nobody runs", "characters": ["Nobody"]}, 422),
        ("generate_video", {"prompt": "A gate", "scene_id": 2**31 - 1}, 404),
        ("create_episode", {"scene_ids": [2**31 - 1]}, 404),
        ("render_episode", {"episode_id": 2**31 - 1}, 404),
        ("make_trailer", {"scene_ids": [2**31 - 1]}, 404),
        ("make_trailer", {"generation_ids": ["gen_none"]}, 404),
        ("analyze_track", {"audio_path": "/etc/passwd"}, 422),
        ("report_status", {"generation_id": "gen_none"}, 404),
        ("generate_scene", {"scene_id": 2**31 - 1}, 404),
    ],
)
def test_what_could_not_be_done_is_refused_at_once_in_a_dry_run_too(
    client: TestClient,
    told: Any,
    project: int,
    command: str,
    parameters: dict[str, Any],
    status: int,
    dry_run: bool | None,
) -> None:
    said = {} if dry_run is None else {"dry_run": dry_run}
    answer = _told(client, project, command, **parameters, **said)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"]
    assert told.given == []
    assert client.get(f"{A}/director/log?project_id={project}").json() == []


def test_a_dry_run_leaves_nothing_behind(client: TestClient, told: Any, scene: dict[str, Any]) -> None:
    project = scene["project_id"]
    made = _command(client, scene).json()["generation_id"]
    _ended(made, "needs_review")
    told.given.clear()
    before = client.get(f"{A}/generations?project_id={project}").json()
    orders = {
        "generate_scene": {"scene_id": scene["id"]},
        "generate_video": {"prompt": "Kai runs", "characters": ["Kai Nakamura"]},
        "regenerate_video": {"scene_id": scene["id"]},
        "make_trailer": {},
        "create_episode": {"scene_ids": [scene["id"]]},
        "update_character": {"character": "Kai Nakamura", "change": "blue eyes"},
        "publish": {"scene_id": scene["id"]},
        "unpublish": {"scene_id": scene["id"]},
        "cancel_generation": {"generation_id": made},
    }
    for command, parameters in orders.items():
        shown = _told(client, project, command, **parameters, dry_run=True)
        assert (shown.status_code, shown.json()["dry_run"]) == (200, True), shown.text
    assert client.get(f"{A}/generations?project_id={project}").json() == before
    assert client.get(f"{A}/characters?project_id={project}").json()[0]["version"] == 1
    assert client.get(f"{A}/decisions?project_id={project}").json() == []
    assert told.given == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_in_no_state_for_it_is_refused_in_a_dry_run_too(
    client: TestClient, told: Any, scene: dict[str, Any], dry_run: bool
) -> None:
    made = _command(client, scene).json()["generation_id"]
    _ended(made, "failed")
    told.given.clear()
    answer = _told(client, scene["project_id"], "publish", generation_id=made, dry_run=dry_run)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATE")
    client.put(f"{A}/projects/{scene['project_id']}", json={"status": "archived"})
    answer = _told(client, scene["project_id"], "unpublish", generation_id=made, dry_run=dry_run)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (409, "status")
    assert told.given == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_command_speaks_of_its_own_project_alone(
    client: TestClient, told: Any, scene: dict[str, Any], dry_run: bool
) -> None:
    other = int(client.post(f"{A}/projects", json={"name": "Elsewhere"}).json()["id"])
    made = _command(client, scene).json()["generation_id"]
    episode = _episode(scene)
    told.given.clear()
    for command, parameters in (
        ("publish", {"generation_id": made}),
        ("cancel_generation", {"generation_id": made}),
        ("regenerate_video", {"scene_id": scene["id"]}),
        ("render_episode", {"episode_id": episode}),
        ("make_trailer", {"episode_id": episode}),
    ):
        answer = _told(client, other, command, **parameters, dry_run=dry_run)
        assert answer.status_code == 404, (command, answer.text)
    assert told.given == []


def _ended(generation_id: str, status: str) -> None:
    with transaction() as session:
        session.get_one(ProductionJob, generation_id).status = status


def _episode(scene: dict[str, Any]) -> int:
    values = {
        "episode_number": 1, "title": "One", "synopsis": "", "scene_ids": [scene["id"]], "audio": None,
        "details": {},
    }  # fmt: skip
    with transaction() as session:
        at = branches.find(session, scene["project_id"], "main")
        return episodes.create(session, at, values).episode.id or 0
