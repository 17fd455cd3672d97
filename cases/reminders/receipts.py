"""What the gateway tells later. The order in which receipts arrive changes nothing.

`delivered` outranks everything: what has been on the phone is not undone by a later "failed".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from cases.audit.record import recorded
from cases.core.database.context import enter_units
from cases.core.database.doors import unit_of_message
from cases.reminders.models import (
    LEFT_THE_HOUSE,
    EarlyReceipt,
    Message,
    MessageState,
)
from cases.reminders.words import Reason
from cases.reminders.writing import tell

KEPT_FOR = timedelta(hours=24)
STATUS = {
    "delivered": (MessageState.DELIVERED, ""),
    "failed": (MessageState.UNDELIVERED, Reason.UNDELIVERED),
    "expired": (MessageState.UNDELIVERED, Reason.EXPIRED),
}
# From here a receipt can still bring the row further; an unclear row is settled by one.
OPEN_TO_RECEIPTS = {
    *LEFT_THE_HOUSE,
    MessageState.CLAIMED,
    MessageState.UNCLEAR,
    MessageState.NEEDS_PERSON,
} - {MessageState.DELIVERED}


def apply_receipt(*, message_id: UUID | None, provider_id: str, status: str, now: datetime) -> bool:
    """Carry a receipt over to its message; keep it for a day when the message is not known yet.

    Our own id comes first; the unit is our row's, never the payload's. Returns whether the message
    is known.
    """
    with recorded():
        if unit := unit_of_message(message_id, provider_id):
            enter_units([unit])
        messages = (
            Message.objects.filter(pk=message_id) if message_id else _by_provider(provider_id)
        )
        message = _locked(messages).first()
        if message is not None:
            _carry_over(message, status, provider_id, now)
        elif provider_id:
            EarlyReceipt.objects.get_or_create(
                provider_id=provider_id, status=status, defaults={"received_at": now}
            )
    return message is not None


def apply_early_receipts(messages: Iterable[Message], now: datetime) -> None:
    """Receipts that overtook the commit which tells us the provider's ids."""
    if not EarlyReceipt.objects.exists():
        return
    by_provider = {m.provider_id: m.pk for m in messages if m.provider_id}
    early = list(EarlyReceipt.objects.filter(provider_id__in=by_provider))
    for receipt in early:
        message = _locked(Message.objects.filter(pk=by_provider[receipt.provider_id])).get()
        _carry_over(message, receipt.status, receipt.provider_id, now)
    if early:
        EarlyReceipt.objects.filter(pk__in=[receipt.pk for receipt in early]).delete()


def forget_old_receipts(now: datetime) -> None:
    EarlyReceipt.objects.filter(received_at__lt=now - KEPT_FOR).delete()


def _by_provider(provider_id: str) -> QuerySet[Message]:
    return (
        Message.objects.filter(provider_id=provider_id) if provider_id else Message.objects.none()
    )


def _locked(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_for_update(of=("self",)).annotate(
        case_id=F("appointment__case"), person_id=F("appointment__case__person")
    )


def _carry_over(message: Message, status: str, provider_id: str, now: datetime) -> None:
    state, reason = STATUS[status]
    if message.state not in OPEN_TO_RECEIPTS or message.state == state:
        return
    message.state, message.reason, message.final_at = state, reason, now
    message.handed_over_at = message.handed_over_at or now
    message.provider_id = message.provider_id or provider_id
    message.lease_until = None
    message.save(
        update_fields=[
            "state", "reason", "final_at", "handed_over_at", "provider_id", "lease_until",
        ]
    )  # fmt: skip
    tell([message], now)
