"""J5: a correction keeps what was written before, sealed, with who and when."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.identity_numbers import read_identity_number, synthetic_number
from cases.people.actions import (
    IdentityNumberTaken,
    PersonDetails,
    correct_identity_number,
    correct_person,
)
from cases.people.models import Correction, IdentityNumber, Person
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = read_identity_number(synthetic_number(factories.BIRTH_DATE, 555))


def details_of(person: Person, **changes: object) -> PersonDetails:
    names = PersonDetails.__dataclass_fields__
    return replace(PersonDetails(**{name: getattr(person, name) for name in names}), **changes)


def test_j5_every_corrected_detail_keeps_its_old_value(case: Case, adviser: User) -> None:
    person = case.person
    new = details_of(
        person, given_name="Ny", birth_date=date(1999, 1, 2), language="nn", protection="none"
    )
    correct_person(person=person, details=new, by=adviser)
    kept = {c.what: (c.was, c.corrected_by) for c in Correction.objects.of_person(person)}
    assert kept == {
        "given_name": ("Testperson", adviser),
        "birth_date": ("1998-04-14", adviser),
        "language": ("nb", adviser),
    }


def test_j5_the_second_correction_does_not_touch_the_first(case: Case, adviser: User) -> None:
    for name in ("Anne", "Berit", "Testperson"):
        correct_person(
            person=case.person, details=details_of(case.person, given_name=name), by=adviser
        )
    kept = [c.was for c in Correction.objects.filter(person=case.person).order_by("corrected_at")]
    assert kept == ["Testperson", "Anne", "Berit"]


def test_j5_the_old_value_lies_sealed(case: Case, adviser: User) -> None:
    correct_person(person=case.person, details=details_of(case.person, given_name="Ny"), by=adviser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT was FROM people_correction")
        (stored,) = cursor.fetchone()
    assert b"Testperson" not in bytes(stored)


def test_nothing_changed_keeps_nothing(case: Case, adviser: User) -> None:
    correct_person(person=case.person, details=details_of(case.person), by=adviser)
    assert not Correction.objects.exists()


def test_no_audit_no_correction(case: Case, adviser: User, broken_audit: type[Exception]) -> None:
    with pytest.raises(broken_audit):
        correct_person(
            person=case.person, details=details_of(case.person, given_name="Ny"), by=adviser
        )
    assert not Correction.objects.exists()
    assert Person.objects.get(pk=case.person_id).given_name == "Testperson"


def test_j5_a_replaced_number_still_finds_the_person(case: Case, adviser: User, unit: Unit) -> None:
    old = case.person.identity_numbers.get()
    correct_identity_number(person=case.person, number=NUMBER, reason="new", by=adviser)
    for digits in (old.digits, NUMBER.digits):
        found = Person.objects.with_identity_number(unit, digits)
        assert list(found) == [case.person]
    old.refresh_from_db()
    assert old.replaced_by == adviser
    assert Correction.objects.get().was == old.digits
    event = Event.objects.get(action="person.number_corrected")
    assert (event.fields, event.reason) == (["identity_number"], "")
    assert old.digits not in str(vars(event))


def test_j5_a_wrong_number_finds_nobody_but_is_in_the_history(
    case: Case, adviser: User, unit: Unit
) -> None:
    wrong = case.person.identity_numbers.get().digits
    correct_identity_number(person=case.person, number=NUMBER, reason="wrong", by=adviser)
    assert not Person.objects.with_identity_number(unit, wrong).exists()
    assert Person.objects.with_identity_number(unit, NUMBER.digits).get() == case.person
    assert Correction.objects.get().was == wrong


def test_a_person_without_a_number_gets_one(unit: Unit, adviser: User) -> None:
    person = factories.make_person(unit, adviser, identity_number=False)
    correct_identity_number(person=person, number=NUMBER, reason="wrong", by=adviser)
    assert person.identity_numbers.get().digits == NUMBER.digits
    assert not Correction.objects.exists()


def test_the_number_of_somebody_else_is_refused_and_nothing_is_kept(
    case: Case, adviser: User, unit: Unit
) -> None:
    other = factories.make_person(unit, adviser)
    taken = read_identity_number(other.identity_numbers.get().digits)
    with pytest.raises(IdentityNumberTaken):
        correct_identity_number(person=case.person, number=taken, reason="wrong", by=adviser)
    assert case.person.identity_numbers.filter(replaced_at=None).count() == 1
    assert not Correction.objects.exists()


def test_the_old_number_can_come_back(case: Case, adviser: User) -> None:
    old = read_identity_number(case.person.identity_numbers.get().digits)
    for number in (NUMBER, old):
        correct_identity_number(person=case.person, number=number, reason="new", by=adviser)
    present = IdentityNumber.objects.get(person=case.person, replaced_at=None)
    assert present.digits == old.digits


def test_no_audit_no_new_number(case: Case, adviser: User, broken_audit: type[Exception]) -> None:
    before = case.person.identity_numbers.get().digits
    with pytest.raises(broken_audit):
        correct_identity_number(person=case.person, number=NUMBER, reason="new", by=adviser)
    assert [n.digits for n in IdentityNumber.objects.filter(person=case.person)] == [before]
