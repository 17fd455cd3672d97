"""What other pages show of the rights: the clock on the case and on the start page. One query each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.privacy.models import AccessRequest, Deviation

MOST_SHOWN = 20


@dataclass(frozen=True)
class Running:
    """A deviation whose 72 hours run."""

    deviation: Deviation
    case: Case
    due_at: datetime
    is_late: bool
    may_open: bool


def running_for_case(case: Case, user: User, now: datetime) -> list[Running]:
    rows = Deviation.objects.for_case(case).running().defer("report", "reason")
    may = user.may(Permission.HANDLE_RIGHTS, case.unit_id)
    return [Running(row, case, row.due_at, row.due_at <= now, may) for row in rows]


def running_for(user: User, now: datetime) -> list[Running]:
    """Of all cases the user may see, the most urgent first. For the start page."""
    rows = (
        Deviation.objects.visible_to(user)
        .running()
        .select_related("sent_in_error__case__person")
        .defer("report", "reason")
        .order_by("due_at", "pk")[:MOST_SHOWN]
    )
    handles = user.units_where(Permission.HANDLE_RIGHTS)
    return [
        Running(row, row.sent_in_error.case, row.due_at, row.due_at <= now, row.unit_id in handles)
        for row in rows
    ]


@dataclass(frozen=True)
class Unanswered:
    case: Case
    due_on: date


def unanswered_for(user: User) -> list[Unanswered]:
    """Access requests that wait for an answer, for those who answer them."""
    units = user.units_where(Permission.HANDLE_RIGHTS)
    if not units:
        return []
    rows = (
        AccessRequest.objects.visible_to(user)
        .unanswered()
        .filter(unit__in=units)
        .select_related("case__person")
        .without_file()
        .order_by("asked_on", "pk")[:MOST_SHOWN]
    )
    return [Unanswered(row.case, row.due_on) for row in rows]


def rights_of(case: Case, user: User) -> dict[str, Any]:
    """Everything the page "The person's rights" shows."""
    now = timezone.now()
    return {
        "case": case,
        "may_handle": user.may(Permission.HANDLE_RIGHTS, case.unit_id),
        "requests": list(
            AccessRequest.objects.of_person(case.person)
            .select_related("registered_by", "answered_by")
            .without_file()[:MOST_SHOWN]
        ),
        "deviations": list(
            Deviation.objects.for_case(case)
            .select_related("sent_in_error__told_by", "settled_by")
            .defer("report", "reason")[:MOST_SHOWN]
        ),
        "running": running_for_case(case, user, now),
        "today": timezone.localdate(),
        "now": now,
    }
