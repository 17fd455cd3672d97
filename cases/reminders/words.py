"""Why a message was not sent, as a code in the row and as a sentence for the staff.

A reason that leaves something for a person to do names the task it makes.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.casework.models import TaskKind


class Reason(models.TextChoices):
    APPOINTMENT_CHANGED = "appointment_changed", _("The appointment has changed or is over.")
    DECEASED = "deceased", _("The person is dead.")
    PROTECTED = (
        "protected",
        _("The address is protected, so nothing is sent. Tell the person as you have agreed."),
    )
    RESTRICTED = (
        "restricted",
        _("The processing is restricted, so nothing is sent. Decide whether to call."),
    )
    STOPPED = (
        "stopped",
        _("It was stopped, because something was sent in error. Call when the number is certain."),
    )
    UNIT_OFF = "unit_off", _("The unit does not send messages.")
    NO_GATEWAY = "no_gateway", _("This way of sending is not set up. Call.")
    NO_CONTACT = "no_contact", _("There is no number or address to send to. Write or call.")
    NOT_ALLOWED = "not_allowed", _("The person does not want messages here.")
    SEEN_BY_OTHERS = "seen_by_others", _("Others see what comes here. Call when it is safe.")
    SHARED_NUMBER = "shared_number", _("The number or address is shared by two people. Call.")
    NOT_A_MOBILE = "not_a_mobile", _("The number can not show an SMS. Call.")
    CAP = "cap", _("The person has had enough messages today. Call.")
    NO_TEXT = "no_text", _("There is no text for this message. Call, and tell an administrator.")
    NOT_NEUTRAL = (
        "not_neutral",
        _("The text could reveal what it is about. Call, and tell an administrator."),
    )
    BOOKED_LATE = "booked_late", _("The appointment was agreed on shortly before.")
    BOOKED_AT_ONCE = "booked_at_once", _("The appointment is too soon for a message. Call.")
    TOO_LATE = "too_late", _("It was too late to send it. Call.")
    REFUSED = "refused", _("The operator refused the number or address. Check it, and call.")
    GAVE_UP = "gave_up", _("It was tried several times and refused each time. Call.")
    FAULT = "fault", _("The program failed to make the message. Call, and tell an administrator.")
    NO_ANSWER = "no_answer", _("The operator did not say whether it was sent. Ask the person.")
    TEXT_CHANGED = (
        "text_changed",
        _("It is unclear whether it was sent, and its content has changed since. Ask the person."),
    )
    UNDELIVERED = "undelivered", _("The operator could not deliver it. Check the number, and call.")
    EXPIRED = "expired", _("The phone could not be reached in time. Call.")


TASK_FOR: dict[str, TaskKind] = {
    Reason.PROTECTED: TaskKind.CALL_PERSON,
    Reason.RESTRICTED: TaskKind.CALL_PERSON,
    Reason.STOPPED: TaskKind.CALL_PERSON,
    Reason.NO_GATEWAY: TaskKind.CALL_PERSON,
    Reason.NO_CONTACT: TaskKind.CALL_PERSON,
    Reason.SEEN_BY_OTHERS: TaskKind.CALL_PERSON,
    Reason.SHARED_NUMBER: TaskKind.CHECK_CONTACT,
    Reason.NOT_A_MOBILE: TaskKind.CHECK_CONTACT,
    Reason.CAP: TaskKind.CALL_PERSON,
    Reason.NO_TEXT: TaskKind.CALL_PERSON,
    Reason.NOT_NEUTRAL: TaskKind.CALL_PERSON,
    Reason.BOOKED_AT_ONCE: TaskKind.CALL_PERSON,
    Reason.TOO_LATE: TaskKind.CALL_PERSON,
    Reason.REFUSED: TaskKind.CHECK_CONTACT,
    Reason.GAVE_UP: TaskKind.CALL_PERSON,
    Reason.FAULT: TaskKind.CALL_PERSON,
    Reason.NO_ANSWER: TaskKind.SETTLE_MESSAGE,
    Reason.TEXT_CHANGED: TaskKind.SETTLE_MESSAGE,
    Reason.UNDELIVERED: TaskKind.CHECK_CONTACT,
    Reason.EXPIRED: TaskKind.CALL_PERSON,
}


def reason_in_words(code: str) -> str:
    """The sentence of a reason; an unknown code says nothing."""
    return str(Reason(code).label) if code in Reason.values else ""
