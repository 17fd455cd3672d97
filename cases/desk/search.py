"""Find a case by name, case number, identity number or telephone. Protected people give no hit."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.accounts.models import User
from cases.accounts.roles import Permission
from cases.audit.record import record
from cases.casework.models import Case, CaseQuerySet
from cases.core.crypto import lookup_hash
from cases.people.contacts import InvalidContact, normal_phone
from cases.people.models import (
    ContactKind,
    ContactPoint,
    IdentityNumber,
    Person,
    Protection,
    contact_lookups,
    folded_words,
    number_lookups,
)

MOST_HITS = 50
# Who has a name this common writes more of it. Looked up first, so that the database goes from the
# few people to their cases, however many cases the unit has.
MOST_PEOPLE = 500
CASE_NUMBER = re.compile(r"^(?:[A-ZÆØÅ]{2,6}-)?\d{4}-\d{1,6}$")


@dataclass(frozen=True)
class Hits:
    """At most MOST_HITS cases, the newest first, and whether there are more."""

    cases: list[Case]
    is_more: bool


def search_cases(words: str, user: User) -> Hits:
    """The cases the user may see that fit the words. Of the words the log keeps a keyed hash."""
    visible = Case.objects.visible_to(user)
    units = user.units_where(Permission.SEE_CASES)
    fitting, is_cut = _matching(visible, words.strip(), units)
    newest_first = fitting.with_row_facts().order_by("-opened_at")
    found = list(newest_first[: MOST_HITS + 1])
    hits = found[:MOST_HITS]
    hashed = lookup_hash("search_words", " ".join(words.casefold().split()))
    for unit in {case.unit_id for case in hits}:
        of_unit = [case.person_id for case in hits if case.unit_id == unit]
        record(
            "cases.searched", by=user, unit=unit, persons=of_unit, count=len(of_unit), words=hashed
        )
    if not hits:
        record("cases.searched", by=user, count=0, words=hashed)
    return Hits(hits, is_more=is_cut or len(found) > MOST_HITS)


def _matching(visible: CaseQuerySet, words: str, units: set[UUID]) -> tuple[CaseQuerySet, bool]:
    """The cases that fit, and whether more people fit than were looked at."""
    persons: QuerySet[Any, Any]
    compact = re.sub(r"\s", "", words[:100])
    if CASE_NUMBER.match(compact.upper()):
        return _by_case_number(visible, compact.upper()), False
    # From here on the person is the key: nobody learns this way that a protected person is here.
    unprotected = visible.filter(person__protection=Protection.NONE)
    if compact.isdigit() and len(compact) == 11:
        hashes = number_lookups(compact)
        numbers = IdentityNumber.objects.filter(unit__in=units, lookup__in=hashes)
        persons = numbers.values_list("person", flat=True)
    elif (phone := _as_phone(compact)) is not None:
        hashes = contact_lookups(ContactKind.MOBILE, phone)
        points = ContactPoint.objects.usable().filter(unit__in=units, lookup__in=hashes)
        persons = points.values_list("person", flat=True)
    elif folded_words(words):
        persons = Person.objects.searched(words, units).values_list("pk", flat=True)
    else:
        return visible.none(), False
    people = list(persons[: MOST_PEOPLE + 1])
    return unprotected.filter(person__in=people[:MOST_PEOPLE]), len(people) > MOST_PEOPLE


def _by_case_number(visible: CaseQuerySet, number: str) -> CaseQuerySet:
    *_code, year, serial = number.split("-")
    if int(serial) > 2_000_000_000:
        return visible.none()
    found = visible.filter(year=int(year), serial=int(serial))
    return found.filter(number__startswith=number.split("-")[0]) if _code else found


def _as_phone(compact: str) -> str | None:
    if not re.fullmatch(r"\+?\d{8,15}", compact):
        return None
    try:
        return normal_phone(compact)
    except InvalidContact:
        return None
