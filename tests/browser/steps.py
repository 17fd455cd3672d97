"""The steps of the journeys, as a person takes them: by fields, buttons and what the page leads to.

Fields are found by their name and pages by their address, so that a step is the same in every
language.
"""

import itertools
import re
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from cases.core.identity_numbers import synthetic_number
from cases.desk.sample.units import PRACTICE_PASSWORD
from tools.practice import Practice

KARI = "kari.testdal@example.no"  # adviser, cleared for protected people
# Places on the list of legal bases of Kari's unit.
POLICE_ORDER, OWN_WISH = 0, 2
SEND = "form.app-form .app-actions button[type=submit]"
CASE_ADDRESS = re.compile(r"/cases/[0-9a-f-]{36}/$")

# Every journey books days and people of its own: none stands in the way of another.
_days_ahead = itertools.count(20)
_birth_dates = (date(1950, 1, 1) + timedelta(days=n) for n in itertools.count())


def sign_in(page: Page, email: str = KARI) -> None:
    page.goto("/account/sign-in/")
    fill(page, login=email, password=PRACTICE_PASSWORD)
    send(page)
    expect(page).not_to_have_url(re.compile("/account/sign-in/"))
    page.wait_for_load_state()


def confirm_if_asked(page: Page) -> None:
    """With the password, where the sign-in is more than ten minutes ago."""
    if "/account/confirm/" in page.url:
        fill(page, password=PRACTICE_PASSWORD)
        send(page)
        expect(page).not_to_have_url(re.compile("/account/confirm/"))
        page.wait_for_load_state()


def arrive(page: Page, path: str) -> None:
    """Wait until the page of this path is there: going elsewhere before would break both off.

    A pattern of the whole path, without the query: a page that leads on names the next one in its
    query, and that one has not been reached.
    """
    page.wait_for_url(lambda address: re.fullmatch(path, urlsplit(address).path) is not None)


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        field(page, name).fill(text)


def choose(page: Page, **fields: str) -> None:
    """Radio buttons, by the value that is stored."""
    for name, value in fields.items():
        page.locator(f'[name="{name}"][value="{value}"]').check()


def choose_first(page: Page, *names: str) -> None:
    """The first real option of a list."""
    for name in names:
        field(page, name).select_option(index=1)


def field(page: Page, name: str) -> Locator:
    return page.locator(f'main [name="{name}"]')


def send(page: Page) -> None:
    page.locator(SEND).first.click()


