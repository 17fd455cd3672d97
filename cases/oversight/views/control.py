"""Broken glasses, stopped accounts, and the numbers the control compares with."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, require_in_unit, requires
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.core.pages import form_page
from cases.oversight.access import employee_of
from cases.oversight.actions import (
    AlreadySigned,
    NotYoursToSign,
    keep_employee_contacts,
    lift_stop,
)
from cases.oversight.forms import EmployeeContactForm, GlassForm
from cases.oversight.glasses import glass_for, glasses_for, looks_through, may_read_reason
from cases.oversight.models import ReadingStop, units_reviewed_by
from cases.oversight.tabs import tabs_for
from cases.people.actions import (
    AlreadyReviewed,
    GlassStillOpen,
    NotYoursToReview,
    review_glass,
)

MOST_SHOWN = 100


@require_safe
@requires(Permission.REVIEW_BREAK_GLASS)
def glasses(request: StaffRequest) -> HttpResponse:
    """Those to review first, then what was found about the others."""
    found = glasses_for(request.user).select_related("user", "reviewed_by")
    now = timezone.now()
    waiting = list(found.to_be_reviewed().order_by("started_at", "pk")[:MOST_SHOWN])
    late = {glass.pk for glass in found.review_overdue(now)[:MOST_SHOWN]}
    done = list(found.exclude(reviewed_at=None).order_by("-started_at", "pk")[:MOST_SHOWN])
    shown = [*waiting, *done]
    for unit in {glass.unit_id for glass in shown}:
        persons = {glass.person_id for glass in shown if glass.unit_id == unit}
        record("glass.review_viewed", by=request.user, unit=unit, persons=persons, purpose="list")
    context = {
        "waiting": waiting,
        "late": late,
        "done": done,
        "tabs": tabs_for(request, request.user),
    }
    return render(request, "oversight/glasses.html", context)


@requires(Permission.REVIEW_BREAK_GLASS)
def glass(request: StaffRequest, glass_id: UUID) -> HttpResponse:
    """One broken glass: what was looked at, and the answer of somebody else."""
    found = glass_for(request.user, glass_id)
    if found is None:
        raise Http404
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_glass(glass_id=found.pk, by=request.user, **form.cleaned_data)
        except NotYoursToReview:
            form.add_error(None, _("Somebody else than who broke the glass must review it."))
        except AlreadyReviewed:
            form.add_error(None, _("Somebody else has reviewed it already."))
        except GlassStillOpen:
            form.add_error(None, _("The glass is still open. Review it when it is closed."))
        else:
            messages.success(request, _("The review is signed."))
            return redirect("oversight:glasses")
    record(
        "glass.review_viewed", by=request.user, unit=found.unit_id, target=found,
        persons=[found.person_id],
    )  # fmt: skip
    context = {
        "glass": found,
        "form": form,
        "lines": looks_through(found),
        "reads_reason": may_read_reason(request.user, found),
        "is_own": found.user_id == request.user.pk,
        "is_over": found.is_over(timezone.now()),
    }
    return form_page(request, "oversight/glass.html", context)


@require_safe
def stops(request: StaffRequest) -> HttpResponse:
    """Accounts that opened too many people, for those who keep or review the unit."""
    user = request.user
    if not (units_reviewed_by(user) or user.may(Permission.KEEP_MEMBERS)):
        raise PermissionDenied
    found = ReadingStop.objects.visible_to(user).select_related("user", "lifted_by", "unit")
    shown = list(found.order_by("lifted_at", "-stopped_at", "pk")[:MOST_SHOWN])
    for stop in shown:
        stop.may_lift = (  # type: ignore[attr-defined]
            stop.lifted_at is None
            and stop.user_id != user.pk
            and user.may(Permission.KEEP_MEMBERS, stop.unit_id)
        )
    return render(
        request, "oversight/stops.html", {"stops": shown, "tabs": tabs_for(request, user)}
    )


@require_POST
@requires(Permission.KEEP_MEMBERS)
def lift(request: StaffRequest, stop_id: UUID) -> HttpResponse:
    stop = ReadingStop.objects.visible_to(request.user).filter(pk=stop_id).first()
    if stop is None:
        raise Http404
    require_in_unit(request.user, Permission.KEEP_MEMBERS, stop.unit_id)
    try:
        lift_stop(stop=stop, by=request.user)
    except NotYoursToSign:
        messages.warning(request, _("Somebody else must let you in again."))
    except AlreadySigned:
        messages.info(request, _("Somebody else has done this already."))
    else:
        messages.success(request, _("The account may open people again."))
    return redirect("oversight:stops")


@requires(Permission.KEEP_MEMBERS)
def employee_contacts(request: StaffRequest, unit_id: UUID, user_id: UUID) -> HttpResponse:
    """An employee's own telephone, e-mail and address, kept as codes for the comparison only."""
    found = employee_of(request.user, unit_id, user_id)
    if found is None:
        raise Http404
    unit, employee = found
    form = EmployeeContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_employee_contacts(
            unit=unit, user=employee, contacts=form.cleaned_data, by=request.user
        )
        messages.success(request, _("Kept. Nobody can read them again, only compare."))
        return redirect("oversight:start")
    context = {"form": form, "employee": employee, "unit": unit}
    return form_page(request, "oversight/employee_contacts.html", context)
