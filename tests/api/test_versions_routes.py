from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

A = "/api/anime"


class Studio:
    """A project with a scene and a character on `main`, and a branch `alt`, as its users work on it."""

    def __init__(self, client: TestClient, project: int) -> None:
        self.client, self.project = client, project

    def ok(self, method: str, path: str, status: int, **kwargs: Any) -> Any:
        answer = self.client.request(method, f"{A}{path}", **kwargs)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, status: int = 201, **body: Any) -> Any:
        return self.ok("POST", path, status, json={"project_id": self.project, **body})

    def edit(self, path: str, branch: str, **body: Any) -> Any:
        return self.ok("PUT", f"{path}?branch={branch}", 200, json=body)

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return self.ok("GET", path, status, params=params)

    def commit(self, branch: str = "main", status: int = 201, **body: Any) -> Any:
        return self.post("/commit", status, branch=branch, message="m", **body)

    def merge(self, status: int = 201, **body: Any) -> Any:
        return self.post("/merge", status, **{"source_branch": "alt", "target_branch": "main", **body})

    def diff(self, base: str) -> list[Any]:
        return list(self.get("/diff", project_id=self.project, base=base, head="main")["changes"])

    def resolve(self, merge: str, *resolutions: dict[str, Any], status: int = 200) -> Any:
        return self.ok("POST", f"{merge}/resolve", status, json={"resolutions": resolutions})

    def log(self, branch: str = "main") -> list[Any]:
        return list(self.get("/commits", project_id=self.project, branch=branch))


@pytest.fixture
def studio(client: TestClient, project: int) -> Studio:
    return Studio(client, project)


@pytest.fixture
def kai(studio: Studio) -> str:
    return f"/characters/{studio.post('/characters', name='Kai', description='a')['id']}"


@pytest.fixture
def scene(studio: Studio, kai: str) -> str:
    made = studio.post("/scenes", scene_number=1, description="a", characters=["Kai"])
    studio.commit()
    studio.post("/branch", branch_name="alt", source_branch="main")
    return f"/scenes/{made['id']}"


def test_a_project_begins_with_a_first_commit(studio: Studio) -> None:
    (first,) = studio.log()
    assert (first["kind"], first["parents"], first["branch"]) == ("first", [], "main")
    (branch,) = studio.get("/branches", project_id=studio.project)
    assert branch["head_commit_id"] == first["id"]
    assert not branch["has_uncommitted_work"]


def test_a_commit_records_what_was_changed_and_another_finds_nothing(studio: Studio, kai: str) -> None:
    made = studio.commit()
    assert [each["id"] for each in studio.log()] == [made["id"], *made["parents"]]
    refused = studio.commit(status=409)["error"]
    assert (refused["code"], refused["details"]["head"]) == ("NOTHING_TO_COMMIT", made["id"])
    studio.edit(kai, "main", description="b")
    assert studio.commit()["parents"] == [made["id"]]


def test_changes_are_a_merge_patch_by_id_name_and_number(studio: Studio, scene: str, kai: str) -> None:
    studio.commit(
        changes={
            "characters": {"Kai": {"backstory": "Raised by wolves"}, "Rin": {"description": "new"}},
            "scenes": {"1": {"description": "patched"}, "7": {"characters": ["Rin"]}},
            "project": {"metadata": {"genre": "fantasy"}},
            "bible": {"title": "B", "characters": {"Kai": {"role": "hero"}}},
            "style": {"fps": "30000/1001"},
            "note": "kept",
        }
    )
    assert studio.get(scene)["description"] == "patched"
    seven = next(
        each for each in studio.get("/scenes", project_id=studio.project) if each["scene_number"] == 7
    )
    assert (seven["characters"], seven["warnings"]) == (["Rin"], [])
    assert studio.get(f"/projects/{studio.project}")["metadata"]["genre"] == "fantasy"
    bible = studio.get(f"/projects/{studio.project}/bible")
    assert (bible["title"], bible["characters"][0]["role"]) == ("B", "hero")
    head = studio.log()[0]
    assert head["notes"] == {"note": "kept"}
    (change,) = [
        each
        for each in studio.get("/diff", project_id=studio.project, base=head["parents"][0], head="main")[
            "changes"
        ]
        if each["entity"] == kai[1:]
    ]
    assert change["changes"] == [{"path": "/metadata/backstory", "base": None, "head": "Raised by wolves"}]


