"""The main job from a police order to closing, and the reminder on the way, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import BROWSER, steps
from tests.browser.conftest import OpenPage
from tools.practice import Practice

pytestmark = BROWSER


@pytest.mark.parametrize("locale", ["nb-NO", "en-GB"])
def test_police_order_to_closing(open_page: OpenPage, practice: Practice, locale: str) -> None:
    # Given a police order with a find above the threshold, registered by Kari
    page = open_page(locale=locale)
    steps.sign_in(page)
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    steps.start_registering(page, steps.POLICE_ORDER)
    steps.fill_in_police_order(page)
    steps.fill_in_find(page, 0, "cannabis", "14")
    steps.fill_in_person(page, mobile="900 09 001")
    steps.send(page)
    case = steps.registered_case(page)

    # When the find is decided on, and the person is summoned and comes
    steps.decide_on_the_find(page)
    steps.book(page)
    steps.make_and_send_the_summons(page, case)
    steps.let_the_meeting_pass(practice, page, case)
    steps.record_attendance(page, "attended")

    # And help is offered, accepted and finished, and the sender is answered
    steps.record_consent(page)
    offered = steps.offer_help(page)
    steps.record_reply(page)
    steps.record_result(page)
    page.goto(case)
    steps.answer_the_sender(page, never_told=offered)
    steps.close_the_case(page, case)

    # Then the case is closed, leads nowhere, and tells what has happened
    expect(page.locator(".next-step a")).to_have_count(0)
    expect(page.locator('main a[href$="/close/"]')).to_have_count(0)
    expect(page.locator("main")).to_contain_text(offered)
    happened = page.locator(".timeline")
    assert happened.locator("li").count() >= 8, happened.inner_text()
    number = re.compile(r"NOR-\d{4}-\d{4}").search(page.inner_text("body"))
    page.goto("/cases/?scope=closed")
    expect(page.locator("#case-rows")).to_contain_text(number[0] if number else "no case number")


def test_the_reminder_arrives_on_the_phone(open_page: OpenPage, practice: Practice) -> None:
    # Given somebody with a telephone and an appointment
    page = open_page(locale="nb-NO")
    steps.sign_in(page)
    steps.start_registering(page, steps.OWN_WISH)
    steps.fill_in_person(page, mobile="900 09 002")
    steps.send(page)
    case = steps.registered_case(page)
    day = steps.book(page)

    # When the day before the meeting has come
    steps.let_the_reminder_go_out(practice, case)

    # Then the person sees when it is, and the case says that they were told
    page.goto("/messages/phone/")
    phone = page.locator(".phone", has_text="+4790009002")
    expect(phone).to_contain_text(f"{day.day}. ")
    expect(phone).to_contain_text("kl. 13.00")
    page.goto(case)
    expect(page.locator('main li .ds-tag[data-color="success"]').first).to_be_visible()
