"""Claim → commit → hand over → commit, in batches, by any number of workers at once.

No transaction is open while a gateway is asked. Every write after the claim names the lease, so a
worker that was overtaken changes nothing. A worker may die at any line: before the commit of the
claim nothing has happened; after it the row lapses, is unclear, and is settled.
"""

import logging
from collections import Counter
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import F

from cases.audit.record import recorded
from cases.core.database.context import WORKER, speaking_as
from cases.reminders import circuit
from cases.reminders.channels import open_channels
from cases.reminders.channels.base import HandOver, Outcomes, Parcel
from cases.reminders.gate import Gate, Stop, Wait, hash_of, with_gate_facts
from cases.reminders.health import SENDING, beat
from cases.reminders.models import Channel, Message, MessageState
from cases.reminders.outcomes import again, lapse, settle, stop, wait
from cases.reminders.pace import BATCH, LEASE, SWEEP, database_now, lasting
from cases.reminders.receipts import apply_early_receipts, forget_old_receipts
from cases.reminders.words import Reason
from cases.reminders.writing import keep_claims, keep_where_still_ours, tell

log = logging.getLogger(__name__)
Channels = dict[Channel, HandOver]


class SendingReport(Counter[str]):
    """How many messages ended this sweep in which state."""

    @property
    def handed_over(self) -> int:
        return self[MessageState.HANDED_OVER] + self[MessageState.DELIVERED]


def send_due(now: datetime | None = None) -> SendingReport:
    """Send what is due and settle what is unclear; stops by itself before Celery would stop it.

    Without `now` the database's clock is asked at every step.
    """
    report = SendingReport()
    stops_at = monotonic() + SWEEP
    with open_channels() as channels:
        settle_lapsed(channels, now or database_now())
        lanes = [Lane(channel, channels, now, report) for channel in Channel]
        while any([lane.step(may_claim=monotonic() < stops_at) for lane in lanes]):
            pass
    with speaking_as(WORKER):
        finish_without_receipt(now or database_now())
        forget_old_receipts(now or database_now())
        beat(SENDING, now or database_now())
    return report


class Lane:
    """One channel's batches: the next one is claimed while the last one is being handed over."""

    def __init__(
        self, channel: Channel, channels: Channels, now: datetime | None, report: SendingReport
    ) -> None:
        self._channel, self._channels = channel, channels
        self._gateway = channels.get(channel)  # none is set up: the gate withholds what is due
        self._now = now
        self._report = report
        self._under_way: tuple[list[Message], Future[Outcomes]] | None = None

    def step(self, *, may_claim: bool) -> bool:
        """Claim a batch, hand it over, and settle the one before; whether anything was done."""
        messages, parcels = self._claim() if may_claim else ([], [])
        before, self._under_way = self._under_way, None
        outcomes = before[1].result() if before else {}
        if parcels and self._gateway:
            self._under_way = messages, self._gateway.hand_over(parcels)
        else:
            self._report.update(message.state for message in messages)
        if before and self._gateway:
            now = self._now or database_now()
            keep_outcomes(before[0], outcomes, self._gateway, now)
            with speaking_as(WORKER):
                circuit.note(self._channel, outcomes.values(), now)
            self._report.update(message.state for message in before[0])
        return bool(messages or before)

    def _claim(self) -> tuple[list[Message], list[Parcel]]:
        now = self._now or database_now()
        size = self._gateway.batch if self._gateway else BATCH
        with speaking_as(WORKER):
            if self._channel in circuit.left_alone(now):
                return [], []
            return claim(self._channel, size, self._channels, now)


def claim(
    channel: Channel, size: int, channels: Channels, now: datetime
) -> tuple[list[Message], list[Parcel]]:
    """Ask the gate about up to `size` due messages and take those that may go out for ourselves.

    What may go out is claimed for the length of a lease, with the hash of its parcel, and committed
    before anything is said to a gateway; what may not is settled. PostgreSQL passes over rows that
    another worker is claiming; on SQLite the transaction is the only writer from its beginning.
    """
    with recorded(context=WORKER):
        due = Message.objects.due(now).filter(channel=channel)
        messages = list(
            with_gate_facts(due).select_for_update(skip_locked=True, of=("self",))[:size]
        )
        if not messages:
            return [], []
        gate = Gate(messages, channels, now)
        parcels = [parcel for m in messages if (parcel := _claimed(m, gate, now)) is not None]
        keep_claims(messages)
        tell([m for m in messages if m.final_at is not None], now)
    return messages, parcels


def _claimed(message: Message, gate: Gate, now: datetime) -> Parcel | None:
    """The parcel, with the row claimed for it; or None, with the row settled or put back."""
    message.attempt += 1
    message.lease_token += 1
    try:
        verdict = gate.judge(message)
    except Exception as error:  # one row that can not be made must not stop the others
        log.error("message %s can not be made: %s", message.pk, type(error).__name__)
        again(message, Reason.FAULT, now)
        return None
    if isinstance(verdict, Stop):
        stop(message, verdict.reason, now)
        return None
    if isinstance(verdict, Wait):
        wait(message, verdict.until)
        return None
    message.state = MessageState.CLAIMED
    message.lease_until = now + lasting(LEASE)
    message.text_hash = hash_of(verdict)
    return verdict


def keep_outcomes(
    messages: list[Message], outcomes: Outcomes, channel: HandOver, now: datetime
) -> None:
    """Write down what the gateway said, where the lease is still ours."""
    with recorded(context=WORKER):
        handed = [message for message in messages if message.pk in outcomes]
        for message in handed:
            settle(message, outcomes[message.pk], now, honours_key=channel.honours_key)
        ours = keep_where_still_ours(handed)
        tell([m for m in ours if m.state != MessageState.PLANNED], now)
        apply_early_receipts(ours, now)
    if len(ours) < len(handed):
        log.warning("%d leases were lost; nothing was written for them", len(handed) - len(ours))


def settle_lapsed(channels: Channels, now: datetime) -> None:
    """Rows whose worker is gone are unclear: never simply sent again."""
    with recorded(context=WORKER):
        lapsed: list[Any] = list(
            Message.objects.with_expired_lease(now)
            .select_for_update(skip_locked=True, of=("self",))
            .annotate(case_id=F("appointment__case"), person_id=F("appointment__case__person"))
        )
        for message in lapsed:
            channel = channels.get(Channel(message.channel))
            lapse(message, now, honours_key=channel is not None and channel.honours_key)
        ours = keep_where_still_ours(lapsed)
        tell(ours, now)


def finish_without_receipt(now: datetime) -> None:
    """Handed over, and the cut-off passed without a receipt: there is none to wait for."""
    if settings.SMS_WEBHOOK_SECRET:
        Message.objects.without_receipt(now).update(state=MessageState.NO_RECEIPT, final_at=now)
