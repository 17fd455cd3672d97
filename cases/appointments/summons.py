"""The written summons: when, where and what follows, in the person's language.

The outside of the letter (title, sender, address window) tells nobody what it is about.
"""

import re
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.appointments.models import Appointment
from cases.core.working_days import OSLO
from cases.letters.content import LetterContent
from cases.letters.models import TextKind
from cases.letters.rendering import appointment_values, date_in_words, fill, letter_text
from cases.people.models import ContactKind, Person


def summons_content(appointment: Appointment) -> LetterContent:
    """The letter to the appointment as it stands now. Raises NoText.

    Needs `case` with its person, unit and referral's legal basis; costs one query for the address
    and one for each text.
    """
    case = appointment.case
    language = case.person.language
    today = timezone.localdate(timezone=OSLO)
    with translation.override(language):
        values = _values(appointment, language)
        return LetterContent(
            title=_("Summons to a conversation"),
            sender=case.unit.neutral_name,
            sender_lines=_lines(case.unit.postal_address),
            recipient_lines=(case.person.full_name, *_address_lines(case.person)),
            dated=date_in_words(today, language),
            reference=_("Our reference: %(number)s") % {"number": case.number},
            facts=_facts(values),
            parts=_parts(appointment, language, today, values),
            closing=(
                _("Kind regards"),
                appointment.adviser.name,
                case.unit.neutral_name,
                _("Telephone %(number)s") % {"number": case.unit.phone},
            ),
        )


def _values(appointment: Appointment, language: str) -> dict[str, str]:
    """Every placeholder a text of a letter may hold, in the language in force."""
    deadline = appointment.case.deadline_on
    return appointment_values(appointment.starts_at, language, appointment.case.unit) | {
        "place": appointment.place.name,
        "directions": appointment.place.directions,
        "deadline": date_in_words(deadline, language) if deadline else "",
        "adviser": appointment.adviser.name,
    }


def _facts(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    where = ", ".join(filter(None, (values["place"], values["directions"])))
    facts = [
        (_("When"), _("%(weekday)s %(date)s at %(time)s") % values),
        (_("Where"), where),
        (_("You will meet"), values["adviser"]),
    ]
    if values["deadline"]:
        facts.append((_("Last day to attend"), values["deadline"]))
    return tuple(facts)


def _parts(
    appointment: Appointment, language: str, today: date, values: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    unit, basis = appointment.case.unit, appointment.case.referral.legal_basis
    introduction = letter_text(TextKind.SUMMONS_INTRODUCTION, language, unit, today)
    consequence = letter_text(TextKind.SUMMONS_CONSEQUENCE, language, unit, today, basis)
    change = letter_text(TextKind.SUMMONS_CHANGE, language, unit, today)
    return (
        ("", fill(introduction, **values)),
        (_("What follows if you do not come"), fill(consequence, **values)),
        (_("How to change the appointment"), fill(change, **values)),
    )


def _address_lines(person: Person) -> tuple[str, ...]:
    """Nothing for a protected person, and nothing when it is not clear which address is right."""
    if person.is_protected:
        return ()
    addresses = list(person.contact_points.usable().filter(kind=ContactKind.ADDRESS)[:2])
    return _lines(str(addresses[0].value)) if len(addresses) == 1 else ()


def _lines(address: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in re.split(r"[,\n]", address) if line.strip())
