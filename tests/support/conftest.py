"""Cases at the points from which support's actions start, made of facts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import book
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceResult,
)
from cases.casework.actions import decide_on_find
from cases.casework.milestones import lock_case, write_milestones
from cases.casework.models import Case, FindDecision
from cases.core.dates import local
from cases.support.actions import record_consent
from cases.support.models import Consent, Service
from cases.units.models import Place

Meet = Callable[..., Attendance]
MakeCase = Callable[..., Case]
BookAhead = Callable[[Case], Appointment]


@pytest.fixture
def meet(adviser: User) -> Meet:
    """`meet(case, result="attended", days_ago=2)`: a meeting that was held, or not."""

    def hold(case: Case, result: str = "attended", days_ago: int = 2) -> Attendance:
        starts_at = timezone.now() - timedelta(days=days_ago)
        appointment = Appointment.objects.create(
            unit=case.unit,
            case=case,
            adviser=adviser,
            place=Place.objects.filter(unit=case.unit).first(),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            local_start=f"{local(starts_at):%Y-%m-%dT%H:%M}",
            status=AppointmentStatus.HELD,
            booked_at=starts_at - timedelta(days=7),
            booked_by=adviser,
        )
        attendance = Attendance.objects.create(
            appointment=appointment,
            unit=case.unit,
            result=AttendanceResult(result),
            recorded_at=timezone.now(),
            recorded_by=adviser,
        )
        refresh_appointments(case)
        return attendance

    return hold


def refresh_appointments(case: Case) -> None:
    locked = lock_case(case.pk, even_closed=True)
    write_milestones(locked, **appointment_milestones(locked))
    case.refresh_from_db()


def correct(attendance: Attendance, result: str) -> None:
    """As if it had been recorded otherwise."""
    Attendance.objects.filter(pk=attendance.pk).update(result=result)
    refresh_appointments(attendance.appointment.case)


@pytest.fixture
def accepted_case(case: Case, adviser: User) -> Case:
    """A police order whose find asks nothing more."""
    if case.find_decision == FindDecision.NEEDED:
        decide_on_find(case_id=case.pk, decision="accept", reason="Eget bruk", by=adviser)
        case.refresh_from_db()
    return case


@pytest.fixture
def attended(accepted_case: Case, meet: Meet) -> Case:
    """The person came as often as the case asks."""
    meet(accepted_case)
    return accepted_case


@pytest.fixture
def not_attended(accepted_case: Case, meet: Meet) -> Case:
    """Two meetings without the person."""
    meet(accepted_case, "did_not_come", days_ago=9)
    meet(accepted_case, "did_not_come", days_ago=2)
    return accepted_case


@pytest.fixture
def book_ahead(adviser: User) -> BookAhead:
    def booked(case: Case) -> Appointment:
        soon: datetime = local(timezone.now() + timedelta(days=5)).replace(hour=10, minute=0)
        appointment = book(
            case_id=case.pk,
            adviser=adviser,
            place=Place.objects.filter(unit=case.unit).first(),
            day=soon.date(),
            clock=soon.time().replace(second=0, microsecond=0),
            minutes=45,
            by=adviser,
        )
        case.refresh_from_db()
        return appointment

    return booked


@pytest.fixture
def service(case: Case) -> Service:
    return Service.objects.create(
        unit=case.unit, name_nb="Ungdomskontakt", name_en="Youth contact", provider="Furu"
    )


@pytest.fixture
def consent(case: Case, adviser: User) -> Consent:
    """In force today and for a year."""
    today = timezone.localdate()
    return record_consent(
        case_id=case.pk, given_on=today, expires_on=today + timedelta(days=365), by=adviser
    )
