"""What people decided about the log: lines and months signed, stops, and keyed hashes of employees."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.models import Row, both_or_neither
from cases.people.models import ContactKind
from cases.units.models import Unit

MOST_PEOPLE_AN_HOUR = 60
# So many refusals a day are no slip any more: somebody tries ids, or pages that are not theirs.
MANY_REFUSALS_A_DAY = 20
# Lines about a whole day instead of one person: how many were opened, what was taken out, and how
# often something was refused.
NOBODY, EXPORTS, REFUSALS = uuid.UUID(int=0), uuid.UUID(int=1), uuid.UUID(int=2)
WHOLE_DAYS = frozenset({NOBODY, EXPORTS, REFUSALS})


class Outcome(models.TextChoices):
    """What the reviewer found about a line of the review list."""

    FINE = "fine", _("fine")
    ASK = "ask", _("must be asked about")
    DEVIATION = "deviation", _("a deviation")


def units_reviewed_by(user: User) -> set[uuid.UUID]:
    """Units whose look-ups this user goes through: all of the log, or the log of its cases."""
    return user.units_where(Permission.REVIEW_LOG) | user.units_where(Permission.SEE_CASE_LOG)


class OfReviewedUnits(models.QuerySet[models.Model]):
    def visible_to(self, user: User) -> Self:
        return self.filter(unit__in=units_reviewed_by(user))


class LineReview(Row):
    """Somebody else has looked at what one employee opened about one person on one day.

    No foreign key to the person: like the log, it outlives the rows it tells about.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.UUIDField(default=NOBODY)
    day = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfReviewedUnits.as_manager()

    class Privacy:
        kept = {"id", "unit", "actor", "person", "day", "outcome", "reviewed_at", "reviewed_by"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}
        goes_with_log = "day"

    class Meta:
        verbose_name = _("reviewed line")
        verbose_name_plural = _("reviewed lines")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "day", "actor", "person"], name="line_review_once"
            ),
            models.CheckConstraint(
                name="line_review_by_somebody_else",
                condition=~Q(reviewed_by=F("actor")),
                violation_error_message=_("Somebody else must look at it."),
            ),
        ]

    def __str__(self) -> str:
        return f"reviewed line {self.pk}"


class MonthReview(Row):
    """A month's list was gone through to its end."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    lines = models.PositiveIntegerField()
    deviations = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfReviewedUnits.as_manager()

    class Privacy:
        kept = {"id", "unit", "month", "lines", "deviations", "signed_at", "signed_by"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}
        signs_months_of_log = "month"

    class Meta:
        verbose_name = _("reviewed month")
        verbose_name_plural = _("reviewed months")
        constraints = [
            models.UniqueConstraint(fields=["unit", "month"], name="month_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"


class ReadingStopQuerySet(models.QuerySet["ReadingStop"]):
    def visible_to(self, user: User) -> Self:
        units = units_reviewed_by(user) | user.units_where(Permission.KEEP_MEMBERS)
        return self.filter(unit__in=units)

    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class ReadingStop(Row):
    """An account opened more people in an hour than anybody's work needs, and opens no more."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    stopped_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ReadingStopQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "user", "people", "stopped_at", "lifted_at", "lifted_by"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("stop of reading")
        verbose_name_plural = _("stops of reading")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(lifted_at=None), name="reading_stop_once"
            ),
            both_or_neither("reading_stop_lifted", "lifted_at", "lifted_by"),
            models.CheckConstraint(
                name="reading_stop_lifted_by_somebody_else",
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"stop of reading {self.pk}"


class EmployeeContact(Row):
    """A keyed hash of an employee's own telephone, e-mail or address: compared, never read."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=ContactKind)
    lookup = models.CharField(max_length=64)

    objects = OfReviewedUnits.as_manager()

    class Privacy:
        kept = {"id", "unit", "user", "kind", "lookup"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("employee's contact")
        verbose_name_plural = _("employees' contacts")
        constraints = [
            models.UniqueConstraint(fields=["unit", "user", "kind"], name="employee_contact_once"),
        ]

    def __str__(self) -> str:
        return f"employee's contact {self.pk}"
