"""E7, E9: what a browser keeps after work, and whom it asked."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import BROWSER, steps
from tests.browser.pages import ADA, KARI, LIV, NOBODY, PAGES, PER, addresses
from tools.practice import Practice

pytestmark = BROWSER
# Everything a page of ours could write to and find again.
KEPT = """async () => ({
  local: Object.keys(localStorage).length,
  session: Object.keys(sessionStorage).length,
  databases: (await indexedDB.databases()).length,
  caches: "caches" in window ? (await caches.keys()).length : 0,
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  readable: document.cookie.length,
})"""
NOTHING = {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0, "readable": 0}


@pytest.fixture(scope="module")
def found(practice: Practice) -> dict[str, str]:
    return addresses(practice)


@pytest.fixture
def context(browser: Browser, practice: Practice) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=practice.address, locale="nb-NO")
    yield made
    made.close()


def sign_out(page: Page) -> None:
    page.goto("/account/sign-out/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/account/sign-in/**")


def test_e7_nothing_is_left_after_signing_out(
    context: BrowserContext, found: dict[str, str]
) -> None:
    """After work on a case: nothing is stored, and the back button shows none of it."""
    page = context.new_page()
    steps.sign_in(page, KARI)
    for path in ("/", "/cases/", f"/cases/{found['help_running']}/"):
        page.goto(path)
        assert page.evaluate(KEPT) == NOTHING
    name = page.locator("h1").first.inner_text()
    assert len(name) > 3
    note = "Kanarinotat som ikke skal bli igjen"
    page.goto(f"/cases/{found['help_running']}/note/")
    steps.fill(page, text=note)
    sign_out(page)
    assert page.evaluate(KEPT) == NOTHING
    for _ in range(4):
        page.go_back()
        shown = page.content()
        assert name not in shown
        assert note not in shown
        assert urlsplit(page.url).path in ("/account/sign-in/", "/account/sign-out/", "blank")
    assert not [one for one in context.cookies() if one["name"].endswith("session")]
    kept = json.dumps(context.storage_state())
    assert name not in kept
    assert note not in kept


@pytest.mark.parametrize("who", [NOBODY, KARI, LIV, PER, ADA])
def test_e9_no_page_asks_anybody_else(
    context: BrowserContext, practice: Practice, found: dict[str, str], who: str
) -> None:
    """The log of the network over every page of the main job: our own host and nobody else."""
    asked: list[str] = []
    opened: list[Any] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("page", lambda one: opened.append(one))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))
    if who != NOBODY:
        steps.sign_in(page, who)
    mine = [shown for shown in PAGES if shown.who == who]
    assert mine
    for shown in mine:
        page.goto(shown.path.format(**found))
    own = urlsplit(practice.address).netloc
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {own}
    assert len(asked) > len(mine)
    assert len(opened) == 1
