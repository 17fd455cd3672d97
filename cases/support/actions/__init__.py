from cases.support.actions.answers import (
    AlreadyAnswered,
    AnswerChanged,
    NotWaitingForSender,
    correct_answer,
    record_sender_decision,
    send_answer,
)
from cases.support.actions.closing import CannotClose, close_case
from cases.support.actions.help import (
    AlreadyWithdrawn,
    HelpHasBegun,
    NoConsent,
    NotAccepted,
    NotInCatalogue,
    offer_help,
    record_consent,
    record_reply,
    record_result,
    withdraw_consent,
)
from cases.support.answer_content import NobodyToAnswer, NothingToAnswer

__all__ = [
    "AlreadyAnswered",
    "AlreadyWithdrawn",
    "AnswerChanged",
    "CannotClose",
    "HelpHasBegun",
    "NoConsent",
    "NobodyToAnswer",
    "NotAccepted",
    "NotInCatalogue",
    "NotWaitingForSender",
    "NothingToAnswer",
    "close_case",
    "correct_answer",
    "offer_help",
    "record_consent",
    "record_reply",
    "record_result",
    "record_sender_decision",
    "send_answer",
    "withdraw_consent",
]
