"""What was written about a person before it was corrected."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.core.fields import EncryptedTextField
from cases.core.models import Row
from cases.people.models.access import visible_through
from cases.people.models.person import Person
from cases.units.models import Unit


class Corrected(models.TextChoices):
    """What was corrected: a column of the person, or the identity number."""

    GIVEN_NAME = "given_name", _("given name")
    FAMILY_NAME = "family_name", _("family name")
    BIRTH_DATE = "birth_date", _("birth date")
    LANGUAGE = "language", _("language of letters and messages")
    INTERPRETER_LANGUAGE = "interpreter_language", _("interpreter")
    PROTECTION = "protection", _("protection of address")
    IDENTITY_NUMBER = "identity_number", _("identity number")


class NumberChange(models.TextChoices):
    """Why an identity number is not the one that was registered."""

    NEW = "new", _("The person has got a new number")
    WRONG = "wrong", _("The number was written down wrongly")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "person__"))

    def of_person(self, person: Person) -> Self:
        return self.filter(person=person).order_by("-corrected_at", "what", "pk")


class Correction(Row):
    """The old value, sealed with the person's key. Contact points keep their own: withdrawn."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="corrections")
    what = models.CharField(_("what was corrected"), max_length=20, choices=Corrected)
    was = EncryptedTextField(_("what it was before"))
    reason = models.CharField(_("reason"), max_length=6, choices=NumberChange, blank=True)
    corrected_at = models.DateTimeField(_("corrected"))
    corrected_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "person", "what", "was", "reason", "corrected_at", "corrected_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("correction of a person's details")
        verbose_name_plural = _("corrections of a person's details")
        indexes = [models.Index(fields=["person", "corrected_at"], name="correction_of_person")]

    def __str__(self) -> str:
        return f"correction {self.pk}"

    def key_holder(self) -> Person:
        return self.person
