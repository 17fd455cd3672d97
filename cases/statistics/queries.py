"""What a unit did in a period, counted from the facts. Six queries, whatever the unit holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, TextChoices
from django.utils import timezone

from cases.appointments.models import CAME, Attendance, AttendanceResult
from cases.casework.models import BasisKind, CaseOutcome, Referral
from cases.core.working_days import OSLO
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
    """Numbers by code; every code is there, also those that count nothing."""

    referrals: Counts  # BasisKind, received in the period
    attendance: Counts  # AttendanceResult, of meetings held in the period
    answers: dict[bool, int]  # attended or not, sent in the period and not corrected since
    replies: Counts  # Reply, to offers made in the period
    decline_reasons: Counts  # DeclineReason, of those declined
    results: Counts  # Result or NO_RESULT_YET, of those accepted
    outcomes: Counts  # CaseOutcome, of cases closed in the period
    days_to_first_meeting: tuple[int, ...]  # of referrals received in the period, sorted

    @property
    def median_days(self) -> float | None:
        return median(self.days_to_first_meeting) if self.days_to_first_meeting else None


def figures_of(unit: Unit, period: Period) -> Figures:
    first, end = period.moments()
    received = Q(unit=unit, received_on__range=(period.first, period.last))
    meetings = Q(unit=unit, appointment__starts_at__gte=first, appointment__starts_at__lt=end)
    offers = Offer.objects.filter(unit=unit, offered_on__range=(period.first, period.last))
    closings = Closing.objects.filter(unit=unit, closed_at__gte=first, closed_at__lt=end)
    return Figures(
        referrals=_by(Referral.objects.filter(received), "legal_basis__kind", BasisKind),
        attendance=_by(Attendance.objects.filter(meetings), "result", AttendanceResult),
        answers=_answers(unit, first, end),
        **_offers(offers),
        outcomes=_by(closings, "outcome", CaseOutcome),
        days_to_first_meeting=_days_to_first_meeting(unit, period),
    )


def _by(rows: QuerySet[Any], column: str, codes: type[TextChoices]) -> Counts:
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return {code: 0 for code in codes.values} | dict(counted)


def _answers(unit: Unit, first: datetime, end: datetime) -> dict[bool, int]:
    sent = AnswerToSender.objects.filter(unit=unit, sent_at__gte=first, sent_at__lt=end)
    counted = sent.that_stand().order_by().values_list("attended").annotate(number=Count("pk"))
    return {True: 0, False: 0} | dict(counted)


def _offers(offers: QuerySet[Offer]) -> dict[str, Counts]:
    rows = list(
        offers.order_by()
        .values_list("reply", "decline_reason", "result")
        .annotate(number=Count("pk"))
    )
    return {
        "replies": _summed(Reply.values, ((reply, n) for reply, _r, _s, n in rows)),
        "decline_reasons": _summed(
            DeclineReason.values,
            ((reason, n) for reply, reason, _s, n in rows if reply == Reply.DECLINED),
        ),
        "results": _summed(
            [NO_RESULT_YET, *Result.values],
            ((result, n) for reply, _r, result, n in rows if reply == Reply.ACCEPTED),
        ),
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
