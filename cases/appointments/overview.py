"""The appointments of a case as its page shows them."""

from django.db.models import Exists, OuterRef, Prefetch

from cases.appointments.models import (
    Appointment,
    AppointmentChange,
    AppointmentStatus,
    AttendanceCorrection,
    Summons,
)
from cases.casework.models import Case


def appointments_of(case: Case) -> list[Appointment]:
    """The booked one first, then the newest first, each with what happened to it.

    Costs three queries, however many there are. Every appointment carries `attendance`, `changes`,
    `summonses`, and `is_corrected`.
    """
    corrections = AttendanceCorrection.objects.filter(attendance__appointment=OuterRef("pk"))
    changes = AppointmentChange.objects.select_related("was_place", "was_adviser", "changed_by")
    summonses = Summons.objects.select_related("recorded_by")
    appointments = (
        Appointment.objects.filter(case=case)
        .select_related("adviser", "place", "booked_by", "attendance__recorded_by")
        .annotate(is_corrected=Exists(corrections))
        .prefetch_related(
            Prefetch("changes", changes.order_by("-changed_at")),
            Prefetch("summonses", summonses.order_by("-recorded_at")),
        )
        .order_by("-starts_at", "pk")
    )
    return sorted(appointments, key=lambda a: a.status != AppointmentStatus.BOOKED)
