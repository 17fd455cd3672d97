"""What leaves for the archive before a case is deleted, and that it arrived."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, both_or_neither
from cases.people.models import Person, visible_through
from cases.units.models import Unit


class ArchivePackageQuerySet(models.QuerySet["ArchivePackage"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def to_be_made(self) -> Self:
        return self.filter(made_at=None, failed_at=None).order_by("asked_at", "pk")

    def up_to_date(self) -> Self:
        """Neither the case nor what is known of the person has changed since it was made."""
        return self.filter(
            case_version=F("case__version"), person_version=F("case__person__version")
        )

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)


class ArchivePackage(Row):
    """Asked for → made by a job, sealed, or failed → downloaded once → marked as archived.

    The content goes with the download; whoever needs it again asks for a new one.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    # The package is of case and person as they were then.
    case_version = models.PositiveIntegerField()
    person_version = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    failed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    content = EncryptedTextField(default="")  # the ZIP file in base64
    downloaded_at = models.DateTimeField(null=True)
    downloaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    archived_on = models.DateField(null=True)
    reference = EncryptedTextField(default="")
    archived_at = models.DateTimeField(null=True)
    archived_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ArchivePackageQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "unit", "case", "case_version", "person_version", "asked_at", "asked_by",
            "failed_at", "made_at", "content", "downloaded_at", "downloaded_by", "archived_on",
            "reference", "archived_at", "archived_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("archive package")
        verbose_name_plural = _("archive packages")
        constraints = [
            models.CheckConstraint(
                name="archive_package_made_or_failed",
                condition=Q(made_at=None) | Q(failed_at=None),
            ),
            both_or_neither("archive_package_downloaded", "downloaded_at", "downloaded_by"),
            both_or_neither("archive_package_archived", "archived_at", "archived_by"),
            models.CheckConstraint(
                name="archive_package_archived_on",
                condition=Q(archived_at=None, archived_on=None)
                | Q(archived_at__isnull=False, archived_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"archive package {self.pk}"

    def key_holder(self) -> Person:
        return self.case.person
