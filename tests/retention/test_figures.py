"""Deleting cases changes no figure of a whole year, and keeps no date finer than one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.accounts.models import User
from cases.casework.models import Case
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import RetentionRule
from cases.statistics.models import ErasedFigure
from cases.statistics.page import page_of
from cases.statistics.periods import Period
from cases.statistics.queries import Figures, figures_of
from cases.units.models import Unit
from tests.retention.conftest import Confirmed, close
from tests.statistics.conftest import Facts

Referred = Callable[..., Case]
YEARS = [Period(date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2022, 2023)]
MIDDLE = date(2022, 6, 15)


@pytest.fixture
def history(
    unit: Unit, rule: RetentionRule, adviser: User, make_case: Callable[..., Case]
) -> list[Case]:
    """Seven old cases, over the turn of two years, and one that is not due."""
    facts = Facts(adviser)
    cases = []
    for number in range(8):
        basis = "own_wish" if number % 3 == 0 else "transfer"
        case = make_case(basis=basis, received_on=MIDDLE - timedelta(days=number * 40))
        facts.met(case, MIDDLE + timedelta(days=number), "did_not_come" if number % 2 else "late")
        facts.met(case, MIDDLE + timedelta(days=number * 50), "attended")
        if number % 2:
            wrong = facts.answered(case, MIDDLE, attended=False)
            facts.answered(case, date(2023, 1, 1), attended=True, corrects=wrong)
        facts.offered(case, MIDDLE, "declined", reason="not_now")
        facts.offered(
            case, date(2022, 12, 31), "accepted", result="completed" if number > 4 else ""
        )
        facts.closed(case, date(2023, 1, 1) if number % 2 else date(2022, 12, 31), "moved")
        cases.append(case)
    for case in cases[:-1]:
        close(case, date(2022, 12, 31))
    return cases


def of_years(unit: Unit) -> list[Figures]:
    return [figures_of(unit, year) for year in YEARS]


def test_the_figures_of_a_year_are_the_same_before_and_after(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    before = of_years(unit)
    safe = [page_of(figures, is_safe=True) for figures in before]
    confirmed()
    assert carry_out_confirmed() == 7
    after = of_years(unit)
    assert [replace(figures, counts_erased=False) for figures in after] == before
    shown = [page_of(figures, is_safe=True) for figures in after]
    assert [replace(page, counts_erased=False) for page in shown] == safe
    assert [page_of(figures, is_safe=False) for figures in after] == shown, (
        "the leader's are safe, too"
    )
    assert sum(before[1].attendance.values()) > 10, "there was something to keep"


def test_nothing_but_a_year_and_one_thing_counted_is_kept(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    confirmed()
    carry_out_confirmed()
    columns = {column.name for column in ErasedFigure._meta.concrete_fields}
    assert columns == {"id", "unit", "year", "measure", "code", "number"}
    assert ErasedFigure.objects.count() > 8
    assert set(ErasedFigure.objects.values_list("year", flat=True)) <= {2021, 2022, 2023}


def test_a_part_of_a_year_leaves_them_out_and_says_so(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    part = Period(date(2022, 1, 1), date(2022, 6, 30))
    assert not figures_of(unit, part).leaves_out_erased
    confirmed()
    carry_out_confirmed()
    figures = figures_of(unit, part)
    assert figures.leaves_out_erased
    assert sum(figures.attendance.values()) == 1, "only of the case that stays"
    longer = figures_of(unit, Period(date(2021, 1, 1), date(2023, 6, 30)))
    assert longer.leaves_out_erased
    whole = figures_of(unit, Period(date(2021, 1, 1), date(2023, 12, 31)))
    assert not whole.leaves_out_erased


def test_the_page_costs_the_same_queries(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures_of(unit, YEARS[1])
        return len(captured)

    before = cost()
    confirmed()
    carry_out_confirmed()
    assert cost() == before == 6
