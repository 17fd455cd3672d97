"""Who has looked: the log of a case, of an employee, and one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest
from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.models import INSTALLATION
from cases.audit.record import record
from cases.oversight.access import (
    case_by_number,
    employee_in_log,
    employees_of,
    logged_case,
)
from cases.oversight.log import (
    days_of,
    events_of_case,
    events_of_employee,
    lines_page,
    own_events,
)
from cases.oversight.models import units_reviewed_by
from cases.oversight.sight import blocked_for, people_named_to, people_not_blocked
from cases.oversight.tabs import tabs_for


def _require_a_log(user: User) -> None:
    """Whoever works on cases sees their own look-ups; leaders and auditors see more."""
    if not (user.may(Permission.SEE_CASES) or user.may(Permission.REVIEW_LOG)):
        raise PermissionDenied


@require_safe
def start(request: StaffRequest) -> HttpResponse:
    """The ways into the log: by case number, by employee, and one's own."""
    _require_a_log(request.user)
    units = units_reviewed_by(request.user)
    context = {
        "employees": employees_of(units) if units else [],
        "tabs": tabs_for(request, request.user),
    }
    return render(request, "oversight/start.html", context)


@require_POST
def find_case(request: StaffRequest) -> HttpResponse:
    _require_a_log(request.user)
    found = case_by_number(request.user, request.POST.get("number", "")[:20].replace("\x00", ""))
    if found is None:
        messages.warning(request, _("No case with this number has a log that you may see."))
        return redirect("oversight:start")
    return redirect("oversight:case_log", found.pk)


@require_safe
def case_log(request: StaffRequest, case_id: UUID) -> HttpResponse:
    _require_a_log(request.user)
    found = logged_case(request.user, case_id)
    if found is None:
        raise Http404
    events = events_of_case(found.case)
    if found.own_only:
        events = events.by_actor(request.user.pk)
    page, lines = lines_page(events, request.GET.get("page", "1"))
    record(
        "case_log.viewed",
        by=request.user,
        unit=found.case.unit_id,
        target=found.case,
        persons=[found.case.person_id],
        purpose="own" if found.own_only else "all",
    )
    context = {"found": found, "page": page, "lines": lines}
    return render(request, "oversight/case_log.html", context)


@require_safe
def own_log(request: StaffRequest) -> HttpResponse:
    """Everybody sees what the log says about themselves."""
    return _employee_page(request, request.user, None)


@require_safe
def employee_log(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """What an employee has opened: for the leader and the auditor of their unit."""
    if not units_reviewed_by(request.user):
        raise PermissionDenied
    found = employee_in_log(request.user, user_id)
    if found is None:
        raise Http404
    return _employee_page(request, *found)


def _employee_page(request: StaffRequest, employee: User, units: set[UUID] | None) -> HttpResponse:
    blocked = blocked_for(request.user)
    if units is None:
        events, named = own_events(employee), people_not_blocked(request.user)
    else:
        events = events_of_employee(employee, units, blocked)
        named = people_named_to(request.user)
    page, lines = lines_page(events, request.GET.get("page", "1"), named)
    events_shown = list(page.object_list)
    for unit in units or {event.unit for event in events_shown} or {INSTALLATION}:
        # A case number stands for a person: whose it is, is in the log of this look, too.
        persons = {UUID(p) for e in events_shown if e.unit == unit for p in e.persons}
        record("employee_log.viewed", by=request.user, unit=unit, target=employee, persons=persons)
    context: dict[str, Any] = {
        "employee": employee,
        "is_own": employee == request.user,
        "leaves_out": bool(blocked) and units is not None,
        "days": days_of(events),
        "page": page,
        "lines": lines,
    }
    return render(request, "oversight/employee_log.html", context)
