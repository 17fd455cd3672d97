"""Made-up municipalities, units, places, services and staff."""

from dataclasses import dataclass, field
from datetime import date

from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.casework.models import LawProfile, LegalBasis, Sender, UnitLawProfile
from cases.support.models import Service
from cases.units.models import Municipality, Place, PlaceKind, Unit, UnitMunicipality

LONG_AGO = date(2020, 1, 1)
PRACTICE_PASSWORD = "practice only 2026"
SENDERS = (
    ("Politiet i Prøveland", "police"),
    ("Påtalemyndigheten i Prøveland", "prosecutor"),
    ("Prøveland tingrett", "court"),
)
SERVICES = (
    ("Samtaler med ungdomskontakt", "Samtalar med ungdomskontakt", "Talks with a youth worker"),
    ("Time hos fastlegen", "Time hos fastlegen", "Appointment with the GP"),
    ("Hasjavvenning", "Hasjavvenjing", "Cannabis cessation course"),
    ("Hjelp hos NAV", "Hjelp hos NAV", "Help from NAV"),
    ("Likepersonstøtte", "Likepersonstøtte", "Peer support"),
)
PLACES = (
    (PlaceKind.OFFICE, "Rom 1", "Rom 1", "Room 1", "Servicetorget, inngang B, 2. etasje"),
    (PlaceKind.OFFICE, "Rom 2", "Rom 2", "Room 2", "Servicetorget, inngang B, 2. etasje"),
    (PlaceKind.NEUTRAL, "Biblioteket", "Biblioteket", "The library", "Grupperommet i 1. etasje"),
    (PlaceKind.VIDEO, "Video", "Video", "Video", ""),
    (PlaceKind.PHONE, "Telefon", "Telefon", "Telephone", ""),
)


@dataclass(frozen=True)
class UnitPlan:
    name: str
    code: str
    neutral_name: str
    neutral_sender: str
    language: str
    profile: str
    municipalities: tuple[str, ...]
    staff: tuple[tuple[str, Role, bool], ...]  # name, role, cleared for protected people
    around: tuple[tuple[str, Role], ...] = ()  # who has a role in the unit and no case


# The same two serve both units of their municipality; the southern one has a staff of one.
FJELLBY = (("Siri Testhaug", Role.MUNICIPAL_ADMINISTRATOR), ("Pål Testrud", Role.AUDITOR))
PRACTICE = (
    UnitPlan("Rådgivende enhet Nordvik og Sørvik", "NOR", "Nordvik kommune", "Nordvik", "nb",
             "no-2021-bill", ("Nordvik", "Sørvik"),
             (("Kari Testdal", Role.ADVISER, True), ("Jon Testvik", Role.ADVISER, False),
              ("Ine Testmo", Role.COORDINATOR, True), ("Liv Testberg", Role.LEADER, True)),
             (("Siv Testnes", Role.MUNICIPAL_ADMINISTRATOR), ("Pål Testrud", Role.AUDITOR),
              ("Tor Testmoen", Role.SAMPLE_TAKER))),
    UnitPlan("Rådgjevande eining Fjellby nord", "FJN", "Fjellby kommune", "Fjellby", "nn",
             "no-2022-law", ("Fjellby",),
             (("Odd Testeng", Role.ADVISER, True), ("Gro Testlund", Role.LEADER, True)), FJELLBY),
    UnitPlan("Rådgjevande eining Fjellby sør", "FJS", "Fjellby kommune", "Fjellby", "nn",
             "no-2022-law", ("Fjellby",), (("Una Teststad", Role.LEADER, True),), FJELLBY),
)  # fmt: skip


@dataclass
class StaffedUnit:
    unit: Unit
    advisers: list[User]
    places: list[Place]
    services: list[Service]
    bases: list[LegalBasis]
    senders: dict[str, Sender] = field(default_factory=dict)


def plan_of(number: int) -> UnitPlan:
    """One of many like units, for measuring."""
    name = f"Prøveby {number}"
    code = "".join(chr(ord("A") + number // 26**p % 26) for p in (2, 1, 0))
    staff = ((f"Rådgiver {number}", Role.ADVISER, True), (f"Leder {number}", Role.LEADER, True))
    profile = ("no-2021-bill", "no-2022-law")[number % 2]
    return UnitPlan(
        f"Rådgivende enhet {name}", f"X{code}", f"{name} kommune", name[:11], "nb", profile, (name,), staff
    )  # fmt: skip


def make_unit(plan: UnitPlan, day: date) -> StaffedUnit:
    unit = Unit.objects.create(
        name=plan.name,
        code=plan.code,
        neutral_name=plan.neutral_name,
        neutral_sender=plan.neutral_sender,
        phone="22 22 22 22",
        postal_address=f"Postboks 1, 0001 {plan.municipalities[0]}",
        language=plan.language,
    )
    for name in plan.municipalities:
        _serve(unit, name)
    profile = LawProfile.objects.get(code=plan.profile)
    UnitLawProfile.objects.create(unit=unit, profile=profile, valid_from=LONG_AGO)
    places = [
        Place(unit=unit, kind=kind, name_nb=nb, name_nn=nn, name_en=en, directions=where)
        for kind, nb, nn, en, where in PLACES
    ]
    services = [Service(unit=unit, name_nb=nb, name_nn=nn, name_en=en) for nb, nn, en in SERVICES]
    for name, role in plan.around:
        make_user(name, unit, role)
    return StaffedUnit(
        unit,
        [make_user(name, unit, role, cleared) for name, role, cleared in plan.staff],
        Place.objects.bulk_create(places),
        Service.objects.bulk_create(services),
        list(LegalBasis.objects.for_unit(unit, day).select_related("threshold_table")),
        {kind: Sender.objects.get_or_create(name=name, kind=kind)[0] for name, kind in SENDERS},
    )


def _serve(unit: Unit, name: str) -> None:
    """Practice municipalities have numbers that no real one has."""
    municipality = Municipality.objects.filter(name=name, county="Prøveland").first()
    if municipality is None:
        taken = Municipality.objects.filter(county="Prøveland").count()
        municipality = Municipality.objects.create(
            number=f"{9000 + taken % 1000}", name=name, county="Prøveland", valid_from=LONG_AGO
        )
    UnitMunicipality.objects.create(unit=unit, municipality=municipality, valid_from=LONG_AGO)


def make_user(name: str, unit: Unit | None, role: Role, cleared: bool = False) -> User:
    email = f"{name.lower().replace(' ', '.').replace('å', 'a')}@example.no"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email=email, name=name, password=PRACTICE_PASSWORD)
    Membership.objects.create(
        user=user, unit=unit, role=role, cleared_for_protected=cleared, valid_from=LONG_AGO
    )
    return user
