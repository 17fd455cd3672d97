"""Recording who came, and putting right what was recorded."""

from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions.common import NotBooked, end, locked, record_on
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import (
    AppointmentStatus,
    Attendance,
    AttendanceCorrection,
    AttendanceResult,
)
from cases.audit.record import recorded
from cases.casework.milestones import write_milestones
from cases.casework.models import Case


class NotYetStarted(Exception):
    """Nobody can have come to a meeting that has not begun."""


class AlreadyRecorded(Exception):
    """A colleague recorded the attendance first."""

    def __init__(self, attendance: Attendance) -> None:
        super().__init__(attendance.pk)
        self.attendance = attendance


class RoundIsOver(Exception):
    """The meeting belongs to an earlier round, which the sender has acted on already."""


def record_attendance(*, appointment_id: UUID, result: str, by: User) -> Attendance:
    """Who came, once, after the start. Raises NotYetStarted, AlreadyRecorded, NotBooked."""
    with recorded():
        appointment = locked(appointment_id, None, even_held=True)
        recorded_first = Attendance.objects.filter(appointment=appointment)
        if first := recorded_first.select_related("recorded_by").first():
            raise AlreadyRecorded(first)
        now = timezone.now()
        if now < appointment.starts_at:
            raise NotYetStarted
        attendance = Attendance.objects.create(
            appointment=appointment,
            unit=appointment.unit,
            result=AttendanceResult(result),
            recorded_at=now,
            recorded_by=by,
        )
        end(appointment, AppointmentStatus.HELD)
        record_on("attendance.recorded", appointment, by)
    return attendance


def correct_attendance(*, appointment_id: UUID, result: str, reason: str, by: User) -> Attendance:
    """Put right what was recorded, keeping what it was and why.

    Raises RoundIsOver for a meeting of an earlier round, NotBooked when nothing was recorded.
    """
    with recorded():
        appointment = locked(appointment_id, None, even_held=True)
        case = appointment.case
        attendance = Attendance.objects.filter(appointment=appointment).first()
        if attendance is None:
            raise NotBooked
        if not may_still_be_corrected(attendance, case):
            raise RoundIsOver
        if attendance.result == result:
            return attendance
        AttendanceCorrection.objects.create(
            attendance=attendance,
            unit=case.unit,
            was_result=attendance.result,
            reason=reason,
            corrected_at=timezone.now(),
            corrected_by=by,
        )
        attendance.result = AttendanceResult(result)
        attendance.save(update_fields=["result"])
        write_milestones(case, **appointment_milestones(case))
        record_on("attendance.corrected", appointment, by)
    return attendance


def may_still_be_corrected(attendance: Attendance, case: Case) -> bool:
    """Within its round, also after the sender has been told: a wrong answer must be put right.

    What belongs to an earlier round, the sender has acted on already.
    """
    started = case.round_started_at
    return started is None or attendance.recorded_at >= started
