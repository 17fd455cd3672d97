"""From a dated text and an appointment's time to words in the person's language.

The reader of these words is not the user of the program: nothing here follows the language of
the interface.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format

from cases.casework.models import LegalBasis
from cases.core.neutrality import placeholders
from cases.core.working_days import OSLO
from cases.letters.models import MESSAGE_KINDS, TextTemplate
from cases.people.models import LetterLanguage
from cases.units.models import Unit

FALLBACK_LANGUAGE = LetterLanguage.NB


class NoText(Exception):
    """No text in force can be used for this."""


def message_text(kind: str, language: str, unit: Unit, day: date) -> str:
    """The text of a message with its placeholders, as in force on that day. Raises NoText."""
    if kind not in MESSAGE_KINDS:
        raise NoText(kind)
    return _text_in_force(kind, language, unit, day, None)


def letter_text(
    kind: str, language: str, unit: Unit, day: date, legal_basis: LegalBasis | None = None
) -> str:
    """A part of a letter with its placeholders, as in force on that day. Raises NoText."""
    return _text_in_force(kind, language, unit, day, legal_basis)


def _text_in_force(
    kind: str, language: str, unit: Unit, day: date, legal_basis: LegalBasis | None
) -> str:
    """The unit's own text before the shared one, the newest first; bokmål where there is none."""
    for wanted in dict.fromkeys((language, FALLBACK_LANGUAGE)):
        texts = TextTemplate.objects.for_kind(kind, wanted, unit, day)
        body = texts.filter(legal_basis=legal_basis).values_list("body", flat=True).first()
        if body is not None:
            return body
    raise NoText(kind)


def fill(text: str, **values: str) -> str:
    """Put values into plain placeholders; attributes, indexes and formats are never evaluated.

    Raises NoText for a text that asks for anything else.
    """
    try:
        wanted = placeholders(text)
    except ValidationError as error:
        raise NoText from error
    if missing := wanted - values.keys():
        raise NoText(", ".join(sorted(missing)))
    return text.format_map(values)


def date_in_words(day: date, language: str) -> str:
    """24. november 2026."""
    with translation.override(language):
        return date_format(day, "DATE_FORMAT")


def appointment_values(starts_at: datetime, language: str, unit: Unit) -> dict[str, str]:
    """What a message may say of an appointment: weekday, date, time, phone and sender."""
    start = timezone.localtime(starts_at, OSLO)
    with translation.override(language):
        return {
            "weekday": date_format(start, "l"),
            "date": date_format(start, "DATE_FORMAT"),
            "time": date_format(start, "TIME_FORMAT"),
            "phone": unit.phone,
            "sender": unit.neutral_name,
        }
