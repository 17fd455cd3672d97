"""Closing a case: with an outcome its milestones allow, or earlier for one of a few reasons."""

import uuid
from datetime import date

from django.db.models import F
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import AlreadyBegun, cancel
from cases.appointments.models import Appointment, WhoAsked
from cases.audit.record import record, recorded
from cases.casework.milestones import lock_case, write_milestones
from cases.casework.models import Case, CaseOutcome
from cases.people.models import Person
from cases.support.closing_rules import (
    ATTENDANCE_NOT_RECORDED,
    Missing,
    possible_outcomes,
    what_is_missing,
)
from cases.support.models import Closing


class CannotClose(Exception):
    """The outcome does not fit the case; `reasons` tells what is missing, if anything is."""

    def __init__(self, reasons: list[Missing]) -> None:
        super().__init__(*(reason.code for reason in reasons))
        self.reasons = reasons


def close_case(
    *, case_id: uuid.UUID, outcome: str, by: User, deceased_on: date | None = None
) -> Case:
    """Close the case; what is booked is called off. Raises CannotClose, CaseIsClosed.

    `deceased_on` is the day of death where it is known; without it the day it was recorded.
    """
    with recorded():
        case = lock_case(case_id)
        if outcome not in possible_outcomes(case):
            raise CannotClose(what_is_missing(case, timezone.now()))
        case = _call_off_what_is_booked(case, by)
        if outcome == CaseOutcome.DECEASED:
            _record_death(case, deceased_on or timezone.localdate(), by)
        now = timezone.now()
        Closing.objects.create(
            case=case, unit=case.unit, outcome=outcome, closed_at=now, closed_by=by
        )
        write_milestones(case, closed_at=now, closed_by=by, outcome=CaseOutcome(outcome))
        record("case.closed", by=by, unit=case.unit_id, target=case, persons=[case.person_id])
    return case


def _call_off_what_is_booked(case: Case, by: User) -> Case:
    """The case after the cancellation. Raises CannotClose when the meeting has begun."""
    booked = Appointment.objects.filter(case=case).booked().first()
    if booked is None:
        return case
    try:
        cancel(appointment_id=booked.pk, asked_for_by=WhoAsked.UNIT, by=by)
    except AlreadyBegun as error:
        raise CannotClose([ATTENDANCE_NOT_RECORDED]) from error
    return lock_case(case.pk)


def _record_death(case: Case, day: date, by: User) -> None:
    unknown = Person.objects.filter(pk=case.person_id, deceased_on=None)
    if unknown.update(deceased_on=day, version=F("version") + 1):
        record(
            "person.corrected", by=by, unit=case.unit_id, target=case.person,
            persons=[case.person_id], fields=["deceased_on"],
        )  # fmt: skip
