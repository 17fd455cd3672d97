"""Book, move and cancel: one form each, one action each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.appointments import actions
from cases.appointments.choices import booked_times, doubts_about
from cases.appointments.forms import BookForm, CancelForm, MoveForm, SeenAppointment, seen
from cases.appointments.models import Appointment
from cases.appointments.refusals import Refusal, explain
from cases.appointments.views.lookup import booked_appointment
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.dates import day_in_words, local
from cases.core.pages import form_page

LOOK = "look"  # the button that shows the adviser's day and changes nothing


@requires(Permission.WORK_ON_CASES)
def book(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    if request.method == "GET" and booked_appointment(request, case):
        messages.info(request, _("The case has a booked appointment. You can move it here."))
        return redirect("appointments:move", case.pk)
    form = BookForm(_typed(request), case=case, user=request.user)
    if _is_sent(request) and form.is_valid():
        try:
            booked = actions.book(case_id=case.pk, by=request.user, **form.slot())
        except Refusal as refusal:
            explain(form, refusal)
        else:
            return _done(request, case, booked, _("Booked for %(when)s. Make the summons now."))
    return _page(request, "appointments/book.html", case, form)


@requires(Permission.WORK_ON_CASES)
def move(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    appointment = booked_appointment(request, case)
    if request.method == "GET" and appointment is None:
        return _nothing_booked(request, case)
    form = MoveForm(_typed(request), case=case, user=request.user, appointment=appointment)
    if _is_sent(request) and form.is_valid():
        try:
            booked = _still_booked(appointment)
            moved = actions.move(
                appointment_id=booked.pk,
                asked_for_by=form.cleaned_data["asked_for_by"],
                seen_version=form.seen_version(booked),
                by=request.user,
                **form.slot(),
            )
        except Refusal as refusal:
            _explain_and_show_as_now(request, case, form, refusal)
        else:
            return _done(request, case, moved, _("Moved to %(when)s. Make a new summons."))
    return _page(request, "appointments/move.html", case, form, appointment=appointment)


@requires(Permission.WORK_ON_CASES)
def cancel(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    appointment = booked_appointment(request, case)
    if request.method == "GET" and appointment is None:
        return _nothing_booked(request, case)
    shown = {"seen": seen(appointment)} if appointment else {}
    form = CancelForm(_typed(request), initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            booked = _still_booked(appointment)
            actions.cancel(
                appointment_id=booked.pk,
                asked_for_by=form.cleaned_data["asked_for_by"],
                seen_version=form.seen_version(booked),
                by=request.user,
            )
        except Refusal as refusal:
            _explain_and_show_as_now(request, case, form, refusal)
        else:
            messages.success(request, _("The appointment is cancelled."))
            return redirect(case)
    context = {"case": case, "form": form, "appointment": booked_appointment(request, case)}
    return form_page(request, "appointments/cancel.html", context)


def _typed(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _is_sent(request: StaffRequest) -> bool:
    return request.method == "POST" and LOOK not in request.POST


def _still_booked(appointment: Appointment | None) -> Appointment:
    """Raises NotBooked when a colleague was first."""
    if appointment is None:
        raise actions.NotBooked
    return appointment


def _explain_and_show_as_now(
    request: StaffRequest, case: Case, form: SeenAppointment, refusal: Exception
) -> None:
    explain(form, refusal)
    now = booked_appointment(request, case)
    if now is not None:
        form.show_as_seen(now)


def _nothing_booked(request: StaffRequest, case: Case) -> HttpResponse:
    messages.info(request, _("The case has no booked appointment."))
    return redirect(case)


def _done(request: StaffRequest, case: Case, booked: Appointment, said: str) -> HttpResponse:
    start = local(booked.starts_at)
    when = f"{date_format(start, 'l')} {date_format(start, 'DATETIME_FORMAT')}"
    messages.success(request, said % {"when": when})
    for doubt in doubts_about(case, start.date()):
        messages.warning(request, doubt)
    return redirect(case)


def _page(
    request: StaffRequest, template: str, case: Case, form: BookForm, **more: Any
) -> HttpResponse:
    """The form, and below it what the adviser has that day: times only."""
    shown = _adviser_and_day(form)
    if LOOK in request.POST:
        form.show_without_judging()
    context = {"case": case, "form": form, **shown, **more}
    if shown:
        context |= {
            "shown_day_in_words": day_in_words(shown["shown_day"]),
            "booked_times": booked_times(shown["shown_adviser"], shown["shown_day"]),
            "doubts": doubts_about(case, shown["shown_day"]),
        }
    return form_page(request, template, context)


def _adviser_and_day(form: BookForm) -> dict[str, Any]:
    """Read from the form where both can be read."""
    if not form.is_bound:
        return {}
    form.is_valid()
    adviser, day = form.cleaned_data.get("adviser"), form.cleaned_data.get("day")
    return {"shown_adviser": adviser, "shown_day": day} if adviser and day else {}
