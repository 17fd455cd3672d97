"""A referral as registered, what a police order adds to it, and the human decision on a find."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models.law import LegalBasis, Sender, Substance, ThresholdTable
from cases.core.fields import EncryptedTextField
from cases.core.models import Row
from cases.people.models import Person
from cases.units.models import Unit


class Referral(Row):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    legal_basis = models.ForeignKey(LegalBasis, models.PROTECT, related_name="+")
    sender = models.ForeignKey(Sender, models.PROTECT, null=True, related_name="+")
    sender_reference = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    received_on = models.DateField()
    deadline_on = models.DateField(null=True)
    attendances_required = models.PositiveSmallIntegerField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept = {"id", "unit", "legal_basis", "registered_at", "registered_by"}
        erased = {
            "person", "sender", "sender_reference", "decided_on", "received_on", "deadline_on",
            "attendances_required",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [models.Index(fields=["unit", "received_on"], name="referral_received")]
        constraints = [
            models.CheckConstraint(
                name="referral_attendances",
                condition=Q(attendances_required__gte=1, attendances_required__lte=20),
                violation_error_message=_("Between 1 and 20 attendances."),
            ),
            models.CheckConstraint(
                name="referral_sender_and_deadline",
                condition=Q(sender__isnull=False)
                | Q(sender__isnull=True, deadline_on__isnull=True, sender_reference=""),
            ),
            # The same letter registered twice, by two people or in two tabs, is one referral.
            models.UniqueConstraint(
                fields=["unit", "sender", "sender_reference", "person"],
                condition=~Q(sender_reference=""),
                name="referral_reference_once",
                violation_error_message=_("This referral is already registered."),
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    def key_holder(self) -> Person:
        return self.person


class OrderGiven(models.TextChoices):
    IN_PERSON = "in_person", _("in writing, handed over")
    BY_POST = "by_post", _("in writing, by post")
    DIGITALLY = "digitally", _("digitally")
    ORALLY = "orally", _("orally")


class PoliceOrder(Row):
    """When and where it was found, and how the order to appear was given."""

    referral = models.OneToOneField(Referral, models.CASCADE, related_name="police_order")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    threshold_table = models.ForeignKey(ThresholdTable, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    found_where = EncryptedTextField()
    ordered_at = models.DateTimeField()
    ordered_how = models.CharField(max_length=10, choices=OrderGiven)

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "referral", "unit", "threshold_table", "found_at", "found_where", "ordered_at",
            "ordered_how",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("police order")
        verbose_name_plural = _("police orders")
        constraints = [
            models.CheckConstraint(
                name="police_order_after_find",
                condition=Q(ordered_at__gte=models.F("found_at")),
                violation_error_message=_("The order can not come before the find."),
            ),
        ]

    def __str__(self) -> str:
        return f"police order {self.pk}"

    def key_holder(self) -> Person:
        return self.referral.person


class Finding(Row):
    """One substance: an amount, or use only. Unknown kind or amount is allowed, and asks."""

    order = models.ForeignKey(PoliceOrder, models.CASCADE, related_name="findings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    substance = models.ForeignKey(Substance, models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    use_only = models.BooleanField(default=False)
    confiscated = models.BooleanField(default=False)
    seizure_reference = EncryptedTextField(default="")

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "order", "unit", "substance", "amount", "use_only", "confiscated",
            "seizure_reference",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("find")
        verbose_name_plural = _("finds")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "substance"],
                name="finding_substance_once",
                violation_error_message=_("The same substance stands twice."),
            ),
            models.CheckConstraint(
                name="finding_amount_or_use",
                condition=Q(use_only=False)
                | Q(use_only=True, amount__isnull=True, confiscated=False),
                violation_error_message=_("Use only has no amount and nothing confiscated."),
            ),
            models.CheckConstraint(
                name="finding_amount_above_zero",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                violation_error_message=_("The amount must be more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"find {self.pk}"

    def key_holder(self) -> Person:
        return self.order.referral.person


class Decision(models.TextChoices):
    ACCEPT = "accept", _("accept as ordered")
    ASK_SENDER = "ask_sender", _("ask the sender")
    RETURN = "return", _("return to the sender")


class ThresholdDecision(Row):
    """What a person decided about a flagged find, and why. The newest counts."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="threshold_decisions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    reason = EncryptedTextField(_("reason"))
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "referral", "unit", "decision", "reason", "decided_at", "decided_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("decision on a find")
        verbose_name_plural = _("decisions on finds")

    def __str__(self) -> str:
        return f"decision {self.pk}"

    def key_holder(self) -> Person:
        return self.referral.person
