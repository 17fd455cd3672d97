"""Keys rotate while people work: nothing is lost, nothing waits, and the old key is refused after."""

import base64
import hashlib
import hmac
import itertools
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.db import DatabaseError, models, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.accounts import secrets
from cases.accounts.drafts import keep_draft
from cases.accounts.models import User
from cases.accounts.secrets import rewrap_secrets, seal_secret, secrets_left_behind
from cases.audit.models import Event
from cases.core import crypto, rotation
from cases.core.crypto import CannotOpen, is_wrapped_by_first
from cases.core.fields import LookupHashField
from cases.people.actions import ContactDetails, IdentityNumberTaken, add_new_contacts
from cases.people.models import ContactPoint, IdentityNumber, Person
from cases.reminders.hooks import is_signed
from cases.units.models import Unit
from tests import factories
from tests.test_consistency import MODELS

pytestmark = pytest.mark.django_db


def entry(name: str) -> str:
    """A key of FIELD_KEYS, made of its name."""
    return f"{name}:{base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()}"


OLD = f"{entry('old')},{entry('index')}"
BOTH = f"{entry('new')},{entry('old')},{entry('index-new')},{entry('index')}"
NEW = f"{entry('new')},{entry('index-new')}"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def people(settings: Any, unit: Unit, adviser: User) -> list[Person]:
    """Five people and a draft under the old keys; from then on both are known, the new ones first."""
    settings.FIELD_KEYS = OLD
    made = [factories.make_person(unit, adviser) for _number in range(5)]
    keep_draft(owner=adviser, form="referral", about="", data=QueryDict("note=typed"))
    TOTP.activate(adviser, SECRET)
    RecoveryCodes.activate(adviser)
    settings.FIELD_KEYS = BOTH
    return made


def second_factors() -> tuple[str, list[str]]:
    """The secret of the adviser's app, and the codes they may still use."""
    rows = {row.type: row for row in Authenticator.objects.all()}
    app, codes = rows[Authenticator.Type.TOTP], rows[Authenticator.Type.RECOVERY_CODES]
    return decrypt(app.data["secret"]), RecoveryCodes(codes).get_unused_codes()


def rotate(*options: str) -> str:
    told = StringIO()
    call_command("rotate_keys", *options, stdout=told, stderr=told)
    return told.getvalue()


def everything(people: list[Person]) -> list[str]:
    """Each sealed value of these people, read from the database."""
    pks = [person.pk for person in people]
    numbers = IdentityNumber.objects.filter(person__in=pks).order_by("pk")
    points = ContactPoint.objects.filter(person__in=pks).order_by("pk")
    return [one.digits for one in numbers] + [one.value for one in points]


def found(unit: Unit, person: Person) -> bool:
    digits = IdentityNumber.objects.get(person=person).digits
    return Person.objects.with_identity_number(unit, digits).get() == person


# --- Data keys --------------------------------------------------------------------------------


def test_k3_every_data_key_is_wrapped_anew_and_no_value_changes(
    people: list[Person], unit: Unit, settings: Any
) -> None:
    before = everything(people)
    told = rotate("--index")
    assert "6 data keys brought to the first key." in told
    assert "Only the first keys are needed" in told
    settings.FIELD_KEYS = NEW
    assert everything(people) == before
    assert all(found(unit, person) for person in people)
    assert Event.objects.filter(action="keys.rotated").count() == 3


def test_k3_an_app_and_recovery_codes_open_after_the_old_key_is_gone(
    people: list[Person], settings: Any
) -> None:
    before = second_factors()
    assert "2 second factors brought to the first key." in rotate("--index")
    settings.FIELD_KEYS = NEW
    assert second_factors() == before
    assert before[0] == SECRET


def test_k3_a_second_factor_left_behind_is_told(people: list[Person], settings: Any) -> None:
    settings.FIELD_KEYS = f"{entry('lost')},{OLD}"
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    codes.data["seed"] = seal_secret("lost")
    codes.save()
    settings.FIELD_KEYS = BOTH
    with pytest.raises(CommandError, match="leave them"):
        rotate("--index")
    assert secrets_left_behind() == 1


