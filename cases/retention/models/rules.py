"""How long a closed case is kept: dated rows, per unit and kind of legal basis."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.casework.models import BasisKind
from cases.core.models import Dated, DatedQuerySet, Row, dates_in_order
from cases.units.models import Unit

MOST_MONTHS = 1200


class Clock(models.TextChoices):
    """The day the time begins to run from."""

    CLOSING = "closing", _("the closing of the case")
    CLOSING_OR_DEADLINE = (
        "later",
        _("the closing of the case, or the deadline or end of probation if that is later"),
    )


class RetentionRuleQuerySet(DatedQuerySet):
    def for_unit(self, unit: Unit) -> "RetentionRuleQuerySet":
        """The unit's own and the shared ones."""
        return self.filter(Q(unit=unit) | Q(unit=None))


class RetentionRule(Dated, Row):
    """Without a row of its own a unit follows the shared one, and a kind the one for all kinds."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("unit"),
        help_text=_("Empty: for every unit without a rule of its own."),
    )  # fmt: skip
    basis_kind = models.CharField(
        _("kind of legal basis"),
        max_length=14,
        choices=BasisKind,
        blank=True,
        help_text=_("Empty: for every kind without a rule of its own."),
    )
    clock = models.CharField(
        _("the time runs from"), max_length=8, choices=Clock, default=Clock.CLOSING_OR_DEADLINE
    )
    months = models.PositiveSmallIntegerField(
        _("months"), validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    archive_first = models.BooleanField(
        _("must be archived first"),
        default=False,
        help_text=_("The case is deleted only when somebody has marked it as archived."),
    )
    source = models.CharField(
        _("source"),
        max_length=200,
        help_text=_("The decision or the place in the archive plan the period rests on."),
    )

    objects = RetentionRuleQuerySet.as_manager()

    class Privacy:
        kept = {
            "id", "unit", "basis_kind", "clock", "months", "archive_first", "source",
            "valid_from", "valid_to",
        }  # fmt: skip
        erased: set[str] = set()
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["unit", "basis_kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "basis_kind", "valid_from"],
                name="retention_rule_once",
                nulls_distinct=None,
            ),
            models.CheckConstraint(
                name="retention_rule_months",
                condition=Q(months__gte=1, months__lte=MOST_MONTHS),
                violation_error_message=_("Between 1 and 1200 months."),
            ),
            dates_in_order("retention_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_kind_display() or _('all')}: {self.months}"
