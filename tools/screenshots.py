"""`make screenshots`: the picture of the README, and every page of the main job to look at.

The first goes to docs/images/, the others to .data/screenshots/ as light-1440/today.png and so on.
Words after the command are names of pages: only those are taken.
"""

import os
import sys
from pathlib import Path

import django

# `python tools/screenshots.py` works as well as `python -m tools.screenshots`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# The steps of the journeys know the sample data's models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory.settings")
django.setup()

from playwright.sync_api import Browser, Page  # noqa: E402

from tests.browser.pages import KARI, MORE_CASES, NOBODY, PAGES, addresses, open_page  # noqa: E402
from tests.browser.steps import sign_in  # noqa: E402
from tools.chromium import ChromiumMissing, chromium  # noqa: E402
from tools.practice import DidNotStart, Practice, practice_server  # noqa: E402
from tools.run import ROOT  # noqa: E402

PICTURES = ROOT / ".data" / "screenshots"
README_PICTURE = ROOT / "docs" / "images" / "case.png"
LOOKS = (("light", 1440), ("dark", 1440), ("light", 320), ("dark", 320))
# Without them the start page says that reminders are not being sent.
RUN_THE_JOBS = """
from django.core.management import call_command
call_command("plan_reminders")
call_command("send_reminders")
"""


def main(wanted: list[str]) -> int:
    try:
        with practice_server() as practice, chromium() as browser:
            practice.manage("shell", "--command", RUN_THE_JOBS)
            found = addresses(practice)
            if not wanted:
                take_readme_picture(browser, practice, found)
            take_all(browser, practice, found, wanted)
    except (ChromiumMissing, DidNotStart) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def signed_in(browser: Browser, practice: Practice, who: str, locale: str) -> Page:
    context = browser.new_context(
        base_url=practice.address, locale=locale, reduced_motion="reduce",
        viewport={"width": 1440, "height": 900},
    )  # fmt: skip
    page = context.new_page()
    if who != NOBODY:
        sign_in(page, who)
    return page


def take_readme_picture(browser: Browser, practice: Practice, found: dict[str, str]) -> None:
    page = signed_in(browser, practice, KARI, "en-GB")
    page.goto("/cases/{appointment_booked}/".format(**found))
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=README_PICTURE)
    page.context.close()
    print(README_PICTURE.relative_to(ROOT))


def take_all(
    browser: Browser, practice: Practice, found: dict[str, str], wanted: list[str]
) -> None:
    pages: dict[str, Page] = {}
    for shown in (*PAGES, *MORE_CASES):
        if wanted and shown.name not in wanted:
            continue
        if shown.who not in pages:
            pages[shown.who] = signed_in(browser, practice, shown.who, "nb-NO")
        page = pages[shown.who]
        page.set_viewport_size({"width": 1440, "height": 900})
        open_page(page, shown, found)
        for scheme, width in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            to = PICTURES / f"{scheme}-{width}" / f"{shown.name}.png"
            page.screenshot(path=to, full_page=True)
        print(shown.name, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
