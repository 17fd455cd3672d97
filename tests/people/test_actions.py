"""Who they are and how they are reached: kept sealed, found again, and never without its event."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from cases.accounts.models import User
from cases.audit.models import Event
from cases.core.identity_numbers import read_identity_number, synthetic_number
from cases.core.models import StaleVersion
from cases.people.actions import (
    ContactDetails,
    IdentityNumberTaken,
    PersonDetails,
    add_contact_point,
    add_new_contacts,
    correct_person,
    register_person,
    withdraw_contact_point,
)
from cases.people.models import ContactPoint, IdentityNumber, Person, SearchToken
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
MOBILE = ContactDetails("mobile", "+4790000777")
DETAILS = PersonDetails("Testperson", "Furu", factories.BIRTH_DATE, "nb", "", "none")
NUMBER = read_identity_number(synthetic_number(factories.BIRTH_DATE, 321))
Write = Callable[[Person, User], object]


@pytest.fixture
def person(unit: Unit, adviser: User) -> Person:
    return register_person(
        unit=unit, details=DETAILS, identity_number=NUMBER, contacts=[MOBILE], by=adviser
    )


def corrected(person: Person, by: User, **changes: object) -> Person:
    details = PersonDetails(**{**vars(DETAILS), **changes})  # type: ignore[arg-type]
    return correct_person(person=person, details=details, by=by)


def prefixes(person: Person) -> set[str]:
    return set(SearchToken.objects.filter(person=person).values_list("prefix", flat=True))


def test_a_person_is_kept_with_number_contacts_and_search_words(person: Person) -> None:
    assert Person.objects.get().full_name == "Testperson Furu"
    assert IdentityNumber.objects.get().digits == NUMBER.digits
    assert ContactPoint.objects.get().value == "+4790000777"
    assert {"te", "testperson", "fu", "furu"} <= prefixes(person)
    event = Event.objects.get(action="person.registered")
    assert (event.target, event.persons) == (person.pk, [str(person.pk)])


def test_numbers_and_contacts_lie_sealed_in_the_database(person: Person) -> None:
    with connection.cursor() as cursor:
        for table, column in [("identitynumber", "digits"), ("contactpoint", "value")]:
            cursor.execute(f"SELECT {column}, lookup FROM people_{table}")  # noqa: S608
            sealed, lookup = cursor.fetchone()
            assert NUMBER.digits.encode() not in bytes(sealed)
            assert b"90000777" not in bytes(sealed)
            assert len(lookup) == 64


def test_a_number_belongs_to_one_person_of_a_unit(
    person: Person, unit: Unit, other_unit: Unit, adviser: User, outsider: User
) -> None:
    with pytest.raises(IdentityNumberTaken):
        register_person(unit=unit, details=DETAILS, identity_number=NUMBER, contacts=[], by=adviser)
    assert Person.objects.count() == 1
    # Another unit may know the same person, and learns nothing of this one.
    elsewhere = register_person(
        unit=other_unit, details=DETAILS, identity_number=NUMBER, contacts=[], by=outsider
    )
    assert elsewhere != person


def test_the_database_itself_holds_a_number_once(
    person: Person, unit: Unit, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who register at once both look before either has written: the constraint decides."""
    monkeypatch.setattr(type(IdentityNumber.objects.all()), "exists", lambda self: False)
    with pytest.raises(IdentityNumberTaken):
        register_person(unit=unit, details=DETAILS, identity_number=NUMBER, contacts=[], by=adviser)
    monkeypatch.undo()
    assert Person.objects.count() == 1


def test_a_correction_keeps_what_differs_and_its_names(person: Person, adviser: User) -> None:
    assert corrected(person, adviser).version == 1
    corrected(person, adviser, family_name="Rogn", language="nn")
    person.refresh_from_db()
    assert (person.full_name, person.language, person.version) == ("Testperson Rogn", "nn", 2)
    assert Event.objects.get(action="person.corrected").fields == ["family_name", "language"]
    assert "rogn" in prefixes(person)
    assert "furu" not in prefixes(person)


