"""The words of a message, filled in and looked at once more before they leave the house."""

from datetime import date, datetime
from uuid import UUID

from cases.core.neutrality import check_neutral
from cases.letters.models import TextKind
from cases.letters.rendering import appointment_values, fill, message_text
from cases.reminders.models import MessageKind
from cases.units.models import Unit

TEXT_FOR = {
    MessageKind.WEEK_BEFORE: TextKind.REMINDER,
    MessageKind.DAY_BEFORE: TextKind.REMINDER,
    MessageKind.MOVED: TextKind.MOVED,
    MessageKind.CANCELLED: TextKind.CANCELLED,
}


class Wording:
    """Texts of one day. The same template, and the same words for the same time, are made once."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._templates: dict[tuple[str, str, UUID], str] = {}
        self._filled: dict[tuple[str, datetime, str, UUID], str] = {}

    def text(self, kind: str, starts_at: datetime, language: str, unit: Unit) -> str:
        """Raises NoText, and ValidationError for words that could reveal what it is about."""
        key = (TEXT_FOR[MessageKind(kind)], starts_at, language, unit.pk)
        if key not in self._filled:
            values = appointment_values(starts_at, language, unit)
            text = fill(self._template(key[0], language, unit), **values)
            check_neutral(text, allowed=set())
            check_neutral(unit.neutral_sender, allowed=set())
            self._filled[key] = text
        return self._filled[key]

    def subject(self, language: str, unit: Unit) -> str:
        """Raises NoText, and ValidationError for a subject that is not neutral."""
        subject = self._template(TextKind.EMAIL_SUBJECT, language, unit)
        check_neutral(subject, allowed=set())
        return subject

    def _template(self, kind: str, language: str, unit: Unit) -> str:
        key = (kind, language, unit.pk)
        if key not in self._templates:
            self._templates[key] = message_text(kind, language, unit, self._day)
        return self._templates[key]
