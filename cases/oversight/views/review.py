"""The month's list: every line is looked at and signed by somebody else than who is on it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest
from cases.audit.record import record
from cases.core.dates import local
from cases.oversight.actions import (
    AlreadySigned,
    NotFinished,
    NotYoursToSign,
    sign_line,
    sign_month,
)
from cases.oversight.forms import LineForm
from cases.oversight.lines import outcomes_of
from cases.oversight.models import WHOLE_DAYS, MonthReview, Outcome, units_reviewed_by
from cases.oversight.months import is_over, months_around, reviewed_units, unsigned_month
from cases.oversight.review import review_list
from cases.oversight.tabs import tabs_for
from cases.oversight.waiting import alarms_for
from cases.units.models import Unit

PER_PAGE = 50


@require_safe
def reviews(request: StaffRequest) -> HttpResponse:
    """To the unit and month that should be gone through next."""
    if not units_reviewed_by(request.user):
        raise PermissionDenied
    unit = reviewed_units(request.user)[0]
    month = unsigned_month(unit, local(timezone.now()).date())
    return redirect("oversight:review", unit.pk, month.year, month.month)


@require_safe
def review(request: StaffRequest, unit_id: UUID, year: int, month: int) -> HttpResponse:
    unit, first = _unit_and_month(request, unit_id, year, month)
    found = review_list(unit.pk, first, request.user)
    lines, outcomes = found.lines, outcomes_of(found.lines)
    signed = MonthReview.objects.visible_to(request.user).filter(unit=unit, month=first)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page", "1")[:9])
    persons = {line.person for line in page.object_list} - WHOLE_DAYS
    record(
        "review.viewed", by=request.user, unit=unit.pk, target=unit, persons=persons,
        purpose=f"{first:%Y-%m}",
    )  # fmt: skip
    context: dict[str, Any] = {
        "unit": unit,
        "units": reviewed_units(request.user),
        "month": first,
        "months": months_around(first),
        "page": page,
        "count": len(lines),
        "unsigned": outcomes[""],
        "asked": outcomes[Outcome.ASK],
        "for_others": len(found.for_others),
        "waits": found.outcomes[""] + found.outcomes[Outcome.ASK],
        "signed": signed.select_related("signed_by").first(),
        "is_over": is_over(first, local(timezone.now()).date()),
        "outcomes": Outcome.choices,
        "me": request.user.pk,
        "waiting": alarms_for(request.user, timezone.now()),
        "tabs": tabs_for(request, request.user),
    }
    return render(request, "oversight/review.html", context)


@require_POST
def sign(request: StaffRequest, unit_id: UUID, year: int, month: int) -> HttpResponse:
    unit, first = _unit_and_month(request, unit_id, year, month)
    form = LineForm(request.POST, lines=review_list(unit.pk, first, request.user).lines)
    if not form.is_valid():
        messages.warning(
            request,
            _(
                "This line is not in the list any more, or somebody has looked again since. Read it anew."
            ),
        )
        return _back(request, unit, first)
    line = form.cleaned_data["line"]
    try:
        sign_line(
            unit=unit,
            actor_id=line.actor,
            person=line.person,
            day=line.day,
            outcome=form.cleaned_data["outcome"],
            by=request.user,
        )
    except NotYoursToSign:
        messages.warning(request, _("Somebody else must look at your own look-ups."))
    except AlreadySigned:
        messages.info(request, _("The month is signed off already."))
    else:
        messages.success(request, _("The line is signed."))
    return _back(request, unit, first)


@require_POST
def sign_off(request: StaffRequest, unit_id: UUID, year: int, month: int) -> HttpResponse:
    unit, first = _unit_and_month(request, unit_id, year, month)
    outcomes = review_list(unit.pk, first, request.user).outcomes
    try:
        sign_month(unit=unit, month=first, outcomes=outcomes, by=request.user)
    except NotFinished:
        messages.warning(
            request, _("A month is signed off when it is over and every line has its answer.")
        )
    except AlreadySigned:
        messages.info(request, _("The month is signed off already."))
    else:
        messages.success(request, _("The month is signed off."))
    return _back(request, unit, first)


def _unit_and_month(
    request: StaffRequest, unit_id: UUID, year: int, month: int
) -> tuple[Unit, date]:
    """Raises PermissionDenied for who reviews nowhere, Http404 for another unit or no month."""
    if not units_reviewed_by(request.user):
        raise PermissionDenied
    unit = next((unit for unit in reviewed_units(request.user) if unit.pk == unit_id), None)
    if unit is None or not (2000 <= year <= 2200 and 1 <= month <= 12):
        raise Http404
    return unit, date(year, month, 1)


def _back(request: StaffRequest, unit: Unit, month: date) -> HttpResponseRedirect:
    address = reverse("oversight:review", args=[unit.pk, month.year, month.month])
    page = request.POST.get("page", "")
    return HttpResponseRedirect(f"{address}?page={page}" if page.isdecimal() else address)
