"""Restriction of processing (GDPR article 18): why, since when, and until when."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, both_or_neither
from cases.people.models import Person, visible_through
from cases.units.models import Unit


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "person__"))

    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Restriction(Row):
    """The mark that hides is on the person (`restricted_at`); here stands the reason."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reason = EncryptedTextField(_("reason"))
    set_at = models.DateTimeField(_("restricted"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lift_reason = EncryptedTextField(_("reason for lifting"), default="")

    objects = RestrictionQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "person", "reason", "set_at", "set_by", "lifted_at", "lifted_by",
            "lift_reason",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("restriction of processing")
        verbose_name_plural = _("restrictions of processing")
        constraints = [
            both_or_neither("restriction_lifted", "lifted_at", "lifted_by"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(lifted_at=None), name="restriction_one_in_force",
                violation_error_message=_("The processing is restricted already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"restriction {self.pk}"

    def key_holder(self) -> Person:
        return self.person