def test_a_patch_that_cannot_be_is_refused_by_field(studio: Studio, scene: str) -> None:
    refused = studio.commit(status=422, changes={"scenes": {"1": {"scene_number": "one"}}})
    assert refused["error"]["details"]["field"] == f"{scene[1:]}/scene_number"
    assert studio.commit(status=422, changes={"scenes": []})["error"]["details"]["field"] == "changes.scenes"
    assert studio.commit(status=422, changes={"project": None})["error"]["code"] == "VALIDATION_ERROR"


def test_null_takes_an_entity_out_for_the_branch_alone(studio: Studio, scene: str, kai: str) -> None:
    studio.commit(changes={"characters": {"Kai": None}})
    studio.get(kai, 404)
    assert studio.get(scene)["warnings"][0]["value"] == "Kai"
    assert studio.get(kai, branch="alt")["name"] == "Kai"


def test_edits_of_two_branches_merge_field_by_field(studio: Studio, scene: str) -> None:
    studio.edit(scene, "main", description="ours")
    studio.edit(scene, "alt", scene_number=3, characters=["Kai", "Elder"])
    merged = studio.merge()
    shown = studio.get(scene)
    assert (shown["description"], shown["scene_number"], shown["characters"]) == ("ours", 3, ["Kai", "Elder"])
    assert len(merged["commit"]["parents"]) == 2
    kinds = [each["kind"] for each in studio.log()]
    assert kinds == ["merge", "commit", "commit", "commit", "first"]
    assert studio.merge(200)["status"] == "up_to_date"
    assert not studio.get("/branches", project_id=studio.project)[0]["has_uncommitted_work"]


def test_music_and_what_is_new_come_along(studio: Studio, scene: str) -> None:
    points = [{"time": 0.0, "event": "scene_start"}, {"time": 2.5, "event": "enter"}]
    track = {"audio_path": "/a.mp3", "bpm": 120, "sync_points": points}
    studio.ok("POST", f"{scene}/audio?branch=alt", 201, json=track)
    rin = studio.ok("POST", "/characters?branch=alt", 201, json={"project_id": studio.project, "name": "Rin"})
    studio.get(f"/characters/{rin['id']}", 404)
    studio.merge()
    assert studio.get(f"/characters/{rin['id']}")["name"] == "Rin"
    assert track.items() <= studio.get(f"{scene}/audio").items()


def test_a_conflict_changes_nothing_until_it_is_decided(studio: Studio, scene: str, kai: str) -> None:
    studio.edit(scene, "main", description="ours")
    studio.edit(scene, "alt", description="theirs")
    studio.edit(kai, "alt", description="b")
    before = studio.log(), studio.log("alt")
    (dry,) = studio.merge(200, dry_run=True)["conflicts"]
    refused = studio.merge(409)["error"]
    assert refused["code"] == "MERGE_CONFLICT"
    (conflict,) = refused["details"]["conflicts"]
    assert conflict == dry == {
        "entity": scene[1:], "path": "/description", "base": "a", "ours": "ours", "theirs": "theirs",
        "kind": "modify/modify",
    }  # fmt: skip
    assert (studio.log(), studio.log("alt")) == before
    assert (studio.get(scene)["description"], studio.get(kai)["description"]) == ("ours", "a")
    merge = f"/merges/{refused['details']['merge_id']}"
    assert studio.get(merge)["conflicts"] == [conflict]
    assert studio.merge(409)["error"]["details"]["merge_id"] == refused["details"]["merge_id"]
    wrong = {"resolutions": [{"entity": scene[1:], "path": "/nope", "choose": "ours"}]}
    studio.ok("POST", f"{merge}/resolve", 422, json=wrong)
    right = {"entity": scene[1:], "path": "/description", "choose": "value", "value": "both"}
    done = studio.ok("POST", f"{merge}/resolve", 200, json={"resolutions": [right]})
    assert (done["status"], len(done["commit"]["parents"])) == ("merged", 2)
    assert (studio.get(scene)["description"], studio.get(kai)["description"]) == ("both", "b")
    assert studio.resolve(merge, status=409)["error"]["code"] == "INVALID_STATE"


