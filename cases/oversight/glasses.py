"""Broken glasses that somebody else must look at: by case number, with what was looked at."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.models import Event, EventPerson, Tier
from cases.oversight.log import Line, lines_of
from cases.people.models import Block, BreakGlass, Person
from cases.people.models.access import BreakGlassQuerySet

MOST_LOOKS = 100


def glasses_for(user: User) -> BreakGlassQuerySet:
    """Those of the units whose broken glasses the user reviews; a block beats that, too."""
    blocked = Block.objects.in_force().filter(user=user, person=OuterRef("person_id"))
    units = user.units_where(Permission.REVIEW_BREAK_GLASS)
    return BreakGlass.objects.filter(unit__in=units).filter(~Exists(blocked))


def glass_for(user: User, glass_id: UUID) -> BreakGlass | None:
    found = glasses_for(user).select_related("user", "reviewed_by", "unit")
    return found.filter(pk=glass_id).first()


def may_read_reason(user: User, glass: BreakGlass) -> bool:
    """The written reason may tell about the person: for the leader who may see that person."""
    if not user.may(Permission.SEE_CASE_LOG, glass.unit_id):
        return False
    return Person.objects.visible_to(user).filter(pk=glass.person_id).exists()


def looks_through(glass: BreakGlass) -> list[Line]:
    """What was opened and done about the person while the glass was broken, the newest first."""
    of_person = EventPerson.objects.filter(unit=glass.unit_id, person=glass.person_id)
    events = (
        Event.objects.of_unit(glass.unit_id)
        .by_actor(glass.user_id)
        .filter(pk__in=of_person.values("event"), at__gte=glass.started_at)
        .filter(Q(tier=Tier.BREAK_GLASS) | Q(at__lte=glass.ended_at or glass.until))
    )
    return lines_of(list(events.newest_first()[:MOST_LOOKS]))


def glasses_overdue(now: datetime) -> int:
    """For /readyz and selfcheck: how many nobody has looked at within seven days."""
    return BreakGlass.objects.review_overdue(now).count()
