"""Writes from referral to case, each with its audit event in the same transaction."""

from cases.casework.actions.access import (
    NoSuchCase,
    NotBehindGlass,
    block_from_case,
    break_glass_on_case,
    correct_person_of,
)
from cases.casework.actions.referral import (
    AlreadyRegistered,
    FindDetails,
    OrderDetails,
    ReferralDetails,
    register_referral,
)
from cases.casework.actions.samples import (
    NoSampleTaker,
    TakerIsAdviser,
    order_sample,
    record_sample,
)
from cases.casework.actions.work import (
    AlreadyDone,
    MustNotSee,
    NotCleared,
    NothingToDecide,
    NotOfThisUnit,
    TakesSamples,
    assign,
    decide_on_find,
    find_milestones,
    finish_task,
    make_task,
    write_note,
)

__all__ = [
    "NoSampleTaker",
    "TakerIsAdviser",
    "order_sample",
    "record_sample",
    "TakesSamples",
    "AlreadyDone",
    "AlreadyRegistered",
    "FindDetails",
    "MustNotSee",
    "NoSuchCase",
    "NotBehindGlass",
    "NotCleared",
    "NotOfThisUnit",
    "NothingToDecide",
    "OrderDetails",
    "ReferralDetails",
    "assign",
    "block_from_case",
    "break_glass_on_case",
    "correct_person_of",
    "decide_on_find",
    "find_milestones",
    "finish_task",
    "make_task",
    "register_referral",
    "write_note",
]
