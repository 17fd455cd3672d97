"""Exact counts against facts made by hand: 2025, with a day before and a day after it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.statistics.periods import Period, safe_periods
from cases.statistics.queries import Counts, Figures, figures_of
from cases.units.models import Unit
from tests import factories
from tests.statistics.conftest import Facts

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
BEFORE, FIRST, MIDDLE, LAST, AFTER = (
    date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 15), date(2025, 12, 31), date(2026, 1, 1),
)  # fmt: skip
Referred = Callable[..., Case]


def counted(counts: Counts) -> Counts:
    return {code: number for code, number in counts.items() if number}


def test_a_unit_without_facts_counts_nothing(unit: Unit) -> None:
    figures = figures_of(unit, YEAR)
    assert set(figures.referrals) == {"police_order", "waiver", "judgment", "transfer", "own_wish"}
    for counts in (figures.referrals, figures.attendance, figures.answers, figures.outcomes):
        assert not any(counts.values())
    assert figures.median_days is None


def test_referrals_by_legal_basis(unit: Unit, referred: Referred) -> None:
    for day in (BEFORE, FIRST, MIDDLE, LAST, AFTER):
        referred(day)
    referred(MIDDLE, "own_wish")
    assert counted(figures_of(unit, YEAR).referrals) == {"transfer": 3, "own_wish": 1}


def test_meetings_by_what_came_of_them(unit: Unit, referred: Referred, facts: Facts) -> None:
    case = referred(BEFORE)
    for day, result in [
        (BEFORE, "attended"), (FIRST, "attended"), (MIDDLE, "late"), (MIDDLE, "did_not_come"),
        (MIDDLE, "valid_absence"), (LAST, "cancelled_by_us"), (AFTER, "attended"),
    ]:  # fmt: skip
        facts.met(case, day, result)
    assert counted(figures_of(unit, YEAR).attendance) == {
        "attended": 1, "late": 1, "did_not_come": 1, "valid_absence": 1, "cancelled_by_us": 1,
    }  # fmt: skip


def test_a_day_is_a_day_in_oslo(unit: Unit, referred: Referred, facts: Facts) -> None:
    """Half past midnight on 1 January is still the old year in UTC."""
    case = referred(FIRST)
    facts.met_at(case, datetime(2025, 1, 1, 0, 30, tzinfo=OSLO))
    facts.met_at(case, datetime(2026, 1, 1, 0, 30, tzinfo=OSLO))
    assert counted(figures_of(unit, YEAR).attendance) == {"attended": 1}


def test_a_corrected_answer_counts_as_corrected(
    unit: Unit, referred: Referred, facts: Facts
) -> None:
    facts.answered(referred(FIRST), MIDDLE, attended=True)
    wrong = facts.answered(case := referred(FIRST), MIDDLE, attended=False)
    facts.answered(case, MIDDLE + timedelta(days=1), attended=True, corrects=wrong)
    facts.answered(referred(FIRST), AFTER, attended=False)
    assert figures_of(unit, YEAR).answers == {True: 2, False: 0}


def test_offers_replies_reasons_and_results(unit: Unit, referred: Referred, facts: Facts) -> None:
    case = referred(BEFORE)
    facts.offered(case, FIRST, "thinking")
    facts.offered(case, FIRST, "declined", reason="not_now")
    facts.offered(case, LAST, "declined", reason="too_far")
    facts.offered(case, MIDDLE, "declined", reason="not_now")
    facts.offered(case, MIDDLE, "accepted")
    facts.offered(case, MIDDLE, "accepted", result="completed")
    facts.offered(case, AFTER, "accepted", result="started")

    figures = figures_of(unit, YEAR)

    assert figures.replies == {"thinking": 1, "accepted": 2, "declined": 3}
    assert counted(figures.decline_reasons) == {"not_now": 2, "too_far": 1}
    assert counted(figures.results) == {"": 1, "completed": 1}


def test_cases_closed_by_outcome(unit: Unit, referred: Referred, facts: Facts) -> None:
    for day, outcome in [
        (BEFORE, "moved"), (FIRST, "moved"), (LAST, "condition_met"), (AFTER, "moved"),
    ]:  # fmt: skip
        facts.closed(referred(BEFORE), day, outcome)
    assert counted(figures_of(unit, YEAR).outcomes) == {"moved": 1, "condition_met": 1}


def test_days_from_referral_to_the_first_meeting_they_came_to(
    unit: Unit, referred: Referred, facts: Facts
) -> None:
    for days in (4, 10, 30):
        case = referred(MIDDLE)
        facts.met(case, MIDDLE + timedelta(days=1), "did_not_come")
        facts.met(case, MIDDLE + timedelta(days=days))
        facts.met(case, MIDDLE + timedelta(days=days + 5))
    facts.met(referred(BEFORE), FIRST)
    referred(MIDDLE)

    figures = figures_of(unit, YEAR)

    assert figures.days_to_first_meeting == (4, 10, 30)
    assert figures.median_days == 10


def test_another_units_facts_do_not_count(
    unit: Unit, other_unit: Unit, outsider: User, facts: Facts
) -> None:
    foreign = factories.make_case(unit=other_unit, by=outsider, received_on=MIDDLE)
    facts.met(foreign, MIDDLE)
    facts.offered(foreign, MIDDLE, "accepted")
    facts.answered(foreign, MIDDLE, attended=True)
    facts.closed(foreign, MIDDLE, "moved")
    assert figures_of(unit, YEAR) == figures_of(unit, Period(AFTER, AFTER))


def test_the_number_of_queries_does_not_grow(unit: Unit, referred: Referred, facts: Facts) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures_of(unit, YEAR)
        return len(captured)

    _fill(referred, facts, 2)
    few = queries()
    _fill(referred, facts, 6)
    assert queries() == few == 6


def _fill(referred: Referred, facts: Facts, cases: int) -> None:
    for _case in range(cases):
        case = referred(MIDDLE)
        facts.met(case, MIDDLE)
        facts.offered(case, MIDDLE, "accepted")
        facts.answered(case, MIDDLE, attended=True)
        facts.closed(case, MIDDLE, "condition_met")


def test_figures_hold_every_code(unit: Unit) -> None:
    figures = figures_of(unit, YEAR)
    assert isinstance(figures, Figures)
    assert set(figures.replies) == {"thinking", "accepted", "declined"}
    assert "" in figures.results


@pytest.mark.parametrize(
    ("today", "newest"),
    [
        (date(2026, 1, 1), (2025, date(2025, 12, 31))),
        (date(2026, 12, 31), (2025, date(2025, 12, 31))),
        (date(2028, 2, 29), (2027, date(2027, 12, 31))),
    ],
)
def test_safe_periods_are_finished_years(today: date, newest: tuple[int, date]) -> None:
    year, period = next(iter(safe_periods(today).items()))
    assert (year, period.last) == newest


def test_safe_periods_never_overlap() -> None:
    periods = sorted(safe_periods(date(2026, 11, 23)).values(), key=lambda period: period.first)
    for earlier, later in zip(periods, periods[1:], strict=False):
        assert earlier.last < later.first
