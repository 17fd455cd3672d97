"""The state of a case: one table of rules over its milestones and the clock, the first that fits.

Each rule yields the condition for lists, the sentence for the page, when the next step is due and
which page it leads to. Nobody types a state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case as SqlCase
from django.db.models import CharField, F, Q, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.casework.conditions import holds
from cases.casework.models import Case, CaseQuerySet, FindDecision, SenderChoice
from cases.core.working_days import OSLO

DAYS_TO_DECIDE_ON_A_FIND = 3
DAYS_TO_BOOK = 7
DAYS_FROM_SUMMONS_TO_MEETING = 7
DAYS_TO_ANSWER = 3
DAYS_FOR_THE_SENDER = 30
DAYS_TO_CLOSE = 7
DAYS_BETWEEN_HELP_FOLLOW_UPS = 30

Condition = Callable[[datetime], Q]
Due = Callable[[Case], datetime | None]


@dataclass(frozen=True)
class State:
    code: str
    name: Promise
    sentence: Promise  # what has happened, what is next, by when and why
    colour: str
    condition: Condition
    due: Due
    step: Promise | None = None
    step_url: str = ""


def _always(q: Q) -> Condition:
    return lambda now: q


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(16), tzinfo=OSLO)


def _book_by(case: Case) -> datetime:
    """A week after what happened last, but never after the deadline."""
    happened = (case.opened_at, case.last_attendance_at, case.round_started_at)
    wanted = max(m for m in happened if m) + timedelta(days=DAYS_TO_BOOK)
    return min(wanted, _end_of(case.deadline_on)) if case.deadline_on else wanted


def _decide_by(case: Case) -> datetime:
    return case.opened_at + timedelta(days=DAYS_TO_DECIDE_ON_A_FIND)


def _send_summons_by(case: Case) -> datetime | None:
    """A week before the meeting, when there is a week."""
    return case.next_appointment_at and case.next_appointment_at - timedelta(
        days=DAYS_FROM_SUMMONS_TO_MEETING
    )


def _answer_by(case: Case) -> datetime | None:
    return case.last_attendance_at and case.last_attendance_at + timedelta(days=DAYS_TO_ANSWER)


def _correct_by(case: Case) -> datetime | None:
    return case.answer_sent_at and case.answer_sent_at + timedelta(days=1)


def _sender_by(case: Case) -> datetime | None:
    return case.answer_sent_at and case.answer_sent_at + timedelta(days=DAYS_FOR_THE_SENDER)


def _close_by(case: Case) -> datetime:
    latest = case.answer_sent_at or case.last_attendance_at or case.opened_at
    return latest + timedelta(days=DAYS_TO_CLOSE)


def _help_by(case: Case) -> datetime:
    if case.help_follow_up_on:
        return _end_of(case.help_follow_up_on)
    latest = case.answer_sent_at or case.last_attendance_at or case.opened_at
    return latest + timedelta(days=DAYS_BETWEEN_HELP_FOLLOW_UPS)


MET = Q(attended_count__gte=F("attendances_required"))
BOOKED = Q(next_appointment_at__isnull=False)
SUMMONS_USED_UP = Q(missed_count__gte=F("summonses_allowed"))
SENDER_IS_FINISHED = Q(sender_choice__in=[SenderChoice.WITHDRAWN, SenderChoice.PROCEEDING])
ATTENDANCE_IS_FINISHED = (
    Q(answers_sender=False) & MET | Q(answer_attended=True) | SENDER_IS_FINISHED
)

STATES: tuple[State, ...] = (
    State(
        "closed",
        _("closed"),
        _("The case was closed on %(closed)s. Nothing more is to be done."),
        "neutral",
        _always(Q(closed_at__isnull=False)),
        lambda case: None,
    ),
    State(
        "find_to_decide",
        _("find to be decided"),
        _(
            "The police order came in on %(received)s with a find that needs a decision. "
            "Decide by %(due)s, before the person is summoned."
        ),
        "warning",
        _always(Q(find_decision=FindDecision.NEEDED)),
        _decide_by,
        _("Decide on the find"),
        "casework:decide",
    ),
    State(
        "find_asked",
        _("the sender is asked"),
        _(
            "The sender was asked about the find. Decide by %(due)s, "
            "when the sender has answered; the person is not summoned before that."
        ),
        "info",
        _always(Q(find_decision=FindDecision.ASK_SENDER)),
        _decide_by,
        _("Decide on the find"),
        "casework:decide",
    ),
    State(
        "find_returned",
        _("returned to the sender"),
        _("The order was returned to the sender because of the find. Close the case by %(due)s."),
        "neutral",
        _always(Q(find_decision=FindDecision.RETURN)),
        _close_by,
        _("Close the case"),
        "support:close",
    ),
    State(
        "result_missing",
        _("attendance not recorded"),
        _(
            "The meeting on %(appointment)s is over. Record now whether the person came, "
            "so that the sender and the person get what follows from it."
        ),
        "danger",
        lambda now: Q(next_appointment_ends_at__lte=now),
        lambda case: case.next_appointment_ends_at,
        _("Record attendance"),
        "appointments:attendance",
    ),
    State(
        "answer_due",
        _("answer to the sender is due"),
        _(
            "The person has attended %(attended)s of %(required)s times, and the condition is met. "
            "Send the answer to the sender by %(due)s."
        ),
        "warning",
        _always(Q(answers_sender=True, answer_sent_at=None) & MET & ~SENDER_IS_FINISHED),
        _answer_by,
        _("Answer the sender"),
        "support:answer",
    ),
    State(
        "answer_to_correct",
        _("answer to be corrected"),
        _(
            "The attendance was corrected after the sender was told. "
            "Send the correction by %(due)s, because what the sender knows is wrong."
        ),
        "danger",
        _always(
            Q(answers_sender=True)
            & (Q(answer_attended=False) & MET | Q(answer_attended=True) & ~MET)
        ),
        _correct_by,
        _("Correct the answer"),
        "support:answer",
    ),
    State(
        "summons_to_send",
        _("summons to be sent"),
        _(
            "An appointment is booked for %(appointment)s. Send the written summons by %(due)s, "
            "because the person must be summoned in writing and in good time."
        ),
        "warning",
        _always(BOOKED & Q(summons_sent_at=None)),
        _send_summons_by,
        _("Make the summons"),
        "appointments:summons",
    ),
    State(
        "appointment_booked",
        _("appointment booked"),
        _(
            "The person is summoned to %(appointment)s. "
            "Meet the person then, and record afterwards whether they came."
        ),
        "info",
        _always(BOOKED),
        lambda case: case.next_appointment_at,
        _("See the appointment"),
        "appointments:attendance",
    ),
    State(
        "not_met_answer_due",
        _("answer to the sender is due"),
        _(
            "The person has not come to %(missed)s meetings, as many as the rules allow. "
            "Tell the sender by %(due)s, who then decides what follows."
        ),
        "danger",
        _always(
            Q(answers_sender=True, answer_sent_at=None) & SUMMONS_USED_UP & ~SENDER_IS_FINISHED
        ),
        _answer_by,
        _("Answer the sender"),
        "support:answer",
    ),
    State(
        "waiting_for_sender",
        _("waiting for the sender"),
        _(
            "The sender was told on %(answered)s that the person did not attend. "
            "Ask what was decided if nothing has come by %(due)s."
        ),
        "info",
        _always(Q(answer_attended=False, sender_choice=SenderChoice.NONE)),
        _sender_by,
        _("Record the sender's decision"),
        "support:sender_decision",
    ),
    State(
        "help_running",
        _("help is under way"),
        _(
            "The attendance is finished and help is under way. "
            "Ask by %(due)s how it goes, and record what came of it."
        ),
        "success",
        _always(ATTENDANCE_IS_FINISHED & Q(open_offer_count__gt=0)),
        _help_by,
        _("Follow up the help"),
        "support:help",
    ),
    State(
        "ready_to_close",
        _("ready to be closed"),
        _("Everything is done. Close the case by %(due)s, so that the time to deletion begins."),
        "success",
        _always(ATTENDANCE_IS_FINISHED),
        _close_by,
        _("Close the case"),
        "support:close",
    ),
    State(
        "did_not_come",
        _("did not come"),
        _(
            "The person did not come to the last meeting (%(missed)s of %(allowed)s). "
            "Book a new appointment by %(due)s, because a new chance soon helps the person to come."
        ),
        "danger",
        _always(Q(missed_count__gt=0)),
        _book_by,
        _("Book an appointment"),
        "appointments:book",
    ),
    State(
        "attended_in_part",
        _("attended in part"),
        _(
            "The person has attended %(attended)s of %(required)s times. "
            "Book the next appointment by %(due)s, in time for the deadline."
        ),
        "info",
        _always(Q(attended_count__gt=0)),
        _book_by,
        _("Book an appointment"),
        "appointments:book",
    ),
    State(
        "to_be_summoned",
        _("to be summoned"),
        _(
            "The referral came in on %(received)s. Book an appointment by %(due)s, "
            "because a short time to the meeting helps the person to come."
        ),
        "warning",
        _always(Q()),
        _book_by,
        _("Book an appointment"),
        "appointments:book",
    ),
)


def state_of(case: Case, now: datetime) -> State:
    """The first state whose condition the case meets; the last one always does."""
    return next(state for state in STATES if holds(state.condition(now), case))


def due_of(case: Case, now: datetime) -> datetime | None:
    """When the next step is due: always for an open case, None for a closed one."""
    if case.is_closed:
        return None
    return state_of(case, now).due(case) or case.opened_at


def sentence_of(case: Case, now: datetime) -> str:
    """What has happened, what is next, by when and why, in the reader's language."""
    state = state_of(case, now)
    return str(state.sentence) % {
        "received": _day(case.referral.received_on),
        "due": _moment_day(due_of(case, now)),
        "closed": _moment_day(case.closed_at),
        "answered": _moment_day(case.answer_sent_at),
        "appointment": _moment(case.next_appointment_at),
        "attended": case.attended_count,
        "required": case.attendances_required,
        "missed": case.missed_count,
        "allowed": case.summonses_allowed,
    }


def in_state(cases: CaseQuerySet, code: str, now: datetime) -> CaseQuerySet:
    """Those whose state is this one, computed by the database."""
    return with_state(cases, now).filter(state_code=code)  # type: ignore[misc]


def with_state(cases: CaseQuerySet, now: datetime) -> CaseQuerySet:
    """Annotate `state_code`, computed by the database from the same table of rules."""
    branches = [When(s.condition(now), then=Value(s.code)) for s in STATES[:-1]]
    return cases.annotate(
        state_code=SqlCase(*branches, default=Value(STATES[-1].code), output_field=CharField())
    )


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _moment_day(moment: datetime | None) -> str:
    return _day(timezone.localtime(moment, OSLO).date()) if moment else ""


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment, OSLO), "DATETIME_FORMAT") if moment else ""
