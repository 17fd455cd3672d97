"""From a referral to an open case, with its audit event in the same transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.casework.actions.work import assign
from cases.casework.finds import compare
from cases.casework.models import (
    Case,
    CaseNumberCounter,
    FindDecision,
    Finding,
    LegalBasis,
    PoliceOrder,
    Referral,
    Sender,
    Substance,
)
from cases.casework.states import due_of
from cases.core.database.uniqueness import unique_or
from cases.core.working_days import OSLO
from cases.people.models import Person


class AlreadyRegistered(Exception):
    """The sender's reference is registered for this person already."""


@dataclass(frozen=True)
class FindDetails:
    substance: Substance | None
    amount: Decimal | None
    use_only: bool
    confiscated: bool
    seizure_reference: str


@dataclass(frozen=True)
class OrderDetails:
    found_at: datetime
    found_where: str
    ordered_at: datetime
    ordered_how: str
    finds: Sequence[FindDetails]


@dataclass(frozen=True)
class ReferralDetails:
    legal_basis: LegalBasis
    received_on: date
    attendances_required: int
    sender: Sender | None = None
    sender_reference: str = ""
    decided_on: date | None = None
    deadline_on: date | None = None
    order: OrderDetails | None = field(default=None)


def register_referral(
    *, person: Person, details: ReferralDetails, assigned_to: User | None, by: User
) -> Case:
    """Keep the referral as registered and open its case. Raises AlreadyRegistered."""
    with recorded():
        referral = _keep_referral(person, details, by)
        flagged = _keep_order(referral, details.order) if details.order else False
        case = _open_case(referral, FindDecision.NEEDED if flagged else "", by)
        if assigned_to is not None:
            assign(case_id=case.pk, adviser=assigned_to, by=by)
            case.assigned_to = assigned_to
        record(
            "referral.registered",
            by=by,
            unit=person.unit_id,
            target=case,
            persons=[person.pk],
            legal_basis=details.legal_basis.kind,
        )
    return case


def _keep_referral(person: Person, details: ReferralDetails, by: User) -> Referral:
    referral = Referral(
        unit_id=person.unit_id,
        person=person,
        legal_basis=details.legal_basis,
        sender=details.sender,
        sender_reference=details.sender_reference,
        decided_on=details.decided_on,
        received_on=details.received_on,
        deadline_on=details.deadline_on,
        attendances_required=details.attendances_required,
        registered_at=timezone.now(),
        registered_by=by,
    )
    same = Referral.objects.filter(
        unit=referral.unit_id, person=person, sender=details.sender,
        sender_reference=details.sender_reference,
    )  # fmt: skip
    if details.sender_reference and same.exists():
        raise AlreadyRegistered
    with unique_or(AlreadyRegistered):
        referral.save(force_insert=True)
    return referral


def _keep_order(referral: Referral, details: OrderDetails) -> bool:
    """Store the order and its finds; tell whether a person must decide on them."""
    table = referral.legal_basis.threshold_table
    assert table is not None, "only a basis with a threshold table records finds"
    order = PoliceOrder.objects.create(
        referral=referral,
        unit_id=referral.unit_id,
        threshold_table=table,
        found_at=details.found_at,
        found_where=details.found_where,
        ordered_at=details.ordered_at,
        ordered_how=details.ordered_how,
    )
    Finding.objects.bulk_create(
        Finding(order=order, unit_id=referral.unit_id, **vars(find)) for find in details.finds
    )
    return compare(table, [(f.substance, f.amount, f.use_only) for f in details.finds]).is_flagged


def _open_case(referral: Referral, find_decision: str, by: User) -> Case:
    now = timezone.now()
    year = now.astimezone(OSLO).year
    serial = _next_serial(referral.unit_id, year)
    case = Case(
        unit=referral.person.unit,
        person=referral.person,
        referral=referral,
        number=f"{referral.person.unit.code}-{year}-{serial:04d}",
        year=year,
        serial=serial,
        opened_at=now,
        opened_by=by,
        answers_sender=referral.legal_basis.has_sender,
        attendances_required=referral.attendances_required,
        summonses_allowed=referral.legal_basis.summonses,
        deadline_on=referral.deadline_on,
        find_decision=find_decision,
    )
    case.next_due_at = due_of(case, now)
    case.save(force_insert=True)
    return case


def _next_serial(unit_id: uuid.UUID, year: int) -> int:
    """The next number of the unit and year. The counter's row stays locked until the commit,
    so a number is never given twice and one that is rolled back is given again."""
    counters = CaseNumberCounter.objects.select_for_update()
    counter, _made = counters.get_or_create(unit_id=unit_id, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last