def test_a_merge_is_decided_in_parts_and_over_what_was_changed_meanwhile(
    studio: Studio, scene: str, kai: str
) -> None:
    for branch in ("main", "alt"):
        studio.edit(scene, branch, description=branch)
        studio.edit(kai, branch, description=branch)
    merge = f"/merges/{studio.merge(409)['error']['details']['merge_id']}"
    theirs = {"path": "/description", "choose": "theirs"}
    part = {"resolutions": [{"entity": scene[1:], **theirs}]}
    left = studio.ok("POST", f"{merge}/resolve", 200, json=part)
    assert (left["status"], [each["entity"] for each in left["conflicts"]]) == ("open", [kai[1:]])
    studio.edit(scene, "main", description="later")
    rest = {"resolutions": [{"entity": kai[1:], **theirs}]}
    again = studio.ok("POST", f"{merge}/resolve", 200, json=rest)
    assert [(each["entity"], each["ours"]) for each in again["conflicts"]] == [(scene[1:], "later")]
    done = studio.ok("POST", f"{merge}/resolve", 200, json=part)
    assert done["status"] == "merged"
    assert (studio.get(scene)["description"], studio.get(kai)["description"]) == ("alt", "alt")


def test_an_aborted_merge_takes_no_decision(studio: Studio, scene: str) -> None:
    studio.edit(scene, "main", description="ours")
    studio.edit(scene, "alt", description="theirs")
    merge = f"/merges/{studio.merge(409)['error']['details']['merge_id']}"
    assert studio.ok("POST", f"{merge}/abort", 200)["status"] == "aborted"
    assert studio.ok("POST", f"{merge}/abort", 409)["error"]["code"] == "INVALID_STATE"
    assert studio.merge(409)["error"]["details"]["merge_id"] != int(merge.rpartition("/")[2])


def test_two_scenes_of_one_number_and_a_lost_character_are_found(
    studio: Studio, scene: str, kai: str
) -> None:
    ours = studio.post("/scenes", scene_number=2, characters=["Kai"])["id"]
    theirs = studio.post("/scenes", scene_number=2, branch_name="alt")["id"]
    studio.commit("alt", changes={"characters": {"Kai": None}})
    found = studio.merge(409)["error"]["details"]
    kinds = {(each["entity"], each["path"], each["kind"]) for each in found["conflicts"]}
    assert kinds == {
        (f"scenes/{ours}", "/scene_number", "duplicate"),
        (f"scenes/{theirs}", "/scene_number", "duplicate"),
        (f"scenes/{ours}", "/characters", "dangling"),
    }
    decisions = [
        {"entity": f"scenes/{theirs}", "path": "/scene_number", "choose": "value", "value": 5},
        {"entity": f"scenes/{ours}", "path": "/characters", "choose": "value", "value": []},
    ]
    done = studio.ok("POST", f"/merges/{found['merge_id']}/resolve", 200, json={"resolutions": decisions})
    assert done["status"] == "merged", done
    assert [each["scene_number"] for each in studio.get("/scenes", project_id=studio.project)] == [1, 2, 5]


def test_a_commit_is_undone_and_done_again_elsewhere(studio: Studio, scene: str) -> None:
    studio.edit(scene, "main", description="b")
    made = studio.commit()["id"]
    studio.edit(scene, "main", scene_number=9)
    picked = studio.post("/cherry-pick", branch="alt", commit_id=made[:12])
    assert studio.get(scene, branch="alt")["description"] == "b"
    assert picked["commit"]["kind"] == "cherry-pick"
    studio.post("/revert", commit_id=made)
    shown = studio.get(scene)
    assert (shown["description"], shown["scene_number"]) == ("a", 9)
    assert studio.post("/revert", 409, commit_id=made)["error"]["code"] == "NOTHING_TO_COMMIT"
    assert [each["kind"] for each in studio.log()][:2] == ["revert", "commit"]


