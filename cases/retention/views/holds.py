"""Holding one case back, and letting it go again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.core.pages import form_page
from cases.retention.actions import AlreadyHeld, NotHeld, hold_case, lift_hold
from cases.retention.forms import HoldForm
from cases.retention.models import Hold
from cases.retention.views.lookup import case_to_decide_on


@requires(Permission.CONFIRM_DELETION)
def hold(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = case_to_decide_on(request, case_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hold_case(case=case, by=request.user, **form.cleaned_data)
        except AlreadyHeld:
            form.add_error(None, _("The case is held already."))
        else:
            messages.success(request, _("The case is held back. It is not deleted."))
            return redirect("retention:due")
    context = {"case": case, "form": form, "standing": _standing(request, case)}
    return form_page(request, "retention/hold.html", context)


@require_POST
@requires(Permission.CONFIRM_DELETION)
def lift(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = case_to_decide_on(request, case_id)
    standing = _standing(request, case)
    try:
        if standing is None:
            raise NotHeld
        lift_hold(hold=standing, by=request.user)
    except NotHeld:
        messages.warning(request, _("The case is not held any more."))
    else:
        messages.success(request, _("The hold is lifted."))
    return redirect("retention:due")


def _standing(request: StaffRequest, case: Case) -> Hold | None:
    holds = Hold.objects.visible_to(request.user).in_force_on(timezone.localdate())
    found = holds.filter(case=case).select_related("held_by").first()
    if found is not None:
        found.case = case  # whose person's key opens the reason
    return found
