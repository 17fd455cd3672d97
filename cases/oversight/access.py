"""Whose log a user may open, and how much of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from cases.accounts.models import Membership, User
from cases.accounts.roles import Permission, Role
from cases.casework.models import Case, CaseQuerySet
from cases.oversight.models import units_reviewed_by
from cases.people.models import Block
from cases.units.models import Unit


@dataclass(frozen=True)
class LoggedCase:
    """A case as its log's page names it: by number, never by a person's name."""

    case: Case
    own_only: bool  # an adviser sees their own look-ups, and nobody else's
    is_visible: bool  # whether the case itself may be opened from here


def logged_case(user: User, case_id: UUID) -> LoggedCase | None:
    """Leaders by their unit's visible cases, advisers by their own look-ups, auditors by number."""
    case = Case.objects.visible_to(user).filter(pk=case_id).first()
    if case is not None:
        reads_all = user.may(Permission.SEE_CASE_LOG, case.unit_id) or user.may(
            Permission.REVIEW_LOG, case.unit_id
        )
        return LoggedCase(case, own_only=not reads_all, is_visible=True)
    numbered = reviewed_cases(user).filter(pk=case_id).first()
    return LoggedCase(numbered, own_only=False, is_visible=False) if numbered else None


def reviewed_cases(user: User) -> CaseQuerySet:
    """The cases of the units whose whole log the user reviews; a block beats that, too."""
    blocked = Block.objects.in_force().filter(user=user, person=OuterRef("person_id"))
    cases = Case.objects.filter(unit__in=user.units_where(Permission.REVIEW_LOG))
    return cases.filter(~Exists(blocked)).only("pk", "number", "unit_id", "person_id")


def case_by_number(user: User, number: str) -> Case | None:
    """The case of this number whose log the user may open."""
    wanted = number.strip().upper()
    visible = Case.objects.visible_to(user).filter(number=wanted).first()
    return visible or reviewed_cases(user).filter(number=wanted).first()


def employee_in_log(reader: User, employee_id: UUID) -> tuple[User, set[UUID]] | None:
    """The employee, and the units in whose logs the reader may see what they have opened: those
    that the reader goes through, and the employee is or was a member of."""
    reviewed = units_reviewed_by(reader)
    joined = Membership.objects.filter(user=employee_id, unit__in=reviewed).select_related("user")
    memberships = list(joined)
    if not memberships:
        return None
    return memberships[0].user, {m.unit_id for m in memberships if m.unit_id}


def employees_of(units: set[UUID]) -> list[User]:
    """Everyone who is or was a member of these units, by name."""
    members = Membership.objects.filter(unit__in=units).values("user")
    return list(User.objects.filter(pk__in=members).order_by("name", "pk"))


def employee_of(keeper: User, unit_id: UUID, user_id: UUID) -> tuple[Unit, User] | None:
    """A member, today or before, of a unit whose people the keeper keeps."""
    if unit_id not in keeper.units_where(Permission.KEEP_MEMBERS):
        return None
    joined = Membership.objects.filter(unit=unit_id, user=user_id).select_related("unit", "user")
    membership = joined.first()
    return (membership.unit, membership.user) if membership and membership.unit else None


@dataclass(frozen=True)
class Member:
    """Somebody who works in a unit, and as what."""

    user_id: UUID
    name: str
    roles: str


def members_kept_by(user: User, day: date) -> list[tuple[Unit, list[Member]]]:
    """Who works in each unit whose people this user keeps. One query."""
    rows = (
        Membership.objects.in_force_on(day)
        .filter(unit__in=user.units_where(Permission.KEEP_MEMBERS), user__is_active=True)
        .select_related("unit", "user")
        .order_by("unit__name", "user__name", "user", "role")
    )
    of_unit: dict[Unit, dict[UUID, tuple[str, list[str]]]] = {}
    for row in rows:
        people = of_unit.setdefault(row.unit, {})
        people.setdefault(row.user_id, (row.user.name, []))[1].append(str(Role(row.role).label))
    return [
        (unit, [Member(pk, name, ", ".join(roles)) for pk, (name, roles) in people.items()])
        for unit, people in of_unit.items()
    ]
