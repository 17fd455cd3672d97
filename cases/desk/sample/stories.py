"""How far a made-up case has come: one story for every state a case can be in."""

from dataclasses import dataclass, field

from cases.casework.models import CaseOutcome, Decision, SenderChoice
from cases.support.models import Reply, Result


@dataclass(frozen=True)
class Help:
    reply: str = Reply.ACCEPTED
    result: str = ""


@dataclass(frozen=True)
class Story:
    """`meeting` is days from today of the booked appointment: negative when its result is missing."""

    state: str
    days_open: int
    meeting: int | None = None
    summoned: bool = True
    attended: int = 0
    missed: int = 0
    required: int = 1
    answered: bool | None = None
    sender_choice: str = ""
    help: tuple[Help, ...] = field(default_factory=tuple)
    outcome: str = ""
    find: str = "below"  # below, at, above, unknown or many: for a basis that records finds
    decision: str = ""
    needs_sender: bool = True
    needs_finds: bool = False
    assigned: bool = True


STORIES: tuple[Story, ...] = (
    Story("to_be_summoned", 1, assigned=False),
    Story("appointment_booked", 12, meeting=1),
    Story("result_missing", 20, meeting=-1),
    Story("answer_due", 18, attended=1),
    Story("find_to_decide", 2, find="above", needs_finds=True),
    Story("help_running", 60, attended=1, answered=True, help=(Help(), Help(Reply.DECLINED))),
    Story("summons_to_send", 4, meeting=9, summoned=False),
    Story("did_not_come", 25, missed=1),
    Story("closed", 200, attended=1, answered=True, outcome=CaseOutcome.CONDITION_MET,
          help=(Help(Reply.ACCEPTED, Result.COMPLETED),)),
    Story("waiting_for_sender", 70, missed=2, answered=False),
    Story("appointment_booked", 15, meeting=2, attended=1, required=2),
    Story("not_met_answer_due", 50, missed=2),
    Story("ready_to_close", 40, attended=1, answered=True),
    Story("closed", 240, missed=2, answered=False, sender_choice=SenderChoice.PROCEEDING,
          outcome=CaseOutcome.NOT_ATTENDED),
    Story("find_asked", 6, find="unknown", decision=Decision.ASK_SENDER, needs_finds=True),
    Story("attended_in_part", 30, attended=1, required=2),
    Story("appointment_booked", 8, meeting=6),
    Story("ready_to_close", 35, attended=1, needs_sender=False),
    Story("closed", 150, attended=1, needs_sender=False, outcome=CaseOutcome.HELP_FINISHED,
          help=(Help(Reply.ACCEPTED, Result.STOPPED),)),
    Story("find_returned", 9, find="many", decision=Decision.RETURN, needs_finds=True),
    Story("to_be_summoned", 3),
    Story("closed", 300, attended=1, answered=True, outcome=CaseOutcome.CONDITION_MET),
    Story("closed", 120, find="above", outcome=CaseOutcome.MOVED, decision=Decision.ACCEPT),
    Story("help_running", 45, attended=1, needs_sender=False, help=(Help(Reply.THINKING),)),
)  # fmt: skip
