"""A month of the access log that two different people let go."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.models import Row, both_or_neither
from cases.units.models import Unit


class LogDeletionQuerySet(models.QuerySet["LogDeletion"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(unit__in=user.units_where(Permission.APPROVE_AS_SECOND))

    def waiting(self) -> Self:
        return self.filter(second_at=None)


class LogDeletion(Row):
    """Asked for by one, carried out by another: in the log stand their own look-ups, too."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = LogDeletionQuerySet.as_manager()

    class Privacy:
        kept = {"id", "unit", "month", "asked_at", "asked_by", "second_at", "second_by"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("deletion of a month of the log")
        verbose_name_plural = _("deletions of months of the log")
        constraints = [
            models.UniqueConstraint(fields=["unit", "month"], name="log_deletion_once"),
            both_or_neither("log_deletion_second", "second_at", "second_by"),
            models.CheckConstraint(
                name="log_deletion_two_people",
                condition=Q(second_by=None) | ~Q(second_by=F("asked_by")),
                violation_error_message=_("Somebody else must confirm as the second person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"