def typed(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def follow_next_step(page: Page, ending: str) -> None:
    """The one button of the case page; it must lead where this state asks for."""
    step = page.locator(".next-step a.ds-button")
    expect(step).to_have_attribute("href", re.compile(f"{re.escape(ending)}$"))
    step.click()


def follow(page: Page, ending: str) -> None:
    page.locator(f'main a[href$="{ending}"]').first.click()


def id_in(case_address: str) -> str:
    return case_address.rstrip("/").split("/")[-1]


def start_registering(page: Page, basis: int) -> None:
    """From the start page to the form of this legal basis."""
    page.goto("/")
    follow(page, "/cases/new/")
    page.locator(".choices a").nth(basis).click()
    expect(field(page, "received_on")).to_be_visible()


def fill_in_person(page: Page, **contacts: str) -> None:
    """A new made-up person, with a number nobody else has."""
    born = next(_birth_dates)
    fill(
        page,
        identity_number=synthetic_number(born, 0),
        birth_date=typed(born),
        given_name="Selje",
        family_name="Testgren",
        **contacts,
    )


def fill_in_police_order(page: Page) -> None:
    today = timezone.localdate()
    found_on = typed(today - timedelta(days=3))
    choose_first(page, "sender")
    fill(
        page,
        sender_reference=f"2026-{next(_days_ahead)}",
        deadline_on=typed(today + timedelta(days=90)),
        found_on=found_on,
        found_clock="21.15",
        found_where="Prøveparken",
        ordered_on=found_on,
        ordered_clock="22.00",
    )
    choose(page, ordered_how="in_person")


def fill_in_find(page: Page, line: int, substance: str, amount: str) -> None:
    kind = field(page, f"finds-{line}-substance")
    value = kind.locator("option", has_text=substance).first.get_attribute("value")
    kind.select_option(value)
    fill(page, **{f"finds-{line}-amount": amount})


def registered_case(page: Page) -> str:
    """The address of the case that the registering led to."""
    expect(page).to_have_url(CASE_ADDRESS)
    return page.url


def decide_on_the_find(page: Page) -> None:
    follow_next_step(page, "/decide/")
    expect(page.locator('.ds-tag[data-color="warning"]').first).to_be_visible()
    choose(page, decision="accept")
    fill(page, reason="Avklart med politiet på telefon.")
    send(page)


def book(page: Page) -> date:
    """An hour on a day of its own; returns the day."""
    day = timezone.localdate() + timedelta(days=next(_days_ahead))
    follow_next_step(page, "/appointments/book/")
    choose_first(page, "place")
    fill(page, day=typed(day), clock="13.00")
    send(page)
    expect(page).to_have_url(CASE_ADDRESS)
    return day


def make_and_send_the_summons(page: Page, case_address: str) -> None:
    follow_next_step(page, "/summons/")
    follow(page, "/summons/print/")
    expect(page.locator(".letter")).to_be_visible()
    page.go_back()
    choose(page, sent_how="post")
    send(page)
    expect(page).to_have_url(case_address)


# Nobody can book a meeting in the past, and no test waits for one: the appointment and what the case
# says about it are moved to yesterday in the database, as if the days had passed.
MOVE_TO_YESTERDAY = """
from datetime import timedelta
from django.utils import timezone
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import Appointment
from cases.audit.record import recorded
from cases.casework.milestones import lock_case, write_milestones
with recorded():
    case = lock_case("{case_id}")
    starts_at = timezone.now() - timedelta(days=1)
    ends_at = starts_at + timedelta(hours=1)
    Appointment.objects.filter(case=case).booked().update(starts_at=starts_at, ends_at=ends_at)
    write_milestones(case, **appointment_milestones(case))
"""


def let_the_meeting_pass(practice: Practice, page: Page, case_address: str) -> None:
    script = MOVE_TO_YESTERDAY.format(case_id=id_in(case_address))
    practice.manage("shell", "--command", script)
    page.reload()


# What the two jobs would do on their own: plan, and on the day before the meeting send.
SEND_THE_REMINDER = """
from django.core.management import call_command
from cases.reminders.models import Message
call_command("plan_reminders")
message = Message.objects.get(appointment__case="{case_id}", kind="day_before", channel="sms")
call_command("send_reminders", now=message.planned_at)
"""


def let_the_reminder_go_out(practice: Practice, case_address: str) -> None:
    script = SEND_THE_REMINDER.format(case_id=id_in(case_address))
    practice.manage("shell", "--command", script)


def record_attendance(page: Page, result: str) -> None:
    follow_next_step(page, "/attendance/")
    choose(page, result=result)
    send(page)
    expect(page).to_have_url(CASE_ADDRESS)


def record_consent(page: Page) -> None:
    follow(page, "/help/")
    follow(page, "/help/consent/")
    field(page, "was_shown").check()
    send(page)


def offer_help(page: Page) -> str:
    """Returns the name of what was offered."""
    choose_first(page, "service")
    offered = field(page, "service").locator("option").nth(1).inner_text()
    choose(page, reply="thinking")
    send(page)
    expect(page.get_by_role("rowheader", name=offered)).to_be_visible()
    return offered


def record_reply(page: Page) -> None:
    follow(page, "/reply/")
    choose(page, reply="accepted")
    send(page)


def record_result(page: Page) -> None:
    follow(page, "/result/")
    choose(page, result="completed")
    send(page)
    expect(page.locator('main a[href$="/reply/"]')).to_have_count(0)


def answer_the_sender(page: Page, never_told: str) -> None:
    follow_next_step(page, "/answer/")
    preview = page.locator("article.letter")
    expect(preview).to_be_visible()
    expect(preview).not_to_contain_text(never_told)
    shown = preview.inner_text()
    choose(page, sent_via="post")
    send(page)
    # What is kept as sent is what was shown.
    expect(page).to_have_url(re.compile("/answer/page/$"))
    assert page.locator("article.letter").inner_text() == shown


def close_the_case(page: Page, case_address: str) -> None:
    page.goto(case_address)
    follow_next_step(page, "/close/")
    choose(page, outcome="condition_met")
    send(page)
    expect(page).to_have_url(case_address)
