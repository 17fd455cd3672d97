"""What of the log waits for a user: counts, the page where it is done, and whether it is late."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.models import Event
from cases.core.dates import local
from cases.core.waiting import Waiting
from cases.oversight.glasses import glasses_for
from cases.oversight.models import MonthReview, ReadingStop, units_reviewed_by
from cases.oversight.months import month_before
from cases.oversight.review import month_bounds


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Broken glasses, stopped accounts and the month that nobody has signed."""
    return [*alarms_for(user, now), *_months(user, now)]


def alarms_for(user: User, now: datetime) -> list[Waiting]:
    """What can not wait for the month's end."""
    return [*_glasses(user, now), *_stops(user)]


def _glasses(user: User, now: datetime) -> list[Waiting]:
    if not user.may(Permission.REVIEW_BREAK_GLASS):
        return []
    open_ones = glasses_for(user).to_be_reviewed().exclude(user=user)
    count, late = open_ones.count(), open_ones.review_overdue(now).count()
    lines = []
    if late:
        words = ngettext(
            "%(count)s broken glass was not reviewed within 7 days",
            "%(count)s broken glasses were not reviewed within 7 days",
            late,
        )
        lines.append(Waiting(words % {"count": late}, reverse("oversight:glasses"), is_late=True))
    if count > late:
        words = ngettext(
            "%(count)s broken glass to review", "%(count)s broken glasses to review", count - late
        )
        lines.append(Waiting(words % {"count": count - late}, reverse("oversight:glasses")))
    return lines


def _stops(user: User) -> list[Waiting]:
    if not (units_reviewed_by(user) or user.may(Permission.KEEP_MEMBERS)):
        return []
    count = ReadingStop.objects.visible_to(user).in_force().exclude(user=user).count()
    words = ngettext(
        "%(count)s account is stopped: it opened too many people in an hour",
        "%(count)s accounts are stopped: they opened too many people in an hour",
        count,
    )
    line = Waiting(words % {"count": count}, reverse("oversight:stops"), is_late=True)
    return [line] if count else []


def _months(user: User, now: datetime) -> list[Waiting]:
    """Last month, for each unit in which something happened and nobody has signed it."""
    units = units_reviewed_by(user)
    if not units:
        return []
    month = month_before(local(now).date())
    signed = MonthReview.objects.filter(unit__in=units, month=month)
    open_units = units - set(signed.values_list("unit", flat=True))
    first, last = month_bounds(month)
    events = Event.objects.filter(unit__in=open_units).between(first, last)
    count = events.order_by().values("unit").distinct().count() if open_units else 0
    words = ngettext(
        "Last month's look-ups are not signed off",
        "Last month's look-ups are not signed off in %(count)s units",
        count,
    )
    return [Waiting(words % {"count": count}, reverse("oversight:reviews"))] if count else []
