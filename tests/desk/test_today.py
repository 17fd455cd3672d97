"""The first page: what must be done now, and by whom."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import book
from cases.appointments.models import Appointment
from cases.audit.models import Event
from cases.casework.actions import make_task
from cases.casework.models import Case
from cases.reminders.health import JOBS, beat
from cases.units.models import Place
from tests.desk.conftest import ClientOf, MakeCase

pytestmark = pytest.mark.django_db


def book_at(case: Case, by: User, days: int, clock: time) -> Appointment:
    return book(
        case_id=case.pk, adviser=by, place=Place.objects.filter(unit=case.unit).first(),
        day=timezone.localdate() + timedelta(days=days), clock=clock, minutes=30, by=by,
    )  # fmt: skip


def due_in(case: Case, **span: float) -> Case:
    Case.objects.filter(pk=case.pk).update(next_due_at=timezone.now() + timedelta(**span))
    return case


def test_cases_stand_by_urgency_and_only_ones_own(
    make_case: MakeCase, browser: Client, colleague: User
) -> None:
    later = due_in(make_case(), days=5)
    soon = due_in(make_case(), days=2)
    passed = due_in(make_case(), hours=-1)
    make_case(assigned_to=colleague)
    make_case(assigned_to=None)
    page = browser.get("/")
    assert [row.case for row in page.context["urgent"]] == [passed, soon]
    assert [row.urgency for row in page.context["urgent"]] == ["passed", "soon"]
    assert [row.case for row in page.context["later"]] == [later]
    assert page.context["unassigned"] == 1
    assert "2 cases are urgent" in page.content.decode()
    assert "1 case has no adviser." in page.content.decode()


def test_a_day_without_work_says_so(browser: Client) -> None:
    page = browser.get("/").content.decode()
    for sentence in ("Nothing is urgent.", "No meetings today.", "No tasks."):
        assert sentence in page
    assert "Monday 23 November 2026" in page


def test_todays_meetings_stand_by_the_clock(
    make_case: MakeCase, browser: Client, adviser: User, colleague: User
) -> None:
    second = book_at(make_case(), adviser, 0, time(14))
    first = book_at(make_case(), adviser, 0, time(10, 30))
    book_at(make_case(), adviser, 1, time(0, 0))
    book_at(make_case(), colleague, 0, time(11))
    page = browser.get("/")
    assert page.context["meetings"] == [first, second]
    assert "10.30" in page.content.decode()


@pytest.mark.parametrize(
    ("moment", "is_today"),
    [
        ("2026-11-23T23:59:00+01:00", True),
        ("2026-11-24T00:00:00+01:00", False),
    ],
)
def test_the_day_ends_at_midnight_in_oslo(
    make_case: MakeCase, adviser: User, client_of: ClientOf, moment: str, is_today: bool
) -> None:
    meeting = book_at(make_case(), adviser, 0, time(23, 55))
    with time_machine.travel(moment):
        shown = client_of(adviser).get("/").context["meetings"]
    assert (meeting in shown) is is_today


def test_tasks_of_the_unit_stand_with_their_person(case: Case, browser: Client) -> None:
    make_task(
        case_id=case.pk, unit_id=case.unit_id, kind="call_person", about=uuid4(), reason="too_late",
        due_at=timezone.now(), by=None,
    )  # fmt: skip
    page = browser.get("/").content.decode()
    assert "Call the person: a reminder did not go out" in page
    assert "Testperson Furu" in page


def test_a_protected_persons_work_is_for_the_cleared(
    make_case: MakeCase, cleared: User, browser: Client, client_of: ClientOf
) -> None:
    hidden = make_case(protection="strictly", family_name="Hemmelig")
    make_task(
        case_id=hidden.pk, unit_id=hidden.unit_id, kind="call_person", about=uuid4(), reason="",
        due_at=timezone.now(), by=None,
    )  # fmt: skip
    assert "Hemmelig" not in browser.get("/").content.decode()
    assert "Hemmelig" in client_of(cleared).get("/").content.decode()


def test_silent_reminders_are_shouted(browser: Client) -> None:
    alarm = "Reminders are not being sent right now."
    assert alarm in browser.get("/").content.decode()
    for job in JOBS:
        beat(job, timezone.now())
    assert alarm not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("who", "where"), [("administrator", "/admin/"), ("figures_reader", "/figures/")]
)
def test_who_sees_no_case_starts_elsewhere(
    who: str, where: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    answer = client_of(request.getfixturevalue(who)).get("/")
    assert (answer.status_code, answer["Location"]) == (302, where)


def test_everybody_shown_is_in_the_log(make_case: MakeCase, browser: Client) -> None:
    cases = [make_case(), make_case()]
    browser.get("/")
    event = Event.objects.get(action="cases.listed")
    assert event.purpose == "desk:today"
    assert event.persons == sorted(str(case.person_id) for case in cases)
