"""One screen to record who came, one to put it right, and the part of the case page."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from pytest_django import DjangoAssertNumQueries

from cases.accounts.models import User
from cases.appointments.actions import (
    cancel,
    correct_attendance,
    move,
    record_attendance,
    send_summons,
)
from cases.appointments.forms import seen
from cases.appointments.models import Appointment, Attendance
from cases.appointments.overview import appointments_of
from cases.casework.models import Case

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


@pytest.fixture
def client(
    booked: Appointment, clock: time_machine.Traveller, adviser: User,
    client_of: Callable[[User], Client],
) -> Client:  # fmt: skip
    """The adviser, signed in at the moment the appointment begins."""
    clock.move_to(booked.starts_at)
    return client_of(adviser)


def url(case: Case, name: str = "attendance") -> str:
    return reverse(f"appointments:{name}", args=[case.pk])


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_five_choices_each_with_its_line(client: Client, case: Case) -> None:
    page = client.get(url(case))
    options = page.context["form"].options()
    assert len(options) == 5
    for option in options:
        assert capfirst(str(option["label"])) in text_of(page)
        assert str(option["line"]) in text_of(page)
    assert " checked" not in text_of(page).partition("<fieldset")[2]


def test_recording_leads_back_to_the_case(client: Client, booked: Appointment, case: Case) -> None:
    answer = client.post(url(case), {"result": "late", "seen": seen(booked)})
    assert answer["Location"] == case.get_absolute_url()
    assert Attendance.objects.get().result == "late"


def test_before_the_start_it_tells_when_and_offers_what_can_be_done(
    booked: Appointment, case: Case, adviser: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(adviser)
    page = text_of(client.get(url(case)))
    assert "You can record who came from" in page
    for name in ("move", "cancel", "summons"):
        assert url(case, name) in page
    answer = client.post(url(case), {"result": "attended", "seen": seen(booked)})
    assert answer.status_code == 422
    assert "has not begun" in text_of(answer)


def test_no_value_breaks_the_form(client: Client, booked: Appointment, case: Case) -> None:
    for result in ["", "came", "\x00", "x" * 9000, "<script>alert(1)</script>", "ATTENDED", "💥"]:
        page = client.post(url(case), {"result": result, "seen": seen(booked)})
        assert page.status_code == 422, result
        assert page.context["form"].errors["result"]
        assert "<script>alert" not in text_of(page)
    for about in ["", "x", f"{booked.pk}.0", f"{case.pk}.1", "\x00"]:
        assert client.post(url(case), {"result": "late", "seen": about}).status_code == 422, about
    assert not Attendance.objects.exists()


def test_the_second_one_is_told_who_was_first(
    client: Client, booked: Appointment, case: Case, colleague: User
) -> None:
    opened = seen(booked)
    record_attendance(appointment_id=booked.pk, result="did_not_come", by=colleague)
    page = client.post(url(case), {"result": "attended", "seen": opened})
    assert page.status_code == 422
    assert "Colleague" in text_of(page)
    assert Attendance.objects.get().result == "did_not_come"


def test_a_correction_asks_why_and_says_so_afterwards(
    client: Client, booked: Appointment, case: Case, adviser: User
) -> None:
    record_attendance(appointment_id=booked.pk, result="did_not_come", by=adviser)
    booked.refresh_from_db()
    assert url(case, "correct_attendance") in text_of(client.get(url(case)))
    address = url(case, "correct_attendance")
    assert client.get(address).context["form"]["result"].value() == "did_not_come"
    typed = {"result": "attended", "seen": seen(booked)}
    assert list(client.post(address, typed).context["form"].errors) == ["reason"]
    too_long = client.post(address, typed | {"reason": "å" * 501})
    assert too_long.status_code == 422
    assert "å" * 501 in text_of(too_long)
    assert client.post(address, typed | {"reason": "Feil person"}).status_code == 302
    assert Attendance.objects.get().result == "attended"
    assert appointments_of(case)[0].is_corrected


def test_what_was_before_a_new_deadline_is_not_corrected(
    client: Client, booked: Appointment, case: Case, adviser: User
) -> None:
    record_attendance(appointment_id=booked.pk, result="attended", by=adviser)
    booked.refresh_from_db()
    Case.objects.filter(pk=case.pk).update(round_started_at=timezone.now() + timedelta(minutes=1))
    assert "Correct it" not in text_of(client.get(url(case)))
    typed = {"result": "late", "reason": "Nei", "seen": seen(booked)}
    page = client.post(url(case, "correct_attendance"), typed)
    assert page.status_code == 422
    assert "The sender has set a new deadline since" in text_of(page)


def test_nothing_to_record_leads_back(
    client_of: Callable[[User], Client], adviser: User, make_case: Make
) -> None:
    empty = make_case()
    client = client_of(adviser)
    for name in ("attendance", "correct_attendance"):
        assert client.get(url(empty, name))["Location"] == empty.get_absolute_url()
        assert client.post(url(empty, name), {})["Location"] == empty.get_absolute_url()


def test_a_case_of_another_unit_is_not_there(
    client_of: Callable[[User], Client], outsider: User, booked: Appointment, case: Case
) -> None:
    theirs = client_of(outsider)
    for name in ("attendance", "correct_attendance"):
        assert theirs.get(url(case, name)).status_code == 404
        assert theirs.post(url(case, name), {"result": "late"}).status_code == 404


def a_history(
    case: Case, times: int, book_for: Make, clock: time_machine.Traveller, slot: dict[str, Any]
) -> None:
    """Booked, summoned, moved, missed and corrected, so many times; and one booked at last."""
    for _number in range(times):
        day = timezone.localdate() + timedelta(days=2)
        by = slot["adviser"]
        booked = book_for(case, day=day)
        send_summons(
            appointment_id=booked.pk,
            seen_version=1,
            sent_on=timezone.localdate(),
            sent_how="post",
            by=by,
        )
        move(
            appointment_id=booked.pk,
            asked_for_by="person",
            by=by,
            **slot | {"day": day, "clock": time(14)},
        )
        clock.move_to(booked.starts_at + timedelta(days=1))
        record_attendance(appointment_id=booked.pk, result="did_not_come", by=by)
        correct_attendance(appointment_id=booked.pk, result="late", reason="Kom", by=by)
    cancel(
        appointment_id=book_for(case, day=timezone.localdate() + timedelta(days=2)).pk,
        asked_for_by="unit",
        by=slot["adviser"],
    )
    book_for(case, day=timezone.localdate() + timedelta(days=1))


@pytest.mark.parametrize("times", [1, 5])
def test_the_case_pages_part_costs_three_queries_whatever_the_case_holds(
    texts: None, case: Case, times: int, book_for: Make, clock: time_machine.Traveller,
    slot: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    a_history(case, times, book_for, clock, slot)
    with django_assert_num_queries(3):
        appointments = appointments_of(case)
        values = {
            "case": case,
            "appointments": appointments,
            "may_work": True,
            "now": timezone.now(),
        }
        page = render_to_string("appointments/_appointments.html", values)
    assert len(appointments) == times + 2
    assert appointments[0].status == "booked"
    for words in (
        "asked for by the person",
        "asked for by the unit",
        "by post",
        "Corrected afterwards",
        "Summons",
    ):
        assert words in page
