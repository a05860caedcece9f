"""Each page: what it shows, what it makes of the public API, and what it says when that refuses."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.dashboard.drawing import draw_metrics, palette_of
from api.dashboard.history import draw_history, in_order, lanes_of
from api.dashboard.timeline import draw_timeline
from api.dashboard.view import STATIC
from api.dashboard.words import renderer_name
from db.queries import generations
from db.session import transaction
from studio.settings import Settings
from tests.api.conftest import Told

A = "/api/anime"
PARTIAL = {"X-Partial": "1"}


@pytest.fixture
def scene(client: TestClient, project: int) -> int:
    made = client.post(f"{A}/scenes", json={"project_id": project, "scene_number": 3, "description": "Rain"})
    return int(made.json()["id"])


@pytest.fixture
def clip(client: TestClient, project: int, scene: int) -> str:
    body = {"prompt": "A duel in the rain", "scene_id": scene, "title": "The Duel"}
    return str(
        client.post(f"{A}/projects/{project}/generate-from-command", json=body).json()["generation_id"]
    )


def _end(generation_id: str, status: str, error: dict[str, Any] | None = None) -> None:
    with transaction() as session:
        job = generations.locked(session, generation_id)
        job.status, job.error = status, error


def _page(client: TestClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


def _page_of(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.text)


class _Strict(HTMLParser):
    """Collects what a strict policy would refuse, and ids that stand twice."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.wrong += [f"{tag} {name}" for name in named if name == "style" or name.startswith("on")]
        if tag in ("script", "link") and not (named.get("src") or named.get("href") or "").startswith(
            "/static/"
        ):
            self.wrong.append(f"{tag} {named}")
        if tag == "style":
            self.wrong.append(tag)
        if (own := named.get("id")) is not None:
            self.wrong += [f"two of #{own}"] if own in self.ids else []
            self.ids.add(own)


def test_every_page_is_whole_and_keeps_to_its_policy(
    client: TestClient, project: int, scene: int, clip: str, kai: dict[str, Any]
) -> None:
    at = f"/projects/{project}"
    pages = (
        "/",
        "/new",
        f"/new?project={project}&scene={scene}",
        "/projects",
        at,
        f"{at}/scenes/{scene}",
        f"{at}/characters",
        f"{at}/characters/{kai['id']}",
        f"{at}/bible",
        f"{at}/takes",
        f"{at}/trailers",
        f"/generations/{clip}",
        "/storage",
        "/echo?conversation=all",
    )
    for url in pages:
        parser = _Strict()
        text = _page(client, url)
        parser.feed(text)
        assert parser.wrong == [], url
        assert text.count("<h1>") == 1, url
        policy = client.get(url).headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy


def test_the_scripts_are_small_and_the_first_page_is_light(client: TestClient) -> None:
    scripts = sum(len(path.read_bytes()) for path in STATIC.glob("*.js"))
    assert scripts < 40_000
    page = _page(client, "/")
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(files) >= 3
    whole = len(page) + scripts + sum(len(client.get(url).content) for url in set(files) if ".js" not in url)
    assert whole < 150_000


def test_a_page_that_is_not_there_says_so_in_words_and_the_api_in_its_envelope(client: TestClient) -> None:
    text = _page(client, "/nowhere", 404)
    assert "There is nothing here." in text
    assert re.search(r"req_[0-9a-f]{16}", text)
    missing = client.get(f"{A}/nowhere")
    assert missing.json()["error"]["code"] == "NOT_FOUND"
    assert "There is no project 999999" in _page(client, "/projects/999999", 404)
    assert client.get("/static/../view.py").status_code == 404
    assert client.get("/static/view.py").status_code == 404


def test_what_is_written_by_people_is_shown_as_text(client: TestClient, project: int) -> None:
    client.post(
        f"{A}/scenes",
        json={"project_id": project, "scene_number": 9, "description": "<script>alert(1)</script>"},
    )
    text = _page(client, f"/projects/{project}")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_an_empty_tower_says_what_to_do_first(client: TestClient, project: int) -> None:
    assert "Add the first scene" in _page(client, f"/projects/{project}")
    assert "Add the first character" in _page(client, f"/projects/{project}/characters")
    assert "No bible yet" in _page(client, f"/projects/{project}/bible")


