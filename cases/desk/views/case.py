"""The case on one page: what has happened, what is next, by when and why."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.views.lookup import visible_case
from cases.desk.overview import overview_of


@require_safe
@requires(Permission.SEE_CASES)
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    found = visible_case(request, case_id)
    return render(request, "desk/case.html", overview_of(found, request.user, timezone.now()))
