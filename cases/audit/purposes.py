"""What a reading is for, and which duty it rests on, when its caller does not say it better.

Whoever opens a case says the kind of that case's legal basis; everything else follows from what the
event is about. The codes are for the person's report: its words, and the paragraphs, are dated data.
Reviewed: a new noun needs a line here, or its events rest on the unit's own task.
"""

CASE_WORK = "case_work"  # the unit's task: help to people who were referred
OVERSIGHT = "oversight"  # the log itself, and its review
RIGHTS = "rights_of_person"  # access, correction, restriction, deletion
STATISTICS = "statistics"
SET_UP = "set_up"

BY_NOUN = {
    "log": OVERSIGHT, "review": OVERSIGHT, "audit": OVERSIGHT,
    "report": RIGHTS, "access_request": RIGHTS, "restriction": RIGHTS, "export": RIGHTS,
    "access_report": RIGHTS, "deviation": RIGHTS, "archive": RIGHTS,
    "retention": RIGHTS, "figures": STATISTICS, "admin": SET_UP, "user": SET_UP,
    "reference_data": SET_UP, "sample_data": SET_UP, "request": "",
}  # fmt: skip
# How the names of actions end that only showed something, and changed nothing.
READING = ("viewed", "listed", "searched", "found_by_number", "printed", "exported", "downloaded")


def basis_of(action: str) -> str:
    return BY_NOUN.get(action.partition(".")[0], CASE_WORK)


def usual_purpose(action: str) -> str:
    """A reading is never without a purpose: outside a page it is what it is about."""
    noun, _dot, verb = action.rpartition(".")
    return noun[:60] if verb in READING else ""
