"""Closing a case: what is missing, as links to where it is done, or the outcome to choose."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.views.lookup import visible_case
from cases.core.pages import form_page
from cases.support import actions
from cases.support.closing_rules import possible_outcomes, what_is_missing
from cases.support.forms import CloseForm
from cases.support.refusals import Refusal, explain
from cases.support.views.typed import typed


@requires(Permission.CLOSE_CASES)
def close(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.CLOSE_CASES)
    missing = what_is_missing(case, timezone.now())
    form = CloseForm(typed(request), case=case, outcomes=possible_outcomes(case))
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_case(case_id=case.pk, by=request.user, **form.cleaned_data)
        except actions.CannotClose as refusal:
            missing = refusal.reasons
            explain(form, refusal)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The case is closed."))
            return redirect(case)
    context = {"case": case, "missing": missing, "form": form}
    return form_page(request, "support/close.html", context)
