"""The case: a number, who has it, and the milestones from which its state is computed."""

from collections.abc import Collection
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models.referral import Referral
from cases.core.models import Versioned
from cases.people.models import Block, DeclaredAccess, Person, visible_through
from cases.units.models import Unit

LATELY = timedelta(days=90)


class FindDecision(models.TextChoices):
    """Where the human decision about a flagged find stands."""

    NOT_NEEDED = "", _("not needed")
    NEEDED = "needed", _("needed")
    ASK_SENDER = "ask_sender", _("the sender is asked")
    ACCEPT = "accept", _("accepted as ordered")
    RETURN = "return", _("returned to the sender")


class SenderChoice(models.TextChoices):
    """What the sender decided after being told that the person did not attend."""

    NONE = "", _("not known yet")
    NEW_DEADLINE = "new_deadline", _("a new deadline")
    WITHDRAWN = "withdrawn", _("the case is withdrawn from the unit")
    PROCEEDING = "proceeding", _("the sender takes the case further")


class CaseOutcome(models.TextChoices):
    CONDITION_MET = "condition_met", _("attended")
    NOT_ATTENDED = "not_attended", _("did not attend, the sender was told")
    HELP_FINISHED = "help_finished", _("own wish, finished")
    RETURNED = "returned", _("returned to the sender")
    WITHDRAWN = "withdrawn", _("withdrawn by the sender")
    MOVED = "moved", _("moved, or can not be reached")
    DECEASED = "deceased", _("deceased")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "person__"))

    def behind_glass_for(self, user: User, units: Collection[UUID]) -> Self:
        """What the user may break the glass for in these units: neither blocked nor restricted."""
        blocked = Block.objects.in_force().filter(user=user).values("person")
        return self.filter(unit__in=units, person__restricted_at=None).exclude(person__in=blocked)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def assigned_to(self, user: User) -> Self:
        return self.filter(assigned_to=user)

    def unassigned(self) -> Self:
        return self.filter(assigned_to=None)

    def most_urgent_first(self) -> Self:
        return self.order_by("next_due_at", "pk")

    def with_row_facts(self) -> Self:
        """What one line of a list shows, in one query.

        Without the unit: joined, it makes SQLite sort all cases instead of reading an index.
        """
        return self.select_related("person", "assigned_to", "referral__legal_basis")

    def with_page_facts(self) -> Self:
        """What the case's own pages show besides, in the same query."""
        declared = DeclaredAccess.objects.filter(
            person=OuterRef("person"), declared_at__gte=timezone.now() - LATELY
        )
        return self.select_related(
            "unit",
            "referral__sender",
            "referral__police_order__threshold_table",
            "opened_by",
            "closed_by",
        ).annotate(
            # How many times colleagues have opened it lately; a page of its own says who and why.
            times_declared=Subquery(
                declared.order_by().values("person").annotate(times=Count("*")).values("times")
            ),
        )


class Case(Versioned):
    """A case never changes unit. Its state is never typed: `casework.states` computes it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    referral = models.OneToOneField(Referral, models.PROTECT, related_name="case")
    number = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    assigned_to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    # What the legal basis asked for when the case was opened.
    answers_sender = models.BooleanField()
    attendances_required = models.PositiveSmallIntegerField()
    summonses_allowed = models.PositiveSmallIntegerField()
    deadline_on = models.DateField(null=True)

    # Milestones: written by `milestones.write_milestones` alone, rebuilt from the facts by `selfcheck`.
    find_decision = models.CharField(max_length=10, choices=FindDecision, blank=True)
    next_appointment_at = models.DateTimeField(null=True)
    next_appointment_ends_at = models.DateTimeField(null=True)
    # Who meets the person then: they take no test of them.
    next_adviser = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    summons_sent_at = models.DateTimeField(null=True)
    attended_count = models.PositiveSmallIntegerField(default=0)
    missed_count = models.PositiveSmallIntegerField(default=0)
    last_attendance_at = models.DateTimeField(null=True)
    answer_sent_at = models.DateTimeField(null=True)
    answer_attended = models.BooleanField(null=True)
    sender_choice = models.CharField(max_length=12, choices=SenderChoice, blank=True)
    # Set by a new deadline: missed meetings and answers from before it do not count any more.
    round_started_at = models.DateTimeField(null=True)
    open_offer_count = models.PositiveSmallIntegerField(default=0)
    help_follow_up_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=14, choices=CaseOutcome, blank=True)
    next_due_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "number", "year", "serial", "opened_at", "opened_by", "version",
            "answers_sender", "attendances_required", "summonses_allowed", "closed_at", "closed_by",
        }  # fmt: skip
        erased = {
            "person", "referral", "assigned_to", "deadline_on", "find_decision",
            "next_appointment_at", "next_appointment_ends_at", "next_adviser", "summons_sent_at", "attended_count",
            "missed_count", "last_attendance_at", "answer_sent_at", "answer_attended",
            "sender_choice", "round_started_at", "open_offer_count", "help_follow_up_on", "outcome",
            "next_due_at",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="case_number_in_unit"),
            models.CheckConstraint(
                name="case_closed_with_outcome",
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="case_open_is_due",
                condition=Q(closed_at__isnull=False) | Q(next_due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_answer_sent_and_said",
                condition=Q(answer_sent_at=None, answer_attended=None)
                | Q(answer_sent_at__isnull=False, answer_attended__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "next_due_at", "id"],
                condition=Q(closed_at=None),
                name="case_open_by_urgency",
            ),
            models.Index(
                fields=["assigned_to", "next_due_at", "id"],
                condition=Q(closed_at=None),
                name="case_mine_by_urgency",
            ),
            models.Index(fields=["unit", "closed_at", "id"], name="case_closed"),
            models.Index(fields=["unit", "opened_at", "id"], name="case_opened"),
            models.Index(fields=["unit", "number"], name="case_number"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("desk:case", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def condition_is_met(self) -> bool:
        return self.attended_count >= self.attendances_required

    def key_holder(self) -> Person:
        return self.person


class CaseNumberCounter(models.Model):
    """The last number given in a unit and year; locked while the next case opens."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Privacy:
        kept = {"id", "unit", "year", "last"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="case_number_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"