def test_tags_name_commits_and_do_not_move(studio: Studio, scene: str) -> None:
    tag = studio.post("/tags", name="v1", message="first cut")
    studio.post("/tags", 409, name="v1")
    studio.edit(scene, "main", description="b")
    studio.commit()
    assert studio.get("/tags", project_id=studio.project) == [tag]
    (change,) = studio.diff("v1")
    assert change == {
        "entity": scene[1:], "kind": "modified",
        "changes": [{"path": "/description", "base": "a", "head": "b"}],
    }  # fmt: skip
    studio.ok("DELETE", "/tags/v1", 204, params={"project_id": studio.project})
    studio.ok("DELETE", "/tags/v1", 404, params={"project_id": studio.project})


def test_a_repeat_under_one_key_gets_the_first_answer(studio: Studio, scene: str) -> None:
    studio.edit(scene, "alt", description="b")
    headers = {"Idempotency-Key": uuid4().hex}
    body = {"project_id": studio.project, "branch": "alt", "message": "once"}
    first = studio.ok("POST", "/commit", 201, json=body, headers=headers)
    assert studio.ok("POST", "/commit", 201, json=body, headers=headers) == first
    studio.ok("POST", "/commit", 422, json={**body, "message": "twice"}, headers=headers)
    body = {"project_id": studio.project, "source_branch": "alt", "target_branch": "main"}
    merged = studio.ok("POST", "/merge", 201, json=body, headers=headers)
    assert studio.ok("POST", "/merge", 201, json=body, headers=headers) == merged


def test_a_branch_starts_with_the_uncommitted_work_of_its_source(studio: Studio, scene: str) -> None:
    studio.edit(scene, "main", description="not yet")
    made = studio.post("/branch", branch_name="third")
    assert made["has_uncommitted_work"]
    assert studio.get(scene, branch="third")["description"] == "not yet"
    studio.commit("third")
    assert studio.get("/branches", project_id=studio.project)[0]["has_uncommitted_work"]
    studio.merge(source_branch="third")
    studio.post("/branch", 409, branch_name="third")
    studio.post("/branch", 404, branch_name="fourth", source_branch="nowhere")


def test_the_projects_own_fields_and_its_order_are_a_branchs_own(studio: Studio, scene: str) -> None:
    number = int(scene.rpartition("/")[2])
    studio.commit("alt", changes={"project": {"description": "alt"}, "scene_order": [number]})
    assert studio.get(f"/projects/{studio.project}")["description"] == ""
    studio.merge()
    assert studio.get(f"/projects/{studio.project}")["description"] == "alt"
    studio.ok("PUT", f"/projects/{studio.project}", 200, json={"description": "main"})
    made = studio.commit()
    (change,) = studio.get("/diff", project_id=studio.project, base=made["parents"][0], head="main")[
        "changes"
    ]
    assert (change["entity"], change["changes"][0]["head"]) == ("project", "main")


def test_what_there_is_not_is_said_so(studio: Studio, scene: str) -> None:
    studio.get("/commits/nope", 404)
    studio.get("/merges/999999", 404)
    studio.get("/branches", 404, project_id=2**31 - 1)
    studio.get("/diff", 404, project_id=studio.project, base="nope", head="main")
    studio.merge(422, source_branch="main")
    studio.merge(404, source_branch="nope")
    studio.post("/revert", 404, commit_id="nope")
    studio.post("/tags", 404, name="v", ref="nope")


def test_a_ref_reads_what_a_commit_or_a_tag_has(studio: Studio, scene: str, kai: str) -> None:
    studio.commit(changes={"bible": {"title": "B", "characters": {"Kai": {"role": "hero"}}}})
    tag = studio.post("/tags", name="v1")
    studio.commit(changes={"characters": {"Kai": None}, "scenes": {"1": {"description": "b"}}, "bible": None})
    then = studio.get(kai, ref="v1")
    assert (then["name"], then["commit_id"]) == ("Kai", tag["commit_id"])
    assert studio.get(kai, ref=tag["commit_id"][:10]) == then
    assert studio.get(scene, ref="v1")["characters"] == ["Kai"]
    project = {"project_id": studio.project}
    assert studio.get("/characters", **project, ref="v1") == [then]
    assert [each["description"] for each in studio.get("/scenes", **project, ref="v1")] == ["a"]
    assert studio.get(f"/projects/{studio.project}", ref="v1")["name"] == "Kaze no Tani"
    bible = studio.get(f"/projects/{studio.project}/bible", ref="v1")
    assert (bible["title"], bible["characters"][0]["role"]) == ("B", "hero")
    studio.get(f"/projects/{studio.project}/bible", 404, ref="main")
    studio.get(kai, 404, ref="main")
    studio.get(kai, 404, ref="nope")
    studio.get(kai, 422, ref="v1", branch="main")


