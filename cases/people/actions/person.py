"""Writes about people, each with its audit event in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cases.accounts.models import User
from cases.audit.record import record, recorded
from cases.core.database.uniqueness import unique_or
from cases.core.identity_numbers import IdentityNumberFacts
from cases.people.models import (
    ContactPoint,
    Corrected,
    Correction,
    IdentityNumber,
    NumberChange,
    Person,
    Protection,
    SearchToken,
    contact_lookup,
    contact_lookups,
    number_lookups,
    search_prefixes,
)
from cases.units.models import Unit


class IdentityNumberTaken(Exception):
    """Somebody in this unit already has this number."""


class NotClearedToLower(Exception):
    """Only who is cleared for protected people makes a protection weaker: four hours of broken
    glass must not open the person for good."""


@dataclass(frozen=True)
class ContactDetails:
    kind: str
    value: str
    messages_allowed: bool = True
    shared_with_others: bool = False


@dataclass(frozen=True)
class PersonDetails:
    given_name: str
    family_name: str
    birth_date: date
    language: str
    interpreter_language: str
    protection: str


def register_person(
    *,
    unit: Unit,
    details: PersonDetails,
    identity_number: IdentityNumberFacts | None,
    contacts: Iterable[ContactDetails],
    by: User,
) -> Person:
    """A new person of this unit. Raises IdentityNumberTaken."""
    with recorded():
        person = Person.objects.create(unit=unit, **vars(details))
        if identity_number is not None:
            _add_identity_number(person, identity_number)
        for contact in contacts:
            add_contact_point(person=person, contact=contact, by=by)
        make_searchable(person)
        record("person.registered", by=by, unit=unit.pk, target=person, persons=[person.pk])
    return person


def _add_identity_number(person: Person, number: IdentityNumberFacts) -> None:
    hashes = number_lookups(number.digits)
    if IdentityNumber.objects.filter(unit=person.unit, lookup__in=hashes).exists():
        raise IdentityNumberTaken
    with unique_or(IdentityNumberTaken):
        IdentityNumber.objects.create(
            unit=person.unit,
            person=person,
            kind=number.kind,
            digits=number.digits,
            lookup=hashes[0],
        )


def add_contact_point(*, person: Person, contact: ContactDetails, by: User) -> ContactPoint:
    with recorded():
        point = ContactPoint.objects.create(
            unit=person.unit,
            person=person,
            kind=contact.kind,
            value=contact.value,
            lookup=contact_lookup(contact.kind, contact.value),
            messages_allowed=contact.messages_allowed,
            shared_with_others=contact.shared_with_others,
        )
        record(
            "contact.added", by=by, unit=person.unit_id, target=point, persons=[person.pk],
            fields=[contact.kind],
        )  # fmt: skip
    return point


def add_new_contacts(*, person: Person, contacts: Iterable[ContactDetails], by: User) -> None:
    """Add those a person we know is not reached by already."""
    known = set(person.contact_points.usable().values_list("lookup", flat=True))
    with recorded():
        for contact in contacts:
            if known.isdisjoint(contact_lookups(contact.kind, contact.value)):
                add_contact_point(person=person, contact=contact, by=by)


def withdraw_contact_point(*, point: ContactPoint, by: User) -> ContactPoint:
    """Stop using a number or address; what was sent there stays on record."""
    with recorded():
        point.withdrawn_at, point.withdrawn_by = timezone.now(), by
        point.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(
            "contact.withdrawn", by=by, unit=point.unit_id, target=point, persons=[point.person_id]
        )
    return point


def correct_person(*, person: Person, details: PersonDetails, by: User) -> Person:
    """Save what differs. Raises NotClearedToLower, and StaleVersion when somebody else saved in
    between.
    """
    changed = [k for k, v in vars(details).items() if getattr(person, k) != v]
    if not changed:
        return person
    is_lower = Protection(details.protection).hides_less_than(Protection(person.protection))
    if is_lower and person.unit_id not in by.units_cleared():
        raise NotClearedToLower
    with recorded():
        before = [(name, str(getattr(person, name))) for name in changed]
        for name in changed:
            setattr(person, name, getattr(details, name))
        person.save_version(*changed)
        for name, value in before:
            _keep_old_value(person, name, value, by)
        make_searchable(person)
        record(
            "person.corrected", by=by, unit=person.unit_id, target=person, persons=[person.pk],
            fields=changed,
        )  # fmt: skip
    return person


def _keep_old_value(person: Person, what: str, was: str, by: User, reason: str = "") -> None:
    Correction.objects.create(
        unit_id=person.unit_id, person=person, what=what, was=was, reason=reason,
        corrected_at=timezone.now(), corrected_by=by,
    )  # fmt: skip


def correct_identity_number(
    *, person: Person, number: IdentityNumberFacts, reason: str, by: User
) -> None:
    """Make this the person's number. A replaced one still finds them; a wrong one finds nobody.

    Raises IdentityNumberTaken.
    """
    with recorded():
        hashes = number_lookups(number.digits)
        present = person.identity_numbers.filter(replaced_at=None)
        if present.filter(lookup__in=hashes).exists():
            return
        for old in present.select_for_update():
            old.person = person
            _keep_old_value(person, Corrected.IDENTITY_NUMBER, old.digits, by, reason)
            if reason == NumberChange.WRONG:
                old.delete()
            else:
                old.replaced_at, old.replaced_by = timezone.now(), by
                old.save(update_fields=["replaced_at", "replaced_by"])
        if not person.identity_numbers.filter(lookup__in=hashes).update(
            replaced_at=None, replaced_by=None
        ):
            _add_identity_number(person, number)
        person.raise_version()
        record(
            "person.number_corrected", by=by, unit=person.unit_id, target=person,
            persons=[person.pk], fields=["identity_number"],
        )  # fmt: skip


def make_searchable(person: Person) -> None:
    """Rebuild the search tokens; a protected person has none."""
    SearchToken.objects.filter(person=person).delete()
    if person.is_protected:
        return
    SearchToken.objects.bulk_create(
        SearchToken(unit_id=person.unit_id, person=person, prefix=prefix)
        for prefix in sorted(search_prefixes(person.full_name))
    )
