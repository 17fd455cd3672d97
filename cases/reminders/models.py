"""The message ledger: a row before anything is sent. It stores no number and no text.

Both are fetched when the message is handed over; the hash proves which text it was.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.core.fields import EncryptedTextField
from cases.core.models import DataKeyHolder, Row
from cases.people.models import visible_through
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


OPEN_STATES = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.UNCLEAR)
MAY_HAVE_REACHED = (
    MessageState.CLAIMED,
    MessageState.HANDED_OVER,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.NO_RECEIPT,
    MessageState.UNCLEAR,
    MessageState.NEEDS_PERSON,
)


class ReminderRule(models.Model):
    """Which reminders a unit sends. Without a row of its own a unit follows the shared one."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("Empty: for every unit without a rule of its own."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=MessageKind)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    is_on = models.BooleanField(_("is sent"), default=True)

    class Privacy:
        kept = {"id", "unit", "kind", "channel", "is_on"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "channel"], name="reminder_rule_once", nulls_distinct=None
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display()}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "appointment__case__person__"))

    def for_appointment(self, appointment: Appointment) -> Self:
        return self.filter(appointment=appointment)

    def due(self, now: datetime) -> Self:
        return self.filter(state=MessageState.PLANNED, try_at__lte=now).order_by("not_after", "pk")

    def with_expired_lease(self, now: datetime) -> Self:
        return self.filter(state=MessageState.CLAIMED, lease_until__lt=now)

    def unfinished(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class Message(Row):
    """`id` is the idempotency key towards the gateway, and the Message-ID of an e-mail."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=MessageKind)
    channel = models.CharField(max_length=5, choices=Channel)
    recipient = models.CharField(max_length=40, default="self")
    planned_at = models.DateTimeField()
    not_after = models.DateTimeField()
    try_at = models.DateTimeField()  # planned_at, or later after a certain refusal
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.PLANNED)
    reason = models.CharField(max_length=40, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveIntegerField(default=0)
    unclear_since = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=100, blank=True)
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
            models.Index(fields=["try_at"], condition=Q(state="planned"), name="message_due"),
            models.Index(
                fields=["state", "lease_until"],
                condition=Q(state__in=["claimed", "unclear"]),
                name="message_in_flight",
            ),
            models.Index(fields=["provider_id"], name="message_provider"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class MessageEvent(models.Model):
    """What happened to a message, in order. No number, no text."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    detail = models.CharField(max_length=60, blank=True)

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "message", "at", "what", "detail"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("event of a message")
        verbose_name_plural = _("events of messages")
        indexes = [models.Index(fields=["message", "at"], name="message_event_order")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class MockDelivery(DataKeyHolder, Row):
    """Practice mode only: what the person's phone or mailbox would show. Never in production."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel)
    to = EncryptedTextField()
    sender = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    text = EncryptedTextField()
    arrived_at = models.DateTimeField()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "message", "unit", "channel", "to", "sender", "subject", "text", "arrived_at",
            "wrapped_key",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("mock delivery")
        verbose_name_plural = _("mock deliveries")
        indexes = [models.Index(fields=["unit", "-arrived_at"], name="mock_delivery_newest")]

    def __str__(self) -> str:
        return f"mock delivery {self.pk}"

    def key_holder(self) -> "MockDelivery":
        return self


class Heartbeat(models.Model):
    """When a job last came to its end. The start page and /readyz look here."""

    job = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField()

    class Privacy:
        kept = {"job", "beaten_at"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    def __str__(self) -> str:
        return self.job