def test_a_renamed_character_is_renamed_in_its_scenes(studio: Studio, scene: str, kai: str) -> None:
    studio.edit(kai, "alt", name="Kaito")
    studio.merge()
    shown = studio.get(scene)
    assert (shown["characters"], shown["warnings"]) == (["Kaito"], [])


def test_deleted_rows_are_seen_by_the_next_commit(studio: Studio, scene: str, kai: str) -> None:
    studio.ok("DELETE", f"{scene}?branch=alt", 204)
    studio.merge()
    studio.get(scene, 404)
    changes = studio.diff(studio.log()[0]["parents"][0])
    assert [(each["entity"], each["kind"]) for each in changes] == [(scene[1:], "deleted")]


def test_an_entity_called_by_both_its_names_gets_both_edits(studio: Studio, kai: str) -> None:
    number = kai.rpartition("/")[2]
    changes = {"characters": {number: {"description": "by id"}, "Kai": {"metadata": {"k": 1}}}}
    studio.commit(changes=changes)
    (change,) = [
        each for each in studio.diff(studio.log()[-1]["id"]) if each["entity"] == f"characters/{number}"
    ]
    shown = {field["path"]: field["head"] for field in change["changes"]}
    assert studio.get(kai)["description"] == "by id"
    assert "by id" in str(shown)
    assert "'k': 1" in str(shown)


def test_a_cherry_pick_named_by_a_branch_is_finished_with_the_commit_that_was_meant(
    studio: Studio, kai: str, scene: str
) -> None:
    studio.edit(kai, "alt", description="picked")
    picked = studio.commit("alt")
    studio.edit(kai, "main", description="ours")
    refused = studio.post("/cherry-pick", 409, branch="main", commit_id="alt")["error"]["details"]
    studio.edit(kai, "alt", description="later")
    studio.commit("alt")
    (conflict,) = refused["conflicts"]
    assert conflict["theirs"] == "picked"
    decision = {"entity": conflict["entity"], "path": conflict["path"], "choose": "theirs"}
    studio.resolve(f"/merges/{refused['merge_id']}", decision)
    assert studio.get(kai)["description"] == "picked"
    assert picked["id"] in studio.log("alt")[1]["id"]


def test_a_revert_named_by_the_branch_undoes_its_head_and_keeps_uncommitted_work(
    studio: Studio, kai: str, scene: str
) -> None:
    studio.edit(kai, "main", description="head")
    studio.commit()
    studio.edit(scene, "main", description="not committed")
    studio.post("/revert", branch="main", commit_id="main")
    assert studio.get(kai)["description"] == "a"
    assert studio.get(scene)["description"] == "not committed"


def test_a_projects_first_commit_cannot_be_undone(studio: Studio, kai: str) -> None:
    refused = studio.post("/revert", 422, branch="main", commit_id=studio.log()[-1]["id"])["error"]
    assert refused["details"]["field"] == "commit_id"


def test_an_episode_made_on_one_branch_is_the_same_on_another(studio: Studio, scene: str) -> None:
    episodes = {"Pilot": {"episode_number": 1, "title": "Pilot"}}
    studio.commit("alt", changes={"episodes": episodes})
    studio.merge()
    studio.commit(changes={"episodes": {"1": {"title": "The Pilot"}}})
    studio.commit("alt", changes={"episodes": {"1": {"synopsis": "It begins."}}})
    assert studio.merge()["status"] == "merged"


def test_a_scene_whose_character_is_called_otherwise_by_a_patch_says_so(
    studio: Studio, kai: str, scene: str
) -> None:
    studio.commit(changes={"characters": {"Kai": {"name": "Kay"}}})
    (warning,) = studio.get(scene)["warnings"]
    assert (warning["field"], warning["value"]) == ("characters", "Kai")


