"""A month of the access log: one asks for its deletion, another one deletes it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.accounts.access import StaffRequest, requires, requires_fresh_second_factor
from cases.accounts.rights import SameHands
from cases.accounts.roles import Permission
from cases.audit.actions import ChainIsBroken
from cases.retention.actions import NotWaiting, SamePerson
from cases.retention.log_months import (
    AlreadyAsked,
    NothingToDrop,
    NotReviewed,
    ask_to_drop,
    drop_as_second,
)
from cases.retention.models import LogDeletion
from cases.units.models import Unit

REFUSALS = {
    AlreadyAsked: gettext_lazy("Somebody has asked for it already."),
    ChainIsBroken: gettext_lazy(
        "The log does not verify. It is evidence now, and nothing of it is deleted."
    ),
    NothingToDrop: gettext_lazy("This month of the log must be kept."),
    NotReviewed: gettext_lazy(
        "The review of this month is not signed off. Its log stays until it is."
    ),
    NotWaiting: gettext_lazy("No month of the log waits for a second person any more."),
    SameHands: SameHands.sentence,
    SamePerson: gettext_lazy("You asked for it. Somebody else must delete it."),
}


@requires(Permission.APPROVE_AS_SECOND)
@requires_fresh_second_factor
def ask_log(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """By POST: the oldest month of the unit's log, when nobody can need it any more."""
    said = _("Asked. The log of %(month)s is deleted when somebody else confirms.")
    return _done(request, unit_id, lambda unit: ask_to_drop(unit=unit, by=request.user), said)


@requires(Permission.APPROVE_AS_SECOND)
@requires_fresh_second_factor
def drop_log(request: StaffRequest, unit_id: UUID) -> HttpResponse:
    """By POST: the month a colleague has asked for."""
    said = _("The log of %(month)s is deleted.")
    return _done(request, unit_id, lambda unit: drop_as_second(unit=unit, by=request.user), said)


def _done(
    request: StaffRequest, unit_id: UUID, act: Callable[[Unit], LogDeletion], said: str
) -> HttpResponse:
    """Whoever was led away to show a second factor comes back by GET, to the page."""
    unit = request.user.named_unit_where(Permission.APPROVE_AS_SECOND, unit_id)
    if unit is None:
        raise Http404
    if request.method == "POST":
        try:
            deletion = act(unit)
        except tuple(REFUSALS) as refused:
            messages.warning(request, str(REFUSALS[type(refused)]))
        else:
            messages.success(request, said % {"month": date_format(deletion.month, "F Y")})
    return redirect("retention:second")
