"""What stays of deleted cases: numbers of whole years that at least five people stand behind."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.accounts.models import User
from cases.appointments.models import Attendance
from cases.casework.models import Case
from cases.retention.erasing import carry_out_confirmed
from cases.retention.models import RetentionRule
from cases.statistics.erased import FEWEST_PEOPLE, Cell, merged
from cases.statistics.models import MERGED, ErasedFigure, Measure
from cases.statistics.page import page_of
from cases.statistics.periods import Period
from cases.statistics.queries import Figures, figures_of
from cases.support.models import AnswerToSender, Closing, Offer
from cases.units.models import Unit
from tests.retention.conftest import Confirmed, close
from tests.statistics.conftest import Facts

Referred = Callable[..., Case]
YEARS = [Period(date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2022, 2023)]
MIDDLE = date(2022, 6, 15)


GROUPS = ("referrals", "attendance", "answers", "replies", "decline_reasons", "results", "outcomes")


@pytest.fixture
def facts_of_old_cases(
    rule: RetentionRule, adviser: User, make_case: Callable[..., Case]
) -> Callable[[int], list[Case]]:
    """`facts_of_old_cases(7)`: so many over the turn of two years, and one that is not due."""

    def make(due: int) -> list[Case]:
        facts = Facts(adviser)
        cases = [_old_case(number, facts, make_case) for number in range(due + 1)]
        for case in cases[:-1]:
            close(case, date(2022, 12, 31))
        return cases

    return make


def _old_case(number: int, facts: Facts, make_case: Callable[..., Case]) -> Case:
    basis = "own_wish" if number % 3 == 0 else "transfer"
    case = make_case(basis=basis, received_on=MIDDLE - timedelta(days=number % 8 * 40))
    facts.met(case, MIDDLE + timedelta(days=number), "did_not_come" if number % 2 else "late")
    facts.met(case, MIDDLE + timedelta(days=number % 8 * 49), "attended")
    if number % 2:
        wrong = facts.answered(case, MIDDLE, attended=False)
        facts.answered(case, date(2023, 1, 3), attended=True, corrects=wrong)
    facts.offered(case, MIDDLE, "declined", reason="not_now" if number % 4 else "too_far")
    facts.offered(case, date(2022, 12, 30), "accepted", result="completed" if number > 4 else "")
    facts.closed(case, date(2023, 1, 3) if number % 2 else date(2022, 12, 30), "moved")
    return case


@pytest.fixture
def history(facts_of_old_cases: Callable[[int], list[Case]]) -> list[Case]:
    return facts_of_old_cases(7)


def of_years(unit: Unit) -> list[Figures]:
    return [figures_of(unit, year) for year in YEARS]


def cells(figures: Figures) -> Counter[tuple[str, Any]]:
    return Counter(
        {(group, code): n for group in GROUPS for code, n in getattr(figures, group).items() if n}
    )


def as_the_leader_reads(unit: Unit, period: Period) -> Counter[tuple[str, str]]:
    """Every number the page prints exactly."""
    page = page_of(figures_of(unit, period), is_safe=False)
    return Counter(
        {
            (table.code, str(line.label)): line.number.low
            for table in page.tables
            for line in table.lines
            if line.number.low == line.number.high
        }
    )


def pairs_of_periods() -> Iterator[tuple[Period, Period]]:
    """A period, and one of which what is missing could be read by subtracting the two."""
    for first, last in (*((2021 + n, 2021 + n) for n in range(3)), (2021, 2023), (2022, 2023)):
        whole = Period(date(first, 1, 1), date(last, 12, 31))
        yield whole, Period(whole.first, date(last, 12, 30))
        yield whole, Period(date(first, 1, 2), whole.last)
    yield YEARS[1], Period(date(2022, 1, 2), date(2022, 12, 30))


@pytest.mark.parametrize("due", [1, 4, 5, 7, 10, 23])
def test_e10_no_subtraction_reads_what_became_of_fewer_than_five_deleted(
    unit: Unit, facts_of_old_cases: Callable[[int], list[Case]], confirmed: Confirmed, due: int
) -> None:
    """The leader's page, two periods at a time; and the living cases, counted one by one."""
    facts_of_old_cases(due)
    confirmed()
    assert carry_out_confirmed() == due
    for whole, shorter in pairs_of_periods():
        more, less = as_the_leader_reads(unit, whole), as_the_leader_reads(unit, shorter)
        told = {cell: more[cell] - less[cell] for cell in more | less}
        assert {cell: n for cell, n in told.items() if n and n < FEWEST_PEOPLE} == {}, whole
    for year in YEARS:
        of_erased = cells(figures_of(unit, year))
        of_erased.subtract(living(year))
        assert {cell: n for cell, n in of_erased.items() if n and n < FEWEST_PEOPLE} == {}, year


def living(period: Period) -> Counter[tuple[str, Any]]:
    """As whoever reads the unit's case list would count what is there."""
    first, end = period.moments()
    count: Counter[tuple[str, Any]] = Counter()
    for case in Case.objects.select_related("referral__legal_basis"):
        if period.first <= case.referral.received_on <= period.last:
            count["referrals", case.referral.legal_basis.kind] += 1
    for met in Attendance.objects.select_related("appointment"):
        count["attendance", met.result] += first <= met.appointment.starts_at < end
    for answer in AnswerToSender.objects.filter(sent_at__gte=first, sent_at__lt=end):
        count["answers", answer.attended] += not AnswerToSender.objects.filter(
            corrects=answer
        ).exists()
    for offer in Offer.objects.filter(offered_on__range=(period.first, period.last)):
        count["replies", offer.reply] += 1
        if offer.reply == "declined":
            count["decline_reasons", offer.decline_reason] += 1
        elif offer.reply == "accepted":
            count["results", offer.result] += 1
    for closing in Closing.objects.filter(closed_at__gte=first, closed_at__lt=end):
        count["outcomes", closing.outcome] += 1
    return count


