"""What an answer to the sender says: which case, on which days, attended or not. Nothing else."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.appointments.models import CAME, Attendance, AttendanceResult
from cases.casework.models import Case
from cases.core.working_days import OSLO
from cases.support.models import AnswerToSender


class NobodyToAnswer(Exception):
    """The legal basis has no sender."""


class NothingToAnswer(Exception):
    """The condition is not met and no meeting was missed, or a meeting lies ahead."""


@dataclass(frozen=True)
class AnswerContent:
    """Every field of it leaves the unit; a field added here is told to the sender."""

    sender_name: str
    sender_reference: str
    case_number: str
    attended: bool
    dates: tuple[date, ...]

    def fingerprint(self) -> str:
        """Tells whether what is sent is what was shown."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


def content_of(case: Case) -> AnswerContent:
    """What is true to tell the sender now. Costs one query; raises NobodyToAnswer."""
    sender = case.referral.sender
    if not case.answers_sender or sender is None:
        raise NobodyToAnswer
    attended = case.condition_is_met
    return AnswerContent(
        sender_name=sender.name,
        sender_reference=case.referral.sender_reference,
        case_number=case.number,
        attended=attended,
        dates=_days(case, attended=attended),
    )


def obstacle_to_answer(case: Case) -> Promise | None:
    """Why there is nothing to tell: "not attended" is said after a missed meeting, with none ahead."""
    if case.condition_is_met:
        return None
    if case.next_appointment_at is not None:
        return _("A meeting is booked. Answer when it is known whether the person came.")
    if case.missed_count == 0:
        return _("The person has neither attended as often as the case asks nor missed a meeting.")
    return None


def content_sent(answer: AnswerToSender) -> AnswerContent:
    return AnswerContent(
        sender_name=answer.sender_name,
        sender_reference=answer.sender_reference,
        case_number=answer.case_number,
        attended=answer.attended,
        dates=tuple(date.fromisoformat(day) for day in answer.dates),
    )


def _days(case: Case, *, attended: bool) -> tuple[date, ...]:
    """The days of all attendances, or of the meetings missed in this round."""
    counted = Q(result__in=CAME)
    if not attended:
        counted = Q(result=AttendanceResult.DID_NOT_COME)
        if case.round_started_at is not None:
            counted &= Q(recorded_at__gte=case.round_started_at)
    starts = (
        Attendance.objects.filter(counted, appointment__case=case)
        .order_by("appointment__starts_at")
        .values_list("appointment__starts_at", flat=True)
    )
    return tuple(timezone.localtime(moment, OSLO).date() for moment in starts)
