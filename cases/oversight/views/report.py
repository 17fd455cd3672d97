"""The person's own report of the log: as a page, and as a file to hand over."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, require_in_unit, requires
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.core.attachments import FileKind, attachment
from cases.core.pdf import NOT_POSSIBLE, is_possible, pdf_of
from cases.oversight.forms import ReportForm
from cases.oversight.report import (
    LANGUAGES,
    NEEDS_SPEAKERS_CHECK,
    Report,
    by_month,
    filled,
    report_of,
)
from cases.people.models import Person


@require_safe
@requires(Permission.HANDLE_RIGHTS)
def person_report(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """What will be handed over, in the language and form that was chosen."""
    person = _person(request, person_id)
    chosen = _chosen(request, person, request.GET)
    report = report_of(person, **chosen)
    _record("report.viewed", request, person, report)
    context = {
        **_context(person, report),
        "languages": LANGUAGES,
        "needs_check": report.language in NEEDS_SPEAKERS_CHECK,
        "pdf_is_possible": is_possible(),
    }
    return render(request, "oversight/person_report.html", context)


@require_POST
@requires(Permission.HANDLE_RIGHTS)
def download(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """The same as a PDF. It is made after the commit: logged before the first byte, and a long
    report holds no lock while it is drawn."""
    person = _person(request, person_id)
    if not is_possible():
        messages.warning(request, NOT_POSSIBLE)
        return redirect("oversight:person_report", person.pk)
    report = report_of(person, **_chosen(request, person, request.POST))
    _record("report.downloaded", request, person, report)
    context = {**_context(person, report), "months": by_month(report.lines)}
    response = HttpResponse()

    def fill() -> None:
        pdf = pdf_of("oversight/person_report_pdf.html", context, report.language)
        made = attachment(pdf, stem=f"log {timezone.localdate()}", kind=FileKind.PDF)
        response.content, response.headers = made.content, made.headers

    transaction.on_commit(fill)
    return response


def _person(request: StaffRequest, person_id: UUID) -> Person:
    people = Person.objects.visible_to(request.user).select_related("unit")
    person = people.filter(pk=person_id).first()
    if person is None:
        raise Http404
    require_in_unit(request.user, Permission.HANDLE_RIGHTS, person.unit_id)
    return person


def _chosen(request: StaffRequest, person: Person, typed: Any) -> dict[str, Any]:
    """The person's own language and no names, until something else is chosen."""
    form = ReportForm(typed)
    if not form.is_valid():
        return {"language": person.language, "names": False}
    return {"language": form.cleaned_data["language"], "names": form.cleaned_data["names"]}


def _record(action: str, request: StaffRequest, person: Person, report: Report) -> None:
    purpose = "with_names" if report.has_names else "without_names"
    record(
        action, by=request.user, unit=person.unit_id, target=person, persons=[person.pk],
        purpose=purpose,
    )  # fmt: skip


def _context(person: Person, report: Report) -> dict[str, Any]:
    texts = filled(
        report,
        name=person.full_name,
        unit=person.unit.name,
        phone=person.unit.phone,
        day=_day(timezone.localdate()),
        count=report.total,
    )
    return {"person": person, "report": report, "texts": texts, "unit": person.unit}


def _day(day: date) -> str:
    """A date that reads the same in all four languages."""
    return f"{day:%d.%m.%Y}"