def test_a_clip_is_asked_for_with_a_form(
    client: TestClient, project: int, kai: dict[str, Any], told: Told
) -> None:
    form = {
        "project_id": str(project),
        "prompt": "Kai walks",
        "duration": "2.5",
        "quality": "draft",
        "characters": ["Kai Nakamura"],
        "scene_id": "",
        "track_id": "",
        "seed": "7",
        "style": "",
        "title": "",
    }
    answer = client.post("/new", data=form)
    assert answer.status_code == 303, answer.text
    generation_id = answer.headers["Location"].rpartition("/")[2]
    seen = client.get(f"{A}/generations/{generation_id}").json()
    assert (seen["prompt"], seen["metadata"]) == (
        "Kai walks",
        {"duration": 2.5, "style": "anime", "quality": "draft"},
    )
    assert ("submit", generation_id, 1) in told.given


def test_what_the_api_refuses_is_told_in_words_and_nothing_is_lost(client: TestClient, project: int) -> None:
    form = {"project_id": str(project), "prompt": "Kai walks", "duration": "0"}
    refused = client.post("/new", data=form, headers=PARTIAL)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert "duration" in refused.text
    assert re.search(r"request <code>req_[0-9a-f]{16}", refused.text)
    assert "That did not work." in client.post("/new", data=form).text


def test_findings_are_shown_while_a_prompt_is_written(
    client: TestClient, project: int, kai: dict[str, Any]
) -> None:
    client.put(f"{A}/characters/{kai['id']}", json={"description": "short black hair"})
    form = {
        "project_id": str(project),
        "prompt": "Kai with silver hair",
        "characters": ["Kai Nakamura"],
        "duration": "3",
    }
    text = client.post("/new/check", data=form, headers=PARTIAL).text
    assert "Would be refused" in text
    assert "<mark>silver hair</mark>" in text
    assert "held against" in client.post("/new/check", data={**form, "prompt": " "}, headers=PARTIAL).text


def test_the_plan_is_shown_before_it_runs(
    client: TestClient, project: int, kai: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(settings.home))
    form = {
        "project_id": str(project),
        "prompt": "Kai waits",
        "characters": ["Kai Nakamura"],
        "duration": "3",
    }
    text = client.post("/new/plan", data={**form, "quality": "high"}, headers=PARTIAL).text
    for words in (
        "Character consistency check",
        "Generate video",
        "3 s, anime, high",
        "shot",
        "as documented",
    ):
        assert words in text
    assert "Nothing would be rendered as things are:" in text
    refused = client.post("/new/plan", data={**form, "duration": "0"}, headers=PARTIAL).text
    assert "The plan cannot be shown now:" in refused
    assert re.search(r"req_[0-9a-f]{16}", refused)
    assert client.post("/new/plan", data={**form, "prompt": " "}, headers=PARTIAL).text == ""


def test_who_would_render_it_is_called_by_its_name() -> None:
    device = {"name": "NVIDIA RTX 3060", "type": "cuda"}
    seen = {"server": "http://gpu:8188", "version": "0.3.75", "devices": [device]}
    assert renderer_name(seen) == "NVIDIA RTX 3060"
    assert renderer_name({**seen, "devices": []}) == "http://gpu:8188"
    own = {**seen, "version": "tower-animatic-0.1.0", "devices": [{"name": "AMD EPYC", "type": "cpu"}]}
    assert renderer_name(own) == "Animatics, on AMD EPYC"


