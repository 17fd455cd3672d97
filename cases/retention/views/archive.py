"""The archive package of one case: asked for, downloaded once, marked as archived."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.core.attachments import FileKind, attachment
from cases.core.pages import form_page
from cases.retention.actions import (
    NotDownloaded,
    NotMade,
    NotToArchive,
    ask_for_package,
    download_package,
    mark_archived,
)
from cases.retention.forms import ArchivedForm
from cases.retention.models import ArchivePackage
from cases.retention.views.lookup import case_to_decide_on


@requires(Permission.CONFIRM_DELETION)
def archive(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Where the package stands; by POST that it has been archived."""
    case = case_to_decide_on(request, case_id)
    package = _package(request, case)
    form = ArchivedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if package is None:
                raise NotDownloaded
            mark_archived(package=package, by=request.user, **form.cleaned_data)
        except NotDownloaded:
            form.add_error(None, _("Download the package first. It must be of the case as it is."))
        else:
            messages.success(request, _("The case is marked as archived. It can be deleted."))
            return redirect("retention:due")
    context = {"case": case, "package": package, "form": form}
    return form_page(request, "retention/archive.html", context)


@requires(Permission.CONFIRM_DELETION)
@requires_fresh_second_factor
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """By POST. Whoever was led away to show a second factor comes back by GET, to the package."""
    case = case_to_decide_on(request, case_id)
    if request.method != "POST":
        return redirect("retention:archive", case.pk)
    try:
        ask_for_package(case=case, by=request.user)
    except NotToArchive:
        messages.warning(request, _not_to_archive())
    else:
        messages.success(request, _("The package is being made. It is ready in a few seconds."))
    return redirect("retention:archive", case.pk)


@requires(Permission.CONFIRM_DELETION)
@requires_fresh_second_factor
def download(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """By POST, for it can be done once: a link that is looked at in advance takes nothing."""
    case = case_to_decide_on(request, case_id)
    if request.method != "POST":
        return redirect("retention:archive", case.pk)
    package = _package(request, case)
    try:
        if package is None:
            raise NotMade
        content = download_package(package=package, by=request.user)
    except NotMade:
        messages.warning(request, _("There is no package to download. Ask for a new one."))
        return redirect("retention:archive", case.pk)
    except NotToArchive:
        messages.warning(request, _not_to_archive())
        return redirect("retention:archive", case.pk)
    return attachment(content, stem=f"archive-{case.year}-{case.serial}", kind=FileKind.ZIP)


def _not_to_archive() -> str:
    return _("Only a case that is due, and must be archived before it is deleted, has a package.")


def _package(request: StaffRequest, case: Case) -> ArchivePackage | None:
    packages = ArchivePackage.objects.visible_to(request.user).filter(case=case)
    found = packages.defer("content").select_related("archived_by").first()
    if found is not None:
        found.case = case  # whose person's key opens the reference
    return found
