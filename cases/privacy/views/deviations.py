"""Sent in error: stop what has not left, the report, who may have seen it, and the clock."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.models import StaleVersion
from cases.core.pages import form_page
from cases.privacy.actions import (
    AlreadySettled,
    edit_report,
    settle_deviation,
    tell_sent_in_error,
)
from cases.privacy.forms import ReportForm, SentInErrorForm, SettleForm
from cases.privacy.models import Deviation
from cases.privacy.sent import Viewer, who_opened
from cases.privacy.views.lookup import case_to_handle, deviation_of


@requires(Permission.WORK_ON_CASES)
def sent_in_error(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Whoever finds it stops it; what follows is the leader's."""
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = SentInErrorForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        deviation = tell_sent_in_error(case=case, details=form.details(), by=request.user)
        messages.success(
            request, _("What had not left is stopped, and the clock of 72 hours has started.")
        )
        if request.user.may(Permission.HANDLE_RIGHTS, case.unit_id):
            return redirect("privacy:deviation", case.pk, deviation.pk)
        return redirect("privacy:rights", case.pk)
    context = {"case": case, "form": form}
    return form_page(request, "privacy/sent_in_error.html", context)


@requires(Permission.HANDLE_RIGHTS)
def deviation(request: StaffRequest, case_id: UUID, deviation_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    found = deviation_of(request, case, deviation_id)
    form = ReportForm(
        request.POST or None, initial={"report": found.report, "version": found.version}
    )
    theirs, status = "", 200
    if request.method == "POST" and form.is_valid():
        found.version = form.cleaned_data["version"]
        try:
            edit_report(deviation=found, report=form.cleaned_data["report"], by=request.user)
        except StaleVersion:
            form, theirs, status = _with_theirs(request, case, found)
        except AlreadySettled:
            messages.info(
                request, _("The deviation is settled. Its report is not changed any more.")
            )
            return redirect("privacy:deviation", case.pk, found.pk)
        else:
            messages.success(request, _("The report is kept."))
            return redirect("privacy:deviation", case.pk, found.pk)
    elif form.errors:
        status = 422
    context = {
        "case": case, "deviation": found, "form": form, "theirs": theirs,
        "viewers": _viewers(request, case, found),
    }  # fmt: skip
    return render(request, "privacy/deviation.html", context, status=status)


def _viewers(request: StaffRequest, case: Case, found: Deviation) -> list[Viewer]:
    """Who opened the case comes out of the log: that it was read stands there, too."""
    record(
        "case_log.viewed", by=request.user, unit=case.unit_id, target=case,
        persons=[case.person_id], purpose="deviation",
    )  # fmt: skip
    return who_opened(found.sent_in_error)


def _with_theirs(
    request: StaffRequest, case: Case, stale: Deviation
) -> tuple[ReportForm, str, int]:
    """The user's own text, bound to the newest version, and what a colleague saved meanwhile."""
    newest = deviation_of(request, case, stale.pk)
    data = request.POST.copy()
    data["version"] = str(newest.version)
    return ReportForm(data), newest.report, 409


@require_safe
@requires(Permission.HANDLE_RIGHTS)
def deviation_page(request: StaffRequest, case_id: UUID, deviation_id: UUID) -> HttpResponse:
    """The report for paper."""
    case = case_to_handle(request, case_id)
    context = {"case": case, "deviation": deviation_of(request, case, deviation_id)}
    return render(request, "privacy/deviation_page.html", context)


@requires(Permission.HANDLE_RIGHTS)
def settle(request: StaffRequest, case_id: UUID, deviation_id: UUID) -> HttpResponse:
    case = case_to_handle(request, case_id)
    found = deviation_of(request, case, deviation_id)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle_deviation(deviation_id=found.pk, by=request.user, **form.cleaned_data)
        except AlreadySettled:
            messages.info(request, _("A colleague has done this already."))
        else:
            messages.success(request, _("The deviation is settled."))
        return redirect("privacy:deviation", case.pk, found.pk)
    context = {"case": case, "deviation": found, "form": form}
    return form_page(request, "privacy/settle.html", context)
