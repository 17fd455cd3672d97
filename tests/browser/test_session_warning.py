"""The warning before the end of a session: it comes in time, one key answers, typed text is kept."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser import steps

STATE = "**/account/session/"


def pretend(page: Page, seconds: int, extends: bool = True) -> list[str]:
    """The server's clock as this page is told it; the methods it was asked with."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.method)
        left = 1800 if route.request.method == "POST" and extends else seconds
        route.fulfill(
            status=200, content_type="application/json",
            body=json.dumps({"seconds": left, "extends": extends}),
        )  # fmt: skip

    page.route(STATE, answer)
    return asked


def opened(open_page: Callable[..., Page], path: str) -> Page:
    page = open_page(locale="en-GB")
    page.clock.install()
    steps.sign_in(page)
    page.goto(path)
    return page


def test_l3_the_warning_comes_two_minutes_before_and_one_key_answers(
    open_page: Callable[..., Page],
) -> None:
    page = opened(open_page, "/account/settings/")
    asked = pretend(page, seconds=170)
    warning = page.get_by_role("alertdialog")
    page.clock.fast_forward(26 * 60 * 1000)
    expect(warning).to_be_hidden()
    page.clock.fast_forward(75 * 1000)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("Press any key or click")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Shift")
    expect(warning).to_be_hidden()
    assert asked[-1] == "POST"


def test_another_window_that_is_used_keeps_this_one_quiet(open_page: Callable[..., Page]) -> None:
    page = opened(open_page, "/account/settings/")
    asked = pretend(page, seconds=1700)
    page.clock.fast_forward(28 * 60 * 1000)
    page.wait_for_timeout(500)
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    assert asked == ["GET"], "asking is not being there"


def test_l3_what_was_being_typed_comes_back_after_the_end(
    open_page: Callable[..., Page],
) -> None:
    page = opened(open_page, "/cases/")  # one's own: nothing is asked before the note
    page.goto(page.locator("main tbody a[href^='/cases/']").first.get_attribute("href") or "")
    page.goto(page.url.rstrip("/") + "/note/")
    steps.fill(page, text="Ringte, ingen svarte. Prøver igjen fredag.")
    page.unroute_all()
    pretend(page, seconds=0, extends=False)
    page.clock.fast_forward(31 * 60 * 1000)
    page.clock.run_for(12_000)
    expect(page).to_have_url(re.compile("/account/sign-in/"))
    page.unroute_all()
    steps.fill(page, login=steps.KARI, password=steps.PRACTICE_PASSWORD)
    steps.send(page)
    expect(page).to_have_url(re.compile("/account/unsent/"))
    expect(page.locator("main")).to_contain_text("ingen svarte")
    steps.send(page)
    expect(page).to_have_url(steps.CASE_ADDRESS)
