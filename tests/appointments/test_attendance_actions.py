"""Who came: once, after the start, counted by what it was; and corrected until it is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import (
    AlreadyRecorded,
    NotBooked,
    NotYetStarted,
    RoundIsOver,
    cancel,
    correct_attendance,
    record_attendance,
)
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import (
    Appointment,
    Attendance,
    AttendanceCorrection,
    AttendanceResult,
    Booking,
)
from cases.audit.models import Event
from cases.casework.models import Case
from cases.casework.states import state_of
from tests.appointments.conftest import NOW

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


@pytest.fixture
def met(booked: Appointment, clock: time_machine.Traveller) -> Appointment:
    """The appointment, at the moment it begins."""
    clock.move_to(booked.starts_at)
    return booked


def recorded(appointment: Appointment, result: str = "attended") -> Attendance:
    return record_attendance(appointment_id=appointment.pk, result=result, by=appointment.adviser)


@pytest.mark.parametrize(
    ("result", "attended", "missed"),
    [
        ("attended", 1, 0),
        ("late", 1, 0),
        ("did_not_come", 0, 1),
        ("valid_absence", 0, 0),
        ("cancelled_by_us", 0, 0),
    ],
)
def test_each_result_counts_as_what_it_was(
    met: Appointment, case: Case, result: str, attended: int, missed: int
) -> None:
    recorded(met, result)
    case.refresh_from_db()
    assert (case.attended_count, case.missed_count) == (attended, missed)
    assert case.last_attendance_at == (met.starts_at if attended or missed else None)
    assert case.next_appointment_at is None


def test_every_result_is_tried_above() -> None:
    assert len(AttendanceResult.values) == 5


def test_it_ends_the_appointment_and_frees_the_time(met: Appointment) -> None:
    recorded(met)
    met.refresh_from_db()
    assert met.status == "held"
    assert not Booking.objects.exists()
    event = Event.objects.get(action="attendance.recorded")
    assert (event.target, event.purpose) == (met.pk, "")


def test_nobody_has_come_before_it_begins(
    booked: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(booked.starts_at - timedelta(seconds=1))
    with pytest.raises(NotYetStarted):
        recorded(booked)


def test_it_is_recorded_once_and_tells_who_was_first(met: Appointment, colleague: User) -> None:
    record_attendance(appointment_id=met.pk, result="late", by=colleague)
    with pytest.raises(AlreadyRecorded) as refused:
        recorded(met)
    assert refused.value.attendance.recorded_by == colleague
    assert Attendance.objects.get().result == "late"


def test_a_cancelled_appointment_has_no_attendance(
    booked: Appointment, clock: time_machine.Traveller, adviser: User
) -> None:
    cancel(appointment_id=booked.pk, asked_for_by="person", by=adviser)
    clock.move_to(booked.ends_at)
    with pytest.raises(NotBooked):
        recorded(booked)


def test_missed_meetings_from_before_the_round_do_not_count(
    met: Appointment, case: Case, clock: time_machine.Traveller, book_for: Make
) -> None:
    recorded(met, "did_not_come")
    clock.shift(timedelta(days=2))
    Case.objects.filter(pk=case.pk).update(round_started_at=timezone.now())
    case.refresh_from_db()
    assert appointment_milestones(case)["missed_count"] == 0
    clock.shift(timedelta(hours=1))
    again = book_for(case, day=timezone.localdate() + timedelta(days=1))
    clock.move_to(again.starts_at)
    recorded(again, "did_not_come")
    case.refresh_from_db()
    assert (case.missed_count, case.last_attendance_at) == (1, again.starts_at)


def test_a_correction_keeps_what_it_was_and_why(
    met: Appointment, case: Case, colleague: User
) -> None:
    recorded(met, "did_not_come")
    correct_attendance(
        appointment_id=met.pk, result="attended", reason="Feil person krysset av", by=colleague
    )
    case.refresh_from_db()
    assert (case.attended_count, case.missed_count) == (1, 0)
    correction = AttendanceCorrection.objects.get()
    assert (correction.was_result, correction.corrected_by) == ("did_not_come", colleague)
    assert correction.reason == "Feil person krysset av"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM appointments_attendancecorrection")
        assert b"krysset" not in bytes(cursor.fetchone()[0])


def test_a_correction_to_the_same_result_is_none(met: Appointment, adviser: User) -> None:
    recorded(met)
    correct_attendance(appointment_id=met.pk, result="attended", reason="Nei", by=adviser)
    assert not AttendanceCorrection.objects.exists()


def test_a_meeting_of_an_earlier_round_is_not_corrected(
    met: Appointment, case: Case, adviser: User, clock: time_machine.Traveller
) -> None:
    recorded(met, "did_not_come")
    clock.shift(timedelta(days=1))
    Case.objects.filter(pk=case.pk).update(round_started_at=timezone.now())
    with pytest.raises(RoundIsOver):
        correct_attendance(appointment_id=met.pk, result="attended", reason="Nei", by=adviser)
    assert Attendance.objects.get().result == "did_not_come"


def test_a_wrong_answer_to_the_sender_can_be_put_right(
    met: Appointment, case: Case, adviser: User
) -> None:
    """A person wrongly reported as absent: the attendance is corrected, and the case says so."""
    recorded(met, "did_not_come")
    Case.objects.filter(pk=case.pk).update(answer_sent_at=NOW, answer_attended=False)
    correct_attendance(appointment_id=met.pk, result="attended", reason="Feil kryss", by=adviser)
    case.refresh_from_db()
    assert state_of(case, timezone.now()).code == "answer_to_correct"


def test_nothing_recorded_is_nothing_to_correct(booked: Appointment, adviser: User) -> None:
    with pytest.raises(NotBooked):
        correct_attendance(appointment_id=booked.pk, result="attended", reason="Nei", by=adviser)


def test_no_attendance_is_kept_when_the_audit_fails(
    met: Appointment, case: Case, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        recorded(met)
    case.refresh_from_db()
    assert case.attended_count == 0
    assert not Attendance.objects.exists()
    assert Booking.objects.exists()


def test_no_correction_is_kept_when_the_audit_fails(
    met: Appointment, adviser: User, request: pytest.FixtureRequest
) -> None:
    recorded(met)
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        correct_attendance(appointment_id=met.pk, result="late", reason="Nei", by=adviser)
    assert Attendance.objects.get().result == "attended"
    assert not AttendanceCorrection.objects.exists()
