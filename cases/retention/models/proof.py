"""What stays after an erasure: a certificate of counts, a ledger of keyed hashes, and a hole."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.core.models import Row, both_or_neither
from cases.retention.models.lists import DueList
from cases.statistics.suppression import is_small, may_be_split
from cases.units.models import Unit

# What stands in a certificate for the tables of which it does not tell how many rows went.
OTHER_ROWS = ""


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User) -> Self:
        """Both who confirm, and the data protection officer: there is no person in it."""
        proof = (Permission.CONFIRM_DELETION, Permission.APPROVE_AS_SECOND, Permission.REVIEW_LOG)
        return self.filter(unit__in=set().union(*(user.units_where(one) for one in proof)))

    def newest_first(self) -> Self:
        return self.order_by("-begun_at", "pk")


class Certificate(Row):
    """Proof of one erasure: how many rows of which table, when, who confirmed. Nobody's identity.

    Of fewer than five cases it tells how many rows went and no more: offers, guardians or samples of
    the only case of a list are what became of that case, and its rule is its legal basis.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    # Empty when a backup was restored and what had been erased was erased again.
    due_list = models.OneToOneField(DueList, models.PROTECT, null=True, related_name="certificate")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cases = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=dict)  # name of the table → rows deleted
    rules = models.JSONField(default=dict)  # id of the rule → cases deleted by it, all or none

    objects = CertificateQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "due_list", "confirmed_at", "confirmed_by", "second_at", "second_by",
            "begun_at", "finished_at", "cases", "people", "left_out", "rows", "rules",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("certificate of deletion")
        verbose_name_plural = _("certificates of deletion")
        constraints = [
            both_or_neither("certificate_confirmed", "confirmed_at", "confirmed_by"),
            both_or_neither("certificate_second", "second_at", "second_by"),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    def finish(self, now: datetime) -> None:
        """What was counted while the job was at it becomes what may stay. Not saved."""
        of_few = is_small(self.cases)
        few = {table for table, number in self.rows.items() if of_few or is_small(number)}
        if few:
            kept = {table: number for table, number in self.rows.items() if table not in few}
            self.rows = kept | {OTHER_ROWS: sum(self.rows[table] for table in few)}
        if not may_be_split(self.rules.values()):
            self.rules = {}
        self.finished_at = now


class ErasedKind(models.TextChoices):
    PERSON = "person", _("person")
    CASE = "case", _("case")


class Erasure(models.Model):
    """The ledger: a keyed hash of each id that was erased, so that no backup brings it back.

    `in_file_at` tells since when the line stands in the file outside the database, too.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=ErasedKind)
    hash = models.CharField(max_length=64)
    erased_at = models.DateTimeField()
    in_file_at = models.DateTimeField(null=True)

    class Privacy:
        kept = {"id", "unit", "kind", "hash", "erased_at", "in_file_at"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(fields=["kind", "hash"], name="erasure_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(in_file_at=None), name="erasure_not_in_file"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class ErasedCase(Row):
    """The hole in the case numbers: this number was given, and is no more.

    It names no certificate: its day, less the rule's months, is the month of the closing. The year
    is for the access log, which outlives the case by 24 months.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    erased_year = models.PositiveSmallIntegerField()

    class Privacy:
        kept = {"id", "unit", "number", "year", "serial", "erased_year"}
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("erased case")
        verbose_name_plural = _("erased cases")
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="erased_case_once"),
        ]

    def __str__(self) -> str:
        return self.number
