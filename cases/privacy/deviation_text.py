"""The draft of the deviation report: what the program knows, and what a person must fill in."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.core.working_days import OSLO
from cases.privacy.models import SentInError
from cases.privacy.sent import Viewer


def draft_of(sent: SentInError, viewers: list[Viewer]) -> str:
    """Under the headings that the authority's form asks for (GDPR article 33, paragraph 3)."""
    opened = ", ".join(f"{viewer.role} ({viewer.times})" for viewer in viewers)
    parts = [
        (_("What happened"), sent.what_happened),
        (
            _("When"),
            _("Sent %(sent)s. Found out %(found)s.")
            % {"sent": _moment(sent.sent_at), "found": _moment(sent.found_at)},
        ),
        (_("What was sent"), sent.get_kind_display()),
        (_("Whom it is about"), _("One person. Case %(number)s.") % {"number": sent.case.number}),
        (
            _("What kind of information"),
            _("Name and contact with the municipality. Add what else could be read from it."),
        ),
        (_("Who has got it or may have seen it"), sent.recipients),
        (
            _("Employees who opened the case in the period"),
            opened or _("Nobody, by the access log."),
        ),
        (_("What was done at once"), _done(sent)),
        (_("What it may lead to for the person"), _("To be filled in.")),
        (_("What is done so that it does not happen again"), _("To be filled in.")),
        (_("Whether the person is told, and why"), _("To be filled in.")),
    ]
    return "\n\n".join(f"{heading}\n{text}" for heading, text in parts)


def _done(sent: SentInError) -> str:
    return _(
        "%(messages)s planned messages were stopped. %(contacts)s contact details were taken out of use."
    ) % {"messages": sent.messages_stopped, "contacts": sent.contacts_stopped}


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at, OSLO), "DATETIME_FORMAT")