def test_a_correction_of_an_old_page_is_refused(person: Person, adviser: User) -> None:
    old = Person.objects.get()
    corrected(person, adviser, family_name="Rogn")
    with pytest.raises(StaleVersion):
        corrected(old, adviser, family_name="Selje")
    assert Person.objects.get().family_name == "Rogn"
    assert "rogn" in prefixes(person)


@pytest.mark.parametrize("protection", ["confidential", "strictly"])
def test_a_protected_person_leaves_the_search(
    person: Person, adviser: User, cleared: User, protection: str
) -> None:
    corrected(person, adviser, protection=protection)
    assert prefixes(person) == set()
    corrected(person, cleared, protection="none")
    assert "furu" in prefixes(person)


def test_a_contact_is_withdrawn_and_stays_on_record(person: Person, adviser: User) -> None:
    point = ContactPoint.objects.get()
    withdraw_contact_point(point=point, by=adviser)
    assert not ContactPoint.objects.usable().exists()
    assert ContactPoint.objects.get().withdrawn_by == adviser


def test_a_contact_without_consent_to_messages_gets_none(person: Person, adviser: User) -> None:
    silent = ContactDetails("email", "person@example.no", messages_allowed=False)
    add_contact_point(person=person, contact=silent, by=adviser)
    assert ContactPoint.objects.usable().count() == 2
    assert not ContactPoint.objects.get(kind="email").messages_allowed


def test_a_contact_we_have_is_not_added_again(person: Person, adviser: User) -> None:
    email = ContactDetails("email", "person@example.no")
    for _twice in range(2):
        add_new_contacts(person=person, contacts=[MOBILE, email], by=adviser)
    assert ContactPoint.objects.count() == 2


WRITES: dict[str, Write] = {
    "correct": lambda person, by: corrected(person, by, family_name="Rogn", protection="strictly"),
    "add": lambda person, by: add_contact_point(
        person=person, contact=ContactDetails("email", "ny@example.no"), by=by
    ),
    "add_new": lambda person, by: add_new_contacts(
        person=person, contacts=[ContactDetails("email", "ny@example.no")], by=by
    ),
    "withdraw": lambda person, by: withdraw_contact_point(point=person.contact_points.get(), by=by),
}


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_changed_without_its_audit_event(
    person: Person, adviser: User, name: str, request: pytest.FixtureRequest
) -> None:
    broken = request.getfixturevalue("broken_audit")
    with pytest.raises(broken):
        WRITES[name](person, adviser)
    person.refresh_from_db()
    assert (person.family_name, person.protection, person.version) == ("Furu", "none", 1)
    assert "furu" in prefixes(person)
    assert ContactPoint.objects.usable().get().value == "+4790000777"


def test_nobody_is_registered_without_their_audit_event(
    unit: Unit, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        register_person(
            unit=unit, details=DETAILS, identity_number=NUMBER, contacts=[MOBILE], by=adviser
        )
    for model in (Person, IdentityNumber, ContactPoint, SearchToken):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 4, 13), 27), (date(2026, 4, 14), 28), (date(2026, 12, 31), 28)]
)
def test_age_changes_on_the_birthday(day: date, age: int) -> None:
    assert Person(birth_date=factories.BIRTH_DATE).age_on(day) == age


def test_a_leap_day_is_celebrated_on_the_first_of_march() -> None:
    born = Person(birth_date=date(2008, 2, 29))
    assert [born.age_on(date(2026, 2, 28)), born.age_on(date(2026, 3, 1))] == [17, 18]


def test_what_django_writes_of_a_person_names_nobody(person: Person) -> None:
    for row in (person, IdentityNumber.objects.get(), ContactPoint.objects.get()):
        assert "Furu" not in f"{row} {row!r}"
        assert NUMBER.digits not in f"{row} {row!r}"
