"""Practice mode: messages end on a page that shows what the person would see."""

from concurrent.futures import Future

from django.utils import timezone

from cases.audit.record import recorded
from cases.core.database.context import WORKER
from cases.reminders.channels.base import Answer, Outcome, Outcomes, Parcel
from cases.reminders.models import Message, MockDelivery
from cases.reminders.pace import BATCH


class MockPhone:
    batch = BATCH
    honours_key = True

    def hand_over(self, parcels: list[Parcel]) -> "Future[Outcomes]":
        """Keep each parcel once, as a gateway that honours the key does."""
        with recorded(context=WORKER):
            messages = Message.objects.in_bulk([parcel.id for parcel in parcels])
            there = set(
                MockDelivery.objects.filter(message__in=messages).values_list("message", flat=True)
            )
            MockDelivery.objects.bulk_create(
                self._delivery(parcel, messages[parcel.id])
                for parcel in parcels
                if parcel.id in messages and parcel.id not in there
            )
        done: Future[Outcomes] = Future()
        done.set_result(
            {p.id: Outcome(Answer.ACCEPTED, f"mock-{p.id}", is_delivered=True) for p in parcels}
        )
        return done

    def _delivery(self, parcel: Parcel, message: Message) -> MockDelivery:
        return MockDelivery(
            message=message,
            unit_id=parcel.unit_id,
            channel=message.channel,
            to=parcel.to,
            sender=parcel.sender_name if parcel.subject else parcel.sender,
            subject=parcel.subject,
            text=parcel.text,
            arrived_at=timezone.now(),
        )
