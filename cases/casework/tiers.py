"""Through which tier a user has a case open, and what is asked of them before.

normal       one's own case, a free one, or the case of a colleague one stands in for
declared     a colleague's: one click with a reason, shown to the colleague
break-glass  a protected person one is not cleared for, or a case closed long ago
"""

from datetime import datetime, timedelta

from cases.accounts.models import StandIn, User
from cases.audit.models import Tier
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.people.models import BreakGlass, DeclaredAccess

CLOSED_LONG_AGO = timedelta(days=365)


class DeclarationNeeded(Exception):
    """The case is a colleague's: say why first."""


class GlassNeeded(Exception):
    """The glass must be broken first."""


def tier_of(case: Case, user: User, now: datetime) -> str:
    """The tier. At most two queries, none for one's own open case.

    Raises DeclarationNeeded or GlassNeeded. The case has been reached through `visible_to`.
    """
    if is_behind_glass(case, user, now):
        glasses = BreakGlass.objects.open_for(user, now)
        if not glasses.filter(person=case.person_id).exists():
            raise GlassNeeded
        return Tier.BREAK_GLASS
    if case.assigned_to_id in (None, user.pk) or stands_in(case, user, now):
        return Tier.NORMAL
    if not DeclaredAccess.objects.open_for(user, case.person_id, now).exists():
        raise DeclarationNeeded
    return Tier.DECLARED


def is_behind_glass(case: Case, user: User, now: datetime) -> bool:
    if case.closed_at is not None and case.closed_at < now - CLOSED_LONG_AGO:
        return True
    return case.person.is_protected and case.unit_id not in user.units_cleared()


def stands_in(case: Case, user: User, now: datetime) -> bool:
    """Whether the user has the cases of this case's adviser for the time being."""
    today = now.astimezone(OSLO).date()
    stand_ins = StandIn.objects.of(user, today)
    return stand_ins.filter(unit=case.unit_id, absent=case.assigned_to_id).exists()
