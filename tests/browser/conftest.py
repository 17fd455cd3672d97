"""One server and one Chromium for all journeys; every page they open is watched."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.watch import Watch
from tools.chromium import ChromiumMissing, chromium, chromium_program
from tools.practice import Practice, practice_server

OpenPage = Callable[..., Page]
# A loaded machine may take its time; a page that never comes still fails.
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def practice() -> Iterator[Practice]:
    try:
        chromium_program()
    except ChromiumMissing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    with practice_server() as running:
        yield running


# Not for the whole session: while Playwright runs, Django takes this thread for an asynchronous one
# and refuses the database to every other test.
@pytest.fixture(scope="package")
def browser(practice: Practice) -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, practice: Practice) -> Iterator[OpenPage]:
    """`open_page(locale="nb-NO", …)`: an empty page of a new visitor, watched to the end."""
    watches = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(base_url=practice.address, **options)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watches.append(Watch(page, practice.address))
        return page

    yield opened
    for watch in watches:
        watch.page.context.close()
    assert [fault for watch in watches for fault in watch.take_faults()] == []
