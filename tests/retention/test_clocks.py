"""When a case is due: months in the calendar, the rule that fits best, the later of two clocks."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.retention.clocks import clock_starts_on, due_on, months_later, rule_for
from cases.retention.models import Clock, RetentionRule
from cases.retention.reference import TO_BE_CHECKED, load_retention_rules
from cases.units.models import Unit

CLOSED = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # 1 February in Oslo
UNIT = uuid4()


def rule(**traits: object) -> RetentionRule:
    return RetentionRule(**{"months": 24, "valid_from": date(2020, 1, 1)} | traits)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 3, 15), 24, date(2028, 3, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_of_the_calendar(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_months_never_run_backwards(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_a_day_is_a_day_in_oslo() -> None:
    assert due_on(rule(months=1), CLOSED, None) == date(2026, 3, 1)


def test_a_later_deadline_counts_where_the_rule_says_so() -> None:
    later = rule(clock=Clock.CLOSING_OR_DEADLINE)
    assert clock_starts_on(later, CLOSED, date(2027, 5, 1)) == date(2027, 5, 1)
    assert clock_starts_on(later, CLOSED, date(2025, 5, 1)) == date(2026, 2, 1)
    assert clock_starts_on(rule(clock=Clock.CLOSING), CLOSED, date(2027, 5, 1)) == date(2026, 2, 1)


def test_the_rule_that_fits_best() -> None:
    shared, kind = rule(), rule(basis_kind="waiver")
    own, newer = rule(unit_id=UNIT), rule(unit_id=UNIT, valid_from=date(2026, 1, 1))
    assert rule_for([kind, shared], UNIT, "waiver") is kind
    assert rule_for([kind, shared], UNIT, "judgment") is shared
    assert rule_for([kind, own, newer, shared], UNIT, "waiver") is newer
    assert rule_for([own], uuid4(), "waiver") is None


def test_what_is_shipped_is_marked_as_to_be_checked(unit: Unit) -> None:
    load_retention_rules()
    load_retention_rules()
    shipped = list(RetentionRule.objects.all())
    assert len(shipped) == 2
    assert {one.source for one in shipped} == {TO_BE_CHECKED}
    with_sender = rule_for(shipped, unit.pk, "police_order")
    assert with_sender is not None
    assert with_sender.archive_first
