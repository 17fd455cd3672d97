"""The second confirmation, and the proof. Counts and case numbers: no name, no birth date."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
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
from cases.audit.actions import ChainIsBroken
from cases.audit.record import record
from cases.retention.actions import NotWaiting, SamePerson, confirm_as_second, withdraw_list
from cases.retention.due import people_of
from cases.retention.log_months import drop_oldest_month, droppable_months
from cases.retention.models import Certificate, DueList
from cases.retention.proof import lines_of, rules_of

CERTIFICATES_SHOWN = 20


@require_safe
@requires(Permission.APPROVE_AS_SECOND)
def second(request: StaffRequest) -> HttpResponse:
    """What waits for a second person in the user's units."""
    units = request.user.named_units_where(Permission.APPROVE_AS_SECOND)
    lists = DueList.objects.visible_to(request.user).filter(unit__in=units).under_way()
    certificates = Certificate.objects.visible_to(request.user).filter(unit__in=units)
    context = {
        "log_months": [(unit, found) for unit in units if (found := droppable_months(unit))],
        "lists": list(lists.select_related("unit", "confirmed_by").order_by("confirmed_at")),
        "certificates": list(
            certificates.select_related("unit").newest_first()[:CERTIFICATES_SHOWN]
        ),
    }
    return render(request, "retention/second.html", context)


@require_safe
def one_list(request: StaffRequest, list_id: UUID) -> HttpResponse:
    """The numbers of the cases of a list, and what each rests on."""
    found = _visible(request, list_id)
    rows: QuerySet[DueList] = DueList.objects.visible_to(request.user).filter(pk=found.pk)
    due_list = rows.select_related("unit", "confirmed_by", "second_by", "certificate").get()
    items = list(due_list.items.select_related("rule").order_by("due_on", "number"))
    record(
        "retention.viewed", by=request.user, unit=due_list.unit_id, target=due_list,
        persons=people_of(item.case for item in items), count=due_list.total,
    )  # fmt: skip
    may = request.user.may
    context = {
        "due_list": due_list,
        "items": items,
        "is_first": due_list.confirmed_by_id == request.user.pk,
        "may_confirm": may(Permission.APPROVE_AS_SECOND, due_list.unit_id),
        "leads": may(Permission.CONFIRM_DELETION, due_list.unit_id),
    }
    return render(request, "retention/list.html", context)


def _visible(request: StaffRequest, list_id: UUID) -> DueList:
    found = DueList.objects.visible_to(request.user).filter(pk=list_id).first()
    if found is None:
        raise Http404
    return found


@requires(Permission.APPROVE_AS_SECOND)
@requires_fresh_second_factor
def confirm_second(request: StaffRequest, list_id: UUID) -> HttpResponse:
    """By POST. Whoever was led away to show a second factor comes back by GET, to the list."""
    due_list = _visible(request, list_id)
    require_in_unit(request.user, Permission.APPROVE_AS_SECOND, due_list.unit_id)
    if request.method != "POST":
        return redirect("retention:list", due_list.pk)
    return _done(
        request,
        due_list,
        lambda: confirm_as_second(due_list_id=due_list.pk, by=request.user),
        _("Confirmed. The cases are being deleted."),
    )


@require_POST
def withdraw(request: StaffRequest, list_id: UUID) -> HttpResponse:
    """Either of the two who confirm may say no."""
    due_list = _visible(request, list_id)
    return _done(
        request,
        due_list,
        lambda: withdraw_list(due_list_id=due_list.pk, by=request.user),
        _("Withdrawn. Nothing was deleted."),
    )


def _done(
    request: StaffRequest, due_list: DueList, act: Callable[[], DueList], said: str
) -> HttpResponse:
    try:
        act()
    except SameHands as refused:
        messages.warning(request, str(refused.sentence))
    except SamePerson:
        messages.warning(request, _("You confirmed first. Somebody else must confirm as second."))
    except NotWaiting:
        messages.warning(request, _("The list does not wait for a confirmation any more."))
    else:
        messages.success(request, said)
    return redirect("retention:list", due_list.pk)


@requires(Permission.APPROVE_AS_SECOND)
@requires_fresh_second_factor
def drop_log(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """The oldest month of the unit's access log, when nobody can need it any more.

    By POST. Whoever was led away to show a second factor comes back by GET, to what waits.
    """
    unit = request.user.named_unit_where(Permission.APPROVE_AS_SECOND, unit_id)
    if unit is None:
        raise Http404
    if request.method != "POST":
        return redirect("retention:second")
    try:
        dropped = drop_oldest_month(unit=unit, by=request.user)
    except ChainIsBroken:
        messages.warning(
            request, _("The log does not verify. It is evidence now, and nothing of it is deleted.")
        )
    else:
        if dropped is not None:
            month = {"month": date_format(dropped, "F Y")}
            messages.success(request, _("The log of %(month)s is deleted.") % month)
    return redirect("retention:second")


@require_safe
def certificate(request: StaffRequest, certificate_id: UUID) -> HttpResponse:
    rows = Certificate.objects.visible_to(request.user).filter(pk=certificate_id)
    found = rows.select_related("unit", "confirmed_by", "second_by").first()
    if found is None:
        raise Http404
    record("retention.viewed", by=request.user, unit=found.unit_id, target=found)
    context = {"certificate": found, "lines": lines_of(found), "rules": rules_of(found)}
    return render(request, "retention/certificate.html", context)
