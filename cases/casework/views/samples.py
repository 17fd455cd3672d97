"""Drug tests: ordered from the case; the taker's own list has name and time, and nothing else."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.actions import (
    AlreadyDone,
    NoSampleTaker,
    TakerIsAdviser,
    order_sample,
    record_sample,
)
from cases.casework.forms.samples import OrderSampleForm
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Sample
from cases.casework.views.case import CLOSED
from cases.casework.views.lookup import visible_case
from cases.core.pages import form_page

MOST_SAMPLES = 50


@requires(Permission.ORDER_SAMPLES)
def order(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.ORDER_SAMPLES)
    form = OrderSampleForm(request.POST or None, case=case, by=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            order_sample(
                case_id=case.pk,
                taker=data["taker"],
                planned_at=data["planned_at"],
                exception=data.get("exception", ""),
                by=request.user,
            )
        except TakerIsAdviser:
            form.add_error(
                "taker",
                _("The person's own adviser does not take the test. Only the leader can say why."),
            )
        except NoSampleTaker:
            form.add_error("taker", _("This colleague can not take the test. Choose another."))
        except CaseIsClosed:
            form.add_error(None, CLOSED)
        else:
            messages.success(request, _("The test is ordered."))
            return redirect(case)
    context = {"case": case, "form": form}
    return form_page(request, "casework/order_sample.html", context)


@require_safe
@requires(Permission.ORDER_SAMPLES)
def of_case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = visible_case(request, case_id, Permission.ORDER_SAMPLES)
    samples = list(case.samples.order_by("planned_at", "pk").select_related("taker"))
    for sample in samples:
        sample.case = case  # whose person's key opens the exception
    return render(request, "casework/case_samples.html", {"case": case, "samples": samples})


@require_safe
@requires(Permission.TAKE_SAMPLES)
def own_list(request: StaffRequest) -> HttpResponse:
    """What the user is to take, the next first."""
    visible = Sample.objects.visible_to(request.user).to_be_taken()
    samples = list(visible.select_related("case__person")[:MOST_SAMPLES])
    for unit in {sample.unit_id for sample in samples}:
        persons = {sample.case.person_id for sample in samples if sample.unit_id == unit}
        record("samples.listed", by=request.user, unit=unit, persons=persons)
    context = {"samples": samples, "now": timezone.now()}
    return render(request, "casework/samples.html", context)


@require_POST
@requires(Permission.TAKE_SAMPLES)
def record_one(request: StaffRequest, sample_id: UUID) -> HttpResponse:
    sample = Sample.objects.visible_to(request.user).filter(pk=sample_id).first()
    if sample is None:
        raise Http404
    try:
        record_sample(sample_id=sample.pk, taken="taken" in request.POST, by=request.user)
    except AlreadyDone:
        messages.info(request, _("It is recorded already."))
    except TakerIsAdviser:
        messages.warning(
            request, _("You are the person's adviser now. A colleague takes the test.")
        )
    else:
        messages.success(request, _("It is recorded."))
    return redirect("casework:samples")
