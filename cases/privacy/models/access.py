"""Access requests: the person asks what is held about them (GDPR article 15)."""

from datetime import date, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.models import HoldsDeletion, Row, both_or_neither
from cases.people.models import Person, visible_through
from cases.privacy.models.files import FILE_FIELDS, FileQuerySet, MadeFile
from cases.units.models import Unit

DAYS_TO_ANSWER = 30
DAYS_KEPT = 30


class ReportLanguage(models.TextChoices):
    NB = "nb", _("Bokmål")
    NN = "nn", _("Nynorsk")
    EN = "en", _("English")
    SE = "se", _("Northern Sámi (headings; the rest in Bokmål)")


class AccessRequestQuerySet(FileQuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "person__"))

    def of_person(self, person: Person) -> Self:
        return self.filter(person=person).order_by("-registered_at", "pk")

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class AccessRequest(MadeFile, Row):
    """Registered by the leader; the file is sealed with the person's key and goes with it."""

    name_in_log = "access_report"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    language = models.CharField(_("language of the file"), max_length=2, choices=ReportLanguage)
    with_names = models.BooleanField(_("the staff are named"), default=False)
    asked_on = models.DateField(_("asked on"))
    registered_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = AccessRequestQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "person", "case", "language", "with_names", "asked_on", "registered_at",
            "registered_by", "answered_at", "answered_by", *FILE_FIELDS,
        }  # fmt: skip
        anonymised: dict[str, object] = {}
        # Whoever asks what is held about them is answered before it is gone: all of their cases.
        holds_deletion = HoldsDeletion(
            why="unanswered", of="person", unfinished=Q(answered_at=None)
        )
        # The file holds all the cases of the person, also those that are erased before the rest.
        made_of = "person"

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        constraints = [both_or_neither("access_request_answered", "answered_at", "answered_by")]
        indexes = [
            models.Index(fields=["person", "registered_at"], name="access_request_of_person")
        ]

    def __str__(self) -> str:
        return f"access request {self.pk}"

    @property
    def due_on(self) -> date:
        return self.asked_on + timedelta(days=DAYS_TO_ANSWER)

    def persons(self) -> set[UUID]:
        return {self.person_id}

    def key_holder(self) -> Person:
        return self.person
