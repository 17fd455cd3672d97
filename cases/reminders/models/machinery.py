"""What the jobs remember about themselves, about the gateways, and about receipts that came early."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.core.fields import EncryptedTextField
from cases.core.models import DataKeyHolder, Row
from cases.people.models import visible_through
from cases.reminders.models.message import Channel, Message
from cases.units.models import Unit


class MockDeliveryQuerySet(models.QuerySet["MockDelivery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "message__appointment__case__person__"))


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

    objects = MockDeliveryQuerySet.as_manager()

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


class Circuit(models.Model):
    """How many hand-overs in a row a gateway left unanswered, and until when it is left alone."""

    channel = models.CharField(max_length=5, choices=Channel, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    class Privacy:
        kept = {"channel", "failures", "open_until"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    def __str__(self) -> str:
        return f"{self.channel}: {self.failures}"


class EarlyReceipt(models.Model):
    """A receipt that overtook our own commit: the provider's id is not in the ledger yet."""

    provider_id = models.CharField(max_length=100)
    status = models.CharField(max_length=10)
    received_at = models.DateTimeField()

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "provider_id", "status", "received_at"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("early receipt")
        verbose_name_plural = _("early receipts")
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "status"], name="early_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"early receipt {self.pk}"
