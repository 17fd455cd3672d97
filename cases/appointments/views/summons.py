"""The summons: seen before it is sent, printed on a page of its own, kept as it went."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.appointments import actions
from cases.appointments.forms import SummonsForm, seen
from cases.appointments.models import Appointment, Summons
from cases.appointments.refusals import Refusal, explain
from cases.appointments.summons import summons_content
from cases.appointments.views.lookup import booked_appointment
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.pages import form_page
from cases.letters.content import LetterContent
from cases.letters.rendering import NoText


@requires(Permission.WORK_ON_CASES)
def summons(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    appointment = booked_appointment(request, case)
    if appointment is None:
        messages.info(request, _("Book an appointment first. The summons is made from it."))
        return redirect(case)
    typed = request.POST if request.method == "POST" else None
    form = SummonsForm(typed, case=case, initial={"seen": seen(appointment)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_summons(
                appointment_id=appointment.pk,
                seen_version=form.seen_version(appointment),
                sent_on=form.cleaned_data["sent_on"],
                sent_how=form.cleaned_data["sent_how"],
                by=request.user,
            )
        except Refusal as refusal:
            explain(form, refusal)
            form.show_as_seen(appointment)
        else:
            messages.success(request, _("The summons is recorded as sent."))
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "appointment": appointment,
        "letter": _letter_as_now(appointment),
        "language": case.person.language,
        "sent": _sent_for_this_time(appointment),
    }
    return form_page(request, "appointments/summons.html", context)


@requires(Permission.WORK_ON_CASES)
def summons_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The letter to the booked appointment: the sent one, or as it would be now."""
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    appointment = booked_appointment(request, case)
    if appointment is None:
        messages.info(request, _("Book an appointment first. The summons is made from it."))
        return redirect(case)
    sent = _sent_for_this_time(appointment)
    if sent is not None:
        return _printed(request, case, _content_of(sent, case), sent.letter.language)
    letter = _letter_as_now(appointment)
    if letter is None:
        return redirect("appointments:summons", case.pk)
    return _printed(request, case, letter, case.person.language)


@requires(Permission.WORK_ON_CASES)
def sent_summons(request: StaffRequest, case_id: UUID, summons_id: UUID) -> HttpResponse:
    """A summons as it went, also when the appointment has moved or is over."""
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    kept = Summons.objects.visible_to(request.user).for_case(case).filter(pk=summons_id)
    sent = kept.select_related("letter").first()
    if sent is None:
        raise Http404
    return _printed(request, case, _content_of(sent, case), sent.letter.language)


def _printed(
    request: StaffRequest, case: Case, letter: LetterContent, language: str
) -> HttpResponse:
    context = {"case": case, "letter": letter, "language": language}
    return render(request, "appointments/summons_page.html", context)


def _letter_as_now(appointment: Appointment) -> LetterContent | None:
    """None where a text is missing; the page says so."""
    try:
        return summons_content(appointment)
    except NoText:
        return None


def _sent_for_this_time(appointment: Appointment) -> Summons | None:
    sent = appointment.summonses.filter(sequence=appointment.sequence)
    return sent.select_related("letter", "recorded_by").order_by("recorded_at").last()


def _content_of(sent: Summons, case: Case) -> LetterContent:
    sent.letter.case = case  # whose person's key opens it
    content = LetterContent.from_json(str(sent.letter.content))
    if case.person.is_protected:  # maybe only since it went: paper shows no address any more
        return replace(content, recipient_lines=content.recipient_lines[:1])
    return content
