"""Sealed columns open for their own row and key only; a dump shows nothing."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from cases.accounts.models import User
from cases.core import crypto
from cases.core.crypto import CannotOpen, lookup_hash, new_wrapped_key, seal, unseal, unwrap
from cases.people.models import ContactPoint, IdentityNumber
from tests.factories import make_person

KEY = bytes(range(32))
SECOND = "new:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def test_what_is_sealed_opens_with_the_same_key_and_place() -> None:
    assert unseal(KEY, seal(KEY, "Skogveien 1 æøå", "t|c|1"), "t|c|1") == "Skogveien 1 æøå"


@pytest.mark.parametrize("place", ["t|c|2", "t|d|1", "u|c|1"])
def test_a_value_moved_to_another_row_column_or_table_does_not_open(place: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(KEY, seal(KEY, "secret", "t|c|1"), place)


def test_one_changed_byte_does_not_open() -> None:
    sealed = bytearray(seal(KEY, "secret", "t|c|1"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        unseal(KEY, bytes(sealed), "t|c|1")


def test_two_seals_of_the_same_text_differ() -> None:
    assert seal(KEY, "secret", "x") != seal(KEY, "secret", "x")


def test_a_data_key_wrapped_by_an_old_field_key_still_opens(settings) -> None:
    wrapped = new_wrapped_key()
    key = unwrap(wrapped)
    settings.FIELD_KEYS = f"{SECOND},{settings.FIELD_KEYS}"
    assert unwrap(wrapped) == key
    assert new_wrapped_key()[1:4] == b"new"


def test_without_its_field_key_a_data_key_does_not_open(settings) -> None:
    wrapped = new_wrapped_key()
    settings.FIELD_KEYS = f"{SECOND},index:{SECOND.partition(':')[2]}"
    with pytest.raises(CannotOpen):
        unwrap(wrapped)


@pytest.mark.parametrize("text", ["", "only:QUFB", SECOND, "index:AAAA,x:AAAA"])
def test_field_keys_that_would_not_protect_are_refused(settings, text: str) -> None:
    settings.FIELD_KEYS = text
    with pytest.raises((ImproperlyConfigured, ValueError)):
        crypto.new_wrapped_key()


def test_look_up_hashes_differ_by_purpose_and_key(settings) -> None:
    first = lookup_hash("a", "41")
    assert first != lookup_hash("b", "41")
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS.split(',')[0]},index:{SECOND.partition(':')[2]}"
    assert first != lookup_hash("a", "41")


def test_the_database_never_sees_a_number_or_an_address(adviser: User) -> None:
    person = make_person(adviser.memberships.get().unit, adviser)
    digits = IdentityNumber.objects.get(person=person).digits
    with connection.cursor() as cursor:
        cursor.execute("SELECT digits FROM people_identitynumber")
        stored = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT value FROM people_contactpoint")
        values = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(digits) == 11
    assert digits.encode() not in stored
    assert not [v for v in values if b"+47" in v or b"example" in v or b"Skogveien" in v]


def test_a_sealed_column_can_be_read_again_saved_again_and_copied_to_no_other_row(
    adviser: User,
) -> None:
    person = make_person(adviser.memberships.get().unit, adviser)
    point = ContactPoint.objects.get(person=person, kind="email")
    value = point.value
    point.save()
    assert ContactPoint.objects.get(pk=point.pk).value == value
    other = ContactPoint.objects.get(person=person, kind="mobile")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_contactpoint SET value = (SELECT value FROM people_contactpoint "
            "WHERE id = %s) WHERE id = %s",
            [
                ContactPoint._meta.pk.get_db_prep_value(pk, connection)
                for pk in (point.pk, other.pk)
            ],
        )
    with pytest.raises(CannotOpen):
        _ = ContactPoint.objects.get(pk=other.pk).value


def test_a_sealed_column_refuses_to_be_filtered_or_updated_past_its_row(adviser: User) -> None:
    with pytest.raises(TypeError):
        ContactPoint.objects.filter(value="x").exists()
    with pytest.raises(TypeError):
        ContactPoint.objects.update(value="x")
