"""What goes to a gateway, and the five things that can come of it."""

from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Parcel:
    """One message on its way out. It lives in memory only, and no longer than the hand-over."""

    id: UUID
    unit_id: UUID
    to: str
    sender: str
    sender_name: str
    subject: str
    text: str


class Answer(StrEnum):
    ACCEPTED = auto()
    REFUSED = auto()  # for good
    TRY_AGAIN = auto()  # certainly not accepted, may be tried later
    UNCLEAR = auto()  # nobody knows: never sent again without the same key
    NOT_TRIED = auto()  # certainly not sent: the gateway could not be reached, or was left alone


@dataclass(frozen=True)
class Outcome:
    answer: Answer
    provider_id: str = ""
    is_delivered: bool = False  # only the mock phone knows at once


UNCLEAR = Outcome(Answer.UNCLEAR)
NOT_TRIED = Outcome(Answer.NOT_TRIED)
UNANSWERED = (Answer.UNCLEAR, Answer.NOT_TRIED)


Outcomes = dict[UUID, Outcome]


class HandOver(Protocol):
    batch: int  # how many are claimed at once
    honours_key: bool  # whether the same id is accepted once, however often it is handed over

    def hand_over(self, parcels: list[Parcel]) -> "Future[Outcomes]":
        """Begin to hand over; the future holds an outcome for every parcel."""
        ...
