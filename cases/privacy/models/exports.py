"""Exports of persons: one asks, another approves, the file lives for a day and leaves once."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.casework.models import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import DataKeyHolder, Row, both_or_neither
from cases.people.models import Block, Protection
from cases.privacy.models.files import FileQuerySet, FileState, MadeFile
from cases.units.models import Unit

MOST_CASES = 2000
HOURS_KEPT = 24


class Scope(models.TextChoices):
    ALL = "all", _("all cases")
    OPEN = "open", _("open cases")
    CLOSED = "closed", _("closed cases")


class PersonExportQuerySet(FileQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those who may ask and those who may approve, in their own units."""
        asking = user.units_where(Permission.REQUEST_EXPORT)
        return self.filter(unit__in=asking | user.units_where(Permission.APPROVE_AS_SECOND))

    def newest_first(self) -> Self:
        return self.order_by("-requested_at", "pk")


class PersonExport(MadeFile, DataKeyHolder, Row):
    """Sealed with a key of its own, which is replaced when the file is destroyed."""

    name_in_log = "export"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scope = models.CharField(_("which cases"), max_length=6, choices=Scope)
    opened_from = models.DateField(_("opened from"), null=True)
    opened_to = models.DateField(_("opened to"), null=True)
    purpose = EncryptedTextField(_("purpose"))
    case_count = models.PositiveIntegerField(_("cases"))
    requested_at = models.DateTimeField(_("asked for"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(_("refused"), null=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    downloaded_at = models.DateTimeField(_("downloaded"), null=True)

    objects = PersonExportQuerySet.as_manager()

    class Privacy:
        # That persons were exported, how many and by whom, stays: it is part of the account.
        kept = {
            "id", "unit", "scope", "opened_from", "opened_to", "case_count", "requested_at",
            "requested_by", "approved_at", "approved_by", "refused_at", "refused_by",
            "downloaded_at", "file_state", "lease_until", "attempt", "made_at", "delete_at",
            "problem", "wrapped_key", "purpose",
        }  # fmt: skip
        erased = {"file"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("export of persons")
        verbose_name_plural = _("exports of persons")
        constraints = [
            both_or_neither("person_export_approved", "approved_at", "approved_by"),
            both_or_neither("person_export_refused", "refused_at", "refused_by"),
            models.CheckConstraint(
                name="person_export_four_eyes",
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
                violation_error_message=_("Somebody else must approve."),
            ),
            models.CheckConstraint(
                name="person_export_one_decision",
                condition=Q(approved_at=None) | Q(refused_at=None),
            ),
            models.CheckConstraint(
                name="person_export_made_when_approved",
                condition=Q(approved_at__isnull=False) | Q(file_state=FileState.NOT_YET),
            ),
        ]
        indexes = [models.Index(fields=["unit", "requested_at"], name="person_export_newest")]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_undecided(self) -> bool:
        return self.approved_at is None and self.refused_at is None

    def persons(self) -> set[UUID]:
        """Whose cases are in it, or are to be; who is erased meanwhile is in no file."""
        return set(self.cases.values_list("case__person", flat=True))

    def key_holder(self) -> "PersonExport":
        return self


class ExportedCaseQuerySet(models.QuerySet["ExportedCase"]):
    def numbered_for(self, user: User) -> Self:
        """Those whose case number this user may be shown: a number stands for a person.

        Also who sees no cases approves by the numbers, so this asks less than `visible_to`.
        """
        blocked = Block.objects.in_force().filter(user=user).values("person")
        open_to_all = self.filter(
            case__person__protection=Protection.NONE, case__person__restricted_at=None
        )
        return open_to_all.exclude(case__person__in=blocked)


class ExportedCase(Row):
    """A case of an export, settled when it was asked for. Who may not be exported any more when the
    file is made is left out; nobody is added.
    """

    export = models.ForeignKey(PersonExport, models.CASCADE, related_name="cases")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    objects = ExportedCaseQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "export", "unit", "case"}
        anonymised: dict[str, object] = {}
        # The file of the export holds the case, and goes when the case is erased.
        made_into = "export"

    class Meta:
        verbose_name = _("exported case")
        verbose_name_plural = _("exported cases")
        constraints = [
            models.UniqueConstraint(fields=["export", "case"], name="exported_case_once"),
        ]

    def __str__(self) -> str:
        return f"exported case {self.pk}"
