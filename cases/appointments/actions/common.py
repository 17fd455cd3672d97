"""What every action on an appointment does: lock, read under the lock, end, and tell the audit."""

from uuid import UUID

from cases.accounts.models import User
from cases.appointments import slots
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import Appointment, AppointmentStatus
from cases.audit.record import record
from cases.casework.milestones import lock_case, write_milestones
from cases.core.models import StaleVersion


class NotBooked(Exception):
    """The appointment is cancelled, or its result is recorded."""


def locked(
    appointment_id: UUID, seen_version: int | None, *, even_held: bool = False
) -> Appointment:
    """The appointment under its case's lock. Raises NotBooked, StaleVersion, CaseIsClosed."""
    case_id = Appointment.objects.values_list("case", flat=True).get(pk=appointment_id)
    case = lock_case(case_id)
    appointment = Appointment.objects.select_related("adviser", "place").get(pk=appointment_id)
    appointment.case = case  # the locked one, which carries the milestones
    appointment.unit = case.unit
    allowed = {AppointmentStatus.BOOKED} | ({AppointmentStatus.HELD} if even_held else set())
    if appointment.status not in allowed:
        raise NotBooked
    if seen_version is not None and appointment.version != seen_version:
        raise StaleVersion
    return appointment


def end(appointment: Appointment, status: AppointmentStatus) -> None:
    appointment.status = status
    appointment.save_version("status")
    slots.free(appointment)
    write_milestones(appointment.case, **appointment_milestones(appointment.case))


def record_on(
    action: str,
    appointment: Appointment,
    by: User,
    *,
    fields: list[str] | tuple[str, ...] = (),
) -> None:
    record(
        action,
        by=by,
        unit=appointment.unit_id,
        target=appointment,
        persons=[appointment.case.person_id],
        fields=fields,
    )
