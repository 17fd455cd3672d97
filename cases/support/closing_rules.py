"""When a case can be closed and with which outcome: pure functions over its milestones."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.casework.models import Case, CaseOutcome, FindDecision, SenderChoice


@dataclass(frozen=True)
class Missing:
    """One thing to do before an ordinary closing, and the page where it is done."""

    code: str
    sentence: Promise
    url_name: str


FIND_UNDECIDED = Missing("find_undecided", _("The find is not decided on."), "casework:decide")
ATTENDANCE_NOT_RECORDED = Missing(
    "attendance_not_recorded",
    _("A meeting is over, and it is not recorded whether the person came."),
    "appointments:attendance",
)
APPOINTMENT_BOOKED = Missing(
    "appointment_booked", _("An appointment is booked."), "appointments:cancel"
)
NOT_MET_YET = Missing(
    "not_met_yet",
    _("The person has not attended as often as the case asks, and no meeting was missed."),
    "appointments:book",
)
ATTENDANCE_MISSING = Missing(
    "attendance_missing",
    _("The person has not attended as often as the case asks."),
    "appointments:book",
)
ANSWER_NOT_SENT = Missing(
    "answer_not_sent", _("The answer to the sender is not sent."), "support:answer"
)
SENDER_DECISION_MISSING = Missing(
    "sender_decision_missing",
    _("The sender's decision is not recorded."),
    "support:sender_decision",
)
OFFERS_OPEN = Missing(
    "offers_open", _("Help is under way: record what came of it."), "support:help"
)

# May close a case before both sides are finished.
EXCEPTIONAL = (
    CaseOutcome.RETURNED,
    CaseOutcome.WITHDRAWN,
    CaseOutcome.MOVED,
    CaseOutcome.DECEASED,
)


def what_is_missing(case: Case, now: datetime) -> list[Missing]:
    """What an ordinary outcome still waits for, in the order of the person's journey."""
    if case.find_decision == FindDecision.RETURN:
        return _appointment_missing(case, now)
    undecided = case.find_decision in (FindDecision.NEEDED, FindDecision.ASK_SENDER)
    return [
        *([FIND_UNDECIDED] if undecided else []),
        *_appointment_missing(case, now),
        *_attendance_missing(case),
        *([OFFERS_OPEN] if case.open_offer_count else []),
    ]


def _appointment_missing(case: Case, now: datetime) -> list[Missing]:
    if case.next_appointment_at is None:
        return []
    is_over = case.next_appointment_ends_at is not None and case.next_appointment_ends_at <= now
    return [ATTENDANCE_NOT_RECORDED if is_over else APPOINTMENT_BOOKED]


def _attendance_missing(case: Case) -> list[Missing]:
    if not case.answers_sender:
        return [] if case.condition_is_met else [ATTENDANCE_MISSING]
    if case.sender_choice in (SenderChoice.WITHDRAWN, SenderChoice.PROCEEDING):
        return []
    if case.answer_sent_at is None:
        nothing_to_say = not case.condition_is_met and case.missed_count == 0
        return [NOT_MET_YET if nothing_to_say else ANSWER_NOT_SENT]
    return [] if case.answer_attended else [SENDER_DECISION_MISSING]


def possible_outcomes(case: Case) -> list[CaseOutcome]:
    """The outcomes this case may be closed with as it stands, the most likely first."""
    # Whether anything is missing does not depend on the clock, only which words say so.
    ordinary = [] if what_is_missing(case, case.opened_at) else [_ordinary_outcome(case)]
    exceptional = [o for o in EXCEPTIONAL if o not in ordinary and _may_end_with(o, case)]
    return [*ordinary, *exceptional]


def _ordinary_outcome(case: Case) -> CaseOutcome:
    if case.find_decision == FindDecision.RETURN:
        return CaseOutcome.RETURNED
    if case.sender_choice == SenderChoice.WITHDRAWN:
        return CaseOutcome.WITHDRAWN
    if not case.answers_sender:
        return CaseOutcome.HELP_FINISHED
    return CaseOutcome.CONDITION_MET if case.answer_attended else CaseOutcome.NOT_ATTENDED


def _may_end_with(outcome: CaseOutcome, case: Case) -> bool:
    if outcome in (CaseOutcome.RETURNED, CaseOutcome.WITHDRAWN):
        return case.answers_sender
    if outcome == CaseOutcome.MOVED:
        # Who attended must not be left without the answer that says so.
        unanswered = case.answers_sender and case.answer_sent_at is None
        return not (unanswered and case.condition_is_met)
    return True
