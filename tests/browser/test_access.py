"""Every page for everybody: what axe-core finds, in light and dark; the keyboard; how soon one can begin."""

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deployments.addresses import Addresses

pytestmark = [pytest.mark.browser, pytest.mark.journey]
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def pages(api: httpx.Client, tower: Addresses) -> list[str]:
    project = int(api.post("/projects", json={"name": "For Everybody"}).json()["id"])
    sheet = {"project_id": project, "name": "Mira", "description": "silver hair, red sash"}
    mira = api.post("/characters", json=sheet).json()["id"]
    told = {"project_id": project, "scene_number": 1, "description": "Snow", "characters": ["Mira"]}
    scene = api.post("/scenes", json=told).json()["id"]
    at = f"/projects/{project}"
    body = {"prompt": "Mira with black hair", "characters": ["Mira"], "duration": 1}
    clip = api.post(f"{at}/generate-from-command", json=body).json()["generation_id"]
    own = (
        at,
        f"{at}/scenes/{scene}",
        f"{at}/characters",
        f"{at}/characters/{mira}",
        f"{at}/bible",
        f"{at}/takes",
        f"{at}/trailers",
    )
    merge = _conflict(api, project, scene)
    episode = httpx.post(
        f"{tower.episodes_url}/api/anime/episodes",
        json={"project_id": project, "title": "Snow", "scenes": [scene]},
        trust_env=False,
    ).json()["episode_id"]
    versions = (f"{at}/versions", f"{at}/diff?base=main&head=other", f"{at}/merges/{merge}")
    rest = (
        f"{at}/episodes",
        f"{at}/episodes/{episode}",
        "/music",
        "/echo?conversation=everybody",
        "/storage",
    )
    return ["/", "/new", "/projects", *own, *versions, *rest, f"/generations/{clip}", "/nowhere"]


def _conflict(api: httpx.Client, project: int, scene: int) -> int:
    """A merge in which both branches changed one description."""
    api.post("/branch", json={"project_id": project, "branch_name": "other"})
    for branch in ("main", "other"):
        api.put(f"/scenes/{scene}", json={"description": f"Snow on {branch}"}, params={"branch": branch})
    refused = api.post("/merge", json={"project_id": project, "source_branch": "other"})
    return int(refused.json()["error"]["details"]["merge_id"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, tower: Addresses, pages: list[str], scheme: Any) -> None:
    with browser.new_context(base_url=tower.anime_url, color_scheme=scheme) as context:
        page, found = context.new_page(), []
        for url in pages:
            page.goto(url)
            violations = Axe().run(page).response["violations"]
            found += [
                (url, each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in GRAVE
            ]
    assert found == []


def test_a_narrow_screen_is_never_scrolled_sideways(
    browser: Browser, tower: Addresses, pages: list[str]
) -> None:
    with browser.new_context(base_url=tower.anime_url, viewport={"width": 375, "height": 740}) as context:
        page = context.new_page()
        for url in pages:
            page.goto(url)
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, url


def test_names_without_a_blank_never_scroll_a_page_sideways(
    browser: Browser, tower: Addresses, api: httpx.Client
) -> None:
    name = "W" * 120
    project = int(api.post("/projects", json={"name": name}).json()["id"])
    api.post("/characters", json={"project_id": project, "name": name, "description": name})
    told = {"project_id": project, "scene_number": 1, "description": name * 3, "characters": [name]}
    scene = api.post("/scenes", json=told).json()["id"]
    episode = httpx.post(
        f"{tower.episodes_url}/api/anime/episodes",
        json={"project_id": project, "title": name},
        trust_env=False,
    ).json()["episode_id"]
    own = ("", f"/scenes/{scene}", "/characters", "/bible", "/takes", "/episodes", f"/episodes/{episode}")
    try:
        with browser.new_context(base_url=tower.anime_url, viewport={"width": 375, "height": 740}) as context:
            page = context.new_page()
            for url in ("/projects", "/echo", *(f"/projects/{project}{each}" for each in own)):
                page.goto(url)
                assert page.evaluate("document.documentElement.scrollWidth") <= 375, url
    finally:
        api.delete(f"/projects/{project}")


def test_the_first_page_is_light_and_soon_there(browser: Browser, tower: Addresses) -> None:
    with browser.new_context(base_url=tower.anime_url) as context:
        page, sizes = context.new_page(), []
        page.on("response", lambda answer: sizes.append(answer))
        page.goto("/projects")
        timing = "performance.getEntriesByType('navigation')[0].domInteractive"
        interactive_ms = page.evaluate(timing)
        assert sum(len(answer.body()) for answer in sizes) < 150_000
    assert interactive_ms < 1000


def test_the_keyboard_leads_everywhere(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/projects")
