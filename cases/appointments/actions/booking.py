"""Booking, moving and cancelling."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.appointments import slots
from cases.appointments.actions.common import end, locked, record_on
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import (
    LENGTHS,
    Appointment,
    AppointmentChange,
    AppointmentStatus,
)
from cases.audit.record import recorded
from cases.casework.duties import advisers_who_may_meet
from cases.casework.milestones import lock_case, write_milestones
from cases.casework.models import Case, FindDecision
from cases.core.dates import to_utc
from cases.units.models import Place

FURTHEST_AHEAD = timedelta(days=366)
MINUTES_ON_THE_GRID = 5


class NotOnTheGrid(Exception):
    """Appointments start on a multiple of five minutes and last one of LENGTHS."""


class InThePast(Exception):
    """An appointment is booked before it begins."""


class TooFarAhead(Exception):
    """More than a year ahead: almost always a mistyped year."""


class NotReady(Exception):
    """The find must be decided on before the person is summoned."""


class AlreadyBooked(Exception):
    """The case has a booked appointment; move that one."""


class AlreadyBegun(Exception):
    """What has begun is not moved or cancelled; record how it went."""


class NotOfTheUnit(Exception):
    """The adviser or the place does not belong to the case's unit, or is out of use."""

    def __init__(self, kind: slots.Resource) -> None:
        super().__init__(kind.value)
        self.kind = kind


class MustNotMeet(Exception):
    """A block names the adviser, they take the person's tests, or they are not cleared for them."""


@dataclass(frozen=True)
class Slot:
    """Where and when, checked: the moments in UTC and the wall time that was agreed."""

    adviser: User
    place: Place
    starts_at: datetime
    ends_at: datetime
    local_start: str


def book(
    *, case_id: UUID, adviser: User, place: Place, day: date, clock: time, minutes: int, by: User
) -> Appointment:
    """Book a meeting and everybody and everything it needs.

    Raises SlotTaken, NotOnTheGrid, InThePast, TooFarAhead, NonexistentLocalTime,
    AmbiguousLocalTime, NotReady, AlreadyBooked, NotOfTheUnit, MustNotMeet, CaseIsClosed.
    """
    with recorded():
        case = lock_case(case_id)
        _check_ready(case)
        if Appointment.objects.filter(case=case).booked().exists():
            raise AlreadyBooked
        slot = _checked_slot(case, adviser, place, day, clock, minutes)
        slots.hold(advisers=[adviser.pk], places=[place.pk])
        appointment = Appointment.objects.create(
            unit=case.unit, case=case, booked_at=timezone.now(), booked_by=by, **vars(slot)
        )
        slots.take(appointment)
        write_milestones(case, **appointment_milestones(case))
        record_on("appointment.booked", appointment, by)
    return appointment


def move(
    *,
    appointment_id: UUID,
    adviser: User,
    place: Place,
    day: date,
    clock: time,
    minutes: int,
    asked_for_by: str,
    by: User,
    seen_version: int | None = None,
) -> Appointment:
    """Change when, where or with whom they meet; what it was and who asked is kept.

    A new time, place or adviser begins a new sequence: earlier messages and summonses belong to
    the old one. Raises what `book` raises, NotBooked, AlreadyBegun, and StaleVersion when the
    appointment is no longer the one the user saw.
    """
    with recorded():
        appointment = locked(appointment_id, seen_version)
        _check_changeable(appointment)
        case = appointment.case
        slot = _checked_slot(case, adviser, place, day, clock, minutes)
        changed = [name for name, new in vars(slot).items() if getattr(appointment, name) != new]
        if not changed:
            return appointment
        slots.hold(
            advisers=[appointment.adviser_id, adviser.pk], places=[appointment.place_id, place.pk]
        )
        slots.free(appointment)
        if changed != ["ends_at"]:
            _keep_what_it_was(appointment, asked_for_by, by)
            appointment.sequence += 1
        for name in changed:
            setattr(appointment, name, getattr(slot, name))
        appointment.save_version(*changed, "sequence")
        slots.take(appointment)
        write_milestones(case, **appointment_milestones(case))
        record_on("appointment.moved", appointment, by, fields=changed)
    return appointment


def cancel(
    *, appointment_id: UUID, asked_for_by: str, by: User, seen_version: int | None = None
) -> Appointment:
    """Call the meeting off before it begins. Raises NotBooked, AlreadyBegun, StaleVersion."""
    with recorded():
        appointment = locked(appointment_id, seen_version)
        _check_changeable(appointment)
        _keep_what_it_was(appointment, asked_for_by, by, is_cancellation=True)
        end(appointment, AppointmentStatus.CANCELLED)
        record_on("appointment.cancelled", appointment, by)
    return appointment


def _check_ready(case: Case) -> None:
    if case.find_decision not in (FindDecision.NOT_NEEDED, FindDecision.ACCEPT):
        raise NotReady


def _check_changeable(appointment: Appointment) -> None:
    if appointment.starts_at <= timezone.now():
        raise AlreadyBegun


def _checked_slot(
    case: Case, adviser: User, place: Place, day: date, clock: time, minutes: int
) -> Slot:
    if clock != clock.replace(second=0, microsecond=0) or clock.minute % MINUTES_ON_THE_GRID:
        raise NotOnTheGrid
    if minutes not in LENGTHS:
        raise NotOnTheGrid
    if place.unit_id != case.unit_id or not place.in_use:
        raise NotOfTheUnit(slots.Resource.PLACE)
    _check_may_meet(case, adviser, day)
    starts_at = to_utc(day, clock)
    now = timezone.now()
    if starts_at <= now:
        raise InThePast
    if starts_at > now + FURTHEST_AHEAD:
        raise TooFarAhead
    return Slot(
        adviser=adviser,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        local_start=f"{day.isoformat()}T{clock:%H:%M}",
    )


def _check_may_meet(case: Case, adviser: User, day: date) -> None:
    if advisers_who_may_meet(case, day).filter(pk=adviser.pk).exists():
        return
    if User.objects.advisers_of(case.unit, day).filter(pk=adviser.pk).exists():
        raise MustNotMeet
    raise NotOfTheUnit(slots.Resource.ADVISER)


def _keep_what_it_was(
    appointment: Appointment, asked_for_by: str, by: User, *, is_cancellation: bool = False
) -> None:
    AppointmentChange.objects.create(
        appointment=appointment,
        unit=appointment.unit,
        was_starting_at=appointment.starts_at,
        was_place=appointment.place,
        was_adviser=appointment.adviser,
        is_cancellation=is_cancellation,
        asked_for_by=asked_for_by,
        changed_at=timezone.now(),
        changed_by=by,
    )
