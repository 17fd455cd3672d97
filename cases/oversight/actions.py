"""Signatures under the log, stops, and the hashes the control compares with."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.core.database.uniqueness import unique_or
from cases.oversight.models import (
    EmployeeContact,
    LineReview,
    MonthReview,
    Outcome,
    ReadingStop,
)
from cases.oversight.sight import blocked_for
from cases.people.models import contact_lookup
from cases.units.models import Unit


class NotYoursToSign(Exception):
    """Nobody signs their own look-ups or those of their kin, or lifts their own stop."""


class NotFinished(Exception):
    """The month is not over, or a line of it is not signed or still asked about."""


class AlreadySigned(Exception):
    """Somebody else did it first."""


def sign_line(
    *, unit: Unit, actor_id: UUID, person: UUID, day: date, outcome: str, by: User
) -> LineReview:
    """Say what was found about a line; a later word replaces the first. Raises NotYoursToSign,
    and AlreadySigned when the month is signed off."""
    if actor_id == by.pk or person in blocked_for(by):
        raise NotYoursToSign
    with recorded():
        if MonthReview.objects.filter(unit=unit, month=day.replace(day=1)).exists():
            raise AlreadySigned
        review, _made = LineReview.objects.update_or_create(
            unit=unit,
            actor_id=actor_id,
            person=person,
            day=day,
            defaults={"outcome": outcome, "reviewed_at": timezone.now(), "reviewed_by": by},
        )
        record(
            "review.line_signed", by=by, unit=unit.pk, target=review,
            purpose=Outcome(outcome).value,
        )  # fmt: skip
    return review


def sign_month(*, unit: Unit, month: date, outcomes: Mapping[str, int], by: User) -> MonthReview:
    """Close a month: `outcomes` counts its lines by what was found, "" for those not signed.

    Raises NotFinished, AlreadySigned.
    """
    is_over = timezone.localdate().replace(day=1) > month
    if not is_over or outcomes.get("", 0) or outcomes.get(Outcome.ASK, 0):
        raise NotFinished
    with recorded():
        review = MonthReview(
            unit=unit,
            month=month,
            lines=sum(outcomes.values()),
            deviations=outcomes.get(Outcome.DEVIATION, 0),
            signed_at=timezone.now(),
            signed_by=by,
        )
        with unique_or(AlreadySigned):
            review.save(force_insert=True)
        record("review.month_signed", by=by, unit=unit.pk, target=review)
    return review


def stop_reading(*, user: User, unit_id: UUID, people: int, by: User) -> ReadingStop:
    """From the next request on, the account opens nobody; leader and auditor see the row."""
    with recorded():
        stop, made = ReadingStop.objects.get_or_create(
            user=user,
            lifted_at=None,
            defaults={"unit_id": unit_id, "people": people, "stopped_at": timezone.now()},
        )
        if made:
            record("reading.stopped", by=by, unit=unit_id, target=stop)
    return stop


def lift_stop(*, stop: ReadingStop, by: User) -> ReadingStop:
    """Raises NotYoursToSign for the one who was stopped, AlreadySigned when it is lifted."""
    if stop.user_id == by.pk:
        raise NotYoursToSign
    with recorded():
        in_force = ReadingStop.objects.in_force().filter(pk=stop.pk)
        if not in_force.update(lifted_at=timezone.now(), lifted_by=by):
            raise AlreadySigned
        record("reading.stop_lifted", by=by, unit=stop.unit_id, target=stop)
    return stop


def keep_employee_contacts(
    *, unit: Unit, user: User, contacts: Mapping[str, str], by: User
) -> None:
    """Keep a keyed hash of each kind's number or address; an empty one forgets what was there."""
    with recorded():
        for kind, value in contacts.items():
            kept = EmployeeContact.objects.filter(unit=unit, user=user, kind=kind)
            kept.delete()
            if value:
                EmployeeContact.objects.create(
                    unit=unit, user=user, kind=kind, lookup=contact_lookup(kind, value)
                )
        record("employee_contact.kept", by=by, unit=unit.pk, target=user, fields=sorted(contacts))
