"""Break-glass: one person, four hours, a written reason, a fresh second factor, looked at after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import break_glass_on_case
from cases.casework.models import Case
from cases.people.actions import (
    NotYoursToReview,
    end_glass,
    end_glasses_run_out,
    review_glass,
)
from cases.people.models import BreakGlass, Person
from cases.people.tasks import end_glasses

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MakeCase = Callable[..., Case]
PAGE = "/cases/break-glass/"
REASON = "Ringte fra legevakten og trenger svar nå"


@pytest.fixture
def hidden(make_case: MakeCase) -> Case:
    return make_case(given_name="Kanarihemmelig", protection="strictly", assigned_to=None)


def break_it(browser: Client, case: Case, reason: str = REASON) -> Any:
    return browser.post(PAGE, {"number": case.number.lower(), "reason": reason}, follow=True)


def test_one_person_opens_and_no_other(
    hidden: Case, make_case: MakeCase, adviser: User, client_of: ClientOf
) -> None:
    other = make_case(given_name="Kanariannen", protection="strictly", assigned_to=None)
    browser = client_of(adviser)
    assert browser.get(hidden.get_absolute_url()).status_code == 404

    page = break_it(browser, hidden).content.decode()

    assert "Kanarihemmelig" in page
    assert "You have broken the glass" in page
    assert "Kanariannen" not in browser.get("/cases/?scope=unit").content.decode()
    assert browser.get(other.get_absolute_url()).status_code == 404
    viewed = Event.objects.filter(action="case.viewed", actor=adviser.pk).latest("sequence")
    assert viewed.tier == "break_glass"
    assert list(Event.objects.filter(action="glass.broken").values_list("actor", flat=True)) == [
        adviser.pk
    ]


def test_a_second_glass_closes_the_first(
    hidden: Case, make_case: MakeCase, adviser: User, client_of: ClientOf
) -> None:
    other = make_case(protection="confidential", assigned_to=None)
    browser = client_of(adviser)
    break_it(browser, hidden)
    break_it(browser, other)
    assert browser.get(hidden.get_absolute_url()).status_code == 404
    assert browser.get(other.get_absolute_url()).status_code == 200


def test_it_ends_after_four_hours_to_the_second(
    hidden: Case, adviser: User, client_of: ClientOf
) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        browser = client_of(adviser)
        break_it(browser, hidden)
    # The sign-in ends earlier when nobody works: each look is one of a person at work.
    for minutes in range(20, 240, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert browser.get(hidden.get_absolute_url()).status_code == 200
    with time_machine.travel(start + timedelta(hours=4, seconds=1), tick=False):
        assert browser.get(hidden.get_absolute_url()).status_code == 404
        assert "You have broken the glass" not in browser.get("/").content.decode()
        end_glasses()
    assert BreakGlass.objects.get().ended_at == start + timedelta(hours=4)
    assert Event.objects.filter(action="glass.closed", actor=None).count() == 1
    assert end_glasses_run_out(now=start + timedelta(days=1)) == 0


def test_it_survives_no_new_sign_in(hidden: Case, adviser: User, client_of: ClientOf) -> None:
    browser = client_of(adviser)
    break_it(browser, hidden)
    again = client_of(adviser)
    assert again.get(hidden.get_absolute_url()).status_code == 404
    assert end_glasses_run_out(now=timezone.now()) == 1


def test_signing_out_ends_it(hidden: Case, adviser: User, client_of: ClientOf) -> None:
    browser, elsewhere = client_of(adviser), client_of(adviser)
    break_it(browser, hidden)
    assert elsewhere.get(hidden.get_absolute_url()).status_code == 200
    browser.post("/account/sign-out/")
    assert BreakGlass.objects.get().ended_at is not None
    assert Event.objects.get(action="glass.closed").actor == adviser.pk
    assert elsewhere.get(hidden.get_absolute_url()).status_code == 404


def test_a_sign_in_that_ran_out_ends_it(hidden: Case, adviser: User, client_of: ClientOf) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        browser = client_of(adviser)
        break_it(browser, hidden)
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        assert browser.get("/").status_code == 302
    assert BreakGlass.objects.get().ended_at == start + timedelta(hours=2)


def test_two_requests_at_once_open_one(
    hidden: Case,
    make_case: MakeCase,
    adviser: User,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both look before either has written: the constraint decides, and the page says it plainly."""
    other = make_case(protection="confidential")
    browser = client_of(adviser)
    break_it(browser, hidden)
    monkeypatch.setattr("cases.people.actions.access._end", lambda *_args, **_words: None)
    answer = browser.post(PAGE, {"number": other.number, "reason": REASON})
    assert answer.status_code == 422
    assert "in another window just now" in answer.content.decode()
    assert BreakGlass.objects.get().person == hidden.person
    assert Event.objects.filter(action="glass.broken").count() == 1


