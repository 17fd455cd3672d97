"""Exports of persons: who asks never approves, and who approves sees numbers, never names."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import (
    StaffRequest,
    require_in_unit,
    requires,
    requires_fresh_second_factor,
)
from cases.accounts.rights import SameHands
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.core.attachments import FileKind, attachment
from cases.core.pages import form_page
from cases.privacy.actions import (
    AlreadyDecided,
    NotCurrent,
    NothingToExport,
    NotYours,
    OwnRequest,
    TooManyCases,
    approve_export,
    hand_out_export,
    refuse_export,
    request_export,
)
from cases.privacy.choices import units_to_export
from cases.privacy.forms import ExportForm
from cases.privacy.models import PersonExport
from cases.privacy.models.exports import MOST_CASES
from cases.privacy.sealed_files import NoFile

MOST_SHOWN = 50


@require_safe
@requires(Permission.APPROVE_AS_SECOND)
def exports(request: StaffRequest) -> HttpResponse:
    rows = PersonExport.objects.visible_to(request.user).newest_first().without_file()
    context = {
        "exports": rows.select_related("unit", "requested_by")[:MOST_SHOWN],
        "may_ask": request.user.may(Permission.REQUEST_EXPORT),
    }
    return render(request, "privacy/exports.html", context)


@requires(Permission.REQUEST_EXPORT)
@requires_fresh_second_factor
def new_export(request: StaffRequest) -> HttpResponse:
    form = ExportForm(request.POST or None, units=units_to_export(request.user))
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            export = request_export(unit=unit, wish=form.wish(), by=request.user)
        except NothingToExport:
            form.add_error(None, _("No case fits. Nothing is exported."))
        except TooManyCases:
            form.add_error(
                None,
                _("More than %(most)s cases fit. Choose a shorter period.") % {"most": MOST_CASES},
            )
        else:
            messages.success(request, _("Somebody else must approve the export now."))
            return redirect("privacy:export", export.pk)
    context = {"form": form}
    return form_page(request, "privacy/new_export.html", context)


def _export(request: StaffRequest, export_id: UUID) -> PersonExport:
    visible = PersonExport.objects.visible_to(request.user).without_file()
    found = visible.select_related("unit", "requested_by", "approved_by", "refused_by")
    export = found.filter(pk=export_id).first()
    if export is None:
        raise Http404
    return export


@require_safe
@requires(Permission.APPROVE_AS_SECOND)
def export(request: StaffRequest, export_id: UUID) -> HttpResponse:
    found = _export(request, export_id)
    may_approve = request.user.may(Permission.APPROVE_AS_SECOND, found.unit_id)
    numbered = found.cases.numbered_for(request.user).order_by("case__number")
    cases = list(numbered.values_list("case__number", "case__person"))
    # A case number stands for a person: whose it is, is in the log.
    record(
        "export.viewed", by=request.user, unit=found.unit_id, target=found,
        persons={person for _number, person in cases},
    )  # fmt: skip
    context = {
        "export": found,
        "numbers": [number for number, _person in cases],
        "without_number": found.case_count - len(cases),
        "is_own": found.requested_by_id == request.user.pk,
        "may_approve": may_approve and found.requested_by_id != request.user.pk,
    }
    return render(request, "privacy/export.html", context)


@requires(Permission.APPROVE_AS_SECOND)
@requires_fresh_second_factor
def approve(request: StaffRequest, export_id: UUID) -> HttpResponse:
    """By POST. Whoever was led away to show a second factor comes back by GET, to the export."""
    found = _export(request, export_id)
    require_in_unit(request.user, Permission.APPROVE_AS_SECOND, found.unit_id)
    if request.method != "POST":
        return redirect("privacy:export", found.pk)
    try:
        approve_export(export_id=found.pk, by=request.user)
    except OwnRequest as error:
        raise PermissionDenied from error
    except SameHands as refused:
        messages.warning(request, str(refused.sentence))
    except AlreadyDecided:
        messages.info(request, _("A colleague has done this already."))
    else:
        messages.success(request, _("The export is approved. Who asked for it can download it."))
    return redirect("privacy:export", found.pk)


@require_POST
@requires(Permission.APPROVE_AS_SECOND)
def refuse(request: StaffRequest, export_id: UUID) -> HttpResponse:
    found = _export(request, export_id)
    try:
        refuse_export(export_id=found.pk, by=request.user)
    except AlreadyDecided:
        messages.info(request, _("A colleague has done this already."))
    else:
        messages.success(request, _("The export is refused. No file is made."))
    return redirect("privacy:export", found.pk)


@requires(Permission.REQUEST_EXPORT)
@requires_fresh_second_factor
def download(request: StaffRequest, export_id: UUID) -> HttpResponse:
    """By POST, for it can be done once. Led away and back, it is the page of the export."""
    found = _export(request, export_id)
    require_in_unit(request.user, Permission.REQUEST_EXPORT, found.unit_id)
    if request.method != "POST":
        return redirect("privacy:export", found.pk)
    try:
        content = hand_out_export(export_id=found.pk, by=request.user)
    except NotYours as error:
        raise PermissionDenied from error
    except NotCurrent:
        messages.error(
            request,
            _(
                "Somebody in the file may not be exported any more, or you may not see them any more. "
                "The file is destroyed. Ask for a new export: it holds whoever may be in it today."
            ),
        )
        return redirect("privacy:export", found.pk)
    except NoFile:
        messages.error(request, _("There is no file to download any more."))
        return redirect("privacy:export", found.pk)
    return attachment(content, stem=f"export-{found.pk}", kind=FileKind.CSV)
