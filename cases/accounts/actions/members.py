"""The people of a unit: who has which role from when to when, who stands in, and lost ways in."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.accounts.guessing import forget_failures
from cases.accounts.models import Membership, StandIn, User
from cases.accounts.rights import (
    OwnRights,
    check_change,
    check_clearance,
    check_keeps,
    check_sign_in_of,
    keeping_leaders,
)
from cases.accounts.roles import Role
from cases.accounts.sessions import end_sessions
from cases.audit.record import record, recorded
from cases.units.models import Unit


def add_member(
    *,
    unit: Unit,
    email: str,
    name: str,
    role: Role,
    valid_from: date,
    valid_to: date | None,
    by: User,
    cleared_for_protected: bool = False,
) -> Membership:
    """Give a role to whoever has this e-mail; a new user is made when nobody has it.

    Raises RightsRefused, and ValidationError for a membership there is already.
    """
    with recorded():
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            user = User.objects.create_user(email=email, name=name)
            record("user.added", by=by, unit=unit.pk, target=user)
        membership = Membership(
            user=user, unit=unit, role=role, cleared_for_protected=cleared_for_protected,
            valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip
        check_change(membership, user, by)
        check_clearance(membership, by)
        membership.full_clean()
        _refuse_overlap(membership)
        membership.save()
        given = [role, *["cleared_for_protected"] * cleared_for_protected]
        record("membership.added", by=by, unit=unit.pk, target=membership, fields=given)
    return membership


def _refuse_overlap(membership: Membership) -> None:
    same = Membership.objects.filter(
        user=membership.user, unit=membership.unit, role=membership.role
    ).exclude(valid_to__lt=membership.valid_from)
    if membership.valid_to:
        same = same.filter(valid_from__lte=membership.valid_to)
    if same.exists():
        raise ValidationError(_("This person has the role in these days already."))


def end_membership(*, membership: Membership, last_day: date, by: User) -> None:
    """Let a role end after this day; a day that has passed ends it at once.

    Raises RightsRefused, and ValidationError for a day after the last one there is.
    """
    check_change(membership, membership.user, by)
    if membership.valid_to is not None and last_day > membership.valid_to:
        raise ValidationError(
            _("The role ends before that day. Give it anew to let it last longer.")
        )
    with recorded(), keeping_leaders([membership.unit_id]):
        verb = "membership.ended"
        record(verb, by=by, unit=membership.unit_id, target=membership, fields=["valid_to"])
        _end_after(membership, last_day)


def _end_after(membership: Membership, last_day: date) -> None:
    """What never was in force goes; what was, if only since this morning, stays as a row, because
    the log's pages know people of the unit by their roles.
    """
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    if membership.valid_from == today and last_day < today:
        membership.valid_from = yesterday  # to end at once, it ends yesterday
    if membership.valid_from > max(last_day, today) or _had_it_before(membership):
        membership.delete()
        return
    membership.valid_to = max(last_day, membership.valid_from)
    membership.save(update_fields=["valid_from", "valid_to"])


def _had_it_before(membership: Membership) -> bool:
    """Whether there is a row of the same role that began on the same day."""
    same = Membership.objects.filter(
        user=membership.user, unit=membership.unit, role=membership.role,
        valid_from=membership.valid_from,
    )  # fmt: skip
    return same.exclude(pk=membership.pk).exists()


def add_stand_in(
    *, unit: Unit, absent: User, substitute: User, valid_from: date, valid_to: date, by: User
) -> StandIn:
    """Let a colleague have somebody's cases while they are away. Raises OwnRights for oneself."""
    if substitute.pk == by.pk:
        raise OwnRights
    with recorded():
        stand_in = StandIn(
            unit=unit, absent=absent, substitute=substitute,
            valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip
        stand_in.full_clean()
        stand_in.save()
        record("stand_in.added", by=by, unit=unit.pk, target=stand_in)
    return stand_in


def end_stand_in(*, stand_in: StandIn, by: User) -> None:
    """At once: yesterday was the last day."""
    yesterday = timezone.localdate() - timedelta(days=1)
    with recorded():
        record("stand_in.ended", by=by, unit=stand_in.unit_id, target=stand_in)
        if stand_in.valid_from > yesterday:
            stand_in.delete()
        else:
            stand_in.valid_to = yesterday
            stand_in.save(update_fields=["valid_to"])


def end_sessions_of(*, user: User, unit: Unit, by: User) -> int:
    """How many have ended. Raises RightsRefused."""
    check_keeps(user, unit.pk, by)
    with recorded():
        ended = end_sessions(user)
        record("user.sessions_ended", by=by, unit=unit.pk, target=user, fields=[f"{ended} ended"])
    return ended


def let_in(*, user: User, unit: Unit, by: User) -> None:
    """Forget the failures that keep a user out. Raises RightsRefused."""
    check_sign_in_of(user, by)
    with recorded():
        forget_failures(user)
        record("user.let_in", by=by, unit=unit.pk, target=user)


def reset_second_factor(*, user: User, unit: Unit, by: User) -> None:
    """Take away passkeys, app and recovery codes; the next sign-in sets up new ones.

    Raises RightsRefused: never one's own, and of nobody who has rights that `by` could not give.
    """
    check_sign_in_of(user, by)
    with recorded():
        Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        forget_failures(user)
        record("user.second_factor_reset", by=by, unit=unit.pk, target=user)


def give_entry_link(*, user: User, unit: Unit, by: User) -> None:
    """Note that a link for choosing a password was shown to `by`. Raises RightsRefused."""
    check_sign_in_of(user, by)
    with recorded():
        record("user.entry_link_given", by=by, unit=unit.pk, target=user)
