"""Practice mode's mock phone: what the person would see, and nothing else."""

from collections import defaultdict
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.accounts.access import StaffRequest, requires
from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.reminders.models import MockDelivery

MOST_SHOWN = 60


@require_safe
@requires(Permission.SEE_CASES)
def mock_phone(request: StaffRequest) -> HttpResponse:
    """The newest messages, one phone or mailbox for each number or address."""
    if settings.PRODUCTION:
        raise Http404
    deliveries = list(
        MockDelivery.objects.visible_to(request.user)
        .select_related("message__appointment__case")
        .order_by("-arrived_at", "pk")[:MOST_SHOWN]
    )
    record_shown(request.user, deliveries)
    phones: dict[tuple[str, str], list[MockDelivery]] = defaultdict(list)
    for delivery in deliveries:
        phones[delivery.channel, delivery.to].append(delivery)
    context = {
        "phones": [
            {"to": to, "channel": channel, "deliveries": shown[::-1]}
            for (channel, to), shown in phones.items()
        ]
    }
    return render(request, "reminders/mock_phone.html", context)


def record_shown(user: User, deliveries: list[MockDelivery]) -> None:
    """One event for each unit, naming everyone whose number was shown."""
    persons: dict[UUID, set[UUID]] = defaultdict(set)
    for delivery in deliveries:
        persons[delivery.unit_id].add(delivery.message.appointment.case.person_id)
    for unit, shown in persons.items():
        record("mock_phone.viewed", by=user, unit=unit, persons=shown)