def test_the_line_is_shown_paused_and_reordered(client: TestClient, clip: str) -> None:
    assert "The Duel" in _page(client, "/")
    kept = client.post("/queue", data={"paused": "true"}, headers=PARTIAL)
    assert (kept.status_code, kept.headers["X-Location"]) == (204, "/")
    assert "Resume the line" in _page(client, "/")
    client.post("/queue", data={"paused": "false"})
    client.post(f"/generations/{clip}/do", data={"do": "priority", "priority": "0", "back": "/"})
    (mine,) = [each for each in client.get(f"{A}/queue").json()["entries"] if each["generation_id"] == clip]
    assert mine["priority"] == 0
    _end(clip, "cancelled")


def test_decisions_are_given_on(client: TestClient, clip: str, told: Told) -> None:
    _end(clip, "needs_review")
    page = _page(client, f"/generations/{clip}")
    assert "Approve and publish" in page
    for what in ("approve", "reject", "retry"):
        assert client.post(f"/generations/{clip}/do", data={"do": what}).status_code == 303
    assert [each[0] for each in told.given[-3:]] == ["approve", "reject", "retry"]
    client.post(f"/generations/{clip}/do", data={"do": "rate", "rating": "4", "text": "nice rain"})
    assert "4 of 5, “nice rain”" in _page(client, f"/generations/{clip}")
    assert client.post(f"/generations/{clip}/do", data={"do": "burn"}).status_code == 422
    away = client.post(f"/generations/{clip}/do", data={"do": "approve", "back": "//evil.example"})
    assert away.headers["Location"] == "/"


def test_failures_are_shown_with_their_reason_and_a_retry(client: TestClient, clip: str) -> None:
    _end(clip, "failed", {"code": "RENDER_FAILED", "message": "The renderer burnt.", "details": {}})
    page = _page(client, "/")
    assert "The renderer burnt." in page
    assert 'value="retry"' in page


