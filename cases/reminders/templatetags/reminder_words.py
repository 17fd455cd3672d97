from uuid import UUID

from django import template

from cases.appointments.models import Appointment
from cases.reminders.ledger import LedgerLine
from cases.reminders.words import reason_in_words as sentence_of

register = template.Library()


@register.filter
def reason_in_words(code: str) -> str:
    """The sentence of a reason code of the message ledger."""
    return sentence_of(code)


@register.filter
def messages_of(ledger: dict[UUID, list[LedgerLine]], appointment: Appointment) -> list[LedgerLine]:
    """The messages of this appointment, from what `ledger_for` found."""
    return ledger.get(appointment.pk, [])
