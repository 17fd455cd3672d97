"""Which closed cases are due, by which rule, since when, and what holds each of them back.

Numbers and days only, no person: whoever confirms a deletion must be able to confirm it for people
they are not cleared to see. A case whose person an employee is blocked from is left out for them.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.people.models import Block, BreakGlass, Person
from cases.retention.clocks import clock_starts_on, due_on, months_later, rule_for
from cases.retention.holding import whatever_holds
from cases.retention.models import ArchivePackage, Hold, LeftOut, RetentionRule
from cases.units.models import Unit

# A month can end on an earlier day than the one before: the search begins a little too early.
SLACK = timedelta(days=4)


@dataclass(frozen=True)
class DueCase:
    case: UUID
    person: UUID
    version: int
    number: str
    basis_kind: str
    rule: RetentionRule
    starts_on: date
    due_on: date
    obstacle: LeftOut  # NONE: may be deleted

    @property
    def is_ready(self) -> bool:
        return self.obstacle == LeftOut.NONE


@dataclass(frozen=True)
class DueNow:
    """The due cases of a unit, the longest due first."""

    ready: tuple[DueCase, ...]
    to_archive: tuple[DueCase, ...]
    kept_back: tuple[DueCase, ...]

    @property
    def everyone(self) -> Iterable[UUID]:
        return (one.person for one in (*self.ready, *self.to_archive, *self.kept_back))


def due_now(unit: Unit, today: date, *, seen_by: User | None = None) -> DueNow:
    """Costs eight queries, whatever the unit holds."""
    cases = due_cases(unit, today, seen_by=seen_by)
    return DueNow(
        ready=tuple(one for one in cases if one.is_ready),
        to_archive=tuple(one for one in cases if one.obstacle == LeftOut.NOT_ARCHIVED),
        kept_back=tuple(
            one for one in cases if one.obstacle not in (LeftOut.NONE, LeftOut.NOT_ARCHIVED)
        ),
    )


def due_cases(
    unit: Unit, today: date, *, among: Collection[UUID] | None = None, seen_by: User | None = None
) -> list[DueCase]:
    """All that are due on that day in Oslo, `among` these if given, with what holds them back."""
    rules = list(RetentionRule.objects.in_force_on(today).for_unit(unit))
    if not rules:
        return []
    closed = Case.objects.filter(unit=unit, closed_at__lt=_latest_closing(rules, today))
    if among is not None:
        closed = closed.filter(pk__in=among)
    if seen_by is not None:
        blocks = Block.objects.in_force().filter(user=seen_by, unit=unit)
        closed = closed.exclude(person__in=blocks.values("person"))
    found = [_clocked(row, rules, unit) for row in _rows(closed)]
    return _with_obstacles(unit, today, [one for one in found if one and one.due_on <= today])


def is_to_be_archived(case: Case, today: date, *, seen_by: User) -> bool:
    """Whether its rule wants it in the archive, and only the archive holds it back, if anything."""
    found = due_cases(case.unit, today, among=[case.pk], seen_by=seen_by)
    free = (LeftOut.NONE, LeftOut.NOT_ARCHIVED)
    return any(one.rule.archive_first and one.obstacle in free for one in found)


def people_of(cases: Iterable[UUID]) -> set[UUID]:
    """Whom the numbers of these cases stand for; those that are erased stand for nobody."""
    return set(Case.objects.filter(pk__in=list(cases)).values_list("person", flat=True))


def fingerprint(cases: Iterable[DueCase]) -> str:
    """What was seen, so that nothing else is confirmed."""
    seen = "\n".join(f"{one.case} {one.version}" for one in cases)
    return hashlib.sha256(seen.encode()).hexdigest()


def _latest_closing(rules: Iterable[RetentionRule], today: date) -> datetime:
    """No case closed after this moment can be due: the shortest rule has not run out."""
    shortest = min(rule.months for rule in rules)
    return datetime.combine(months_later(today, -shortest) + SLACK, time.min, tzinfo=OSLO)


def _rows(closed: QuerySet[Case]) -> QuerySet[Case, Any]:
    return closed.order_by("closed_at", "pk").values_list(
        "pk", "person", "version", "number", "closed_at", "deadline_on",
        "referral__legal_basis__kind",
    )  # fmt: skip


def _clocked(row: tuple[Any, ...], rules: list[RetentionRule], unit: Unit) -> DueCase | None:
    case, person, version, number, closed_at, deadline_on, kind = row
    rule = rule_for(rules, unit.pk, kind)
    if rule is None:
        return None
    return DueCase(
        case=case,
        person=person,
        version=version,
        number=number,
        basis_kind=kind,
        rule=rule,
        starts_on=clock_starts_on(rule, closed_at, deadline_on),
        due_on=due_on(rule, closed_at, deadline_on),
        obstacle=LeftOut.NONE,
    )


def _with_obstacles(unit: Unit, today: date, cases: list[DueCase]) -> list[DueCase]:
    held = set(Hold.objects.in_force_on(today).filter(unit=unit).values_list("case", flat=True))
    packages = ArchivePackage.objects.filter(unit=unit).archived().up_to_date()
    archived = set(packages.values_list("case", flat=True))
    restricted = set(
        Person.objects.filter(unit=unit, restricted_at__isnull=False).values_list("pk", flat=True)
    )
    unreviewed = set(
        BreakGlass.objects.filter(unit=unit).to_be_reviewed().values_list("person", flat=True)
    )
    unfinished = whatever_holds(unit)

    def obstacle(one: DueCase) -> LeftOut:
        if one.case in held:
            return LeftOut.HELD
        if one.person in restricted:
            return LeftOut.RESTRICTED
        if one.person in unreviewed:
            return LeftOut.UNREVIEWED
        if why := unfinished.get(one.case) or unfinished.get(one.person):
            return why
        if one.rule.archive_first and one.case not in archived:
            return LeftOut.NOT_ARCHIVED
        return LeftOut.NONE

    judged = [DueCase(**{**vars(one), "obstacle": obstacle(one)}) for one in cases]
    return sorted(judged, key=lambda one: (one.due_on, one.number))
