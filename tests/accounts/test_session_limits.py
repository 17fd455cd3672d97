"""A session ends after 30 idle minutes and after 12 hours; nothing that was typed is lost by it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import Draft, User, UserSession
from cases.accounts.unsent import FORM, SENT_AGAIN, SESSION_OVER
from cases.casework.models import Case

pytestmark = pytest.mark.django_db

NOON = timezone.make_aware(timezone.datetime(2026, 11, 25, 6))
NOTE = {"text": "Har ringt, ingen svarte."}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def browser(clock: Any, adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


def is_signed_in(browser: Client, **headers: str) -> bool:
    return browser.get(reverse("accounts:sessions"), headers=headers).status_code == 200


def note_page(case: Case) -> str:
    return reverse("casework:note", args=[case.pk])


@pytest.mark.parametrize(("minutes", "still_in"), [(29, True), (31, False)])
def test_a11_idle_ends_after_thirty_minutes(
    browser: Client, clock: Any, minutes: int, still_in: bool
) -> None:
    clock.shift(timedelta(minutes=minutes))
    assert is_signed_in(browser) is still_in


@pytest.mark.parametrize(("minutes", "still_in"), [(-1, True), (1, False)])
def test_a11_nobody_is_signed_in_for_more_than_twelve_hours(
    browser: Client, clock: Any, minutes: int, still_in: bool
) -> None:
    end = NOON + timedelta(hours=12, minutes=minutes)
    while timezone.now() + timedelta(minutes=19) < end:
        clock.shift(timedelta(minutes=19))
        assert is_signed_in(browser)
    clock.move_to(end)
    assert is_signed_in(browser) is still_in


@pytest.mark.parametrize(
    ("headers", "extends"),
    [
        ({}, True),
        ({"Sec-Fetch-Mode": "navigate"}, True),
        ({"Sec-Fetch-Mode": "cors"}, False),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "X-Person": "1"}, True),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch"}, False),
    ],
)
def test_a11_only_what_a_person_does_extends(
    browser: Client, clock: Any, headers: dict[str, str], extends: bool
) -> None:
    clock.shift(timedelta(minutes=20))
    assert is_signed_in(browser, **headers)
    clock.shift(timedelta(minutes=20))
    assert is_signed_in(browser) is extends


def test_a_request_within_the_same_minute_writes_nothing(browser: Client, clock: Any) -> None:
    is_signed_in(browser)
    for seconds, writes in ((30, 0), (60, 1)):
        clock.shift(timedelta(seconds=seconds))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            is_signed_in(browser)
        updates = [q for q in asked if q["sql"].startswith('UPDATE "accounts_usersession"')]
        assert len(updates) == writes


def test_l3_what_is_sent_after_the_end_is_kept_and_can_be_sent_again(
    browser: Client, clock: Any, adviser: User, case: Case
) -> None:
    """Idle over lunch, then the button: sign in again, and the text is there."""
    clock.shift(timedelta(minutes=31))
    answer = browser.post(note_page(case), NOTE)
    assert not case.notes.exists()
    kept = Draft.objects.get(owner=adviser, form=FORM)
    unsent = reverse("accounts:unsent", args=[kept.about])
    assert answer["Location"] == reverse("account_login", query={"next": unsent})
    assert "You were signed out" in browser.get(answer["Location"]).content.decode()
    browser.force_login(adviser)
    page = browser.get(unsent).content.decode()
    assert NOTE["text"] in page
    sent = browser.post(note_page(case), NOTE | {SENT_AGAIN: kept.about})
    assert sent.status_code == 302
    assert case.notes.count() == 1
    assert not Draft.objects.filter(form=FORM).exists()


def test_l3_the_page_itself_hands_in_what_was_typed_when_its_time_is_over(
    browser: Client, adviser: User, case: Case
) -> None:
    answer = browser.post(note_page(case), NOTE | {SESSION_OVER: "1"})
    assert not case.notes.exists()
    kept = Draft.objects.get(owner=adviser, form=FORM)
    assert json.loads(kept.content)["fields"] == {"text": [NOTE["text"]]}
    assert str(kept.about) in answer["Location"]
    assert not is_signed_in(browser)


def test_what_was_typed_lies_sealed(browser: Client, clock: Any, case: Case) -> None:
    clock.shift(timedelta(minutes=31))
    browser.post(note_page(case), NOTE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_draft")
        assert b"ringt" not in bytes(cursor.fetchone()[0])


def test_nobody_else_finds_what_was_typed(
    browser: Client, clock: Any, colleague: User, case: Case
) -> None:
    clock.shift(timedelta(minutes=31))
    browser.post(note_page(case), NOTE)
    kept = Draft.objects.get(form=FORM)
    browser.force_login(colleague)
    for about in (kept.about, uuid4()):
        answer = browser.get(reverse("accounts:unsent", args=[about]))
        assert (answer.status_code, answer["Location"]) == (302, reverse("desk:today"))


def test_a_page_that_was_asked_for_after_the_end_comes_after_the_sign_in(
    browser: Client, clock: Any, case: Case
) -> None:
    clock.shift(timedelta(minutes=31))
    answer = browser.get(note_page(case))
    assert answer["Location"] == f"{reverse('account_login')}?next={note_page(case)}"


@pytest.mark.parametrize("page", ["account_change_password", "account_reauthenticate"])
def test_a_password_is_never_kept(browser: Client, clock: Any, page: str) -> None:
    clock.shift(timedelta(minutes=31))
    browser.post(reverse(page), {"password": "four words, only practice", "other": "a"})
    assert not Draft.objects.exists()


def test_what_is_kept_can_be_deleted(
    browser: Client, clock: Any, adviser: User, case: Case
) -> None:
    clock.shift(timedelta(minutes=31))
    browser.post(note_page(case), NOTE)
    kept = Draft.objects.get(form=FORM)
    browser.force_login(adviser)
    browser.post(reverse("accounts:unsent", args=[kept.about]))
    assert not Draft.objects.exists()


def test_the_page_asks_how_long_without_extending(browser: Client, clock: Any) -> None:
    address = reverse("accounts:session")
    clock.shift(timedelta(minutes=20))
    asked = browser.get(address, headers={"Sec-Fetch-Mode": "cors"}).json()
    assert asked == {"seconds": 600, "extends": True}
    told = browser.post(address, headers={"Sec-Fetch-Mode": "cors", "X-Person": "1"}).json()
    assert told == {"seconds": 1800, "extends": True}


def test_the_last_half_hour_of_twelve_hours_is_not_extended(browser: Client, clock: Any) -> None:
    for _half_hour in range(24):
        clock.shift(timedelta(minutes=30) - timedelta(seconds=1))
        told = browser.post(reverse("accounts:session"), headers={"X-Person": "1"}).json()
    assert told["extends"] is False
    assert told["seconds"] < 1800


def test_e7_signing_out_clears_what_the_browser_keeps(browser: Client) -> None:
    answer = browser.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in Client().get(reverse("account_login")).headers


def test_e7_an_ended_session_clears_what_the_browser_keeps(browser: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=31))
    answer = browser.get(reverse("desk:today"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_the_time_is_over_leads_back_to_the_same_page_and_nowhere_else(browser: Client) -> None:
    over = reverse("accounts:session_over")
    answer = browser.post(over, {"next": "/cases/"})
    assert answer["Location"] == reverse("account_login", query={"next": "/cases/"})
    answer = browser.post(over, {"next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("account_login")
    assert browser.get(over).status_code == 405


def test_the_key_in_the_table_opens_nothing(browser: Client) -> None:
    """Whoever reads the database finds no key that a cookie could carry."""
    row = UserSession.objects.get()
    assert browser.cookies["session"].value != row.session_key
    thief = Client()
    thief.cookies["session"] = row.session_key
    assert not is_signed_in(thief)
