"""From a case that may be seen to the appointment its pages are about."""

from cases.accounts.access import StaffRequest
from cases.appointments.models import Appointment
from cases.casework.models import Case


def booked_appointment(request: StaffRequest, case: Case) -> Appointment | None:
    """The one the case has booked, with adviser and place, on the case that is given."""
    found = Appointment.objects.visible_to(request.user).for_case(case).booked()
    return _on(case, found.with_page_facts().first())


def latest_held(request: StaffRequest, case: Case) -> Appointment | None:
    """The latest one whose result is recorded, with its attendance."""
    found = Appointment.objects.visible_to(request.user).for_case(case).held()
    return _on(case, found.with_page_facts().last())


def _on(case: Case, appointment: Appointment | None) -> Appointment | None:
    if appointment is not None:
        appointment.case = case
    return appointment
