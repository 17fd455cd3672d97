"""Why an action was refused, as a sentence at the field it concerns."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.casework.milestones import CaseIsClosed
from cases.core.models import StaleVersion
from cases.support.actions import (
    AlreadyAnswered,
    AlreadyWithdrawn,
    AnswerChanged,
    CannotClose,
    HelpHasBegun,
    NobodyToAnswer,
    NoConsent,
    NotAccepted,
    NothingToAnswer,
    NotInCatalogue,
    NotWaitingForSender,
)

# What was refused → the field that can be changed, if the form has it, and what to do.
SENTENCES: dict[type[Exception], tuple[str | None, Promise]] = {
    NoConsent: (
        "offered_on",
        _("No consent is in force on that day. Record the person's consent first."),
    ),
    NotInCatalogue: ("service", _("This is not in the unit's catalogue any more. Choose another.")),
    AlreadyWithdrawn: (None, _("The consent is withdrawn already.")),
    HelpHasBegun: (
        None,
        _("What came of it is recorded already, so the reply stands. Change the result instead."),
    ),
    NotAccepted: (None, _("The offer was not accepted. Record the reply first.")),
    NobodyToAnswer: (None, _("Nobody referred this case, so there is nobody to answer.")),
    NothingToAnswer: (
        None,
        _(
            "There is nothing to answer yet: the person has neither attended as often as the case "
            "asks nor missed a meeting, or a meeting lies ahead, or the answer sent still holds."
        ),
    ),
    AlreadyAnswered: (None, _("The sender has been answered already.")),
    AnswerChanged: (
        None,
        _(
            "The answer changed after you opened this page. "
            "Look at it as it is now, and send it again if it is right."
        ),
    ),
    NotWaitingForSender: (
        None,
        _(
            "The case does not wait for the sender: the sender was not told that the person did "
            "not attend, or has decided already."
        ),
    ),
    CannotClose: ("outcome", _("The case can not be closed like this. See what is missing below.")),
    StaleVersion: (
        None,
        _(
            "Somebody saved this after you opened the page. What you typed is still here; "
            "what was saved stands above. Send the form again if yours is right."
        ),
    ),
    CaseIsClosed: (None, _("The case is closed. Nothing more can be changed.")),
}
Refusal = tuple(SENTENCES)


def explain(form: forms.Form, refusal: Exception) -> None:
    """Put the sentence for this refusal where the reader can do something about it."""
    field, sentence = SENTENCES[type(refusal)]
    form.add_error(field if field in form.fields else None, str(sentence))
