"""Pages of a real tower in a headless Chromium; without one the tests are skipped, and say how to get it."""

import os
import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from deployments.addresses import Addresses

CHROMIUM = (
    os.environ.get("TOWER_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
HOW = "no Chromium: `apt install chromium`, or TOWER_TEST_CHROMIUM=<its path>"
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module alone: while it is open, a loop runs in this thread, and no other test could run one."""
    if CHROMIUM is None:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox to run it in; what it opens is ours alone.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser, tower: Addresses) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=tower.anime_url, viewport={"width": 1360, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails and no policy is broken."""
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if _is_trouble(said) else None)
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    page.close()
    assert troubles == []


def _is_trouble(said: ConsoleMessage) -> bool:
    """An answer that is an error is told there too; what comes of it is for the tests to see."""
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture(scope="session")
def api(tower: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{tower.anime_url}/api/anime", trust_env=False, timeout=30) as http:
        yield http
