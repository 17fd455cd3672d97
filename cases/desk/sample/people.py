"""Made-up people: names of trees and of tests, synthetic identity numbers (month + 80)."""

import uuid
from datetime import date, timedelta
from random import Random

from cases.core.identity_numbers import Kind, synthetic_number
from cases.people.models import (
    ContactKind,
    ContactPoint,
    IdentityNumber,
    Person,
    Protection,
    SearchToken,
    contact_lookup,
    number_lookups,
    search_prefixes,
)
from cases.units.models import Unit

GIVEN = (
    "Alm", "Ask", "Barlind", "Bjørk", "Einer", "Eik", "Furu", "Gran", "Hassel", "Hegg", "Lind",
    "Lønn", "Mispel", "Or", "Osp", "Pil", "Rogn", "Selje", "Slåpe", "Spisslønn",
)  # fmt: skip
FAMILY = (
    "Testbakken", "Testdal", "Testdokk", "Testfjell", "Testhaug", "Testheim", "Testholm",
    "Testlien", "Testmark", "Testnes", "Testrud", "Testseter", "Teststrand", "Testvoll",
)  # fmt: skip
PRACTICE_PROTECTED = 3  # in each unit the fourth person, so that every list has somebody hidden


def make_person(
    unit: Unit, serial: int, rng: Random, today: date
) -> tuple[Person, list[IdentityNumber | ContactPoint | SearchToken]]:
    """A person of this unit and the rows that belong to them, not saved yet."""
    born = today - timedelta(days=rng.randint(16 * 365, 40 * 365))
    protection = Protection.STRICTLY_CONFIDENTIAL if serial % 20 == PRACTICE_PROTECTED else "none"
    person = Person(
        id=new_id(rng),
        unit=unit,
        given_name=rng.choice(GIVEN),
        family_name=rng.choice(FAMILY),
        birth_date=born,
        language=unit.language if rng.random() < 0.85 else "en",
        interpreter_language="somali" if serial % 13 == 5 else "",
        protection=protection,
    )
    return person, [
        *_number(person, serial, rng),
        *_contacts(person, serial, rng),
        *_tokens(person),
    ]


def new_id(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _number(person: Person, serial: int, rng: Random) -> list[IdentityNumber]:
    """Nine of ten have a number; the lookup is unique within the unit."""
    if serial % 10 == 9:
        return []
    digits = synthetic_number(person.birth_date, serial % 1000)
    return [
        IdentityNumber(
            id=new_id(rng),
            unit=person.unit,
            person=person,
            kind=Kind.SYNTHETIC,
            digits=digits,
            lookup=number_lookups(digits)[0],
        )
    ]


def _contacts(person: Person, serial: int, rng: Random) -> list[ContactPoint]:
    values = [
        (ContactKind.ADDRESS, f"Prøveveien {serial % 99 + 1}, 0001 {person.unit.neutral_name[:20]}")
    ]
    if serial % 8 != 7:
        values.append((ContactKind.MOBILE, f"+47{90000000 + serial % 9_999_999}"))
    if serial % 3 == 0:
        values.append((ContactKind.EMAIL, f"person{serial}@example.no"))
    return [
        ContactPoint(
            id=new_id(rng), unit=person.unit, person=person, kind=kind, value=value,
            lookup=contact_lookup(kind, value),
        )
        for kind, value in values
    ]  # fmt: skip


def _tokens(person: Person) -> list[SearchToken]:
    if person.is_protected:
        return []
    prefixes = sorted(search_prefixes(person.full_name))
    return [SearchToken(unit=person.unit, person=person, prefix=prefix) for prefix in prefixes]
