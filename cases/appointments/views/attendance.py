"""Who came: one screen, five choices; and putting it right while the sender does not know yet."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.appointments import actions
from cases.appointments.forms import AttendanceForm, CorrectionForm, seen
from cases.appointments.models import Appointment
from cases.appointments.refusals import Refusal, explain
from cases.appointments.views.lookup import booked_appointment, latest_held
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.models import StaleVersion
from cases.core.pages import form_page


@requires(Permission.WORK_ON_CASES)
def attendance(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    # A form sent twice, or by two people, meets the result that stands already.
    appointment = booked_appointment(request, case) or latest_held(request, case)
    if appointment is None:
        messages.info(request, _("The case has no appointment to record."))
        return redirect(case)
    typed = request.POST if request.method == "POST" else None
    form = AttendanceForm(typed, initial={"seen": seen(appointment)})
    if request.method == "POST" and form.is_valid():
        try:
            _check_same(form, appointment)
            actions.record_attendance(
                appointment_id=appointment.pk,
                result=form.cleaned_data["result"],
                by=request.user,
            )
        except Refusal as refusal:
            explain(form, refusal)
            form.show_as_seen(appointment)
        else:
            messages.success(request, _("The attendance is recorded."))
            return redirect(case)
    return _page(request, "appointments/attendance.html", case, appointment, form)


@requires(Permission.WORK_ON_CASES)
def correct_attendance(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Correct the latest result of the case."""
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    appointment = latest_held(request, case)
    if appointment is None:
        messages.info(request, _("The case has no recorded attendance."))
        return redirect(case)
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, initial=_as_recorded(appointment))
    if request.method == "POST" and form.is_valid():
        try:
            _check_same(form, appointment)
            actions.correct_attendance(
                appointment_id=appointment.pk,
                result=form.cleaned_data["result"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refusal as refusal:
            explain(form, refusal)
            form.show_as_seen(appointment)
        else:
            messages.success(request, _("The attendance is corrected."))
            return redirect(case)
    return _page(request, "appointments/correct_attendance.html", case, appointment, form)


def _as_recorded(appointment: Appointment) -> dict[str, str]:
    return {"result": appointment.attendance.result, "seen": seen(appointment)}


def _check_same(form: AttendanceForm, appointment: Appointment) -> None:
    """The form was about this appointment, or it is refused. Raises StaleVersion."""
    if not form.seen_version(appointment):
        raise StaleVersion


def _page(
    request: StaffRequest,
    template: str,
    case: Case,
    appointment: Appointment,
    form: AttendanceForm,
) -> HttpResponse:
    recorded = getattr(appointment, "attendance", None)
    context = {
        "case": case,
        "appointment": appointment,
        "form": form,
        "recorded": recorded,
        "has_begun": appointment.starts_at <= timezone.now(),
        "may_correct": recorded is not None and actions.may_still_be_corrected(recorded, case),
    }
    return form_page(request, template, context)
