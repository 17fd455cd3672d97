"""What must I do now: the start page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.appointments.models import Appointment
from cases.casework.models import Case, Task
from cases.core.working_days import OSLO
from cases.desk.day import bounds_of
from cases.desk.health import message_parts
from cases.desk.listing import record_list, rows_of
from cases.desk.waiting import waiting_for
from cases.privacy.overview import running_for, unanswered_for

MOST_ROWS = 12


@require_safe
def start(request: StaffRequest) -> HttpResponse:
    """Everyone's first page: the one their rights lead to."""
    if request.user.may(Permission.SEE_CASES):
        return today(request)
    if request.user.may(Permission.TAKE_SAMPLES):
        return redirect("casework:samples")
    if request.user.may(Permission.REVIEW_LOG):
        return redirect("oversight:reviews")
    if request.user.may(Permission.APPROVE_AS_SECOND):
        return redirect("desk:waiting")
    if request.user.may(Permission.SET_UP):
        return redirect("admin:index")
    return redirect("statistics:figures")


@requires(Permission.SEE_CASES)
def today(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    user = request.user
    visible = Case.objects.visible_to(user)
    mine = visible.open().assigned_to(user).most_urgent_first().with_row_facts()
    rows = rows_of(list(mine[:MOST_ROWS]), now)
    tasks = list(
        Task.objects.visible_to(user)
        .open()
        .select_related("case__person")
        .order_by("due_at")[:MOST_ROWS]
    )
    first, last = bounds_of(now)
    meetings = list(
        Appointment.objects.visible_to(user)
        .starting_within(first, last)
        .filter(adviser=user)
        .select_related("case__person", "place")
        .order_by("starts_at")[:50]
    )
    running, unanswered = running_for(user, now), unanswered_for(user)
    listed: list[Any] = [*rows, *tasks, *running, *unanswered]
    shown = [row.case for row in listed]
    record_list(user, shown + [meeting.case for meeting in meetings], "desk:today")
    context = {
        "day": now.astimezone(OSLO).date(),
        "now": now,
        "urgent": [row for row in rows if row.urgency in ("passed", "soon")],
        "later": [row for row in rows if row.urgency == "later"],
        "tasks": tasks,
        "meetings": meetings,
        "unassigned": visible.open().unassigned()[:100].count(),
        "health": message_parts(now),
        "running": running,
        "unanswered": unanswered,
        # Only who approves or reviews has something waiting; everybody else is not asked about.
        "waiting": waiting_for(user, now) if user.may(Permission.APPROVE_AS_SECOND) else [],
    }
    return render(request, "desk/today.html", context)
