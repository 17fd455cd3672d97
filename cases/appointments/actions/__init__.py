"""Booking, moving, cancelling, summoning and recording who came.

Every action locks the case first, reads the appointment under that lock, and writes the case's
milestones and the audit event in the same transaction.
"""

from cases.appointments.actions.attendance import (
    AlreadyRecorded,
    NotYetStarted,
    RoundIsOver,
    correct_attendance,
    may_still_be_corrected,
    record_attendance,
)
from cases.appointments.actions.booking import (
    AlreadyBegun,
    AlreadyBooked,
    InThePast,
    MustNotMeet,
    NotOfTheUnit,
    NotOnTheGrid,
    NotReady,
    TooFarAhead,
    book,
    cancel,
    move,
)
from cases.appointments.actions.common import NotBooked
from cases.appointments.actions.summons import (
    NotTheLetterOfTheCase,
    record_summons,
    send_summons,
)
from cases.appointments.slots import Resource, SlotTaken

__all__ = [
    "AlreadyBegun",
    "AlreadyBooked",
    "AlreadyRecorded",
    "RoundIsOver",
    "InThePast",
    "MustNotMeet",
    "NotBooked",
    "NotOfTheUnit",
    "NotOnTheGrid",
    "NotReady",
    "NotTheLetterOfTheCase",
    "NotYetStarted",
    "Resource",
    "SlotTaken",
    "TooFarAhead",
    "book",
    "cancel",
    "correct_attendance",
    "may_still_be_corrected",
    "move",
    "record_attendance",
    "record_summons",
    "send_summons",
]
