"""Consent, help offered and what came of it; the answer to the sender; closing."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case, CaseOutcome, SenderChoice
from cases.core.fields import EncryptedTextField
from cases.core.models import NamedInThreeLanguages, Row, Versioned, both_or_neither
from cases.people.models import Person, visible_through
from cases.units.models import Unit


class ServiceQuerySet(models.QuerySet["Service"]):
    def offered_by(self, unit: Unit) -> Self:
        return self.filter(unit=unit, in_use=True)


class Service(NamedInThreeLanguages, Row):
    """An entry of the unit's catalogue of help."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    provider = models.CharField(_("provider"), max_length=120, blank=True)
    in_use = models.BooleanField(_("in use"), default=True)

    objects = ServiceQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "provider", "in_use", "name_nb", "name_nn", "name_en"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name_nb"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name_nb"], name="service_name_in_unit"),
        ]


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).order_by("-given_on", "-recorded_at", "pk")

    def in_force_on(self, day: date) -> Self:
        """A consent that was withdrawn allows nothing more, not even for the days before."""
        return self.filter(given_on__lte=day, expires_on__gte=day, withdrawn_at=None)


class Consent(Row):
    """The person's consent that the unit records help. One purpose, an end, can be withdrawn."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    wording = EncryptedTextField()
    given_on = models.DateField()
    expires_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "case", "unit", "wording", "given_on", "expires_on", "recorded_at",
            "recorded_by", "withdrawn_at", "withdrawn_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            both_or_neither("consent_withdrawn", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                name="consent_expires_later",
                condition=Q(expires_on__gte=F("given_on")),
                violation_error_message=_("The consent must end after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person


class Reply(models.TextChoices):
    THINKING = "thinking", _("thinking about it")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


class DeclineReason(models.TextChoices):
    NOT_NEEDED = "not_needed", _("feels no need")
    HAS_HELP = "has_help", _("already has help")
    NOT_NOW = "not_now", _("not now")
    TOO_FAR = "too_far", _("too far or wrong time")
    OTHER_HELP = "other_help", _("wants other help")
    NO_REASON = "no_reason", _("gave no reason")


class Result(models.TextChoices):
    STARTED = "started", _("started")
    COMPLETED = "completed", _("completed")
    STOPPED = "stopped", _("stopped")
    NEVER_STARTED = "never_started", _("never started")


FINAL_RESULTS = (Result.COMPLETED, Result.STOPPED, Result.NEVER_STARTED)


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).order_by("offered_on", "pk")

    def unfinished(self) -> Self:
        """Those that still ask something: no answer yet, or accepted without an end.

        A withdrawn consent ends what was recorded under it: its offers ask nothing any more.
        """
        accepted = Q(reply=Reply.ACCEPTED) & ~Q(result__in=FINAL_RESULTS)
        return self.filter(Q(reply=Reply.THINKING) | accepted, consent__withdrawn_at=None)


class Offer(Versioned):
    """One service offered to a person under a consent in force that day."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="offers")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    offered_on = models.DateField()
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reply = models.CharField(max_length=8, choices=Reply, default=Reply.THINKING)
    replied_on = models.DateField(null=True)
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    follow_up_on = models.DateField(null=True)
    result = models.CharField(max_length=14, choices=Result, blank=True)
    result_on = models.DateField(null=True)

    objects = OfferQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "version", "case", "unit", "consent", "service", "offered_on", "offered_by",
            "reply", "replied_on", "decline_reason", "follow_up_on", "result", "result_on",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("offer of help")
        verbose_name_plural = _("offers of help")
        indexes = [
            models.Index(fields=["case", "offered_on"], name="offer_of_case"),
            models.Index(fields=["unit", "offered_on"], name="offer_in_period"),
        ]
        constraints = [
            models.CheckConstraint(
                name="offer_reply_dated",
                condition=Q(reply=Reply.THINKING, replied_on=None)
                | (~Q(reply=Reply.THINKING) & Q(replied_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="offer_declined_with_reason",
                condition=(Q(reply=Reply.DECLINED) & ~Q(decline_reason=""))
                | (~Q(reply=Reply.DECLINED) & Q(decline_reason="")),
                violation_error_message=_("Choose a reason when the offer is declined."),
            ),
            models.CheckConstraint(
                name="offer_result_after_acceptance",
                condition=Q(result="", result_on=None)
                | (Q(reply=Reply.ACCEPTED, result_on__isnull=False) & ~Q(result="")),
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.reply == Reply.DECLINED or self.result in FINAL_RESULTS


class SentVia(models.TextChoices):
    POST = "post", _("by post")
    DIGITAL_POST = "digital_post", _("digital post")
    HANDED_OVER = "handed_over", _("handed over")


class AnswerQuerySet(models.QuerySet["AnswerToSender"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).order_by("-sent_at", "pk")

    def that_stand(self) -> Self:
        """Those that no later row corrects."""
        return self.filter(corrected_by=None)

    def of_round(self, round_started_at: datetime | None) -> Self:
        """Those sent after the sender's latest new deadline."""
        return self.filter(sent_at__gt=round_started_at) if round_started_at else self.all()


class AnswerToSender(Row):
    """What left the unit: id, dates, attended or not. There is no column for anything else."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=120)
    sender_reference = models.CharField(max_length=60, blank=True)
    case_number = models.CharField(max_length=20)
    attended = models.BooleanField()
    dates = models.JSONField(default=list)  # ISO days of the attendances, or of the missed meetings
    sent_via = models.CharField(max_length=14, choices=SentVia)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    objects = AnswerQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "case", "unit", "sender_name", "sender_reference", "case_number", "attended",
            "dates", "sent_via", "sent_at", "sent_by", "corrects",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("answer to the sender")
        verbose_name_plural = _("answers to senders")
        indexes = [
            models.Index(fields=["case", "sent_at"], name="answer_of_case"),
            models.Index(fields=["unit", "sent_at"], name="answer_in_period"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class SenderDecisionQuerySet(models.QuerySet["SenderDecision"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).order_by("-recorded_at", "pk")


class SenderDecision(Row):
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=12, choices=SenderChoice)
    new_deadline_on = models.DateField(null=True)
    decided_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SenderDecisionQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "case", "unit", "choice", "new_deadline_on", "decided_on", "recorded_at",
            "recorded_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("sender's decision")
        verbose_name_plural = _("senders' decisions")
        constraints = [
            models.CheckConstraint(
                name="sender_decision_deadline",
                condition=Q(choice=SenderChoice.NEW_DEADLINE, new_deadline_on__isnull=False)
                | (~Q(choice=SenderChoice.NEW_DEADLINE) & Q(new_deadline_on=None)),
                violation_error_message=_("A new deadline needs its date."),
            ),
        ]

    def __str__(self) -> str:
        return f"sender's decision {self.pk}"


class Closing(Row):
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=14, choices=CaseOutcome)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "case", "unit", "outcome", "closed_at", "closed_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        indexes = [models.Index(fields=["unit", "closed_at"], name="closing_in_period")]

    def __str__(self) -> str:
        return f"closing {self.pk}"
