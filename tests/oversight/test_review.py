"""The month's list: what is in it, who signs it, and when a month is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.accounts.models import Membership, User
from cases.audit.models import Event, Tier
from cases.casework.actions import order_sample
from cases.casework.models import Case
from cases.oversight.actions import (
    AlreadySigned,
    NotFinished,
    NotYoursToSign,
    keep_employee_contacts,
    sign_line,
    sign_month,
)
from cases.oversight.lines import ReviewLine
from cases.oversight.models import EmployeeContact, LineReview, MonthReview
from cases.oversight.review import review_list
from cases.oversight.signs import Sign
from cases.people.actions import ContactDetails
from tests import factories
from tests.oversight.conftest import ClientOf, MakeCase
from tests.oversight.test_case_log import look

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
LATER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def lines_of(case: Case) -> list[ReviewLine]:
    """As a leader who may see everybody goes through them."""
    reader = User.objects.filter(email="reader@example.no").first() or factories.make_user(
        "reader", case.unit, "leader", cleared=True
    )
    return review_list(case.unit_id, NOVEMBER, reader).lines


def page_of(case: Case, month: int = 11) -> str:
    return f"/log/review/{case.unit_id}/2026/{month}/"


def signs_of(case: Case, user: User) -> set[Sign]:
    signs: set[Sign] = set()
    for line in lines_of(case):
        if line.actor == user.pk:
            signs |= line.signs
    return signs


def test_ones_own_open_case_by_day_is_not_in_the_list(case: Case, adviser: User) -> None:
    look(case, adviser, tier=Tier.NORMAL)
    assert lines_of(case) == []


def test_a_colleagues_case_is_one_line_a_day_with_its_reason(
    case: Case, colleague: User, adviser: User
) -> None:
    for _ in range(3):
        look(case, colleague, tier=Tier.DECLARED, reason="covering")
    line = lines_of(case)[0]
    assert (line.who, line.case_numbers, line.looks) == ("Colleague", case.number, 3)
    assert line.signs == {Sign.DECLARED}
    assert [str(words) for words in line.reasons_in_words] == ["The adviser is away"]


@pytest.mark.parametrize(
    ("moment", "is_odd"),
    [
        ("2026-11-23T21:59:00+01:00", False),
        ("2026-11-23T22:00:00+01:00", True),
        ("2026-11-24T05:59:00+01:00", True),
        ("2026-11-24T06:00:00+01:00", False),
        ("2026-11-22T12:00:00+01:00", True),  # a Sunday
        ("2026-11-21T12:00:00+01:00", False),
    ],
)
def test_nights_and_red_days(case: Case, adviser: User, moment: str, is_odd: bool) -> None:
    with time_machine.travel(moment, tick=False):
        look(case, adviser, tier=Tier.NORMAL)
        assert (signs_of(case, adviser) == {Sign.NIGHT}) is is_odd


def test_broken_glass_and_a_closed_case(case: Case, adviser: User) -> None:
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now() - timedelta(days=2), closed_by=adviser, outcome="moved",
        next_due_at=None,
    )  # fmt: skip
    look(case, adviser, tier=Tier.BREAK_GLASS)
    assert signs_of(case, adviser) == {Sign.BREAK_GLASS, Sign.CLOSED}


def test_closing_ones_case_is_no_look_at_a_closed_case(case: Case, adviser: User) -> None:
    look(case, adviser)
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now() + timedelta(minutes=1), closed_by=adviser, outcome="moved",
        next_due_at=None,
    )  # fmt: skip
    assert lines_of(case) == []


@pytest.mark.parametrize(
    ("employee", "given", "family", "signs"),
    [
        ("Kari Furuhaug", "Ola", "Furuhaug", {Sign.SAME_SURNAME}),
        ("Kari Furuhaug", "Ola", "furuhaug", {Sign.SAME_SURNAME}),
        ("Kari Ødegård", "Ola", "ØDEGÅRD", {Sign.SAME_SURNAME}),
        ("Kari Furuhaug", "Ola", "Furuhaug-Lie", {Sign.SAME_SURNAME}),
        ("Kari Furuhaug", "Ola", "Lie Furuhaug", {Sign.SAME_SURNAME}),
        ("Kari Furuhaug", "Kari", "Furuhaug", {Sign.OWN_RECORD}),
        ("Kari Furuhaug", "Ola", "Furu", set()),
        ("Kari", "Ola", "Kari", set()),
    ],
)
def test_the_employees_name(
    make_case: MakeCase, adviser: User, employee: str, given: str, family: str, signs: set[Sign]
) -> None:
    User.objects.filter(pk=adviser.pk).update(name=employee)
    case = make_case(given_name=given, family_name=family)
    look(case, adviser)
    assert signs_of(case, adviser) == signs


def test_the_employees_telephone_and_mail(
    make_case: MakeCase, adviser: User, colleague: User, leader: User
) -> None:
    keep_employee_contacts(
        unit=make_case().unit, user=adviser, contacts={"mobile": "+4790055555", "email": ""},
        by=leader,
    )  # fmt: skip
    case = make_case(contacts=[ContactDetails("mobile", "+4790055555")])
    mail = make_case(contacts=[ContactDetails("email", colleague.email)])
    look(case, adviser)
    look(case, colleague)
    look(mail, colleague)
    assert signs_of(case, adviser) == {Sign.SAME_CONTACT}
    assert [line.case_numbers for line in lines_of(case) if line.actor == colleague.pk] == [
        mail.number
    ]


def test_far_more_people_than_usual(make_case: MakeCase, adviser: User) -> None:
    cases = [make_case() for _ in range(7)]
    for days in range(1, 6):
        with time_machine.travel(datetime(2026, 11, 9 + days, 9, tzinfo=UTC), tick=False):
            for case in cases[:2]:
                look(case, adviser)
    for case in cases[:6]:
        look(case, adviser)
    assert signs_of(cases[0], adviser) == set()  # six is three times two, and not more
    look(cases[6], adviser)
    assert signs_of(cases[0], adviser) == {Sign.MANY}


def test_a9_a_test_by_the_persons_own_adviser_is_in_the_list(
    case: Case, adviser: User, leader: User
) -> None:
    Membership.objects.create(
        user=adviser, unit=case.unit, role="sample_taker", valid_from="2020-01-01"
    )
    order_sample(
        case_id=case.pk, taker=adviser, planned_at=timezone.now() + timedelta(days=1),
        exception="Nobody else is at work this week", by=leader,
    )  # fmt: skip
    line = lines_of(case)[0]
    assert (line.who, line.signs) == ("Leader", {Sign.TEST_BY_ADVISER})


def test_the_page_names_no_person(case: Case, colleague: User, auditors_browser: Client) -> None:
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    shown = auditors_browser.get(page_of(case)).content.decode()
    for words in (case.number, "Colleague", "The adviser is away"):
        assert words in shown
    assert "Testperson" not in shown
    assert Event.objects.get(action="review.viewed").purpose == "2026-11"


def test_a_line_is_signed_and_a_later_word_replaces_the_first(
    case: Case, colleague: User, auditor: User, auditors_browser: Client
) -> None:
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    key = lines_of(case)[0].key
    for outcome in ("ask", "fine"):
        answer = auditors_browser.post(page_of(case) + "line/", {"line": key, "outcome": outcome})
        assert answer.status_code == 302
    review = LineReview.objects.get()
    assert (review.outcome, review.reviewed_by) == ("fine", auditor)
    assert Event.objects.filter(action="review.line_signed").count() == 2
    assert lines_of(case)[0].outcome == "fine"


def test_c10_a_look_after_the_answer_makes_the_line_unsigned_again(
    case: Case, colleague: User, auditor: User, auditors_browser: Client,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    line = lines_of(case)[0]
    clock.shift(timedelta(minutes=5))
    sign_line(
        unit=case.unit, actor_id=line.actor, person=line.person, day=line.day, outcome="fine",
        by=auditor,
    )  # fmt: skip
    assert lines_of(case)[0].outcome == "fine"
    clock.shift(timedelta(hours=3))
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    assert [(one.looks, one.outcome) for one in lines_of(case)] == [(2, "")]


def test_c10_what_came_since_the_page_was_made_is_not_signed_by_it(
    case: Case, colleague: User, auditors_browser: Client
) -> None:
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    seen = lines_of(case)[0].key
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    body = {"line": seen, "outcome": "fine"}
    answer = auditors_browser.post(page_of(case) + "line/", body, follow=True)
    assert "somebody has looked again since" in answer.content.decode()
    assert not LineReview.objects.exists()


@pytest.mark.parametrize("line", ["", "x", "a.b.c"])
def test_a_line_that_is_not_in_the_list_is_not_signed(
    case: Case, auditors_browser: Client, line: str
) -> None:
    auditors_browser.post(page_of(case) + "line/", {"line": line, "outcome": "fine"})
    assert not LineReview.objects.exists()


def test_nobody_signs_their_own(case: Case, leader: User, leaders_browser: Client) -> None:
    look(case, leader, tier=Tier.DECLARED, reason="checking")
    line = lines_of(case)[0]
    page = leaders_browser.get(page_of(case)).content.decode()
    assert "Somebody else must look at it." in page
    leaders_browser.post(page_of(case) + "line/", {"line": line.key, "outcome": "fine"})
    assert not LineReview.objects.exists()
    with pytest.raises(NotYoursToSign):
        sign_line(
            unit=case.unit, actor_id=leader.pk, person=line.person, day=line.day, outcome="fine",
            by=leader,
        )  # fmt: skip


def test_when_the_audit_write_fails_nothing_is_signed(
    case: Case, colleague: User, auditor: User, broken_audit: type[Exception]
) -> None:
    day = date(2026, 11, 23)
    with pytest.raises(broken_audit):
        sign_line(
            unit=case.unit, actor_id=colleague.pk, person=case.person_id, day=day,
            outcome="fine", by=auditor,
        )  # fmt: skip
    with pytest.raises(broken_audit):
        sign_month(unit=case.unit, month=date(2026, 10, 1), outcomes={}, by=auditor)
    with pytest.raises(broken_audit):
        keep_employee_contacts(unit=case.unit, user=colleague, contacts={"mobile": "1"}, by=auditor)
    assert not LineReview.objects.exists()
    assert not MonthReview.objects.exists()
    assert not EmployeeContact.objects.exists()


def test_a_month_is_signed_off_when_it_is_over_and_answered(
    case: Case, colleague: User, auditor: User, client_of: ClientOf
) -> None:
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    line = lines_of(case)[0]

    def sign(outcome: str) -> None:
        sign_line(
            unit=case.unit, actor_id=line.actor, person=line.person, day=line.day,
            outcome=outcome, by=auditor,
        )  # fmt: skip

    with pytest.raises(NotFinished):  # November is not over
        sign_month(unit=case.unit, month=NOVEMBER, outcomes={"fine": 1}, by=auditor)
    with time_machine.travel(LATER):
        browser = client_of(auditor)
        for outcome in ("", "ask"):
            if outcome:
                sign(outcome)
            browser.post(page_of(case) + "off/")
            assert not MonthReview.objects.exists()
        sign("deviation")
        assert "Sign off the month" in browser.get(page_of(case)).content.decode()
        browser.post(page_of(case) + "off/")
        month = MonthReview.objects.get()
        assert (month.lines, month.deviations, month.signed_by) == (1, 1, auditor)
        assert "Signed off by Auditor" in browser.get(page_of(case)).content.decode()
        with pytest.raises(AlreadySigned):
            sign("fine")
        with pytest.raises(AlreadySigned):
            sign_month(unit=case.unit, month=NOVEMBER, outcomes={}, by=auditor)


def test_the_way_leads_to_the_month_that_waits(
    case: Case, auditor: User, auditors_browser: Client
) -> None:
    assert auditors_browser.get("/log/review/")["Location"] == page_of(case, 10)
    sign_month(unit=case.unit, month=date(2026, 10, 1), outcomes={}, by=auditor)
    assert auditors_browser.get("/log/review/")["Location"] == page_of(case, 11)


@pytest.mark.parametrize("month", ["2026/0", "2026/13", "1/1", "99999/1"])
def test_no_such_month(case: Case, auditors_browser: Client, month: str) -> None:
    address = f"/log/review/{case.unit_id}/{month}/"
    assert auditors_browser.get(address).status_code == 404


def test_another_units_list_is_none(case: Case, outsider: User, client_of: ClientOf) -> None:
    for address in (page_of(case), page_of(case) + "line/", page_of(case) + "off/"):
        assert client_of(outsider).post(address).status_code in (404, 405)
    assert client_of(outsider).get(page_of(case)).status_code == 404


def test_who_reviews_two_units_finds_the_other(
    case: Case, auditor: User, other_unit: object, auditors_browser: Client
) -> None:
    Membership.objects.create(
        user=auditor, unit=other_unit, role="auditor", valid_from="2020-01-01"
    )  # fmt: skip
    assert "Rådgivende enhet Gran" in auditors_browser.get(page_of(case)).content.decode()


def test_the_list_costs_the_same_with_2_and_with_20_lines(
    make_case: MakeCase, colleague: User, auditors_browser: Client
) -> None:
    counts = []
    for number, more in enumerate((2, 18)):
        for _ in range(more):
            case = make_case()
            look(case, colleague, tier=Tier.DECLARED, reason="covering")
            reader = factories.make_user(f"user{number}-{case.number}", case.unit, "adviser")
            look(case, reader, tier=Tier.DECLARED, reason="covering")
        auditors_browser.get(page_of(case))
        with CaptureQueriesContext(connection) as captured:
            auditors_browser.get(page_of(case))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_employees_contacts_are_kept_as_codes(
    case: Case, adviser: User, leaders_browser: Client, client_of: ClientOf
) -> None:
    address = f"/log/units/{case.unit_id}/employees/{adviser.pk}/contacts/"
    answer = leaders_browser.post(address, {"mobile": "900 55 555", "email": "x", "address": ""})
    assert answer.status_code == 422
    answer = leaders_browser.post(
        address, {"mobile": "900 55 555", "email": "", "address": "Testveien 1"}
    )
    assert answer.status_code == 302
    kept = EmployeeContact.objects.filter(user=adviser)
    assert sorted(kept.values_list("kind", flat=True)) == ["address", "mobile"]
    assert "55" not in Event.objects.get(action="employee_contact.kept").fields
    assert client_of(adviser).get(address).status_code == 403
