"""The history of corrections, and the correction of an identity number."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.choices import existing_person
from cases.casework.views.lookup import visible_case
from cases.core.pages import form_page
from cases.people.actions import IdentityNumberTaken, correct_identity_number
from cases.privacy.forms import CorrectNumberForm
from cases.privacy.history import history_of


@require_safe
@requires(Permission.SEE_CASES)
def corrections(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id)
    context = {"case": case, "history": history_of(case.person)}
    return render(request, "privacy/corrections.html", context)


@requires(Permission.WORK_ON_CASES)
def correct_number(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = CorrectNumberForm(request.POST or None, person=case.person)
    if request.method == "POST" and form.is_valid():
        try:
            correct_identity_number(person=case.person, by=request.user, **form.cleaned_data)
        except IdentityNumberTaken:
            # After the rollback: that somebody asked stands in that person's log, hidden or not.
            existing_person(request.user, case.unit, form.cleaned_data["number"].digits)
            form.add_error("number", _("You can not register this number. Ask your leader."))
        else:
            messages.success(request, _("The identity number is corrected."))
            return redirect("privacy:corrections", case.pk)
    context = {"case": case, "form": form}
    return form_page(request, "privacy/correct_number.html", context)
