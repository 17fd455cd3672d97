"""Every page of the main job is accessible, quiet, narrow enough, and asks nobody else."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from django.db import connection as database
from playwright.sync_api import Browser

from tests.browser import BROWSER, steps
from tests.browser.axe import Examiner
from tests.browser.pages import MORE_CASES, NOBODY, PAGES, Shown, addresses, open_page
from tests.browser.watch import Watch
from tools.practice import Practice

pytestmark = BROWSER
WIDE, NARROW = 1440, 320
Look = tuple[Literal["light", "dark"], int]
Visit = Callable[[str, str], Watch]


@pytest.fixture(scope="session")
def found(practice: Practice) -> dict[str, str]:
    return addresses(practice)


@pytest.fixture(scope="package")
def visit(browser: Browser, practice: Practice) -> Iterator[Visit]:
    """`visit(who, locale)`: a watched page of somebody who is signed in, the same one each time."""
    watches: dict[tuple[str, str], Watch] = {}

    def visited(who: str, locale: str) -> Watch:
        if (who, locale) not in watches:
            # A colour on its way from light to dark would be judged halfway.
            context = browser.new_context(
                base_url=practice.address, locale=locale, reduced_motion="reduce"
            )
            watches[who, locale] = Watch(context.new_page(), practice.address)
            if who != NOBODY:
                steps.sign_in(watches[who, locale].page, who)
        return watches[who, locale]

    yield visited
    for watch in watches.values():
        watch.page.context.close()


def faults_of(
    watch: Watch, shown: Shown, found: dict[str, str], looks: tuple[Look, ...]
) -> list[str]:
    page, faults = watch.page, []
    page.set_viewport_size({"width": WIDE, "height": 900})
    open_page(page, shown, found)
    examiner = Examiner(page)
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{scheme}, {width}: {v}" for v in examiner.violations(shown.part or "html")]
        if (beyond := examiner.sideways()) > 0:
            faults.append(f"{width}: {beyond} pixels too wide")
    return faults + watch.take_faults()


@pytest.mark.skipif(
    database.vendor == "postgresql",
    reason="what a page looks like does not hang on the database; make test-long looks there, too",
)
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_page(shown: Shown, visit: Visit, found: dict[str, str]) -> None:
    looks = (("light", WIDE), ("dark", NARROW))
    faults = faults_of(visit(shown.who, "nb-NO"), shown, found, looks)
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("shown", [*PAGES, *MORE_CASES], ids=lambda shown: shown.name)
def test_every_look_of_every_page(shown: Shown, visit: Visit, found: dict[str, str]) -> None:
    looks = (("light", WIDE), ("dark", WIDE), ("dark", NARROW), ("light", NARROW))
    faults = faults_of(visit(shown.who, "nb-NO"), shown, found, looks)
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("locale", ["nn-NO", "en-GB"])
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_other_languages(shown: Shown, locale: str, visit: Visit, found: dict[str, str]) -> None:
    """Other words are longer: they may break a narrow page."""
    faults = faults_of(visit(shown.who, locale), shown, found, (("light", NARROW),))
    assert not faults, "\n".join(faults)
