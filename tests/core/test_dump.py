"""A stolen copy of the database without its keys: what is sealed can not be found in it.

Each check has its own proof that it would find something: the plain columns are there, and the search
with the right key hits.
"""

import base64
import hashlib
import hmac
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection, models

from cases.accounts.models import User
from cases.core import crypto
from cases.core.crypto import CannotOpen, lookup_hash
from cases.core.fields import EncryptedTextField
from cases.core.identity_numbers import FIRST_WEIGHTS, SECOND_WEIGHTS
from cases.core.models import DataKeyHolder
from cases.people.models import ContactPoint, IdentityNumber, Person, search_prefixes
from cases.units.models import Unit
from tests import factories
from tools.services import POSTGRES_PROGRAMS, ServiceMissing, program

SEALED = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, EncryptedTextField)
]
CANARY = "Kanarifugl i bur 4711"
BORN = date(1996, 5, 17)


def dump() -> str:
    """Everything that lies in the database, as the database's own tool writes it."""
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    parts = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    try:
        command = [program("pg_dump", POSTGRES_PROGRAMS), "--inserts", address]
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    ran = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return ran.stdout.decode()


def holds(dumped: str, text: str) -> bool:
    """Whether these letters are in there, as they are, in hexadecimal or in base64."""
    spelled = [text, text.encode().hex(), base64.b64encode(text.encode()).decode().rstrip("=")]
    return any(one.lower() in dumped.lower() for one in spelled)


@pytest.fixture
def protected(unit: Unit, cleared: User) -> Person:
    return factories.make_person(
        unit, cleared, given_name="Bjarnulf", family_name="Sjeldenfugl", protection="strictly"
    )


# --- Canaries ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_k4_i4_a_dump_shows_nothing_that_is_sealed(
    unit: Unit, cleared: User, protected: Person
) -> None:
    person = factories.make_person(unit, cleared, given_name="Klartekst", birth_date=BORN)
    secrets = [one.digits for one in IdentityNumber.objects.all()]
    secrets += [one.value for one in ContactPoint.objects.all()]
    dumped = dump()
    assert holds(dumped, "Klartekst"), "the dump is of this database, and can be searched"
    assert len(secrets) >= 8
    assert [text for text in secrets if holds(dumped, text)] == []
    assert str(person.pk).replace("-", "") in dumped.replace("-", "")


@pytest.mark.django_db(transaction=True)
def test_k4_i4_a_dump_holds_no_search_token_of_a_protected_person(
    unit: Unit, cleared: User, protected: Person
) -> None:
    factories.make_person(unit, cleared, given_name="Klartekst")
    lines = [line for line in dump().splitlines() if "people_searchtoken" in line]
    assert any("klartekst" in line for line in lines)
    rare = [prefix for prefix in search_prefixes(protected.full_name) if len(prefix) > 3]
    assert [prefix for prefix in rare if any(prefix in line for line in lines)] == []
    key = protected.pk.hex
    assert not any(key in line.replace("-", "") for line in lines)


class _Holder:
    def data_key(self) -> bytes:
        return b"k" * 32


@pytest.mark.parametrize(
    ("model", "field"), SEALED, ids=[f"{m._meta.label}.{f.name}" for m, f in SEALED]
)
def test_k4_every_sealed_column_reaches_the_database_sealed(
    model: type[models.Model], field: EncryptedTextField
) -> None:
    row: Any = model(pk=uuid4())
    row.key_holder = _Holder
    setattr(row, field.attname, CANARY)
    written = bytes(field.pre_save(row, add=True))
    assert CANARY.encode() not in written
    assert len(written) == 12 + len(CANARY) + 16
    assert crypto.unseal(b"k" * 32, written, f"{model._meta.db_table}|{field.column}|{row.pk}")


# --- Candidates -------------------------------------------------------------------------------


def candidates(year: int) -> Iterator[str]:
    """Every synthetic number of everybody born in a year: what an attacker would try."""
    day = date(year, 1, 1)
    while day.year == year:
        stem = f"{day.day:02d}{day.month + 80:02d}{day.year % 100:02d}"
        for serial in range(1000):
            yield from _with_control_digits(f"{stem}{serial:03d}")
        day += timedelta(days=1)


def _with_control_digits(nine: str) -> Iterator[str]:
    numbers = [int(d) for d in nine]
    first = -sum(w * n for w, n in zip(FIRST_WEIGHTS, numbers, strict=True)) % 11
    second = -sum(w * n for w, n in zip(SECOND_WEIGHTS, [*numbers, first], strict=True)) % 11
    if first < 10 and second < 10:
        yield f"{nine}{first}{second}"


def without_a_key(digits: str) -> Iterator[str]:
    plain = (digits, f"identity_number|{digits}")
    for text in plain:
        yield hashlib.sha256(text.encode()).hexdigest()
        yield hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    for key in (b"", bytes(32)):
        yield hmac.digest(key, plain[1].encode(), "sha256").hex()


