"""Conflicts resolved, and an episode ordered, rendered and published, as a person at a browser does it."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from deployments.addresses import Addresses
from tests.fakes.requests import accepted, ask, ended, until

pytestmark = [pytest.mark.browser, pytest.mark.journey]


@pytest.fixture(scope="module")
def project(api: httpx.Client) -> int:
    return int(api.post("/projects", json={"name": "A Story"}).json()["id"])


@pytest.fixture(scope="module")
def scenes(api: httpx.Client, project: int) -> list[int]:
    """Two scenes, each with a clip."""
    made = []
    for number, words in ((1, "A village by day"), (2, "A forest at night")):
        told = {"project_id": project, "scene_number": number, "description": words}
        made.append(int(api.post("/scenes", json=told).json()["id"]))
    for scene, words in zip(made, ("A village by day", "A forest at night"), strict=True):
        until(api, accepted(ask(api, project, duration=1, scene_id=scene, prompt=words)), ended)
    return made


def test_a_conflict_is_resolved_field_by_field(
    page: Page, api: httpx.Client, project: int, scenes: list[int]
) -> None:
    page.goto(f"/projects/{project}/versions")
    page.get_by_label("What was changed").fill("Two scenes")
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_text("main is as its last commit has it.")).to_be_visible()
    page.locator("form", has_text="Branch off main").get_by_label("Name").fill("darker")
    page.get_by_role("button", name="Make the branch").click()
    expect(page.get_by_role("button", name="Merge", exact=True)).to_be_visible()
    for branch, words in (("main", "A village at dawn"), ("darker", "A village in fog")):
        body = {"description": words}
        assert api.put(f"/scenes/{scenes[0]}", json=body, params={"branch": branch}).status_code == 200
    page.get_by_role("button", name="Merge", exact=True).click()
    page.wait_for_url(re.compile(r"/merges/\d+"))
    expect(page.get_by_role("heading", name="Scene 1, description")).to_be_visible()
    sides = page.locator(".side pre").all_inner_texts()
    assert sides == ["A village by day", "A village at dawn", "A village in fog"]
    page.get_by_label("Theirs").check()
    page.get_by_role("button", name="Decide").click()
    page.wait_for_url(re.compile(r"/versions"))
    assert api.get(f"/scenes/{scenes[0]}").json()["description"] == "A village in fog"
    api.put(f"/scenes/{scenes[0]}", json={"description": "A village by day"})


def test_an_episode_is_ordered_rendered_and_published(
    page: Page, tower: Addresses, project: int, scenes: list[int]
) -> None:
    page.goto(f"/projects/{project}/episodes")
    page.get_by_role("button", name="Begin an episode").first.click()
    page.get_by_role("dialog").get_by_label("Title").fill("The Fog")
    page.get_by_role("dialog").get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url(re.compile(r"/episodes/\d+"))
    for at in range(2):
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".order li")).to_have_count(at + 1)
    page.get_by_role("button", name="Move scene 2").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".order li").first).to_contain_text("A forest at night")
    uuid = page.url.rpartition("/")[2].partition("?")[0]
    url = f"{tower.episodes_url}/api/anime/episodes/{uuid}"
    expect(page.locator("form[data-module=order]")).to_have_attribute("data-token", re.compile(r"[4-9]"))
    named = [f"scene_{scenes[1]}", f"scene_{scenes[0]}"]
    assert httpx.get(url, trust_env=False).json()["scenes"] == named
    page.get_by_role("button", name="Render and publish").click()
    expect(page.get_by_text("The media server lists it")).to_be_visible()
    expect(page.locator("#timeline svg .piece")).to_have_count(2)
    published = Path(page.locator("#publication .mono").inner_text())
    assert published.stat().st_size > 0
    video = page.locator("#preview video")
    video.evaluate("video => { video.preload = 'auto'; video.load(); }")
    expect(video).to_have_js_property("readyState", 4)
