"""The first page of who approves and keeps a unit, and sees no case."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.core.dates import local
from cases.desk.waiting import waiting_for
from cases.oversight.access import members_kept_by


@require_safe
@requires(Permission.APPROVE_AS_SECOND)
def waiting(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "waiting": waiting_for(request.user, now),
        "units": members_kept_by(request.user, local(now).date()),
    }
    return render(request, "desk/waiting.html", context)
