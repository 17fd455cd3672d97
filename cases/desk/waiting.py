"""What waits for a user, from every part of the program that keeps such things.

A part adds its own function to SOURCES: counts and case numbers only, never content.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.waiting import Waiting
from cases.oversight import waiting as oversight
from cases.privacy.models import PersonExport
from cases.retention.models import DueList

Source = Callable[[User, datetime], list[Waiting]]


def deletions(user: User, now: datetime) -> list[Waiting]:
    """Lists that somebody else has confirmed first."""
    waiting = DueList.objects.visible_to(user).waiting().exclude(confirmed_by=user).count()
    words = ngettext(
        "%(count)s list of cases to delete waits for a second person",
        "%(count)s lists of cases to delete wait for a second person",
        waiting,
    )
    line = Waiting(words % {"count": waiting}, reverse("retention:second"))
    return [line] if waiting and user.may(Permission.APPROVE_AS_SECOND) else []


def exports(user: User, now: datetime) -> list[Waiting]:
    """Exports of people that somebody else has asked for and nobody has decided on."""
    undecided = Q(approved_at=None, refused_at=None) & ~Q(requested_by=user)
    waiting = PersonExport.objects.visible_to(user).filter(undecided).count()
    words = ngettext(
        "%(count)s export of people waits for an approval",
        "%(count)s exports of people wait for an approval",
        waiting,
    )
    line = Waiting(words % {"count": waiting}, reverse("privacy:exports"))
    return [line] if waiting and user.may(Permission.APPROVE_AS_SECOND) else []


SOURCES: tuple[Source, ...] = (oversight.waiting_for, deletions, exports)


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Every line for this user, the late ones first."""
    lines = [line for source in SOURCES for line in source(user, now)]
    return sorted(lines, key=lambda line: not line.is_late)
