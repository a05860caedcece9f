"""The main journeys of a clip, as a person at a browser takes them."""

import itertools
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.fakes.requests import accepted, ask, ended, until

pytestmark = [pytest.mark.browser, pytest.mark.journey]
_names = itertools.count(1)


@pytest.fixture(scope="module")
def project(api: httpx.Client) -> int:
    project_id = int(api.post("/projects", json={"name": f"Browser {next(_names)}"}).json()["id"])
    sheet = {"project_id": project_id, "name": "Kai", "description": "short red hair, blue coat"}
    assert api.post("/characters", json=sheet).status_code == 201
    return project_id


@pytest.fixture(scope="module")
def two_takes(api: httpx.Client, project: int) -> dict[str, Any]:
    """A scene of which two clips were made."""
    made = api.post("/scenes", json={"project_id": project, "scene_number": 1, "description": "A village"})
    scene = int(made.json()["id"])
    clips = [accepted(ask(api, project, duration=1, scene_id=scene, seed=seed)) for seed in (1, 2)]
    return [until(api, each, ended) for each in clips][-1]


def test_a_clip_is_made_and_appears_while_one_watches(page: Page, project: int) -> None:
    page.goto(f"/new?project={project}")
    page.get_by_label("What is seen").fill("Kai, with silver hair, in a village")
    expect(page.get_by_text("Would be refused")).to_be_visible()
    expect(page.locator("#check mark").first).to_have_text("silver hair")
    page.get_by_label("What is seen").fill("Kai in a village by day")
    expect(page.get_by_text("Nothing contradicts")).to_be_visible()
    page.get_by_label("Length, seconds").fill("1")
    page.get_by_label("Title").fill("Into the Village")
    page.get_by_text("More: size").click()
    page.get_by_label("Width").fill("320")
    page.get_by_label("Height").fill("184")
    page.get_by_role("button", name="Make the clip").click()
    page.wait_for_url(re.compile(r"/generations/gen_"))
    expect(page.locator(".badge", has_text="Published")).to_be_visible()
    video = page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    assert video.evaluate("video => video.videoWidth") == 320
    page.goto("/")
    expect(page.get_by_role("link", name="Into the Village").first).to_be_visible()


def test_a_refused_form_keeps_what_was_written(page: Page, project: int) -> None:
    page.goto(f"/new?project={project}")
    page.get_by_label("What is seen").fill("Kai waits")
    page.get_by_text("More: size").click()
    page.get_by_label("Frames a second").fill("many")
    page.get_by_role("button", name="Make the clip").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("fps")
    expect(alert).to_contain_text(re.compile("req_[0-9a-f]{16}"))
    expect(page.get_by_label("What is seen")).to_have_value("Kai waits")


def test_two_takes_are_compared_in_step(page: Page, two_takes: dict[str, Any]) -> None:
    page.goto(f"/generations/{two_takes['generation_id']}")
    videos = page.locator("video")
    expect(videos).to_have_count(2)
    for at in range(2):
        expect(videos.nth(at)).to_have_js_property("readyState", 4)
    position = page.get_by_label("Position")
    position.evaluate("range => { range.value = 0.5; range.dispatchEvent(new Event('input')); }")
    assert videos.evaluate_all("all => all.map(each => each.currentTime)") == [0.5, 0.5]
    expect(page.get_by_text("0.50 s, frame 12")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press(".")
    expect(page.get_by_text("0.54 s, frame 13")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(videos.first).to_have_js_property("ended", True)
    apart_s = videos.evaluate_all("([a, b]) => Math.abs(a.currentTime - b.currentTime)")
    assert apart_s < 0.1
    page.get_by_label("Right").select_option("none")
    expect(page.locator("video")).to_have_count(1)


def test_a_take_is_rated_without_a_reload(page: Page, two_takes: dict[str, Any]) -> None:
    page.goto(f"/generations/{two_takes['generation_id']}")
    page.evaluate("window.stays = true")
    page.locator(".rating").get_by_text("4").click()
    page.get_by_label("What you think").fill("good light")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("4 of 5, “good light”")).to_be_visible()
    assert page.evaluate("window.stays") is True


def test_the_line_is_paused_and_what_waits_is_cancelled(page: Page, api: httpx.Client, project: int) -> None:
    page.goto("/")
    page.get_by_role("button", name="Pause the line").click()
    expect(page.get_by_role("button", name="Resume the line")).to_be_visible()
    try:
        generation_id = accepted(ask(api, project, duration=1, title="Not yet"))
        waiting = page.locator(f"li[data-generation={generation_id}]")
        expect(waiting).to_contain_text("Stands in line")
        waiting.get_by_role("button", name="First").click()
        expect(waiting.locator(".badge")).to_have_text("first")
        waiting.get_by_role("button", name="Cancel").click()
        expect(waiting.get_by_text("Cancelled")).to_have_count(0)
        assert until(api, generation_id, ended)["status"] == "cancelled"
    finally:
        api.put("/queue", json={"paused": False})
    expect(page.get_by_role("button", name="Pause the line")).to_be_visible()
