"""The due list of a unit, and the first confirmation."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.retention.actions import MOST_AT_ONCE, ListChanged, ListUnderWay, confirm_due_list
from cases.retention.due import due_now, fingerprint
from cases.retention.forms import SeenForm
from cases.retention.models import Certificate, DueList, Hold
from cases.units.models import Unit

MOST_SHOWN = 100
CERTIFICATES_SHOWN = 20


@require_safe
@requires(Permission.CONFIRM_DELETION)
def due_list(request: StaffRequest) -> HttpResponse:
    units = request.user.named_units_where(Permission.CONFIRM_DELETION)
    unit = next((one for one in units if str(one.pk) == request.GET.get("unit")), units[0])
    today = timezone.localdate()
    due = due_now(unit, today, seen_by=request.user)
    holds = _holds(request.user, unit)
    record(
        "retention.viewed", by=request.user, unit=unit.pk, target=unit,
        persons={*due.everyone, *(hold.case.person_id for hold in holds)},
    )  # fmt: skip
    lists = DueList.objects.visible_to(request.user).filter(unit=unit)
    context = {
        "units": units,
        "unit": unit,
        "ready": due.ready[:MOST_AT_ONCE],
        "ready_count": len(due.ready),
        "seen": fingerprint(due.ready[:MOST_AT_ONCE]),
        "to_archive": due.to_archive[:MOST_SHOWN],
        "to_archive_count": len(due.to_archive),
        "kept_back": due.kept_back[:MOST_SHOWN],
        "kept_back_count": len(due.kept_back),
        "under_way": lists.under_way().select_related("confirmed_by").first(),
        "holds": holds,
        "certificates": list(
            Certificate.objects.visible_to(request.user)
            .filter(unit=unit)
            .newest_first()[:CERTIFICATES_SHOWN]
        ),
    }
    return render(request, "retention/due.html", context)


def _holds(user: User, unit: Unit) -> list[Hold]:
    """Those in force, without their reasons: each is read on the page of its case."""
    holds = Hold.objects.visible_to(user).in_force_on(timezone.localdate()).filter(unit=unit)
    shown = holds.select_related("case", "held_by").defer("reason")
    return list(shown.order_by("held_at", "pk")[:MOST_SHOWN])


@requires(Permission.CONFIRM_DELETION)
@requires_fresh_second_factor
def confirm(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """By POST. Whoever was led away to show a second factor comes back by GET, to the list."""
    unit = request.user.named_unit_where(Permission.CONFIRM_DELETION, unit_id)
    if unit is None:
        raise Http404
    if request.method == "POST":
        _confirm(request, unit)
    return redirect(reverse("retention:due", query={"unit": str(unit.pk)}))


def _confirm(request: StaffRequest, unit: Unit) -> None:
    try:
        confirm_due_list(unit=unit, seen=SeenForm(request.POST).value(), by=request.user)
    except ListChanged:
        messages.warning(
            request, _("The list has changed since you saw it. Look at it again, then confirm.")
        )
    except ListUnderWay:
        messages.warning(request, _("Another list of this unit is not finished yet."))
    else:
        messages.success(
            request,
            _("Your confirmation is kept. Nothing is deleted before a second person confirms."),
        )
