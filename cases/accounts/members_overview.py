"""What the pages about a unit's people show. A fixed number of queries, however many there are."""

from itertools import groupby
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from cases.accounts.access import SECOND_FACTORS
from cases.accounts.browsers import browser_words
from cases.accounts.guessing import locked_among
from cases.accounts.models import Membership, StandIn, User
from cases.accounts.rights import RightsRefused, check_change, check_sign_in_of, roles_given_by
from cases.accounts.roles import ROLES, Permission, Role
from cases.accounts.sessions import sessions_of
from cases.units.models import Unit


def people_of(unit: Unit, *, by: User) -> dict[str, Any]:
    """Everybody with a role in the unit today or later, and the stand-ins that are not over."""
    today = timezone.localdate()
    rows = (
        Membership.objects.visible_to(by)
        .filter(unit=unit)
        .exclude(valid_to__lt=today)
        .select_related("user")
        .order_by("user__name", "user", "valid_from")
    )
    people = [
        {"user": user, "roles": list(roles)} for user, roles in groupby(rows, lambda m: m.user)
    ]
    users = [person["user"] for person in people]
    locked = locked_among(users)
    safe = set(
        Authenticator.objects.filter(user__in=users, type__in=SECOND_FACTORS).values_list(
            "user", flat=True
        )
    )
    for person in people:
        person["is_locked"] = person["user"].pk in locked
        person["has_second_factor"] = person["user"].pk in safe
    stand_ins = (
        StandIn.objects.visible_to(by)
        .filter(unit=unit, valid_to__gte=today)
        .select_related("absent", "substitute")
        .order_by("valid_from")
    )
    return {
        "unit": unit,
        "people": people,
        "stand_ins": list(stand_ins),
        "may_give": bool(roles_given_by(by, unit.pk)),
    }


def member_page(unit: Unit, user: User, *, by: User) -> dict[str, Any]:
    memberships = list(user.memberships.filter(unit=unit).order_by("-valid_from"))
    return {
        "unit": unit,
        "member": user,
        "roles": [
            {
                "membership": membership,
                "sentence": ROLES[Role(membership.role)].sentence,
                "may_end": _may(check_change, membership, user, by)
                and (membership.valid_to is None or membership.valid_to >= timezone.localdate()),
            }
            for membership in memberships
        ],
        "sessions": [
            {"row": row, "browser": browser_words(row.browser)} for row in sessions_of(user)
        ],
        "is_locked": bool(locked_among([user])),
        "is_oneself": user.pk == by.pk,
        "may_renew": by.may(Permission.RESET_SECOND_FACTOR, unit.pk)
        and _may(check_sign_in_of, user, by),
        "has_second_factor": Authenticator.objects.filter(
            user=user, type__in=SECOND_FACTORS
        ).exists(),
    }


def _may(check: Any, *what: Any) -> bool:
    try:
        check(*what)
    except RightsRefused:
        return False
    return True
