"""Test data through the same actions the program uses; every trait has a name and a default."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.casework.actions import (
    FindDetails,
    OrderDetails,
    ReferralDetails,
    register_referral,
)
from cases.casework.models import (
    Case,
    LawProfile,
    LegalBasis,
    Sender,
    Substance,
    UnitLawProfile,
)
from cases.core.identity_numbers import read_identity_number, synthetic_number
from cases.people.actions import ContactDetails, PersonDetails, declare_access, register_person
from cases.people.models import Person
from cases.units.models import Place, PlaceKind, Unit

LONG_AGO = date(2020, 1, 1)
BIRTH_DATE = date(1998, 4, 14)
# Tests give these by hand: nobody made here ever has one of them.
GIVEN_BY_HAND = {synthetic_number(BIRTH_DATE, serial) for serial in (321, 555)}
_serial = itertools.count(1)


def make_unit(name: str, *, profile: str = "no-2022-law") -> Unit:
    """A unit with an office, video and telephone, on this law profile since long ago."""
    unit = Unit.objects.create(
        name=f"Rådgivende enhet {name}",
        code=name[:3].upper(),
        neutral_name=f"{name} kommune",
        neutral_sender=name[:11],
        phone="22 22 22 22",
        postal_address=f"Postboks 1, 0001 {name}",
    )
    for kind, label in [
        (PlaceKind.OFFICE, "Rom 1"),
        (PlaceKind.OFFICE, "Rom 2"),
        (PlaceKind.VIDEO, "Video"),
        (PlaceKind.PHONE, "Telefon"),
    ]:
        Place.objects.create(
            unit=unit, kind=kind, name_nb=label, name_en=label, directions="Inngang B"
        )
    UnitLawProfile.objects.create(
        unit=unit, profile=LawProfile.objects.get(code=profile), valid_from=LONG_AGO
    )
    return unit


def make_user(name: str, unit: Unit | None, role: Role, *, cleared: bool = False) -> User:
    user = User.objects.create_user(email=f"{name}@example.no", name=name.capitalize())
    Membership.objects.create(
        user=user, unit=unit, role=role, cleared_for_protected=cleared, valid_from=LONG_AGO
    )
    return user


def make_sender(name: str = "Påtalemyndigheten Øst", kind: str = "prosecutor") -> Sender:
    return Sender.objects.get_or_create(name=name, defaults={"kind": kind})[0]


def _number_of_its_own(born: date) -> str:
    digits = (synthetic_number(born, serial * 7 % 1000) for serial in _serial)
    return next(one for one in digits if one not in GIVEN_BY_HAND)


def make_person(unit: Unit, by: User, **traits: Any) -> Person:
    """Testperson Furu, 28 years, mobile and e-mail; `identity_number=False` for nobody's number."""
    details = PersonDetails(
        given_name=traits.get("given_name", "Testperson"),
        family_name=traits.get("family_name", "Furu"),
        birth_date=traits.get("birth_date", BIRTH_DATE),
        language=traits.get("language", "nb"),
        interpreter_language=traits.get("interpreter_language", ""),
        protection=traits.get("protection", "none"),
    )
    number = None
    if traits.get("identity_number", True):
        number = read_identity_number(_number_of_its_own(details.birth_date))
    serial = next(_serial)
    contacts = traits.get(
        "contacts",
        [
            ContactDetails("mobile", f"+47900{serial:05d}"),
            ContactDetails("email", f"person{serial}@example.no"),
            ContactDetails("address", "Skogveien 1, 0001 Furu"),
        ],
    )
    return register_person(
        unit=unit, details=details, identity_number=number, contacts=contacts, by=by
    )


def basis_of(unit: Unit, kind: str) -> LegalBasis:
    return LegalBasis.objects.for_unit(unit, timezone.localdate()).get(kind=kind)


def make_order(*finds: tuple[str | None, str | None]) -> OrderDetails:
    """An order with finds such as ("cannabis", "5"); None for an unknown kind or amount."""
    return OrderDetails(
        found_at=datetime(2026, 11, 2, 20, 15, tzinfo=UTC),
        found_where="Testparken",
        ordered_at=datetime(2026, 11, 2, 21, 0, tzinfo=UTC),
        ordered_how="in_person",
        finds=[
            FindDetails(
                substance=Substance.objects.get(code=code) if code else None,
                amount=Decimal(amount) if amount else None,
                use_only=False,
                confiscated=True,
                seizure_reference="B-1",
            )
            for code, amount in finds or [("cannabis", "5")]
        ],
    )


def make_case(
    *,
    unit: Unit,
    by: User,
    assigned_to: User | None = None,
    basis: str | None = None,
    finds: list[tuple[str | None, str | None]] | None = None,
    attendances: int | None = None,
    person: Person | None = None,
    received_on: date | None = None,
    **person_traits: Any,
) -> Case:
    """A case of `unit`; police order where the unit's law has it, else a waiver."""
    bases = LegalBasis.objects.for_unit(unit, timezone.localdate())
    legal_basis = bases.get(kind=basis) if basis else bases.filter(sender_kind__gt="").first()
    assert legal_basis is not None
    today = timezone.localdate()
    has_sender = legal_basis.has_sender
    details = ReferralDetails(
        legal_basis=legal_basis,
        received_on=received_on or today,
        attendances_required=attendances or legal_basis.attendances,
        sender=make_sender() if has_sender else None,
        sender_reference=f"REF-{next(_serial)}" if has_sender else "",
        decided_on=today - timedelta(days=3) if has_sender else None,
        deadline_on=today + timedelta(days=30) if has_sender else None,
        order=make_order(*(finds or [])) if legal_basis.records_finds else None,
    )
    return register_referral(
        person=person or make_person(unit, by, **person_traits),
        details=details,
        assigned_to=assigned_to,
        by=by,
    )


def declare(user: User, case: Case) -> User:
    """The user has said why they open this colleague's case."""
    declare_access(person=case.person, reason="covering", note="", by=user)
    return user
