"""A find beside the profile's thresholds: information with its source, never a verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.casework.models import Case, Finding, PoliceOrder, Substance, Threshold, ThresholdTable


class Position(models.TextChoices):
    BELOW = "below", _("below")
    AT = "at", _("at")
    ABOVE = "above", _("above")
    USE_ONLY = "use_only", _("use only")
    UNKNOWN = "unknown", _("unknown kind or amount")
    NO_THRESHOLD = "no_threshold", _("no threshold in this table")


FLAGGED = (Position.ABOVE, Position.UNKNOWN, Position.NO_THRESHOLD)


@dataclass(frozen=True)
class ComparedFind:
    substance: Substance | None
    amount: Decimal | None
    threshold: Decimal | None
    position: Position
    finding: Finding | None = None

    @property
    def is_flagged(self) -> bool:
        return self.position in FLAGGED


@dataclass(frozen=True)
class Comparison:
    table: ThresholdTable
    finds: list[ComparedFind]

    @property
    def too_many_substances(self) -> bool:
        return len(self.finds) > self.table.most_substances

    @property
    def is_flagged(self) -> bool:
        """Whether a person must decide, with a reason, before anybody is summoned."""
        return self.too_many_substances or any(find.is_flagged for find in self.finds)


def position_of(
    substance: Substance | None, amount: Decimal | None, use_only: bool, threshold: Decimal | None
) -> Position:
    if substance is None:
        return Position.UNKNOWN
    if use_only:
        return Position.USE_ONLY
    if amount is None:
        return Position.UNKNOWN
    if threshold is None:
        return Position.NO_THRESHOLD
    if amount == threshold:
        return Position.AT
    return Position.ABOVE if amount > threshold else Position.BELOW


def thresholds_of(table: ThresholdTable) -> dict[object, Decimal]:
    """Amount by substance id. Costs one query."""
    return dict(Threshold.objects.filter(table=table).values_list("substance_id", "amount"))


def compare(
    table: ThresholdTable, finds: Iterable[tuple[Substance | None, Decimal | None, bool]]
) -> Comparison:
    amounts = thresholds_of(table)
    compared = [
        ComparedFind(
            substance,
            amount,
            threshold := amounts.get(substance.pk) if substance else None,
            position_of(substance, amount, use_only, threshold),
        )
        for substance, amount, use_only in finds
    ]
    return Comparison(table, compared)


def police_order_of(case: Case) -> PoliceOrder | None:
    """The order a case rests on, or None; it shares the case's loaded person."""
    order: PoliceOrder | None = getattr(case.referral, "police_order", None)
    if order is not None:
        case.referral.person = case.person
        order.referral = case.referral
    return order


def compare_order(order: PoliceOrder) -> Comparison:
    """The finds of a registered order beside the table that was in force. Costs one query."""
    threshold = Threshold.objects.filter(
        table=order.threshold_table_id, substance=models.OuterRef("substance")
    )
    findings = (
        order.findings.select_related("substance")
        .annotate(threshold=models.Subquery(threshold.values("amount")))
        .order_by("pk")
    )
    compared = []
    for finding in findings:
        finding.order = order  # loaded already, with the person whose key opens the reference
        amount, limit = finding.amount, finding.threshold
        position = position_of(finding.substance, amount, finding.use_only, limit)
        compared.append(ComparedFind(finding.substance, amount, limit, position, finding))
    return Comparison(order.threshold_table, compared)
