"""When a closed case is due. Pure functions over days in Oslo."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from cases.core.dates import local
from cases.retention.models import Clock, RetentionRule

MONTHS_IN_A_YEAR = 12


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last: 31 January and one month is 28 February."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_A_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def rule_for(rules: Iterable[RetentionRule], unit: UUID, basis_kind: str) -> RetentionRule | None:
    """The one that fits best: the unit's own before the shared, the kind's before all, the newest."""
    fitting = [
        rule
        for rule in rules
        if rule.unit_id in (None, unit) and rule.basis_kind in ("", basis_kind)
    ]
    return max(
        fitting,
        key=lambda rule: (rule.unit_id is not None, bool(rule.basis_kind), rule.valid_from),
        default=None,
    )


def clock_starts_on(rule: RetentionRule, closed_at: datetime, deadline_on: date | None) -> date:
    closed_on = local(closed_at).date()
    if rule.clock == Clock.CLOSING_OR_DEADLINE and deadline_on is not None:
        return max(closed_on, deadline_on)
    return closed_on


def due_on(rule: RetentionRule, closed_at: datetime, deadline_on: date | None) -> date:
    """The first day on which the case may be deleted."""
    return months_later(clock_starts_on(rule, closed_at, deadline_on), rule.months)
