"""What leaves the unit: shown before it is sent, kept as sent, and what the sender decided."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.views.lookup import visible_case
from cases.support import actions
from cases.support.answer_text import text_sent
from cases.support.forms import AnswerForm, SenderDecisionForm
from cases.support.models import AnswerToSender
from cases.support.overview import answer_to_send, answers_of
from cases.support.refusals import Refusal, explain
from cases.support.views.typed import typed

UNPROCESSABLE = 422


@requires(Permission.ANSWER_SENDERS)
def answer(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.ANSWER_SENDERS)
    draft = answer_to_send(case)
    form = AnswerForm(typed(request), initial={"shown": draft.fingerprint})
    if request.method == "POST" and form.is_valid():
        send = actions.correct_answer if draft.is_correction else actions.send_answer
        try:
            send(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
            form.show(draft.fingerprint)
        else:
            messages.success(request, _("The answer is kept as sent. Print it from here."))
            return redirect("support:answer_page", case.pk)
    context = {"case": case, "draft": draft, "answers": answers_of(case), "form": form}
    return render(
        request, "support/answer.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@requires(Permission.ANSWER_SENDERS)
def answer_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The newest answer as the sender gets it, or `?answer=` an earlier one."""
    case = visible_case(request, case_id, Permission.ANSWER_SENDERS)
    answers = AnswerToSender.objects.visible_to(request.user).for_case(case)
    if wanted := request.GET.get("answer"):
        answers = answers.filter(pk=_uuid(wanted))
    found = answers.select_related("corrects").first()
    if found is None:
        raise Http404
    context = {"case": case, "answer": found, "text": text_sent(found, case)}
    return render(request, "support/answer_page.html", context)


def _uuid(text: str) -> UUID:
    """Raises Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@requires(Permission.ANSWER_SENDERS)
def sender_decision(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.ANSWER_SENDERS)
    form = SenderDecisionForm(typed(request), case=case)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_sender_decision(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The sender's decision is recorded."))
            return redirect(case)
    context = {"case": case, "answers": answers_of(case), "form": form}
    return render(
        request,
        "support/sender_decision.html",
        context,
        status=UNPROCESSABLE if form.errors else 200,
    )
