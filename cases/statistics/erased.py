"""What is left of erased cases in the figures: numbers by year that five people or more stand behind.

A row says "in 2024 this unit had 7 meetings the person came to", and nothing besides: no date finer
than the year, no reference to a case, and no two facts of the same case side by side. A number that
fewer than five people stand behind is merged with others of its kind, or not kept at all: a row of
one would be the record of that one case. That goes for what is erased together, not for what a row
grows to: two looks at the table, or at the page, differ by five people or by nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.db.models.functions import ExtractYear

from cases.appointments.models import Attendance
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.statistics.models import MERGED, ErasedFigure, Measure
from cases.statistics.suppression import SMALLEST_SHOWN
from cases.support.models import AnswerToSender, Closing, Offer, Reply

FEWEST_PEOPLE = SMALLEST_SHOWN
# The parts of a number are kept only where that number is told apart itself: else one would give
# the other away.
WITHIN = {Measure.DECLINE_REASON: Reply.DECLINED, Measure.RESULT: Reply.ACCEPTED}


@dataclass
class Cell:
    """How many facts there are of one kind, and of how many people."""

    number: int = 0
    people: set[UUID] = field(default_factory=set)

    def add(self, number: int, people: Iterable[UUID]) -> None:
        self.number += number
        self.people.update(people)

    @property
    def is_of_few(self) -> bool:
        return len(self.people) < FEWEST_PEOPLE


UnitAndYear = tuple[UUID, int]
Cells = dict[str, Cell]  # by code


def keep_figures_of(cases: Collection[UUID]) -> None:
    """Add what these cases count for to the numbers that stay. Before the cases are erased."""
    counted: dict[UnitAndYear, dict[str, Cells]] = defaultdict(lambda: defaultdict(dict))
    for measure, rows in _counted(cases):
        for unit, year, code, person, number in rows:
            cells = counted[unit, year][measure]
            cells.setdefault(str(code), Cell()).add(number, [person])
    for (unit, year), measures in sorted(counted.items()):
        for measure, code, number in _kept(measures):
            _add(unit, year, measure, code, number)
    for unit, year, number in _received(cases):
        _add(unit, year, Measure.CASE, "", number)


def _kept(measures: Mapping[str, Cells]) -> Iterable[tuple[str, str, int]]:
    """(measure, code, number) of one year, of those that enough people stand behind."""
    replies = merged(measures.get(Measure.REPLY, {}))
    for measure, cells in sorted(measures.items()):
        whole = WITHIN.get(Measure(measure))
        if whole is None or whole in replies:
            for code, number in sorted(merged(cells).items()):
                yield measure, code, number


def merged(cells: Cells) -> dict[str, int]:
    """Numbers by code; those of few people become one, and take others in until they are many.

    Nothing at all where all of them together are of few.
    """
    ascending = sorted(cells.items(), key=lambda cell: (len(cell[1].people), cell[0]))
    together = Cell()
    while ascending and (ascending[0][1].is_of_few or (together.number and together.is_of_few)):
        _code, smallest = ascending.pop(0)
        together.add(smallest.number, smallest.people)
    apart = {code: cell.number for code, cell in ascending}
    return apart if together.is_of_few else apart | {MERGED: together.number}


def _add(unit: UUID, year: int, measure: str, code: str, number: int) -> None:
    row, is_new = ErasedFigure.objects.get_or_create(
        unit_id=unit, year=year, measure=measure, code=code, defaults={"number": number}
    )
    if not is_new:
        ErasedFigure.objects.filter(pk=row.pk).update(number=F("number") + number)


def _counted(cases: Collection[UUID]) -> Iterable[tuple[str, Iterable[tuple[Any, ...]]]]:
    """For each measure: unit, year, code, person, number. Counted as the page of figures counts."""
    of_cases = {"case__in": cases}
    referrals = Case.objects.filter(pk__in=cases)
    yield (
        Measure.REFERRAL,
        _by(referrals, _year_received(), "referral__legal_basis__kind", "person"),
    )
    meetings = Attendance.objects.filter(appointment__case__in=cases)
    held = _year_in_oslo("appointment__starts_at")
    yield Measure.ATTENDANCE, _by(meetings, held, "result", "appointment__case__person")
    answers = AnswerToSender.objects.filter(**of_cases).that_stand()
    yield Measure.ANSWER, _by(answers, _year_in_oslo("sent_at"), "attended")
    offers = Offer.objects.filter(**of_cases)
    offered = ExtractYear("offered_on")
    yield Measure.REPLY, _by(offers, offered, "reply")
    declined, accepted = offers.filter(reply=Reply.DECLINED), offers.filter(reply=Reply.ACCEPTED)
    yield Measure.DECLINE_REASON, _by(declined, offered, "decline_reason")
    yield Measure.RESULT, _by(accepted, offered, "result")
    closings = Closing.objects.filter(**of_cases)
    yield Measure.OUTCOME, _by(closings, _year_in_oslo("closed_at"), "outcome")


def _by(
    rows: QuerySet[Any], year: ExtractYear, code: str, person: str = "case__person"
) -> QuerySet[Any, Any]:
    counted = rows.order_by().annotate(counted_year=year)
    return counted.values_list("unit", "counted_year", code, person).annotate(number=Count("pk"))


def _received(cases: Collection[UUID]) -> QuerySet[Any, Any]:
    """How many cases of which year are gone: the page must say that it may leave out some."""
    rows = Case.objects.filter(pk__in=cases).order_by().annotate(counted_year=_year_received())
    return rows.values_list("unit", "counted_year").annotate(number=Count("pk"))


def _year_received() -> ExtractYear:
    return ExtractYear("referral__received_on")


def _year_in_oslo(column: str) -> ExtractYear:
    return ExtractYear(column, tzinfo=OSLO)
