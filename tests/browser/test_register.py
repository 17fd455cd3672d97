"""Registering when something is wrong, and signing in and registering without mouse or script."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.desk.sample.units import PRACTICE_PASSWORD
from tests.browser import BROWSER, steps
from tests.browser.conftest import OpenPage

pytestmark = BROWSER
SUMMARY = "ds-error-summary"
WRONG = {
    "sender_reference": "2026-77",
    "received_on": "31.02.2026",
    "deadline_on": "",
    "found_on": steps.typed(timezone.localdate() + timedelta(days=3)),
    "found_clock": "25.99",
    "found_where": "Prøveparken <b>nord</b>",
    "finds-0-amount": "mye",
    "finds-1-seizure_reference": "B-1",
    "identity_number": "12 34",
    "given_name": "Selje",
    "mobile": "12",
    "email": "nobody",
}


def has_focus(page: Page, selector: str) -> None:
    expect(page.locator(f"{selector}:focus")).to_have_count(1)


def test_wrong_input_is_explained_and_nothing_typed_is_lost(open_page: OpenPage) -> None:
    # Given a form with a fault in nearly every field
    page = open_page(locale="nb-NO")
    steps.sign_in(page)
    steps.start_registering(page, steps.POLICE_ORDER)
    steps.fill(page, **WRONG)
    steps.choose(page, ordered_how="in_person", protection="confidential")

    # When it is sent
    steps.send(page)

    # Then the faults are read first, and each one leads to its field
    has_focus(page, SUMMARY)
    targets = page.locator(f"{SUMMARY} a").evaluate_all("links => links.map(a => a.hash)")
    assert {"#id_sender", "#id_received_on", "#id_deadline_on", "#id_identity_number"} <= {*targets}
    assert len(targets) >= 12, targets
    assert [target for target in targets if page.locator(target).count() != 1] == []
    page.locator(f'{SUMMARY} a[href="#id_identity_number"]').click()
    has_focus(page, "#id_identity_number")
    described_by = page.locator("#id_identity_number").get_attribute("aria-describedby") or ""
    assert "id_identity_number_error" in described_by
    assert page.title().startswith(("Error:", "Feil:"))

    # And everything typed still stands there
    kept = {name: steps.field(page, name).input_value() for name in WRONG}
    assert kept == WRONG
    expect(page.locator('[name="protection"][value="confidential"]')).to_be_checked()
    expect(page.locator('[name="ordered_how"][value="in_person"]')).to_be_checked()


def test_signing_in_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(locale="nb-NO")
    page.goto("/account/sign-in/")
    page.keyboard.press("Tab")
    has_focus(page, "a.ds-skip-link")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    has_focus(page, "[name=login]")
    page.keyboard.type(steps.KARI)
    page.keyboard.press("Tab")
    has_focus(page, "[name=password]")
    page.keyboard.type(PRACTICE_PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/$"))
    page.keyboard.press("Tab")
    has_focus(page, "a.ds-skip-link")


def test_registering_without_script(open_page: OpenPage) -> None:
    # Given a browser without script, and an order with more substances than the form has lines
    page = open_page(locale="nb-NO", java_script_enabled=False)
    steps.sign_in(page)
    steps.start_registering(page, steps.POLICE_ORDER)
    steps.fill_in_police_order(page)
    steps.fill_in_find(page, 0, "cannabis", "2,5")
    steps.fill_in_find(page, 1, "khat", "1")
    page.locator("[name=more_finds]").click()

    # When the line is added, a fault is corrected and the form is sent
    steps.fill_in_find(page, 2, "heroin", "0,1")
    steps.fill_in_person(page, mobile="12")
    steps.send(page)
    expect(page.locator(f"{SUMMARY} a")).to_have_count(1)
    steps.fill(page, mobile="900 09 003")
    steps.send(page)

    # Then the case is there with all three, and leads to the next step
    steps.registered_case(page)
    finds = page.locator("section", has=page.locator("#finds")).get_by_role("listitem")
    expect(finds).to_have_count(3)
    steps.follow_next_step(page, "/appointments/book/")