def test_the_user_ends_it(hidden: Case, adviser: User, client_of: ClientOf) -> None:
    browser = client_of(adviser)
    break_it(browser, hidden)
    browser.post("/cases/break-glass/end/")
    assert browser.get(hidden.get_absolute_url()).status_code == 404
    assert "You have broken the glass" not in browser.get("/").content.decode()


@pytest.mark.parametrize("reason", ["", "Haster", " " * 30, "x" * 501, "\x00" * 20])
def test_a_short_reason_opens_nothing(
    hidden: Case, adviser: User, client_of: ClientOf, reason: str
) -> None:
    answer = client_of(adviser).post(PAGE, {"number": hidden.number, "reason": reason})
    assert answer.status_code == 422
    assert not BreakGlass.objects.exists()


def test_a3_a_foreign_case_and_none_at_all_look_the_same(
    hidden: Case, outsider: User, client_of: ClientOf
) -> None:
    browser = client_of(outsider)
    foreign = browser.post(PAGE, {"number": hidden.number, "reason": REASON})
    nothing = browser.post(PAGE, {"number": "FUR-2026-9999", "reason": REASON})
    assert foreign.status_code == nothing.status_code == 422
    assert "There is no such case" in foreign.content.decode()
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("who", ["administrator", "municipal_administrator", "auditor"])
def test_no_other_role_breaks_the_glass(
    hidden: Case, who: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    browser = client_of(request.getfixturevalue(who))
    answer = browser.post(PAGE, {"number": hidden.number, "reason": REASON})
    assert answer.status_code == 403
    assert not BreakGlass.objects.exists()


def test_restriction_is_not_opened_by_glass(
    hidden: Case, adviser: User, leader: User, client_of: ClientOf
) -> None:
    Person.objects.filter(pk=hidden.person_id).update(
        restricted_at=timezone.now(), restricted_by=leader
    )
    answer = client_of(adviser).post(PAGE, {"number": hidden.number, "reason": REASON})
    assert answer.status_code == 422


def test_an_ordinary_case_needs_no_glass(case: Case, adviser: User, client_of: ClientOf) -> None:
    answer = client_of(adviser).post(PAGE, {"number": case.number, "reason": REASON})
    assert answer.url == case.get_absolute_url()
    assert not BreakGlass.objects.exists()


def test_a_case_closed_long_ago_lies_behind_glass_for_its_adviser_too(
    case: Case, adviser: User, client_of: ClientOf
) -> None:
    long_ago = timezone.now() - timedelta(days=366)
    Case.objects.filter(pk=case.pk).update(
        closed_at=long_ago, closed_by=adviser, outcome="returned"
    )
    browser = client_of(adviser)
    answer = browser.get(case.get_absolute_url())
    assert answer.url.startswith(f"/cases/{case.pk}/break-glass/")
    page = browser.get(answer.url).content.decode()
    assert case.number in page
    assert "Testperson" not in page
    assert break_it(browser, case).status_code == 200
    assert browser.get(case.get_absolute_url()).status_code == 200


def test_without_a_fresh_second_factor_it_asks_for_one(
    hidden: Case, adviser: User, client_of: ClientOf, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    answer = client_of(adviser).post(PAGE, {"number": hidden.number, "reason": REASON})
    assert answer.status_code == 302
    assert not BreakGlass.objects.exists()


def test_c10_somebody_else_looks_at_it(hidden: Case, adviser: User, leader: User) -> None:
    adviser.last_login = timezone.now()
    _case, glass = break_glass_on_case(number=hidden.number, reason=REASON, by=adviser)
    with pytest.raises(NotYoursToReview):
        review_glass(glass_id=glass.pk, outcome="justified", note="", by=adviser)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(
            reviewed_at=timezone.now(), reviewed_by=adviser, review_outcome="justified"
        )
    end_glass(by=adviser)
    review_glass(glass_id=glass.pk, outcome="justified", note="Riktig", by=leader)
    assert not BreakGlass.objects.to_be_reviewed().exists()


def test_a_failing_audit_write_opens_nothing(
    hidden: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        break_glass_on_case(number=hidden.number, reason=REASON, by=adviser)
    assert not BreakGlass.objects.exists()


def test_the_reason_is_sealed(hidden: Case, adviser: User) -> None:
    _case, glass = break_glass_on_case(number=hidden.number, reason=REASON, by=adviser)
    raw = BreakGlass.objects.filter(pk=glass.pk).values_list("reason", flat=True).get()
    assert REASON.encode() not in bytes(raw)