def test_the_board_is_paged_and_can_be_entered_at_a_number(client: TestClient, project: int) -> None:
    for number in range(1, 52):
        client.post(
            f"{A}/scenes",
            json={"project_id": project, "scene_number": number, "description": f"Scene no {number}."},
        )
    first = _page(client, f"/projects/{project}")
    assert "Scene no 48." in first
    assert "Scene no 49." not in first
    (url,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "Scene no 51." in _page(client, f"/projects/{project}" + url.replace("&amp;", "&"))
    from_50 = _page(client, f"/projects/{project}?first=50")
    assert "Scene no 50." in from_50
    assert "Scene no 49." not in from_50


def test_scenes_characters_and_the_bible_are_changed_by_forms(
    client: TestClient, project: int, scene: int
) -> None:
    at = f"/projects/{project}"
    client.post(f"{at}/characters", data={"name": "Mira", "description": "silver hair, red sash"})
    assert "silver, red" in _page(client, f"{at}/characters")
    client.post(
        f"{at}/scenes/{scene}", data={"scene_number": "4", "description": "Snow", "characters": "Mira, Ren"}
    )
    changed = client.get(f"{A}/scenes/{scene}").json()
    assert (changed["scene_number"], changed["description"], changed["characters"]) == (
        4,
        "Snow",
        ["Mira", "Ren"],
    )
    client.post(f"{at}/bible", data={"title": "The Wood", "description": "Fog."})
    client.post(f"{at}/bible/characters", data={"name": "Mira", "visual_description": "silver hair"})
    assert "silver hair" in _page(client, f"{at}/bible")
    client.post(f"{at}/scenes/{scene}", data={"do": "delete"})
    assert client.get(f"{A}/scenes/{scene}").status_code == 404


def test_a_further_version_of_the_bible_keeps_what_the_form_does_not_show(
    client: TestClient, project: int
) -> None:
    client.post(
        f"{A}/projects/{project}/bible", json={"title": "Wood", "content": {"magic": "costs memories"}}
    )
    client.post(f"/projects/{project}/bible", data={"title": "Wood", "description": "Fog."})
    bible = client.get(f"{A}/projects/{project}/bible").json()
    assert (bible["description"], bible["content"]) == ("Fog.", {"magic": "costs memories"})


def test_a_flagged_frame_stands_where_it_is_in_the_take() -> None:
    metric = {"metric": "black", "verdict": "fail", "frames": [50], "reason": "dark <half>"}
    curve = {"label": "light", "least_top": 255.0, "metrics": ["black"], "values": [0.0, 255.0]}
    svg = str(draw_metrics({"curves": [curve], "metrics": [metric], "frames": 101}))
    (x,) = [float(found) for found in re.findall(r'<rect x="([\d.]+)" y="0.0" width="6"', svg)]
    assert x + 3 == pytest.approx((158 + 720) / 2, abs=0.1)
    assert 'data-frame="50"' in svg
    assert "dark &lt;half&gt;" in svg
    assert draw_metrics({"curves": [], "metrics": [metric], "frames": None}) == ""


def test_a_palette_is_read_off_the_words() -> None:
    kai = {
        "description": "Black hair, AMBER eyes, a coat of #1a2b3c; blacksmith",
        "metadata": {"sash": ["red"]},
    }
    assert [name for name, _ in palette_of(kai)] == ["#1a2b3c", "black", "amber", "red"]


def test_versions_are_recorded_compared_and_merged_by_forms(
    client: TestClient, project: int, scene: int
) -> None:
    at = f"/projects/{project}"
    client.post(f"{at}/versions", data={"do": "commit", "branch": "main", "message": "First"})
    client.post(f"{at}/versions", data={"do": "branch", "branch": "main", "branch_name": "other"})
    for branch in ("main", "other"):
        client.put(f"{A}/scenes/{scene}", json={"description": f"on {branch}"}, params={"branch": branch})
    client.post(f"{at}/versions", data={"do": "tags", "branch": "main", "name": "cut 1"})
    page = _page(client, f"{at}/versions")
    assert "First" in page
    assert "cut 1" in page
    met = client.post(f"{at}/versions", data={"do": "merge", "branch": "main", "source_branch": "other"})
    assert re.fullmatch(rf"{at}/merges/\d+", met.headers["Location"])
    assert "Scene 3, description" in _page(client, met.headers["Location"])
    own = {"choose-0": "value", "value-0": "on both"}
    assert client.post(met.headers["Location"], data=own).headers["Location"] == f"{at}/versions"
    assert client.get(f"{A}/scenes/{scene}").json()["description"] == "on both"
    assert "on both" in _page(client, f"{at}/diff?base=cut 1&head=main")
    assert client.post(f"{at}/versions", data={"do": "burn"}).status_code == 422


def test_a_merge_can_be_given_up(client: TestClient, project: int, scene: int) -> None:
    at = f"/projects/{project}"
    client.post(f"{at}/versions", data={"do": "branch", "branch": "main", "branch_name": "other"})
    for branch in ("main", "other"):
        client.put(f"{A}/scenes/{scene}", json={"description": f"on {branch}"}, params={"branch": branch})
    met = client.post(f"{at}/versions", data={"do": "merge", "source_branch": "other"})
    client.post(met.headers["Location"], data={"do": "abort"})
    assert "has changed nothing" in _page(client, met.headers["Location"])
    assert client.get(f"{A}/scenes/{scene}").json()["description"] == "on main"


def test_merges_that_wait_are_listed_and_given_up(client: TestClient, project: int, scene: int) -> None:
    at = f"/projects/{project}"
    client.post(f"{at}/versions", data={"do": "branch", "branch": "main", "branch_name": "other"})
    for branch in ("main", "other"):
        client.put(f"{A}/scenes/{scene}", json={"description": f"on {branch}"}, params={"branch": branch})
    assert "Waits for your decision" not in _page(client, f"{at}/versions")
    met = client.post(f"{at}/versions", data={"do": "merge", "branch": "main", "source_branch": "other"})
    page = _page(client, f"{at}/versions")
    assert "Waits for your decision" in page
    assert f'href="{met.headers["Location"]}"' in page
    client.post(met.headers["Location"], data={"do": "abort", "branch": "main"})
    assert "Waits for your decision" not in _page(client, f"{at}/versions")


def test_a_trailer_is_asked_for_with_a_form_and_shown_under_way(
    client: TestClient, project: int, clip: str, told: Told
) -> None:
    at = f"/projects/{project}/trailers"
    assert "No trailer yet" in _page(client, at)
    assert "no accepted takes" in _page_of(client.post(at, data={"length": "12"}), 409)
    with transaction() as session:
        job = generations.locked(session, clip)
        job.status, job.chosen_take = "completed", 1
    assert client.post(at, data={"length": "12", "title": "Soon"}).headers["Location"] == at
    page = _page(client, at)
    assert "Soon" in page
    assert 'value="cancel"' in page
    (trailer,) = client.get(f"{A}/generations", params={"project_id": project, "kind": "trailer"}).json()
    assert ("submit", trailer["generation_id"], 1) in told.given
    missing = client.get(f"{A}/generations/{trailer['generation_id']}/video")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_stale_scenes_are_marked_when_they_are_asked_for(
    client: TestClient, project: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(settings.home))
    told = {"project_id": project, "scene_number": 71, "description": "Rain"}
    rain = client.post(f"{A}/scenes", json=told).json()["id"]
    client.post(f"{A}/projects/{project}/generate-from-command", json={"prompt": "Rain", "scene_id": rain})
    board = f"/projects/{project}?first=71"
    assert ">Stale<" not in _page(client, f"{board}&standings=true")
    client.put(f"{A}/scenes/{rain}", json={"description": "Snow"})
    assert ">Stale<" in _page(client, f"{board}&standings=true")
    assert ">Stale<" not in _page(client, board)


def test_storage_is_there_at_once_and_a_clean_up_is_looked_at_first(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(settings.home))
    assert "Adding it up" in _page(client, "/storage")
    assert "The store, by state" in _page(client, "/storage?sums=true")
    assert client.post("/storage", data={"days": "9"}).headers["Location"] == "/storage?look=true&days=9"
    assert "would go" in _page(client, "/storage?look=true&days=9")
    assert "unreferenced_days" in _page(client, "/storage?look=true&days=soon", 422)
    freed = client.post("/storage", data={"days": "9", "do": "apply"}).headers["Location"]
    assert freed == "/storage?freed=0"
    assert "were freed" in _page(client, freed)


def test_a_project_is_given_out_and_taken_in_where_its_pages_say(
    client: TestClient, project: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(settings.home))
    given_out = f"{A}/projects/{project}/archive"
    assert f'href="{given_out}"' in _page(client, f"/projects/{project}")
    assert f'data-goes="{A}/projects/archive"' in _page(client, "/projects")
    file = client.get(given_out).content
    taken_in = client.post(f"{A}/projects/archive", files={"file": ("project.zip", file, "application/zip")})
    assert taken_in.status_code == 201, taken_in.text
    _page(client, f"/projects/{taken_in.json()['project_id']}")


def test_echo_is_spoken_to_and_its_plan_confirmed(client: TestClient, project: int) -> None:
    client.post(f"{A}/characters", json={"project_id": project, "name": "Mira"})
    begun = client.get("/echo").headers["Location"]
    assert "What shall be made?" in _page(client, begun)
    said = {"conversation": begun.partition("conversation=")[2], "project": str(project)}
    wish = "Create a 5-second anime scene with Mira in a forest"
    at = client.post("/echo", data={**said, "message": wish}).headers["Location"]
    page = _page(client, at)
    assert wish in page
    assert "Generate video" in page
    (confirm,) = re.findall(r'action="(/echo/plans/plan_[0-9a-f]+/confirm)"', page)
    client.post(confirm, data=said)
    page = _page(client, at)
    assert confirm not in page
    (made,) = re.findall(r'data-generation="(gen_[^"]+)"', page)
    assert client.get(f"{A}/generations/{made}").json()["kind"] == "direct"


def test_a_plan_of_echo_is_dropped(client: TestClient, project: int) -> None:
    client.post(f"{A}/characters", json={"project_id": project, "name": "Mira"})
    said = {"conversation": "dropped", "project": str(project)}
    client.post("/echo", data={**said, "message": "Create a scene with Mira in a forest"})
    at = client.post("/echo", data={**said, "message": "no"}).headers["Location"]
    page = _page(client, at)
    assert ">Dropped<" in page
    assert "/confirm" not in page


def test_an_episode_is_begun_filled_and_rendered_by_forms(
    client: TestClient, project: int, scene: int
) -> None:
    at = f"/projects/{project}/episodes"
    assert "No episodes yet" in _page(client, at)
    begun = client.post(at, data={"title": "The Fog"}).headers["Location"]
    added = client.post(begun, data={"do": "add", "scenes": "", "scene_id": str(scene)})
    assert added.status_code == 303, added.text
    page = _page(client, begun)
    assert f'data-scene="scene_{scene}"' in page
    assert "It is drawn once the episode was rendered" in page
    assert client.post(begun, data={"do": "render", "publish": "yes"}).status_code == 303
    assert "Looking which scenes are fresh" in _page(client, begun) or "Waiting" in _page(client, begun)
    client.post(f"{at}/schedules", data={"name": "nightly", "expression": "0 3 * * *", "time_zone": "UTC"})
    assert "<code>0 3 * * *</code>" in _page(client, at)
    number = re.findall(r'name="schedule_id" value="(\d+)"', _page(client, at))[0]
    client.post(f"{at}/schedules", data={"do": "off", "schedule_id": number})
    assert "Switch on" in _page(client, at)
    client.post(f"{at}/schedules", data={"do": "delete", "schedule_id": number})
    assert "<code>0 3 * * *</code>" not in _page(client, at)


def test_the_library_is_searched_and_says_when_it_is_empty(client: TestClient) -> None:
    assert "The library is empty" in _page(client, "/music")
    assert "Nothing found" in _page(client, "/music?q=lanterns")
    assert "bpm_min" in _page(client, "/music?bpm_min=fast", 422)


def test_a_timeline_shows_each_cut_where_it_is_and_how_late() -> None:
    piece = {"frames": 24, "scene_id": 1, "generation_id": None, "transition": "cut"}
    pieces = [
        {**piece, "at": 24 * at, "at_s": float(at), "number": at + 1, "title": "<b>"} for at in range(2)
    ]
    cuts = [{"time_s": 1.0, "offset_ms": -7.0}, {"time_s": 1.5, "offset_ms": 90.0}]
    laid = {
        "duration_s": 2.0,
        "pieces": pieces,
        "cuts": cuts,
        "beats_s": [0.0, 1.0],
        "downbeats_s": [0.0],
        "audio_start_s": 0.0,
    }
    svg = str(draw_timeline(laid, [255, 0, 255, 0], 2.0))
    assert re.findall(r'class="(cut[^"]*)"[^>]*x1="([\d.]+)"', svg) == [
        ("cut", "600.0"),
        ("cut bad", "900.0"),
    ]
    assert "−7 ms" in svg
    assert "+90 ms" in svg
    assert "<b>" not in svg
    assert 'class="wave" points="150.0' in svg


def test_a_history_has_no_commit_before_what_it_led_to() -> None:
    made = "2026-01-01T00:00:0"
    commits = [
        {"id": "a", "parents": [], "branch": "main", "created_at": f"{made}1Z"},
        {"id": "b", "parents": ["a"], "branch": "other", "created_at": f"{made}1Z"},
        {"id": "c", "parents": ["a", "b"], "branch": "main", "created_at": f"{made}1Z"},
        {"id": "d", "parents": ["gone"], "branch": "late", "created_at": f"{made}0Z"},
    ]
    ordered = in_order(commits)
    places = {each["id"]: at for at, each in enumerate(ordered)}
    assert len(ordered) == 4
    assert all(
        places[each["id"]] < places[parent]
        for each in commits
        for parent in each["parents"]
        if parent in places
    )
    lanes = lanes_of([{"branch_name": "main"}], ordered)
    svg = str(draw_history(ordered, lanes, ["c"]))
    assert svg.count("<circle") == 4
    assert svg.count("<path") == 4
    assert lanes["main"] == 0
