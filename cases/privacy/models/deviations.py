"""Something was sent in error: what and to whom, and the deviation report with its clock."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import HoldsDeletion, Row, Versioned, both_or_neither
from cases.people.models import Person, visible_through
from cases.units.models import Unit

HOURS_TO_REPORT = 72  # GDPR article 33, counted from when it was found out


class SentKind(models.TextChoices):
    LETTER = "letter", _("a letter to the person")
    ANSWER = "answer", _("an answer to the sender")
    MESSAGE = "message", _("a message by telephone or e-mail")
    CONTACT = "contact", _("contact details that were somebody else's")
    OTHER = "other", _("something else")


class SentInErrorQuerySet(models.QuerySet["SentInError"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))


class SentInError(Row):
    """What went wrong, as it was told, and what the program stopped. Never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("what was sent"), max_length=8, choices=SentKind)
    about = models.UUIDField(null=True)
    sent_at = models.DateTimeField(_("sent"))
    recipients = EncryptedTextField(_("who has got it"))
    what_happened = EncryptedTextField(_("what happened"))
    found_at = models.DateTimeField(_("found out"))
    told_at = models.DateTimeField(_("registered"))
    told_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    messages_stopped = models.PositiveSmallIntegerField(_("messages stopped"), default=0)
    contacts_stopped = models.PositiveSmallIntegerField(_("contact details stopped"), default=0)

    objects = SentInErrorQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "case", "unit", "kind", "about", "sent_at", "recipients", "what_happened",
            "found_at", "told_at", "told_by", "messages_stopped", "contacts_stopped",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("sent in error")
        verbose_name_plural = _("sent in error")
        constraints = [
            models.CheckConstraint(
                name="sent_in_error_found_later",
                condition=Q(found_at__gte=models.F("sent_at")),
                violation_error_message=_("It can not be found out before it was sent."),
            ),
        ]

    def __str__(self) -> str:
        return f"sent in error {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person


class DeviationOutcome(models.TextChoices):
    REPORTED = "reported", _("reported to the data protection authority")
    NOT_NOTIFIABLE = "not_notifiable", _("judged not notifiable")


class DeviationQuerySet(models.QuerySet["Deviation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "sent_in_error__case__person__"))

    def running(self) -> Self:
        """Those whose clock still runs."""
        return self.filter(settled_at=None)

    def for_case(self, case: Case) -> Self:
        return self.filter(sent_in_error__case=case).order_by("due_at", "pk")


class Deviation(Versioned):
    """The report, drafted by the program and edited by the leader; the clock runs until settled."""

    sent_in_error = models.OneToOneField(SentInError, models.CASCADE, related_name="deviation")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    report = EncryptedTextField(_("report"))
    due_at = models.DateTimeField(_("to be reported by"))
    outcome = models.CharField(_("outcome"), max_length=14, choices=DeviationOutcome, blank=True)
    reason = EncryptedTextField(_("reason"), default="")
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = DeviationQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "version", "sent_in_error", "unit", "report", "due_at", "outcome", "reason",
            "settled_at", "settled_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}
        # The 72 hours run on, and what is to be reported must be there to be looked at.
        holds_deletion = HoldsDeletion(
            why="deviation", of="sent_in_error__case", unfinished=Q(settled_at=None)
        )

    class Meta:
        verbose_name = _("deviation")
        verbose_name_plural = _("deviations")
        constraints = [
            both_or_neither("deviation_settled", "settled_at", "settled_by"),
            models.CheckConstraint(
                name="deviation_settled_with_outcome",
                condition=Q(settled_at=None, outcome="")
                | (Q(settled_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_at"], condition=Q(settled_at=None), name="deviation_running"
            ),
        ]

    def __str__(self) -> str:
        return f"deviation {self.pk}"

    def key_holder(self) -> Person:
        return self.sent_in_error.case.person

    @staticmethod
    def due_after(found_at: datetime) -> datetime:
        return found_at + timedelta(hours=HOURS_TO_REPORT)
