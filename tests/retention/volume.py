"""Many closed cases with what makes each due or not, and an independent word on which are due.

The oracle walks day by day and month by month; it shares nothing with `clocks` and `due`.
"""

import calendar
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from cases.accounts.models import User
from cases.casework.models import Case, LegalBasis, Referral
from cases.core.working_days import OSLO
from cases.people.models import Person
from cases.retention.models import (
    Certificate,
    DueList,
    DueListItem,
    ErasedCase,
    Erasure,
    Hold,
    RetentionRule,
)
from cases.units.models import Unit
from tests import factories

TODAY = date(2030, 3, 31)


@dataclass
class Fate:
    """One case: who, since when, and what keeps it."""

    case: uuid.UUID
    person: uuid.UUID
    kind: str
    closed_on: date | None
    deadline_on: date | None
    held_until: date | None
    is_held: bool

    def is_due(self, today: date) -> bool:
        if self.closed_on is None or self.held_on(today):
            return False
        starts = self.closed_on
        months = 12 if self.kind == "transfer" else 24
        if self.kind != "transfer" and self.deadline_on and self.deadline_on > starts:
            starts = self.deadline_on
        year, month = starts.year, starts.month
        for _ in range(months):
            month += 1
            if month > 12:
                year, month = year + 1, 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(starts.day, last)) <= today

    def held_on(self, today: date) -> bool:
        return self.is_held and (self.held_until is None or self.held_until >= today)


def make_rules() -> None:
    RetentionRule.objects.create(months=24, source="Arkivplan", valid_from=date(2020, 1, 1))
    RetentionRule.objects.create(
        months=12, basis_kind="transfer", clock="closing", source="Arkivplan",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip


def make_volume(unit: Unit, by: User, number: int, seed: int) -> list[Fate]:
    """Cases of this unit, one in five of a person who has another one; days around the border."""
    chance = Random(seed)
    bases = [factories.basis_of(unit, kind) for kind in ("transfer", "own_wish")]
    people = [
        Person(unit=unit, given_name="Kanarivolum", family_name=str(n), birth_date=date(1990, 1, 1))
        for n in range(number * 4 // 5)
    ]
    fates, referrals, cases, holds = [], [], [], []
    for serial in range(1, number + 1):
        person = people[serial % len(people)]
        basis = chance.choice(bases)
        fate = _fate(chance, person, basis)
        referral = Referral(
            unit=unit, person=person, legal_basis=basis, received_on=date(2025, 1, 1),
            attendances_required=1, registered_at=timezone.now(), registered_by=by,
        )  # fmt: skip
        referrals.append(referral)
        cases.append(_case(unit, by, serial, person, referral, fate))
        if fate.is_held:
            holds.append(
                Hold(
                    unit=unit,
                    case=cases[-1],
                    reason="Klage",
                    until=fate.held_until,
                    held_at=timezone.now(),
                    held_by=by,
                )  # fmt: skip
            )
        fates.append(fate)
    Person.objects.bulk_create(people)
    Referral.objects.bulk_create(referrals)
    Case.objects.bulk_create(cases)
    Hold.objects.bulk_create(holds)
    return fates


def _fate(chance: Random, person: Person, basis: LegalBasis) -> Fate:
    border = TODAY - timedelta(days=730 if basis.kind == "own_wish" else 365)
    closed_on = border + timedelta(days=chance.randint(-40, 40))
    later = closed_on + timedelta(days=chance.randint(-10, 60))
    return Fate(
        case=uuid.uuid4(),
        person=person.pk,
        kind=basis.kind,
        closed_on=None if chance.random() < 0.1 else closed_on,
        deadline_on=later if chance.random() < 0.3 else None,
        is_held=chance.random() < 0.15,
        held_until=chance.choice([None, TODAY, TODAY - timedelta(days=1)]),
    )


def _case(
    unit: Unit, by: User, serial: int, person: Person, referral: Referral, fate: Fate
) -> Case:
    closed = fate.closed_on
    return Case(
        pk=fate.case, unit=unit, person=person, referral=referral, number=f"VOL-2025-{serial:04d}",
        year=2025, serial=serial + 10_000, opened_at=timezone.now(), opened_by=by,
        answers_sender=False, attendances_required=1, summonses_allowed=2,
        deadline_on=fate.deadline_on,
        closed_at=datetime.combine(closed, time(23, 59), tzinfo=OSLO) if closed else None,
        closed_by=by if closed else None,
        outcome="moved" if closed else "",
        next_due_at=None if closed else timezone.now(),
    )  # fmt: skip


def expected(fates: list[Fate], today: date) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """The cases that must be left, and the people who must be left."""
    left = [fate for fate in fates if not fate.is_due(today)]
    return {fate.case for fate in left}, {fate.person for fate in left}


def empty() -> None:
    """Nothing of an example is left for the next one."""
    for model in (
        Hold, Case, Referral, Person, ErasedCase, Certificate, DueListItem, DueList, Erasure,
        RetentionRule,
    ):  # fmt: skip
        model._base_manager.all().delete()
