"""What an attempt comes to: pure changes of one claimed row, written down by `writing`.

A row that was once left unanswered keeps `unclear_since`: it is never planned again, only settled.
"""

from datetime import datetime, timedelta

from cases.reminders.channels.base import Answer, Outcome
from cases.reminders.models import Channel, Message, MessageState
from cases.reminders.pace import (
    BACK_OFF,
    PAUSE,
    WAIT_FOR_RECEIPT,
    back_off,
    lasting,
)
from cases.reminders.words import Reason

PAUSES_GROW_UNTIL = 3  # asking again by the same key harms nobody: at least every eight minutes
STATE_FOR = {
    Reason.APPOINTMENT_CHANGED: MessageState.SUPERSEDED,
    Reason.TOO_LATE: MessageState.TOO_LATE,
    Reason.REFUSED: MessageState.FAILED,
    Reason.GAVE_UP: MessageState.FAILED,
    Reason.FAULT: MessageState.FAILED,
    Reason.NO_ANSWER: MessageState.NEEDS_PERSON,
    Reason.TEXT_CHANGED: MessageState.NEEDS_PERSON,
}
KNOWN_TO_BE_SENT_OR_NOT = (
    MessageState.SUPERSEDED,
    MessageState.NEEDS_PERSON,
    MessageState.FAILED,
)


def settle(message: Message, outcome: Outcome, now: datetime, *, honours_key: bool) -> None:
    """Carry what the gateway said over to the row."""
    if outcome.answer == Answer.ACCEPTED:
        _accepted(message, outcome, now)
    elif outcome.answer == Answer.REFUSED:
        stop(message, Reason.REFUSED, now)
    elif outcome.answer == Answer.NOT_TRIED:
        wait(message, now + lasting(PAUSE))
    elif outcome.answer == Answer.UNCLEAR or message.unclear_since is not None:
        pause = back_off(min(message.attempt, PAUSES_GROW_UNTIL))
        _unclear(message, now, pause, honours_key=honours_key)
    else:
        again(message, Reason.GAVE_UP, now)


def stop(message: Message, reason: str, now: datetime) -> None:
    """End the row for this reason. What may have been sent is never called "not sent"."""
    state = STATE_FOR.get(Reason(reason), MessageState.WITHHELD)
    if message.unclear_since is not None and state not in KNOWN_TO_BE_SENT_OR_NOT:
        reason, state = Reason.NO_ANSWER, MessageState.NEEDS_PERSON
    message.state, message.reason, message.final_at = state, reason, now
    message.lease_until = None


def again(message: Message, reason: str, now: datetime) -> None:
    """Plan another attempt after a certain refusal; give up when they are used up or too late."""
    try_at = now + back_off(message.attempt)
    if message.attempt > len(BACK_OFF) or try_at > message.not_after:
        stop(message, reason, now)
    elif message.unclear_since is not None:
        _back_to(message, MessageState.UNCLEAR, try_at)
    else:
        message.text_hash = ""  # nothing of this attempt was kept by anybody
        _back_to(message, MessageState.PLANNED, try_at)


def wait(message: Message, until: datetime) -> None:
    """Put the row back as it was; the attempt does not count, nothing was said to anybody."""
    message.attempt -= 1
    if message.unclear_since is None:
        message.text_hash = ""
        _back_to(message, MessageState.PLANNED, until)
    else:
        _back_to(message, MessageState.UNCLEAR, until)


def lapse(message: Message, now: datetime, *, honours_key: bool) -> None:
    """The worker died after it had claimed the row: whether it said anything nobody knows."""
    _unclear(message, now, lasting(BACK_OFF[0]), honours_key=honours_key)


def _accepted(message: Message, outcome: Outcome, now: datetime) -> None:
    message.state = MessageState.HANDED_OVER
    message.reason = ""
    message.provider_id = outcome.provider_id
    message.handed_over_at = now
    message.lease_until = None
    if outcome.is_delivered:
        message.state = MessageState.DELIVERED
    if outcome.is_delivered or message.channel == Channel.EMAIL:
        message.final_at = now  # a mail server sends no receipt


def _unclear(message: Message, now: datetime, pause: timedelta, *, honours_key: bool) -> None:
    """Settled later: by the same key where the gateway honours it, by a receipt, or by a person."""
    message.unclear_since = message.unclear_since or now
    if not honours_key:
        pause = lasting(WAIT_FOR_RECEIPT)
    if message.channel == Channel.EMAIL and not honours_key or now + pause > message.not_after:
        stop(message, Reason.NO_ANSWER, now)
        return
    _back_to(message, MessageState.UNCLEAR, now + pause)


def _back_to(message: Message, state: str, try_at: datetime) -> None:
    message.state, message.try_at = state, try_at
    message.lease_until = None
