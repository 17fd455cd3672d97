"""A month of a chain that has ended, and when it may go."""

from datetime import date, datetime
from typing import Self

from django.db import models

from cases.core.models import Row, both_or_neither

# A month of the log is kept as long as its cases, and then this long at the least.
MONTHS_KEPT = 24


def oldest_month_kept(now: datetime) -> date:
    """The first day of the oldest month that nobody may drop yet."""
    years, months = divmod(now.year * 12 + now.month - 1 - MONTHS_KEPT, 12)
    return date(years, months + 1, 1)


class SealQuerySet(models.QuerySet["Seal"]):
    def kept(self) -> Self:
        return self.filter(dropped_at=None)

    def dropped(self) -> Self:
        return self.exclude(dropped_at=None)

    def droppable(self, now: datetime) -> Self:
        """Months that ended long enough ago; a case that is kept longer keeps its months too."""
        return self.kept().filter(month__lt=oldest_month_kept(now))


class Seal(Row):
    """A month of a unit's chain that has ended. When it is dropped, the chain verifies from here."""

    unit = models.UUIDField()
    month = models.DateField()  # its first day, UTC
    first_sequence = models.PositiveBigIntegerField()
    last_sequence = models.PositiveBigIntegerField()
    first_previous_hash = models.CharField(max_length=64, blank=True)
    last_hash = models.CharField(max_length=64)
    count = models.PositiveBigIntegerField()
    sealed_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.UUIDField(null=True)

    objects = SealQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "month", "first_sequence", "last_sequence", "first_previous_hash",
            "last_hash", "count", "sealed_at", "dropped_at", "dropped_by",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "month"], name="audit_seal_month"),
            both_or_neither("audit_seal_dropped", "dropped_at", "dropped_by"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"

    def facts(self) -> list[str]:
        """What the event about this seal holds: nothing else says which events there were."""
        return [
            f"month:{self.month:%Y-%m}", f"first:{self.first_sequence}",
            f"last:{self.last_sequence}", f"count:{self.count}", f"hash:{self.last_hash}",
        ]  # fmt: skip
