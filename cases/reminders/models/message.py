"""The message ledger: a row before anything is sent. It stores no number and no text.

Both are fetched when the message is handed over; the hash proves which text it was.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.appointments.models import Appointment, AppointmentStatus
from cases.core.models import Row
from cases.people.models import visible_through
from cases.reminders.words import Reason
from cases.units.models import Unit


class MessageKind(models.TextChoices):
    WEEK_BEFORE = "week_before", _("a week before")
    DAY_BEFORE = "day_before", _("the day before")
    MOVED = "moved", _("new time")
    CANCELLED = "cancelled", _("cancelled")


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")


class MessageState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("being sent")
    HANDED_OVER = "handed_over", _("sent")
    DELIVERED = "delivered", _("delivered")
    UNDELIVERED = "undelivered", _("not delivered")
    NO_RECEIPT = "no_receipt", _("sent, no receipt")
    UNCLEAR = "unclear", _("unclear whether it was sent")
    NEEDS_PERSON = "needs_person", _("a person must find out")
    FAILED = "failed", _("could not be sent")
    WITHHELD = "withheld", _("not sent")
    SUPERSEDED = "superseded", _("replaced: the appointment changed")
    TOO_LATE = "too_late", _("too late to send")


WAITING_STATES = (MessageState.PLANNED, MessageState.UNCLEAR)
OPEN_STATES = (*WAITING_STATES, MessageState.CLAIMED)
LEFT_THE_HOUSE = (
    MessageState.HANDED_OVER,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.NO_RECEIPT,
)
# Whoever was already talking to the gateway, or once got no answer, may have been heard.
MAY_HAVE_REACHED = (
    Q(state__in=LEFT_THE_HOUSE)
    | Q(state__in=[MessageState.CLAIMED, MessageState.UNCLEAR, MessageState.NEEDS_PERSON])
    | Q(unclear_since__isnull=False)
)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "appointment__case__person__"))

    def due(self, now: datetime) -> Self:
        """To be sent or settled now, the nearest cut-off first."""
        return self.filter(state__in=WAITING_STATES, try_at__lte=now).order_by("not_after", "pk")

    def with_expired_lease(self, now: datetime) -> Self:
        return self.filter(state=MessageState.CLAIMED, lease_until__lt=now)

    def without_receipt(self, now: datetime) -> Self:
        """Handed to the SMS gateway, whose receipt has not come before the cut-off."""
        return self.filter(state=MessageState.HANDED_OVER, channel=Channel.SMS, not_after__lt=now)

    def unfinished(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def may_have_reached(self) -> Self:
        return self.filter(MAY_HAVE_REACHED)

    def of_another_appointment_time(self) -> Self:
        """Planned for an appointment that has changed, is over, or whose case is closed."""
        cancelled = Q(kind=MessageKind.CANCELLED)
        return self.filter(state=MessageState.PLANNED).filter(
            Q(sequence__lt=F("appointment__sequence"))
            | ~cancelled & ~Q(appointment__status=AppointmentStatus.BOOKED)
            | cancelled & ~Q(appointment__status=AppointmentStatus.CANCELLED)
            | ~cancelled & Q(appointment__case__closed_at__isnull=False)
        )


class Message(Row):
    """`id` is the idempotency key towards the gateway, and the Message-ID of an e-mail."""

    # Rows change often and are found by appointment, through the index of `message_once`.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="+", db_index=False)
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=MessageKind)
    channel = models.CharField(max_length=5, choices=Channel)
    recipient = models.CharField(max_length=40, default="self")
    planned_at = models.DateTimeField()
    not_after = models.DateTimeField()
    try_at = models.DateTimeField()  # planned_at, or when to try or settle it next
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.PLANNED)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveIntegerField(default=0)
    unclear_since = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)
    # A keyed hash of what is handed over and to whom; empty until it is about to be.
    text_hash = models.CharField(max_length=64, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "appointment", "sequence", "kind", "channel", "recipient", "planned_at",
            "not_after", "try_at", "state", "reason", "attempt", "lease_until", "lease_token",
            "unclear_since", "provider_id", "text_hash", "handed_over_at", "final_at", "created_at",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "sequence", "kind", "channel", "recipient"],
                name="message_once",
            ),
            models.CheckConstraint(
                name="message_claimed_with_lease",
                condition=~Q(state="claimed") | Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=Q(state__in=["planned", "unclear"]),
                name="message_waiting",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="claimed"), name="message_in_flight"
            ),
            models.Index(
                fields=["not_after"],
                condition=Q(state="handed_over", channel="sms"),
                name="message_without_receipt",
            ),
            models.Index(fields=["provider_id"], name="message_provider"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageEvent(models.Model):
    """What happened to a message, in order. No number, no text."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=MessageState)
    detail = models.CharField(max_length=40, blank=True)

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "unit", "message", "at", "what", "detail"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("event of a message")
        verbose_name_plural = _("events of messages")
        indexes = [models.Index(fields=["message", "at"], name="message_event_order")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"