def test_k3_a_recovery_code_used_meanwhile_stays_used(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    _secret, codes = second_factors()
    read = secrets._behind

    def used_after_reading() -> list[Authenticator]:
        rows = read()
        row = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
        RecoveryCodes(row).validate_code(codes[0])
        return rows

    monkeypatch.setattr(secrets, "_behind", used_after_reading)
    assert rewrap_secrets() == 1
    monkeypatch.undo()
    assert rewrap_secrets() == 1
    assert second_factors()[1] == codes[1:]


def test_an_older_index_key_is_not_told_to_go_while_old_backups_live(
    people: list[Person], settings: Any
) -> None:
    """The ledger of erased rows asks by it: nothing can make its lines anew."""
    assert "Leave an older index key" in rotate("--index")
    settings.FIELD_KEYS = NEW
    assert "index key" not in rotate("--check")


def test_k3_the_old_key_is_refused_after_the_window(people: list[Person], settings: Any) -> None:
    rotate("--index")
    settings.FIELD_KEYS = OLD
    with pytest.raises(CannotOpen):
        everything(people)


def test_k3_without_rotation_the_old_key_can_not_be_taken_away(
    people: list[Person], settings: Any
) -> None:
    settings.FIELD_KEYS = f"{NEW},{entry('index')}"
    with pytest.raises(CommandError, match="leave them"):
        rotate()
    with pytest.raises(CannotOpen):
        everything(people)


def test_k3_a_rotation_that_was_broken_off_goes_on(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    wraps = itertools.count()

    def dies(key: bytes) -> bytes:
        if next(wraps) == 3:
            raise ConnectionError
        return crypto.wrap(key)

    monkeypatch.setattr(rotation, "wrap", dies)
    with pytest.raises(ConnectionError):
        rotation.rewrap_data_keys(chunk=2)
    monkeypatch.undo()
    left = rotation.left_behind()
    assert 0 < left["people.Person"] < 5
    assert rotation.rewrap_data_keys(chunk=2) == left["people.Person"] + left.get(
        "accounts.Draft", 0
    )
    assert rotation.rewrap_data_keys(chunk=2) == 0


def test_k3_what_somebody_else_has_written_meanwhile_stays(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was destroyed or replaced while the rotation had it in hand."""
    gone = people[2]

    def meanwhile(key: bytes) -> bytes:
        Person.objects.filter(pk=gone.pk).update(wrapped_key=b"")
        return crypto.wrap(key)

    monkeypatch.setattr(rotation, "wrap", meanwhile)
    rotation.rewrap_data_keys()
    assert bytes(Person.objects.get(pk=gone.pk).wrapped_key) == b""
    assert "people.Person" not in rotation.left_behind()


def test_k3_a_row_read_before_and_saved_after_keeps_the_new_wrapping(
    people: list[Person],
) -> None:
    early = Person.objects.get(pk=people[0].pk)
    rotation.rewrap_data_keys()
    early.given_name = "Anna"
    early.save()
    late = Person.objects.get(pk=early.pk)
    assert late.given_name == "Anna"
    assert is_wrapped_by_first(bytes(late.wrapped_key))


def test_an_erased_person_does_not_come_back_by_a_late_save(people: list[Person]) -> None:
    early = Person.objects.get(pk=people[0].pk)
    ContactPoint.objects.filter(person=early).delete()
    Person.objects.filter(pk=early.pk).delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        early.save()
    assert not Person.objects.filter(pk=early.pk).exists()


def test_a_key_nobody_can_open_is_told_and_does_not_stop_the_others(
    people: list[Person], settings: Any
) -> None:
    settings.FIELD_KEYS = f"{entry('lost')},{OLD}"
    Person.objects.filter(pk=people[1].pk).update(wrapped_key=crypto.new_wrapped_key())
    settings.FIELD_KEYS = BOTH
    with pytest.raises(CommandError):
        rotate()
    assert rotation.left_behind()["people.Person"] == 1


def test_checking_changes_nothing(people: list[Person]) -> None:
    with pytest.raises(CommandError):
        rotate("--check")
    assert rotation.left_behind()["people.Person"] == 5
    assert not Event.objects.filter(action="keys.rotated").exists()


def test_no_audit_no_rotation(people: list[Person], broken_audit: type[Exception]) -> None:
    with pytest.raises(broken_audit):
        rotate("--index")
    assert rotation.left_behind()["people.Person"] == 5


# --- The index key ----------------------------------------------------------------------------


def test_k3_while_the_index_key_rotates_old_and_new_are_found(
    people: list[Person], unit: Unit, adviser: User
) -> None:
    newcomer = factories.make_person(unit, adviser)
    assert all(found(unit, person) for person in [*people, newcomer])
    rotation.rehash_lookups(chunk=2)
    assert all(found(unit, person) for person in [*people, newcomer])


def test_k3_nobody_is_registered_twice_under_two_index_keys(
    people: list[Person], unit: Unit, adviser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = IdentityNumber.objects.get(person=people[0]).digits
    monkeypatch.setattr(factories, "synthetic_number", lambda *_: digits)
    with pytest.raises(IdentityNumberTaken):
        factories.make_person(unit, adviser)


def test_k3_a_number_somebody_has_already_is_not_added_again(
    people: list[Person], adviser: User
) -> None:
    point = people[0].contact_points.get(kind="mobile")
    add_new_contacts(person=people[0], contacts=[ContactDetails("mobile", point.value)], by=adviser)
    assert people[0].contact_points.filter(kind="mobile").count() == 1


def test_k3_hashes_by_the_old_index_key_find_nobody_after_the_window(
    people: list[Person], unit: Unit, settings: Any
) -> None:
    digits = IdentityNumber.objects.get(person=people[0]).digits
    rotate("--index")
    settings.FIELD_KEYS = f"{NEW.split(',')[0]},{entry('index')}"
    assert not Person.objects.with_identity_number(unit, digits).exists()


def test_k3_the_first_rotation_leaves_the_look_ups_alone(people: list[Person]) -> None:
    with pytest.raises(CommandError):
        rotate()
    left = rotation.left_behind()
    assert set(left) == {"people.IdentityNumber.lookup", "people.ContactPoint.lookup"}


def test_the_index_costs_no_query_per_row(
    people: list[Person], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(2 * len(rotation.lookup_columns())):
        for model, field in rotation.lookup_columns():
            for rows in rotation._chunks(rotation._with_keys(model), 100, lambda row: row.pk):
                assert len(list(rotation._not_by_first(rows, field))) == len(rows)


# 64 characters that are no keyed hash of a sealed column, and why.
NOT_A_LOOKUP = {
    "audit": "the chains of the log, and search words that nobody looks up by",
    "oversight.EmployeeContact.lookup": "no value is kept to make it of: typed again (operations.md)",
    "retention.Erasure.hash": "its row is gone; asked for by every index key (`ledger.hashes_of`)",
    "reminders.Message.text_hash": "lives from a send without an answer to its settling",
}


def test_every_look_up_column_is_known_to_the_rotation() -> None:
    """Named where it stands, by its class; a plain text column of that shape is asked about here."""
    shaped = [
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField)
        and field.max_length == 64
        and not isinstance(field, LookupHashField)
        and ("hash" in field.name or "lookup" in field.name)
    ]
    unknown = [
        name
        for name in shaped
        if name not in NOT_A_LOOKUP and name.partition(".")[0] not in NOT_A_LOOKUP
    ]
    assert unknown == [], "use LookupHashField(of=…), or say in NOT_A_LOOKUP why not"
    assert {model._meta.label for model, _field in rotation.lookup_columns()} >= {
        "people.IdentityNumber", "people.ContactPoint", "oidc.Identity",
    }  # fmt: skip
    assert {model._meta.label for model in rotation.key_holders()} >= {
        "people.Person", "accounts.Draft", "reminders.MockDelivery", "oidc.Identity",
    }  # fmt: skip


# --- Two secrets at once ------------------------------------------------------------------------


def test_k3_a_session_outlives_the_change_of_the_secret_key(
    client_of: Callable[[User], Client], adviser: User, settings: Any
) -> None:
    browser = client_of(adviser)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 10, [old]
    assert browser.get(reverse("desk:today")).status_code == 200
    again = client_of(adviser)
    settings.SECRET_KEY_FALLBACKS = []
    assert again.get(reverse("desk:today")).status_code == 200


def test_k3_after_the_window_the_old_secret_key_opens_nothing(
    client_of: Callable[[User], Client], adviser: User, settings: Any
) -> None:
    browser = client_of(adviser)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 10, []
    assert browser.get(reverse("desk:today")).status_code == 302


def signature(secret: str, body: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def test_k3_two_webhook_secrets_are_valid_while_they_change(settings: Any) -> None:
    settings.SMS_WEBHOOK_SECRET, settings.SMS_WEBHOOK_SECRET_FALLBACKS = "new one", ["old one", ""]
    assert is_signed(b"{}", signature("new one", b"{}"))
    assert is_signed(b"{}", signature("old one", b"{}"))
    assert not is_signed(b"{}", signature("", b"{}"))
    assert not is_signed(b"{}", signature("another", b"{}"))
    settings.SMS_WEBHOOK_SECRET_FALLBACKS = []
    assert not is_signed(b"{}", signature("old one", b"{}"))
    settings.SMS_WEBHOOK_SECRET, settings.SMS_WEBHOOK_SECRET_FALLBACKS = "", ["old one"]
    assert not is_signed(b"{}", signature("old one", b"{}"))
