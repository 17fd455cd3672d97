"""Writes about people, each with its audit event in the same transaction."""

from cases.people.actions.access import (
    AlreadyBlocked,
    AlreadyReviewed,
    NotYoursToLift,
    NotYoursToReview,
    block,
    break_glass,
    declare_access,
    end_glass,
    end_glasses_run_out,
    lift_block,
    review_glass,
)
from cases.people.actions.person import (
    ContactDetails,
    IdentityNumberTaken,
    PersonDetails,
    add_contact_point,
    add_new_contacts,
    correct_person,
    make_searchable,
    register_person,
    withdraw_contact_point,
)

__all__ = [
    "AlreadyBlocked",
    "AlreadyReviewed",
    "ContactDetails",
    "IdentityNumberTaken",
    "NotYoursToLift",
    "NotYoursToReview",
    "PersonDetails",
    "add_contact_point",
    "add_new_contacts",
    "block",
    "break_glass",
    "correct_person",
    "declare_access",
    "end_glass",
    "end_glasses_run_out",
    "lift_block",
    "make_searchable",
    "register_person",
    "review_glass",
    "withdraw_contact_point",
]
