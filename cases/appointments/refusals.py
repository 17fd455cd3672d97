"""Why an action on an appointment was refused, as a sentence at the field it concerns."""

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.appointments.actions import (
    AlreadyBegun,
    AlreadyBooked,
    AlreadyRecorded,
    InThePast,
    MustNotMeet,
    NotBooked,
    NotOfTheUnit,
    NotOnTheGrid,
    NotReady,
    NotTheLetterOfTheCase,
    NotYetStarted,
    Resource,
    RoundIsOver,
    SlotTaken,
    TooFarAhead,
)
from cases.casework.milestones import CaseIsClosed
from cases.core.dates import AmbiguousLocalTime, NonexistentLocalTime, local
from cases.core.models import StaleVersion
from cases.letters.rendering import NoText

# What was refused → the field that can be changed, or none, and what to do.
SENTENCES: dict[type[Exception], tuple[str | None, Promise]] = {
    NotOnTheGrid: ("clock", gettext_lazy("Choose a time in steps of five minutes, such as 10.05.")),
    InThePast: ("clock", gettext_lazy("That time has passed. Choose a later one.")),
    TooFarAhead: ("day", gettext_lazy("That is more than a year ahead. Check the year.")),
    MustNotMeet: (
        "adviser",
        gettext_lazy("This colleague must not meet the person. Choose another."),
    ),
    NotReady: (
        None,
        gettext_lazy("Decide on the find first. The person is not summoned before that."),
    ),
    AlreadyBooked: (
        None,
        gettext_lazy("The case has a booked appointment already. Move that one."),
    ),
    AlreadyBegun: (
        None,
        gettext_lazy("The appointment has begun. Record how it went instead of changing it."),
    ),
    NotBooked: (
        None,
        gettext_lazy(
            "The appointment is not booked any more: it was cancelled, or its result is recorded."
        ),
    ),
    NotYetStarted: (
        None,
        gettext_lazy("The appointment has not begun. Record afterwards who came."),
    ),
    RoundIsOver: (
        None,
        gettext_lazy("The sender has set a new deadline since. What was before it is not changed."),
    ),
    StaleVersion: (
        None,
        gettext_lazy(
            "The appointment was changed after you opened this page. "
            "Look at it as it is now, and send the form again if it still fits."
        ),
    ),
    NotTheLetterOfTheCase: (
        None,
        gettext_lazy("The letter is not of this case. Open the page again."),
    ),
    NoText: (
        None,
        gettext_lazy("A text of the letter is missing. An administrator can add it under texts."),
    ),
    CaseIsClosed: (None, gettext_lazy("The case is closed. Nothing more can be changed.")),
}
TAKEN = {
    Resource.ADVISER: ("clock", gettext_lazy("The adviser has another meeting at that time.")),
    Resource.PLACE: ("place", gettext_lazy("The room is taken at that time.")),
    Resource.PERSON: ("clock", gettext_lazy("The person has another appointment at that time.")),
}
FOREIGN = {
    Resource.ADVISER: gettext_lazy("The adviser does not work in the unit on that day."),
    Resource.PLACE: gettext_lazy("The place is not one of the unit's places in use."),
}
Refusal: tuple[type[Exception], ...] = (
    *SENTENCES,
    SlotTaken,
    NotOfTheUnit,
    AlreadyRecorded,
    AmbiguousLocalTime,
    NonexistentLocalTime,
)


def explain(form: forms.Form, refusal: Exception) -> None:
    """Put the sentence for this refusal where the reader can do something about it."""
    match refusal:
        case SlotTaken():
            field, sentence = TAKEN[refusal.kind]
            form.add_error(field, str(sentence))
        case NotOfTheUnit():
            form.add_error(refusal.kind.value, str(FOREIGN[refusal.kind]))
        case AmbiguousLocalTime() | NonexistentLocalTime():
            form.add_error("clock", str(refusal))
        case AlreadyRecorded():
            form.add_error(None, _recorded_already(refusal))
        case _:
            changeable, what_to_do = SENTENCES[type(refusal)]
            form.add_error(changeable, str(what_to_do))


def _recorded_already(refusal: AlreadyRecorded) -> str:
    attendance = refusal.attendance
    return _("%(who)s recorded this on %(when)s: %(result)s.") % {
        "who": attendance.recorded_by,
        "when": date_format(local(attendance.recorded_at), "DATETIME_FORMAT"),
        "result": attendance.get_result_display(),
    }
