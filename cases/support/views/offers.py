"""Consent, offers, replies and what came of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.casework.views.lookup import visible_case
from cases.core.models import StaleVersion
from cases.support import actions
from cases.support.consent_text import consent_wording
from cases.support.forms import ConsentForm, OfferForm, ReplyForm, ResultForm
from cases.support.models import Offer
from cases.support.overview import help_of
from cases.support.refusals import Refusal, explain
from cases.support.views.typed import typed

UNPROCESSABLE = 422
CONFLICT = 409


def _status(form: Any) -> int:
    return UNPROCESSABLE if form.errors else 200


@requires(Permission.WORK_ON_CASES)
def help_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    return _render_help(request, case, OfferForm(case=case))


@requires(Permission.WORK_ON_CASES)
def offer(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = OfferForm(typed(request), case=case)
    if request.method == "POST" and form.is_valid():
        try:
            actions.offer_help(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The offer is recorded."))
            return redirect("support:help", case.pk)
    return _render_help(request, case, form)


def _render_help(request: StaffRequest, case: Case, form: OfferForm) -> HttpResponse:
    context = {"case": case, "help": help_of(case), "form": form}
    return render(request, "support/help.html", context, status=_status(form))


@requires(Permission.WORK_ON_CASES)
def consent(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    form = ConsentForm(typed(request), case=case)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_consent(
                case_id=case.pk,
                given_on=form.cleaned_data["given_on"],
                expires_on=form.cleaned_data["expires_on"],
                by=request.user,
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The consent is recorded. You can offer help now."))
            return redirect("support:help", case.pk)
    context = {
        "case": case,
        "form": form,
        "wording": consent_wording(case.person, case.unit),
        "wording_language": case.person.language,
    }
    return render(request, "support/consent.html", context, status=_status(form))


@requires(Permission.WORK_ON_CASES)
def withdraw_consent(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    overview = help_of(case)
    standing = overview.standing_consent
    if standing is None or case.is_closed:
        messages.info(request, _("There is no consent to withdraw."))
        return redirect("support:help", case.pk)
    if request.method == "POST":
        try:
            actions.withdraw_consent(consent_id=standing.pk, by=request.user)
        except Refusal:
            messages.info(request, _("The consent is withdrawn already."))
        else:
            messages.success(request, _("The consent is withdrawn. No more help is recorded."))
        return redirect("support:help", case.pk)
    context = {"case": case, "help": overview, "consent": standing}
    return render(request, "support/withdraw_consent.html", context)


@requires(Permission.WORK_ON_CASES)
def reply(request: StaffRequest, case_id: UUID, offer_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    offered = _offer_of(request, case, offer_id)
    form = ReplyForm(typed(request), offer=offered)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_reply(offer_id=offered.pk, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            return _refused(request, case, form, refusal, "support/reply.html")
        messages.success(request, _("The reply is recorded."))
        return redirect("support:help", case.pk)
    context = {"case": case, "offer": offered, "form": form}
    return render(request, "support/reply.html", context, status=_status(form))


@requires(Permission.WORK_ON_CASES)
def result(request: StaffRequest, case_id: UUID, offer_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.WORK_ON_CASES)
    offered = _offer_of(request, case, offer_id)
    form = ResultForm(typed(request), offer=offered)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_result(offer_id=offered.pk, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            return _refused(request, case, form, refusal, "support/result.html")
        messages.success(request, _("What came of the help is recorded."))
        return redirect("support:help", case.pk)
    context = {"case": case, "offer": offered, "form": form}
    return render(request, "support/result.html", context, status=_status(form))


def _offer_of(request: StaffRequest, case: Case, offer_id: UUID) -> Offer:
    """Raises Http404 for an offer of another case."""
    offers = Offer.objects.visible_to(request.user).select_related("service", "consent")
    found = offers.filter(case=case, pk=offer_id).first()
    if found is None:
        raise Http404
    return found


def _refused(
    request: StaffRequest,
    case: Case,
    form: ReplyForm | ResultForm,
    refusal: Exception,
    template: str,
) -> HttpResponse:
    """The form with what was typed; after a conflict, beside what somebody else saved."""
    explain(form, refusal)
    stored = _offer_of(request, case, form.offer.pk)
    is_conflict = isinstance(refusal, StaleVersion)
    if is_conflict:
        form.show_version(stored.version)
    context = {"case": case, "offer": stored, "form": form, "is_conflict": is_conflict}
    return render(request, template, context, status=CONFLICT if is_conflict else UNPROCESSABLE)
