"""What waits for two confirmations, and what holds a case back."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, both_or_neither
from cases.people.models import Block, Person, visible_through
from cases.retention.models.rules import RetentionRule
from cases.units.models import Unit


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def in_force_on(self, day: date) -> Self:
        return self.filter(lifted_at=None).filter(Q(until=None) | Q(until__gte=day))


class Hold(Row):
    """A written reason why one case is not deleted yet: a complaint, a claim, a request."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reason = EncryptedTextField(_("reason"))
    until = models.DateField(_("until and including"), null=True)
    held_at = models.DateTimeField()
    held_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "case", "reason", "until", "held_at", "held_by", "lifted_at", "lifted_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            both_or_neither("hold_lifted", "lifted_at", "lifted_by"),
            # A second hold would hide when the first one ends.
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="hold_once",
                violation_error_message=_("The case is held already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"hold {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person


class ListState(models.TextChoices):
    WAITING = "waiting", _("waits for the second person")
    CONFIRMED = "confirmed", _("being deleted")
    DONE = "done", _("deleted")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DueListQuerySet(models.QuerySet["DueList"]):
    def visible_to(self, user: User) -> Self:
        """Whoever may confirm in the unit, first or second: numbers and counts, no person."""
        first = user.units_where(Permission.CONFIRM_DELETION)
        return self.filter(unit__in=first | user.units_where(Permission.APPROVE_AS_SECOND))

    def waiting(self) -> Self:
        return self.filter(state=ListState.WAITING)

    def under_way(self) -> Self:
        return self.filter(state__in=[ListState.WAITING, ListState.CONFIRMED])

    def to_be_carried_out(self, now: datetime) -> Self:
        """Confirmed by two, and nobody is at it."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(state=ListState.CONFIRMED).filter(free).order_by("second_at", "pk")


class DueList(Row):
    """A set of due cases, fixed by id, that two different people confirm; then a job's row."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ListState, default=ListState.WAITING)
    total = models.PositiveIntegerField()
    erased_count = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = DueListQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "state", "total", "erased_count", "confirmed_at", "confirmed_by",
            "second_at", "second_by", "withdrawn_at", "withdrawn_by", "lease_until", "lease_token",
            "finished_at",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("due list")
        verbose_name_plural = _("due lists")
        constraints = [
            models.CheckConstraint(
                name="due_list_two_people",
                condition=Q(second_by=None) | ~Q(second_by=F("confirmed_by")),
                violation_error_message=_("Somebody else must confirm as the second person."),
            ),
            both_or_neither("due_list_second", "second_at", "second_by"),
            both_or_neither("due_list_withdrawn", "withdrawn_at", "withdrawn_by"),
            # What is not confirmed by two is never carried out, whoever writes the row.
            models.CheckConstraint(
                name="due_list_carried_out_after_two",
                condition=~Q(state__in=["confirmed", "done"]) | Q(second_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=["waiting", "confirmed"]),
                name="due_list_one_under_way",
                violation_error_message=_("Another list of this unit is not finished yet."),
            ),
        ]

    def __str__(self) -> str:
        return f"due list {self.pk}"


class LeftOut(models.TextChoices):
    """Why a case of a confirmed list was not deleted."""

    NONE = "", _("not left out")
    CHANGED = "changed", _("the case was changed after the first confirmation")
    NOT_DUE = "not_due", _("not due any more: reopened, a new deadline or another rule")
    HELD = "held", _("a hold with a written reason")
    RESTRICTED = "restricted", _("processing is restricted")
    UNREVIEWED = "unreviewed", _("a broken glass is not reviewed yet")
    DEVIATION = "deviation", _("the report of what was sent in error is not settled yet")
    UNANSWERED = "unanswered", _("the person has asked for access and is not answered yet")
    NOT_ARCHIVED = "not_archived", _("not archived yet")
    GONE = "gone", _("was not there any more")


class DueListItemQuerySet(models.QuerySet["DueListItem"]):
    def blocked_for(self, user: User) -> Self:
        """Those about a person this employee must not see: kin, neighbour, friend."""
        blocks = Block.objects.in_force().filter(user=user).values("person")
        return self.filter(case__in=Case.objects.filter(person__in=blocks).values("pk"))

    def shown_to(self, user: User) -> Self:
        return self.exclude(pk__in=self.blocked_for(user).values("pk"))


class DueListItem(models.Model):
    """One case of a list, by its id: no foreign key, for the row outlives or precedes the case.

    Every item goes in the same transaction as its case, so what is left is what is left to do.
    """

    due_list = models.ForeignKey(DueList, models.CASCADE, related_name="items")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.UUIDField()
    case_version = models.PositiveIntegerField()
    number = models.CharField(max_length=20)
    rule = models.ForeignKey(RetentionRule, models.PROTECT, related_name="+")
    due_on = models.DateField()
    left_out = models.CharField(max_length=12, choices=LeftOut, blank=True)

    objects = DueListItemQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "due_list", "unit", "case", "case_version", "number", "rule", "due_on", "left_out",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("case of a due list")
        verbose_name_plural = _("cases of due lists")
        constraints = [
            models.UniqueConstraint(fields=["due_list", "case"], name="due_list_item_once"),
        ]

    def __str__(self) -> str:
        return self.number
