"""What is left of erased cases in the figures: numbers by year, one thing counted at a time.

A row says "in 2024 this unit had 7 meetings the person came to", and nothing besides: no date finer
than the year, no reference to a case, and no two facts of the same case side by side, so that there
is no combination that could be unique.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import ExtractYear

from cases.appointments.models import CAME, Attendance
from cases.casework.models import Case
from cases.core.dates import local
from cases.core.working_days import OSLO
from cases.statistics.models import ErasedFigure, Measure
from cases.support.models import AnswerToSender, Closing, Offer, Reply

Key = tuple[UUID, int, str, str]  # unit, year, measure, code


def keep_figures_of(cases: Collection[UUID]) -> None:
    """Add what these cases count for to the numbers that stay. Before the cases are erased."""
    numbers: Counter[Key] = Counter()
    for measure, rows in _counted(cases):
        for unit, year, code, number in rows:
            numbers[unit, year, measure, str(code)] += number
    for unit, received_on, first_at in _first_meetings(cases):
        days = (local(first_at).date() - received_on).days
        numbers[unit, received_on.year, Measure.DAYS_TO_FIRST_MEETING, str(days)] += 1
    for (unit, year, measure, code), number in sorted(numbers.items()):
        _add(unit, year, measure, code, number)


def _add(unit: UUID, year: int, measure: str, code: str, number: int) -> None:
    row, _made = ErasedFigure.objects.get_or_create(
        unit_id=unit, year=year, measure=measure, code=code, defaults={"number": 0}
    )
    ErasedFigure.objects.filter(pk=row.pk).update(number=F("number") + number)


def _counted(cases: Collection[UUID]) -> Iterable[tuple[str, Iterable[tuple[Any, ...]]]]:
    """For each measure: unit, year, code, number. Counted as the page of figures counts."""
    of_cases = {"case__in": cases}
    referrals = Case.objects.filter(pk__in=cases)
    yield (
        Measure.REFERRAL,
        _by(referrals, ExtractYear("referral__received_on"), "referral__legal_basis__kind"),
    )
    meetings = Attendance.objects.filter(appointment__case__in=cases)
    yield Measure.ATTENDANCE, _by(meetings, _year_in_oslo("appointment__starts_at"), "result")
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


def _by(rows: QuerySet[Any], year: ExtractYear, code: str) -> QuerySet[Any, Any]:
    counted = rows.order_by().annotate(counted_year=year).values_list("unit", "counted_year", code)
    return counted.annotate(number=Count("pk"))


def _year_in_oslo(column: str) -> ExtractYear:
    return ExtractYear(column, tzinfo=OSLO)


def _first_meetings(cases: Collection[UUID]) -> Iterable[tuple[Any, ...]]:
    came = Attendance.objects.filter(appointment__case__in=cases, result__in=CAME)
    firsts = (
        came.order_by()
        .values_list("appointment__case", "unit", "appointment__case__referral__received_on")
        .annotate(first=Min("appointment__starts_at"))
    )
    return ((unit, received_on, first) for _case, unit, received_on, first in firsts)