def test_totals_stay_where_five_people_stand_behind_them(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    before = of_years(unit)
    confirmed()
    assert carry_out_confirmed() == 7
    after = of_years(unit)
    for group in ("attendance", "replies", "results", "decline_reasons"):
        was, stays = (sum(getattr(figures[1], group).values()) for figures in (before, after))
        assert was == stays > 5, group
    assert after[1].replies == before[1].replies, "all who were offered help declined and accepted"
    assert MERGED in after[1].results, "three of one kind and four of another are not told apart"
    assert MERGED not in after[2].outcomes, "three closed in 2023 are nobody's number"
    assert sum(after[2].outcomes.values()) == 1


def test_one_deleted_case_leaves_only_that_there_was_one(
    unit: Unit, facts_of_old_cases: Callable[[int], list[Case]], confirmed: Confirmed
) -> None:
    """Its meetings, its answer, the replies, the outcome, the basis and the days are gone."""
    facts_of_old_cases(1)
    confirmed()
    assert carry_out_confirmed() == 1
    rows = ErasedFigure.objects.values_list("year", "measure", "code", "number")
    assert list(rows) == [(2022, Measure.CASE, "", 1)]


def test_nothing_but_a_year_and_one_thing_counted_is_kept(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    confirmed()
    carry_out_confirmed()
    columns = {column.name for column in ErasedFigure._meta.concrete_fields}
    assert columns == {"id", "unit", "year", "measure", "code", "number"}
    assert ErasedFigure.objects.count() > 5
    assert set(ErasedFigure.objects.values_list("year", flat=True)) <= {2021, 2022, 2023}
    assert "days_to_first" not in Measure.values, "a day is finer than a year"


def test_the_table_takes_no_number_of_few(unit: Unit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasedFigure.objects.create(
            unit=unit, year=2022, measure=Measure.OUTCOME, code="moved", number=4
        )


PEOPLE = [uuid4() for _person in range(12)]
some_people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=20)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from("abcdef"), some_people, max_size=6))
def test_whatever_is_merged_has_five_people_behind_each_number(
    facts: dict[str, list[UUID]],
) -> None:
    cells = {code: Cell(len(people), set(people)) for code, people in facts.items()}
    kept = merged(cells)
    everybody = {one for people in facts.values() for one in people}
    if len(everybody) < FEWEST_PEOPLE:
        assert kept == {}
    total = sum(map(len, facts.values()))
    # All or nothing: what is left out of some could be had by subtracting from the others.
    assert sum(kept.values()) in (0, total)
    assert all(len(set(facts[code])) >= FEWEST_PEOPLE for code in kept.keys() - {MERGED})
    behind = {one for code in facts.keys() - kept.keys() for one in facts[code]}
    if MERGED in kept:
        assert len(behind) >= FEWEST_PEOPLE


def test_seven_meetings_of_one_are_not_seven_people() -> None:
    assert merged({"attended": Cell(7, set(PEOPLE[:1]))}) == {}
    assert merged({"attended": Cell(7, set(PEOPLE[:5]))}) == {"attended": 7}


def test_parts_of_a_reply_that_is_not_told_apart_are_not_kept(
    unit: Unit, rule: RetentionRule, adviser: User, make_case: Callable[..., Case],
    confirmed: Confirmed,
) -> None:  # fmt: skip
    """Six replies, five of them accepted: five results would tell that one was not."""
    facts = Facts(adviser)
    for number in range(6):
        case = close(make_case(), date(2022, 12, 31))
        facts.offered(case, MIDDLE, "accepted" if number else "thinking")
    confirmed()
    carry_out_confirmed()
    rows = ErasedFigure.objects.filter(year=2022).values_list("measure", "code", "number")
    assert list(rows) == [(Measure.REPLY, MERGED, 6)]


def test_a_page_that_may_leave_out_deleted_cases_says_so(
    unit: Unit, history: list[Case], confirmed: Confirmed
) -> None:
    part = Period(date(2022, 1, 1), date(2022, 6, 30))
    assert not any(figures_of(unit, one).leaves_out_erased for one in (part, *YEARS))
    confirmed()
    carry_out_confirmed()
    assert sum(figures_of(unit, part).attendance.values()) == 1, "only of the case that stays"
    later = Period(date(2024, 1, 1), date(2024, 12, 31))
    for period in (part, later, *YEARS):
        assert figures_of(unit, period).leaves_out_erased, "some of them may fall here"
    assert not figures_of(unit, Period(date(2020, 1, 1), date(2020, 12, 31))).leaves_out_erased


def test_each_thing_erased_adds_five_people_or_nobody(
    unit: Unit, facts_of_old_cases: Callable[[int], list[Case]], confirmed: Confirmed
) -> None:
    """Two copies of the table, of before and after one more deletion, tell of nobody alone."""
    looks = [Counter[Any]()]
    for due in (7, 1, 6):
        facts_of_old_cases(due)
        confirmed()
        carry_out_confirmed()
        rows = ErasedFigure.objects.exclude(measure=Measure.CASE)
        looks.append(Counter({(r.year, r.measure, r.code): r.number for r in rows}))
    for before, after in pairwise(looks):
        assert all(after[row] == before[row] or after[row] - before[row] >= 5 for row in after)
    assert looks[1] == looks[2] != looks[3]


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