def test_a_rate_beyond_the_limits_is_refused_in_a_patch_too(studio: Studio) -> None:
    for fps in ("999999", "24/1000"):
        studio.commit(status=422, changes={"style": {"fps": fps}})


def test_tags_and_branches_do_not_hide_each_other_and_a_tag_may_have_a_slash(
    studio: Studio, kai: str
) -> None:
    studio.post("/tags", 409, name="main", ref="main", message="")
    studio.post("/tags", name="v1/0", ref="main", message="")
    studio.post("/branch", 409, branch_name="v1/0", source_branch="main")
    studio.ok("DELETE", "/tags/v1/0", 204, params={"project_id": studio.project})


def test_a_name_with_a_nul_is_refused(studio: Studio) -> None:
    studio.get("/characters", 422, project_id=studio.project, name="\0")


def test_a_branch_produces_in_its_own_style_and_main_in_its(studio: Studio, scene: str) -> None:
    studio.commit("alt", changes={"style": {"default_style": "ink", "width": 640, "height": 360}})
    path = f"/projects/{studio.project}/generate-from-command"
    for branch, style in (("alt", "ink"), ("main", "anime")):
        answer = studio.ok("POST", path, 202, json={"prompt": "rain", "branch_name": branch})
        assert answer["metadata"]["style"] == style


def test_scenes_are_told_as_they_are_arranged_and_the_others_by_number(studio: Studio, scene: str) -> None:
    first = int(scene.rpartition("/")[2])
    second, third = (studio.post("/scenes", scene_number=number)["id"] for number in (2, 3))
    path = f"/projects/{studio.project}/scene-order"
    assert studio.get(path) == [first, second, third]
    studio.commit(changes={"scene_order": [third, first]})
    assert studio.get(path) == [third, first, second]
    assert studio.get(path, branch="alt") == [first]


def test_a_branch_shows_uncommitted_work_while_it_has_some(studio: Studio, kai: str) -> None:
    def has_work() -> bool:
        (branch,) = studio.get("/branches", project_id=studio.project)
        return bool(branch["has_uncommitted_work"])

    studio.commit()
    assert not has_work()
    studio.edit(kai, "main", description="b")
    studio.edit(kai, "main", description="a")
    studio.commit(status=409)
    assert not has_work()
    studio.ok("PATCH", f"/projects/{studio.project}", 200, json={"description": "changed"})
    assert has_work()
    studio.commit()
    assert not has_work()


def test_a_merge_that_went_through_elsewhere_waits_no_longer(studio: Studio, kai: str, scene: str) -> None:
    studio.edit(kai, "alt", description="theirs")
    studio.edit(kai, "main", description="ours")
    waiting = studio.merge(409)["error"]["details"]["merge_id"]
    studio.edit(kai, "main", description="theirs")
    studio.merge()
    done = studio.get(f"/merges/{waiting}")
    assert (done["status"], done["conflicts"]) == ("merged", [])
    studio.resolve(f"/merges/{waiting}", status=409)


def test_merges_that_wait_are_listed_until_they_are_decided_or_given_up(studio: Studio, scene: str) -> None:
    for branch, words in (("main", "Rain"), ("alt", "Snow")):
        studio.edit(scene, branch, description=words)
    merge_id = studio.merge(409)["error"]["details"]["merge_id"]
    waiting = f"/merges?project_id={studio.project}&status=open"
    (listed,) = studio.ok("GET", waiting, 200)
    told = ("merge_id", "kind", "source", "target_branch", "conflicts", "status")
    assert [listed[name] for name in told] == [merge_id, "merge", "alt", "main", 1, "open"]
    studio.ok("POST", f"/merges/{merge_id}/abort", 200)
    assert studio.ok("GET", waiting, 200) == []
    (listed,) = studio.get("/merges", project_id=studio.project)
    assert (listed["status"], listed["conflicts"]) == ("aborted", 0)
    assert studio.get("/merges", 404, project_id=999_999)["error"]["code"] == "NOT_FOUND"
