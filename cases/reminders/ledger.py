"""What the staff see of each message: when, how, and why not. Never a number, never a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.appointments.models import Appointment
from cases.core.working_days import OSLO
from cases.reminders.models import Message, MessageState
from cases.reminders.words import TASK_FOR, reason_in_words

# The colours are those of the design system: info, success, warning, danger, neutral.
STATES: dict[str, tuple[str, Promise]] = {
    MessageState.PLANNED: ("info", gettext_lazy("Will be sent %(moment)s.")),
    MessageState.CLAIMED: ("info", gettext_lazy("Is being sent now.")),
    MessageState.HANDED_OVER: ("success", gettext_lazy("Sent %(moment)s.")),
    MessageState.DELIVERED: ("success", gettext_lazy("Sent %(moment)s, delivered.")),
    MessageState.UNDELIVERED: ("danger", gettext_lazy("Sent %(moment)s, but not delivered.")),
    MessageState.NO_RECEIPT: ("warning", gettext_lazy("Sent %(moment)s. No receipt came.")),
    MessageState.UNCLEAR: (
        "warning",
        gettext_lazy("It is unclear whether it was sent. The program is finding out."),
    ),
    MessageState.NEEDS_PERSON: ("danger", gettext_lazy("It is unclear whether it was sent.")),
    MessageState.FAILED: ("danger", gettext_lazy("Not sent:")),
    MessageState.WITHHELD: ("warning", gettext_lazy("Not sent:")),
    MessageState.SUPERSEDED: ("neutral", gettext_lazy("Not sent:")),
    MessageState.TOO_LATE: ("danger", gettext_lazy("Not sent:")),
}


@dataclass(frozen=True)
class LedgerLine:
    what: str  # "SMS, the day before"
    sentence: str
    colour: str
    needs_somebody: bool


def ledger_for(appointments: Iterable[Appointment]) -> dict[UUID, list[LedgerLine]]:
    """The messages of each appointment in words, in the order they were planned. One query."""
    lines: dict[UUID, list[LedgerLine]] = {appointment.pk: [] for appointment in appointments}
    if not lines:
        return lines
    messages = Message.objects.filter(appointment__in=list(lines))
    for message in messages.order_by("planned_at", "kind", "channel", "pk"):
        lines[message.appointment_id].append(line_of(message))
    return lines


def line_of(message: Message) -> LedgerLine:
    colour, sentence = STATES[message.state]
    parts = [str(sentence) % {"moment": _moment(message)}, reason_in_words(message.reason)]
    return LedgerLine(
        what=_("%(channel)s, %(kind)s")
        % {"channel": message.get_channel_display(), "kind": message.get_kind_display()},
        sentence=" ".join(part for part in parts if part),
        colour=colour,
        needs_somebody=message.reason in TASK_FOR,
    )


def _moment(message: Message) -> str:
    moment: datetime = message.handed_over_at or message.try_at
    return date_format(timezone.localtime(moment, OSLO), "DATETIME_FORMAT")
