"""Every page of the main job is accessible, quiet, narrow enough, and asks nobody else."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser import BROWSER, steps
from tests.browser.axe import Examiner
from tests.browser.pages import MORE_CASES, NOBODY, PAGES, Shown, addresses, open_page
from tests.browser.watch import Watch
from tools.practice import Practice

pytestmark = BROWSER
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 640}
LIGHT_WIDE, DARK_WIDE = ("light", 1440), ("dark", 1440)
LIGHT_NARROW, DARK_NARROW = ("light", 320), ("dark", 320)
Visit = Callable[[str, str], Watch]


@pytest.fixture(scope="package")
def found(practice: Practice) -> dict[str, str]:
    return addresses(practice)


@pytest.fixture(scope="package")
def visit(browser: Browser, practice: Practice) -> Iterator[Visit]:
    """`visit(who, locale)`: a watched page of somebody who is signed in, the same one each time."""
    pages: dict[tuple[str, str], Watch] = {}

    def visited(who: str, locale: str) -> Watch:
        if (who, locale) not in pages:
            context = browser.new_context(base_url=practice.address, locale=locale, reduced_motion="reduce")
            pages[who, locale] = Watch(context.new_page(), practice.address)
            if who != NOBODY:
                steps.sign_in(pages[who, locale].page, who)
        return pages[who, locale]

    yield visited
    for watch in pages.values():
        watch.page.context.close()


Look = tuple[Literal["light", "dark"], int]


def faults_of(watch: Watch, shown: Shown, found: dict[str, str], looks: list[Look]) -> list[str]:
    page = watch.page
    page.emulate_media(color_scheme=looks[0][0])
    page.set_viewport_size({"width": looks[0][1], "height": 900})
    open_page(page, shown, found)
    examiner, faults = Examiner(page), []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{scheme} {width}: {violation}" for violation in examiner.violations()]
        if examiner.sideways() > 0:
            faults.append(f"{width}: {examiner.sideways()} pixels too wide")
    return faults + watch.take_faults()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_page(shown: Shown, visit: Visit, found: dict[str, str]) -> None:
    looks: list[Look] = [LIGHT_WIDE, DARK_WIDE, DARK_NARROW, LIGHT_NARROW]
    faults = faults_of(visit(shown.who, "nb-NO"), shown, found, looks)
    assert not faults, "\n".join(faults)
