"""What the case's milestones say about appointments, rebuilt from the facts every time."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from cases.appointments.models import (
    CAME,
    Appointment,
    Attendance,
    AttendanceResult,
    Summons,
)
from cases.casework.models import Case

DID_NOT_COME = AttendanceResult.DID_NOT_COME


def appointment_milestones(case: Case) -> dict[str, Any]:
    """The booked appointment and its summons, and who came how often.

    Valid absence and what the unit cancelled count as neither; a missed meeting from before the
    current round (`case.round_started_at`) counts no more.
    """
    booked = Appointment.objects.filter(case=case).booked().first()
    return {
        "next_appointment_at": booked.starts_at if booked else None,
        "next_appointment_ends_at": booked.ends_at if booked else None,
        "next_adviser_id": booked.adviser_id if booked else None,
        "summons_sent_at": _summons_sent_at(booked) if booked else None,
        **_attendance(case),
    }


def _summons_sent_at(appointment: Appointment) -> datetime | None:
    """When it was recorded that the appointment as it stands now was summoned to."""
    summonses = Summons.objects.filter(
        appointment=appointment, sequence=appointment.sequence
    ).aggregate(first=Min("recorded_at"))
    return summonses["first"]


def _attendance(case: Case) -> dict[str, Any]:
    came = Q(result__in=CAME)
    missed = Q(result=DID_NOT_COME)
    counted = missed
    if case.round_started_at is not None:
        counted &= Q(recorded_at__gte=case.round_started_at)
    return Attendance.objects.filter(appointment__case=case).aggregate(
        attended_count=Count("pk", filter=came),
        missed_count=Count("pk", filter=counted),
        last_attendance_at=Max(F("appointment__starts_at"), filter=came | missed),
    )
