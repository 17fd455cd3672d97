"""Who may give and take which role: nobody their own, and a unit never loses its last leader."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import Membership, User
from cases.accounts.roles import ROLES, UNIT_ROLES, Permission, Role
from cases.audit.models import Event
from cases.core.database.context import Context, DatabaseRole, acting_as
from cases.core.database.doors import WAYS_IN, is_in_one_hand
from cases.units.models import Unit

# Whoever gave somebody their way in a moment ago might be them: not both sides of a decision.
APART_FOR = timedelta(days=14)

GIVEN_BY: dict[Role, frozenset[Role]] = {
    Role.LEADER: frozenset({Role.ADVISER, Role.COORDINATOR, Role.SAMPLE_TAKER}),
    Role.MUNICIPAL_ADMINISTRATOR: frozenset(UNIT_ROLES),
    Role.ADMINISTRATOR: frozenset(
        {
            Role.MUNICIPAL_ADMINISTRATOR,
            *(role for role, rules in ROLES.items() if not rules.belongs_to_unit),
        }
    ),
}


class RightsRefused(Exception):
    """A change of rights that the house refuses. `sentence` says why, to whoever tried."""

    sentence: Promise | str = ""


class OwnRights(RightsRefused):
    sentence = _("Nobody changes their own rights. Ask somebody else who keeps the unit's people.")


class RoleOfOthers(RightsRefused):
    sentence = _("This role is given and taken by somebody else.")


class ClearanceOfOthers(RightsRefused):
    sentence = _(
        "Only somebody who may see people with a protected address, or the municipal administrator, "
        "lets others see them."
    )


class SameHands(RightsRefused):
    sentence = _(
        "One of you gave the other their way in during the last 14 days, or a third person gave both "
        "of you yours. Somebody else must be the second person, or the two of you wait."
    )


class LastLeader(RightsRefused):
    sentence = _("The unit would be without a leader. Give somebody else the role first.")


class NotAMember(RightsRefused):
    sentence = _("Only whoever keeps the people of a unit they work in signs them out.")


class RoleLike(Protocol):
    """A membership, kept or not yet."""

    role: str
    unit_id: UUID | None


def roles_given_by(by: User, unit: UUID | None) -> set[Role]:
    """The roles this user may give and take in this unit today, or outside units for None."""
    given = {
        role
        for m in by.memberships_today
        for role in GIVEN_BY.get(Role(m.role), ())
        if m.unit_id is None or m.unit_id == unit
    }
    return {role for role in given if ROLES[role].belongs_to_unit == (unit is not None)}


def check_change(membership: RoleLike, user: User, by: User) -> None:
    """Raises OwnRights or RoleOfOthers when `by` may not give, change or take this membership."""
    if user.pk == by.pk:
        raise OwnRights
    if Role(membership.role) not in roles_given_by(by, membership.unit_id):
        raise RoleOfOthers


def may_clear(unit: UUID, by: User) -> bool:
    """Whether `by` may let somebody see people of the unit with a protected address."""
    is_municipal = any(
        m.unit_id == unit and m.role == Role.MUNICIPAL_ADMINISTRATOR for m in by.memberships_today
    )
    return is_municipal or unit in by.units_cleared()


def check_clearance(membership: Membership, by: User) -> None:
    """Raises ClearanceOfOthers when it lets somebody see protected people and `by` may not."""
    if membership.cleared_for_protected and not (
        membership.unit_id and may_clear(membership.unit_id, by)
    ):
        raise ClearanceOfOthers


def check_sign_in_of(user: User, by: User) -> None:
    """Raises when `by` may not renew how this user signs in.

    Whoever may is able to become the user; so every right the user has, or will have, in any unit
    must be one to give, the sight of protected people too. PostgreSQL shows a leader their own
    unit's memberships: this asks for all.
    """
    if user.pk == by.pk:
        raise OwnRights
    with acting_as(Context(DatabaseRole.SETUP, user=by.pk)):
        kept = list(user.memberships.not_over_on(timezone.localdate()))
    for membership in kept:
        check_change(membership, user, by)
        check_clearance(membership, by)


def check_keeps(user: User, unit: UUID, by: User) -> None:
    """Raises NotAMember, or OwnRights for oneself.

    Asked before what takes something from a user and lets nobody become them: whatever else the
    user may be, a colleague who has left must be signed out at once.
    """
    if user.pk == by.pk:
        raise OwnRights
    member = user.memberships.not_over_on(timezone.localdate()).filter(unit=unit)
    if not (by.may(Permission.KEEP_MEMBERS, unit) and member.exists()):
        raise NotAMember


def check_apart(first: UUID, second: UUID) -> None:
    """Raises SameHands when one person may still have both ways of signing in: one of the two the
    other's, or a third both.

    They may have gone through further hands, and in a unit whose log neither of them reads.
    """
    since = timezone.now() - APART_FOR
    in_one_hand = is_in_one_hand(first, second, since)
    if in_one_hand is None:
        in_one_hand = bool(_holders(first, since) & _holders(second, since))
    if in_one_hand:
        raise SameHands


def _holders(user: UUID, since: datetime) -> set[UUID]:
    """Whoever may have this user's way in: they themselves, and through whose hands it has gone."""
    found = {user}
    to_ask = {user}
    while to_ask:
        given = Event.objects.filter(action__in=WAYS_IN, at__gte=since, target__in=to_ask)
        givers = {giver for giver in given.values_list("actor", flat=True) if giver}
        to_ask = givers - found
        found |= givers
    return found


def is_led(unit: UUID, since: date) -> bool:
    """Whether the unit has a leader who may sign in on every day from this one, without an end."""
    leaders = Membership.objects.filter(unit=unit, role=Role.LEADER, user__is_active=True)
    led_until = since - timedelta(days=1)
    for leader in leaders.exclude(valid_to__lt=since).order_by("valid_from"):
        if leader.valid_from > led_until + timedelta(days=1):
            return False
        if leader.valid_to is None:
            return True
        led_until = max(led_until, leader.valid_to)
    return False


@contextmanager
def keeping_leaders(units: Iterable[UUID | None]) -> Iterator[None]:
    """Raises LastLeader when a unit that is led for good is not any more after the block.

    Inside a transaction, which that error rolls back. The units are locked: two leaders who are
    taken away at once wait for each other.
    """
    today = timezone.localdate()
    wanted = {unit for unit in units if unit is not None}
    list(Unit.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    led = {unit for unit in wanted if is_led(unit, today)}
    yield
    if not all(is_led(unit, today) for unit in led):
        raise LastLeader


def units_led_by(user: User) -> set[UUID]:
    led = user.memberships.filter(role=Role.LEADER, unit__isnull=False)
    return set(led.values_list("unit", flat=True))
