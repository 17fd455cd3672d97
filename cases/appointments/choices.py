"""What a booking may choose from, and what helps to choose. Nothing here names a person."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.casework.models import Case
from cases.core.working_days import OSLO, SATURDAY, is_red_day
from cases.units.models import ClosedDay, Place, Unit


def places_of(unit: Unit) -> QuerySet[Place]:
    return Place.objects.in_use().filter(unit=unit)


def booked_times(adviser: User, day: date) -> list[tuple[datetime, datetime]]:
    """From and to of everything the adviser has that day, in whichever unit; no names."""
    midnight = datetime.combine(day, time(0), tzinfo=OSLO)
    next_midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=OSLO)
    that_day = Appointment.objects.starting_within(midnight, next_midnight)
    times = that_day.filter(adviser=adviser).order_by("starts_at")
    return list(times.values_list("starts_at", "ends_at"))


def doubts_about(case: Case, day: date) -> list[str]:
    """Why somebody might not want this day. They may book it all the same."""
    doubts = []
    if case.deadline_on is not None and day > case.deadline_on:
        doubts.append(_("This is after the deadline. Agree on it with the sender first."))
    if is_red_day(day):
        doubts.append(_("This is a Sunday or a public holiday."))
    elif day.weekday() == SATURDAY:
        doubts.append(_("This is a Saturday."))
    closed = ClosedDay.objects.filter(unit=case.unit_id, day=day).first()
    if closed is not None:
        reason = f" ({closed.reason})" if closed.reason else ""
        doubts.append(_("The unit is closed that day%(reason)s.") % {"reason": reason})
    return doubts
