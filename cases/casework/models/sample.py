"""A drug test set as a condition: ordered, and taken or not. There is no result: that goes from the
laboratory to the police, and never through here.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.casework.models.case import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import Versioned
from cases.people.models import Person, visible_through
from cases.units.models import Unit


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, user: User) -> Self:
        """One's own list, and nobody else's: name and time of those one is to take."""
        theirs = visible_through(user, "case__person__", Permission.TAKE_SAMPLES)
        return self.filter(theirs, taker=user)

    def to_be_taken(self) -> Self:
        return self.filter(taken=None).order_by("planned_at", "pk")


class Sample(Versioned):
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="samples")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken = models.BooleanField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Why the leader let the person's own adviser take it; empty where somebody else does.
    exception = EncryptedTextField(default="")

    objects = SampleQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "version", "unit", "case", "taker", "planned_at", "ordered_at", "ordered_by",
            "taken", "recorded_at", "recorded_by", "exception",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("drug test")
        verbose_name_plural = _("drug tests")
        indexes = [
            models.Index(
                fields=["taker", "planned_at"], condition=Q(taken=None), name="sample_to_be_taken"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="sample_recorded",
                condition=Q(taken=None, recorded_at=None, recorded_by=None)
                | Q(taken__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"drug test {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person