@pytest.mark.django_db(transaction=True)
def test_k4_all_numbers_of_a_year_tried_without_the_key_hit_nothing(
    unit: Unit, cleared: User
) -> None:
    person = factories.make_person(unit, cleared, birth_date=BORN)
    digits = IdentityNumber.objects.get(person=person).digits
    words = set(re.findall(r"[0-9a-f]{32,}|\d{11}", dump().lower()))
    tried, hits = 0, []
    for candidate in candidates(BORN.year):
        tried += 1
        hits += [c for c in (candidate, *without_a_key(candidate)) if c in words]
    assert tried > 290_000
    assert hits == []
    # The same search finds the person at once when it has the key.
    assert digits in set(candidates(BORN.year))
    assert lookup_hash("identity_number", digits) in words


# --- Whose key it is --------------------------------------------------------------------------


def opened_by_hand(person: Person, number: IdentityNumber) -> str:
    """What the number's column says, by AES-GCM and the bytes of both rows alone."""
    wrapped, sealed = (
        stored("people_person", "wrapped_key", person),
        stored("people_identitynumber", "digits", number),
    )
    end = 1 + wrapped[0]
    keys = dict(one.split(":") for one in django_settings.FIELD_KEYS.split(","))
    field_key = base64.b64decode(keys[wrapped[1:end].decode()])
    data_key = AESGCM(field_key).decrypt(
        wrapped[end : end + 12], wrapped[end + 12 :], b"advisory data key"
    )
    place = f"people_identitynumber|digits|{number.pk}"
    return AESGCM(data_key).decrypt(sealed[:12], sealed[12:], place.encode()).decode()


def stored(table: str, column: str, row: models.Model) -> bytes:
    key = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [key])  # noqa: S608
        return bytes(cursor.fetchone()[0])


def assert_each_person_has_a_key_of_their_own(unit: Unit, by: User) -> None:
    """What the key look-up must be: the person's own key, and nobody else's."""
    first, second = (factories.make_person(unit, by) for _person in range(2))
    for person in (first, second):
        number = IdentityNumber.objects.get(person=person)
        assert opened_by_hand(person, number) == number.digits
    assert Person.objects.get(pk=first.pk).data_key() != Person.objects.get(pk=second.pk).data_key()


@pytest.mark.django_db
def test_k4_each_person_has_a_key_of_their_own(unit: Unit, adviser: User) -> None:
    assert_each_person_has_a_key_of_their_own(unit, adviser)


WRONG_KEYS: dict[str, Callable[[Any], bytes]] = {
    "one key for all": lambda holder: b"k" * 32,
    "the field key itself": lambda holder: next(iter(crypto._wrapping_keys().values())),
    "another key each time": lambda holder: os.urandom(32),
    "a key made of the id": lambda holder: hashlib.sha256(str(holder.pk).encode()).digest(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG_KEYS.values(), ids=WRONG_KEYS.keys())
def test_k4_a_key_look_up_that_gives_a_wrong_key_is_caught_by_the_test_before(
    unit: Unit, adviser: User, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Any], bytes]
) -> None:
    """The fault is injected, and `test_k4_each_person_has_a_key_of_their_own` fails."""
    monkeypatch.setattr(DataKeyHolder, "data_key", lambda holder: wrong(holder))
    with pytest.raises(Exception, match=r".*") as caught:  # noqa: PT011 either it cannot open, or differs
        assert_each_person_has_a_key_of_their_own(unit, adviser)
    assert caught.type.__name__ in ("InvalidTag", "CannotOpen", "AssertionError")


SWAPS = {
    "row": ("people_contactpoint", "value", "people_contactpoint", "value"),
    "column": ("people_contactpoint", "value", "people_identitynumber", "digits"),
    "key": ("people_person", "wrapped_key", "people_person", "wrapped_key"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS.keys())
def test_k4_what_is_moved_elsewhere_does_not_open(
    unit: Unit, adviser: User, swap: tuple[str, str, str, str]
) -> None:
    """Another row, another column of another table, another person's key: all are noticed."""
    mine, other = (factories.make_person(unit, adviser) for _person in range(2))
    to_table, to_column, from_table, from_column = swap
    rows: dict[str, Any] = {
        "people_person": (mine, other),
        "people_contactpoint": mine.contact_points.filter(kind__in=["mobile", "email"]).order_by("kind"),
        "people_identitynumber": mine.identity_numbers.all(),
    }  # fmt: skip
    target = list(rows[to_table])[0]
    origin = list(rows[from_table])[-1]
    assert (target._meta.db_table, target.pk) != (origin._meta.db_table, origin.pk)
    value = stored(from_table, from_column, origin)
    key = target._meta.pk.get_db_prep_value(target.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {to_table} SET {to_column} = %s WHERE id = %s", [value, key])  # noqa: S608
    with pytest.raises(CannotOpen):
        _ = ContactPoint.objects.filter(person=mine, kind="email").get().value
