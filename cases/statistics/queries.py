"""What a unit did in a period, counted from the facts and from what stays of erased cases.

Six queries, whatever the unit holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, TextChoices, Value
from django.utils import timezone

from cases.appointments.models import CAME, Attendance, AttendanceResult
from cases.casework.models import BasisKind, CaseOutcome, Referral
from cases.core.working_days import OSLO
from cases.statistics.models import MERGED, ErasedFigure, Measure
from cases.statistics.periods import Period
from cases.support.models import (
    AnswerToSender,
    Closing,
    DeclineReason,
    Offer,
    Reply,
    Result,
)
from cases.units.models import Unit

NO_RESULT_YET = ""
Counts = dict[str, int]


@dataclass(frozen=True)
class Figures:
    """Numbers by code; every code is there, also those that count nothing.

    MERGED is there only where erased cases count, and it is not known any more for which.
    """

    referrals: Counts  # BasisKind, received in the period
    attendance: Counts  # AttendanceResult, of meetings held in the period
    answers: dict[bool | str, int]  # attended or not, sent in the period and not corrected since
    replies: Counts  # Reply, to offers made in the period
    decline_reasons: Counts  # DeclineReason, of those declined
    results: Counts  # Result or NO_RESULT_YET, of those accepted
    outcomes: Counts  # CaseOutcome, of cases closed in the period
    days_to_first_meeting: tuple[int, ...]  # of referrals received in the period, sorted
    # There are erased cases that may belong here, and of which not everything is counted.
    leaves_out_erased: bool = False

    @property
    def median_days(self) -> float | None:
        return median(self.days_to_first_meeting) if self.days_to_first_meeting else None


def figures_of(unit: Unit, period: Period) -> Figures:
    first, end = period.moments()
    received = Q(unit=unit, received_on__range=(period.first, period.last))
    meetings = Q(unit=unit, appointment__starts_at__gte=first, appointment__starts_at__lt=end)
    offers = Offer.objects.filter(unit=unit, offered_on__range=(period.first, period.last))
    closings = Closing.objects.filter(unit=unit, closed_at__gte=first, closed_at__lt=end)
    referrals, erased = _referrals(Referral.objects.filter(received), unit, period)
    kept = _Kept(erased, period)
    return Figures(
        referrals=kept.added(Measure.REFERRAL, referrals),
        attendance=kept.added(
            Measure.ATTENDANCE,
            _by(Attendance.objects.filter(meetings), "result", AttendanceResult),
        ),
        answers=kept.added(Measure.ANSWER, _answers(unit, first, end), code=_attended),
        **_offers(offers, kept),
        outcomes=kept.added(Measure.OUTCOME, _by(closings, "outcome", CaseOutcome)),
        days_to_first_meeting=_days_to_first_meeting(unit, period),
        leaves_out_erased=kept.leaves_out,
    )


ErasedRow = tuple[int, str, str, int]  # year, measure, code, number


def _referrals(
    received: QuerySet[Referral], unit: Unit, period: Period
) -> tuple[Counts, list[ErasedRow]]:
    """The referrals that are there, and in the same query the numbers that stay of erased cases."""
    living = (
        received.order_by()
        .annotate(of_year=Value(0), of_measure=Value(""))
        .values_list("of_year", "of_measure", "legal_basis__kind")
        .annotate(counted=Count("pk"))
    )
    erased = ErasedFigure.objects.filter(
        Q(year__in=period.years()) | Q(measure=Measure.CASE, year__lt=period.first.year), unit=unit
    ).order_by()
    rows = list(living.union(erased.values_list("year", "measure", "code", "number"), all=True))
    counts = dict.fromkeys(BasisKind.values, 0)
    counts |= {code: number for _year, measure, code, number in rows if not measure}
    return counts, [row for row in rows if row[1]]


@dataclass(frozen=True)
class _Kept:
    """The numbers that stay of erased cases; those of whole years are added."""

    erased: list[ErasedRow]
    period: Period

    @property
    def leaves_out(self) -> bool:
        """What happened in a case came in the year of its referral, or later."""
        return any(measure == Measure.CASE for _year, measure, *_rest in self.erased)

    def of(self, measure: str) -> Iterator[tuple[str, int]]:
        for year, of_measure, code, number in self.erased:
            if of_measure == measure and self.period.is_whole(year):
                yield code, number

    def added(
        self, measure: str, counts: dict[Any, int], code: Callable[[str], Any] = str
    ) -> dict[Any, int]:
        for stored, number in self.of(measure):
            key = stored if stored == MERGED else code(stored)
            counts[key] = counts.get(key, 0) + number
        return counts


def _attended(code: str) -> bool:
    return code == str(True)


def _by(rows: QuerySet[Any], column: str, codes: type[TextChoices]) -> Counts:
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return {code: 0 for code in codes.values} | dict(counted)


def _answers(unit: Unit, first: datetime, end: datetime) -> dict[bool | str, int]:
    sent = AnswerToSender.objects.filter(unit=unit, sent_at__gte=first, sent_at__lt=end)
    counted = sent.that_stand().order_by().values_list("attended").annotate(number=Count("pk"))
    return {True: 0, False: 0, **dict(counted)}


def _offers(offers: QuerySet[Offer], kept: _Kept) -> dict[str, Counts]:
    rows = list(
        offers.order_by()
        .values_list("reply", "decline_reason", "result")
        .annotate(number=Count("pk"))
    )
    replies = ((reply, n) for reply, _r, _s, n in rows)
    reasons = ((reason, n) for reply, reason, _s, n in rows if reply == Reply.DECLINED)
    results = ((result, n) for reply, _r, result, n in rows if reply == Reply.ACCEPTED)
    return {
        "replies": kept.added(Measure.REPLY, _summed(Reply.values, replies)),
        "decline_reasons": kept.added(
            Measure.DECLINE_REASON, _summed(DeclineReason.values, reasons)
        ),
        "results": kept.added(Measure.RESULT, _summed([NO_RESULT_YET, *Result.values], results)),
    }


def _summed(codes: Iterable[str], numbers: Iterable[tuple[str, int]]) -> Counts:
    counts = dict.fromkeys(codes, 0)
    for code, number in numbers:
        counts[code] += number
    return counts


def _days_to_first_meeting(unit: Unit, period: Period) -> tuple[int, ...]:
    received = "appointment__case__referral__received_on"
    came = Attendance.objects.filter(
        unit=unit, result__in=CAME, **{f"{received}__range": (period.first, period.last)}
    )
    firsts = (
        came.order_by()
        .values_list("appointment__case", received)
        .annotate(first=Min("appointment__starts_at"))
    )
    return tuple(sorted(_days_between(day, moment) for _case, day, moment in firsts))


def _days_between(received_on: date, met_at: datetime) -> int:
    return (timezone.localtime(met_at, OSLO).date() - received_on).days
