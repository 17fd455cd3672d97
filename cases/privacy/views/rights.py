"""The person's rights: one page that leads to all of them, access requests and restriction."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.attachments import FileKind, attachment
from cases.core.pages import form_page
from cases.privacy.actions import (
    AlreadyAnswered,
    AlreadyRestricted,
    NotRestricted,
    hand_out_report,
    lift_restriction,
    note_answered,
    register_access_request,
    restrict_processing,
)
from cases.privacy.forms import AccessRequestForm, LiftForm, RestrictForm
from cases.privacy.overview import rights_of
from cases.privacy.sealed_files import NoFile
from cases.privacy.views.lookup import case_to_handle, request_of


@require_safe
@requires(Permission.SEE_CASES)
def rights(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id)
    return render(request, "privacy/rights.html", rights_of(case, request.user))


def to_rights(case: Case) -> HttpResponse:
    return redirect("privacy:rights", case.pk)


@requires(Permission.HANDLE_RIGHTS)
def access_request(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    form = AccessRequestForm(
        request.POST or None, initial=AccessRequestForm.initial_for(case.person)
    )
    if request.method == "POST" and form.is_valid():
        register_access_request(case=case, by=request.user, **form.cleaned_data)
        messages.success(
            request,
            _("The request is registered. The file is ready within a minute: reload this page."),
        )
        return to_rights(case)
    context = {"case": case, "form": form}
    return form_page(request, "privacy/access_request.html", context)


@requires(Permission.HANDLE_RIGHTS)
@requires_fresh_second_factor
def access_file(request: StaffRequest, case_id: UUID, request_id: UUID) -> HttpResponse:
    """By POST: handing out a file is an act, and nothing an address in a mail can set off.

    Whoever was led away to show a second factor comes back by GET, to the rights of the person.
    """
    case = case_to_handle(request, case_id)
    asked = request_of(request, case, request_id)
    if request.method != "POST":
        return to_rights(case)
    try:
        content = hand_out_report(request_id=asked.pk, by=request.user)
    except NoFile:
        messages.error(request, _("There is no file to download any more. Register a new request."))
        return to_rights(case)
    return attachment(content, stem=f"report-{asked.pk}", kind=FileKind.ZIP)


@require_POST
@requires(Permission.HANDLE_RIGHTS)
def access_answered(request: StaffRequest, case_id: UUID, request_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    asked = request_of(request, case, request_id)
    try:
        note_answered(request_id=asked.pk, by=request.user)
    except AlreadyAnswered:
        messages.info(request, _("A colleague has done this already."))
    else:
        messages.success(request, _("It is noted that the person has got the answer."))
    return to_rights(case)


@requires(Permission.HANDLE_RIGHTS)
def restrict(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    form = RestrictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            restrict_processing(person=case.person, reason=reason, by=request.user)
        except AlreadyRestricted:
            messages.info(request, _("The processing is restricted already."))
        else:
            messages.success(request, _("The processing is restricted. Only leaders see the case."))
        return to_rights(case)
    context = {"case": case, "form": form}
    return form_page(request, "privacy/restrict.html", context)


@requires(Permission.HANDLE_RIGHTS)
def lift(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lift_restriction(
                person=case.person, reason=form.cleaned_data["reason"], by=request.user
            )
        except NotRestricted:
            messages.info(request, _("The processing is not restricted."))
        else:
            messages.success(request, _("The restriction is lifted. The unit sees the case again."))
        return to_rights(case)
    context = {"case": case, "form": form}
    return form_page(request, "privacy/lift.html", context)
