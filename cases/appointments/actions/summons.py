"""Keeping the written summons: the letter, when and how it went."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions.common import locked, record_on
from cases.appointments.milestones import appointment_milestones
from cases.appointments.models import Summons
from cases.appointments.summons import summons_content
from cases.audit.record import recorded
from cases.casework.milestones import write_milestones
from cases.letters.actions import make_letter
from cases.letters.models import Letter, LetterKind


class NotTheLetterOfTheCase(Exception):
    """The letter belongs to another case, or has been sent already."""


def record_summons(
    *, appointment_id: UUID, letter_id: UUID, sent_on: date, sent_how: str, by: User
) -> Summons:
    """The letter went to the person on that day. Raises NotBooked, NotTheLetterOfTheCase."""
    with recorded():
        appointment = locked(appointment_id, None)
        letter = Letter.objects.filter(pk=letter_id, case=appointment.case).first()
        if letter is None or Summons.objects.filter(letter=letter).exists():
            raise NotTheLetterOfTheCase
        summons = Summons.objects.create(
            appointment=appointment,
            unit=appointment.unit,
            sequence=appointment.sequence,
            letter=letter,
            sent_on=sent_on,
            sent_how=sent_how,
            recorded_at=timezone.now(),
            recorded_by=by,
        )
        write_milestones(appointment.case, **appointment_milestones(appointment.case))
        record_on("summons.sent", appointment, by)
    return summons


def send_summons(
    *, appointment_id: UUID, seen_version: int, sent_on: date, sent_how: str, by: User
) -> Summons:
    """Lock the letter as the user saw it, and record that it went.

    Raises StaleVersion when the appointment changed after the letter was shown, NoText when a text
    of the letter is missing, and what `record_summons` raises.
    """
    with recorded():
        appointment = locked(appointment_id, seen_version)
        letter = make_letter(
            case=appointment.case,
            kind=LetterKind.SUMMONS,
            language=appointment.case.person.language,
            content=summons_content(appointment),
            by=by,
        )
        return record_summons(
            appointment_id=appointment_id,
            letter_id=letter.pk,
            sent_on=sent_on,
            sent_how=sent_how,
            by=by,
        )
