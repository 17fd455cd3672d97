"""One unit with a row behind every address, people of every kind, and words that must not leak."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cases.accounts.models import StandIn, User
from cases.accounts.roles import Role
from cases.appointments.actions import book, send_summons
from cases.appointments.models import Appointment
from cases.casework.actions import block_from_case, make_task, order_sample, write_note
from cases.casework.models import Case, Sample
from cases.oversight.actions import stop_reading
from cases.people.actions import ContactDetails, break_glass, end_glass
from cases.people.models import Block, ContactPoint
from cases.privacy.actions import ErrorDetails, register_access_request, tell_sent_in_error
from cases.privacy.models import ExportedCase, PersonExport
from cases.retention.models import Certificate, DueList
from cases.support.actions.help import offer_help, record_consent
from cases.support.models import Service
from cases.units.models import Municipality, Place, Unit, UnitMunicipality
from tests import factories

NOBODY = "nobody"
# What can be done about how a member signs in, each an address of its own.
WHATS = ("let-in", "end-sessions", "reset-second-factor", "entry-link")


@dataclass
class World:
    """`canaries` are words that only people of `unit` may ever be shown."""

    unit: Unit
    people: dict[str, User]
    case: Case
    foreign_case: Case
    protected_case: Case
    ids: dict[str, UUID]
    canaries: list[str]
    foreign_canaries: list[str]
    protected_canaries: list[str]
    # A unit of the same municipality, and one of another.
    sister_ids: dict[str, UUID] = field(default_factory=dict)
    foreign_ids: dict[str, UUID] = field(default_factory=dict)
    sister_canaries: tuple[str, ...] = ("Kanarisister",)
    protected_ids: dict[str, UUID] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        if name not in self.clients:
            client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
            if name != NOBODY:
                client.force_login(self.people[name])
            self.clients[name] = client
        return self.clients[name]


def build_world() -> World:
    unit = factories.make_unit("Furu", profile="no-2021-bill")
    other = factories.make_unit("Gran", profile="no-2022-law")
    people = {
        "adviser": factories.make_user("adviser", unit, Role.ADVISER),
        "colleague": factories.make_user("colleague", unit, Role.ADVISER),
        "coordinator": factories.make_user("coordinator", unit, Role.COORDINATOR),
        "leader": factories.make_user("leader", unit, Role.LEADER),
        "cleared": factories.make_user("cleared", unit, Role.ADVISER, cleared=True),
        "outsider": factories.make_user("outsider", other, Role.LEADER),
        "auditor": factories.make_user("auditor", unit, Role.AUDITOR),
        "municipal": factories.make_user("municipal", unit, Role.MUNICIPAL_ADMINISTRATOR),
        "reader": factories.make_user("reader", None, Role.FIGURES_READER),
        "administrator": factories.make_user("administrator", None, Role.ADMINISTRATOR),
    }
    case, ids = _summoned_case(unit, people["adviser"], "Kanarifuru")
    colleague = people["colleague"]
    ids |= {"user_id": colleague.pk, "membership_id": colleague.memberships.get().pk}
    foreign, foreign_ids = _summoned_case(other, people["outsider"], "Kanarigran")
    foreign_ids |= _lists_of_deletion(other, people["outsider"])
    sister_ids = _sister_of(unit)
    protected, protected_ids = _summoned_case(
        unit, people["cleared"], "Kanarihemmelig", protection="strictly"
    )
    ids |= _lists_of_deletion(unit, people["leader"])
    people["taker"] = Sample.objects.get(pk=ids["sample_id"]).taker
    people["kin"] = Block.objects.get(pk=ids["block_id"]).user
    for name in ("colleague", "coordinator", "leader", "cleared"):
        factories.declare(people[name], case)
    return World(
        unit, people, case, foreign, protected, ids,
        canaries=["Kanarifuru"], foreign_canaries=["Kanarigran"],
        protected_canaries=["Kanarihemmelig"], sister_ids=sister_ids, foreign_ids=foreign_ids,
        protected_ids=protected_ids,
    )  # fmt: skip


def _lists_of_deletion(unit: Unit, leader: User) -> dict[str, UUID]:
    """A due list that waits for its second person, and a certificate."""
    due_list = DueList.objects.create(
        unit=unit, total=0, confirmed_at=timezone.now(), confirmed_by=leader
    )
    certificate = Certificate.objects.create(unit=unit, begun_at=timezone.now())
    return {"list_id": due_list.pk, "certificate_id": certificate.pk}


def _sister_of(unit: Unit) -> dict[str, UUID]:
    """Ids of another unit that serves the same municipality."""
    sister = factories.make_unit("Sister", profile="no-2021-bill")
    municipality = Municipality.objects.create(
        number="9001", name="Kanariby", county="Prøveland", valid_from=factories.LONG_AGO
    )
    for one in (unit, sister):
        UnitMunicipality.objects.create(
            unit=one, municipality=municipality, valid_from=factories.LONG_AGO
        )
    theirs = factories.make_user("sisterleader", sister, Role.LEADER)
    _case, ids = _summoned_case(sister, theirs, "Kanarisister")
    return ids | _lists_of_deletion(sister, theirs)


def _summoned_case(
    unit: Unit, by: User, canary: str, protection: str = "none"
) -> tuple[Case, dict[str, UUID]]:
    """A full case whose summons has been sent; for that the texts must be loaded."""
    case, ids = full_case(unit, by, canary, protection)
    appointment = Appointment.objects.get(pk=ids["appointment_id"])
    summons = send_summons(
        appointment_id=appointment.pk, seen_version=appointment.version,
        sent_on=timezone.localdate(), sent_how="post", by=by,
    )  # fmt: skip
    return case, ids | {"summons_id": summons.pk}


def full_case(
    unit: Unit, by: User, canary: str, protection: str = "none"
) -> tuple[Case, dict[str, UUID]]:
    """A case with a row of every kind; the canary stands in every text of it."""
    phone = f"+4790{abs(hash(canary)) % 1_000_000:06d}"
    case = factories.make_case(
        unit=unit, by=by, assigned_to=None if by.name == "Cleared" else by,
        given_name=canary, family_name=canary, protection=protection,
        contacts=[ContactDetails("mobile", phone), ContactDetails("address", f"{canary}veien 1")],
    )  # fmt: skip
    write_note(case_id=case.pk, text=f"Merknad {canary}", by=by)
    day = timezone.localdate() + timedelta(days=7)
    appointment = book(
        case_id=case.pk, adviser=by, place=Place.objects.filter(unit=unit).first(), day=day,
        clock=time(10 if protection == "none" else 12), minutes=30, by=by,
    )  # fmt: skip
    today = timezone.localdate()
    record_consent(case_id=case.pk, given_on=today, expires_on=today + timedelta(days=90), by=by)
    service, _made = Service.objects.get_or_create(unit=unit, name_nb=f"Tjeneste {unit.code}")
    offer = offer_help(
        case_id=case.pk, service=service, offered_on=today, reply="accepted", decline_reason="",
        follow_up_on=None, by=by,
    )  # fmt: skip
    task = make_task(
        case_id=case.pk, unit_id=unit.pk, kind="call_person", about=uuid4(), reason="too_late",
        due_at=timezone.now(), by=None,
    )  # fmt: skip
    point = ContactPoint.objects.filter(person=case.person).first()
    basis = case.referral.legal_basis
    taker = factories.make_user(f"taker{canary[-4:]}", unit, Role.SAMPLE_TAKER)
    sample = order_sample(
        case_id=case.pk, taker=taker, planned_at=timezone.now(), exception="", by=by
    )
    shut_out = factories.make_user(f"kin{canary[-4:]}", unit, Role.ADVISER)
    block = block_from_case(case=case, user=shut_out, reason=f"Nabo {canary}", by=by)
    rights = rows_of_rights(case, by, canary)
    glass = break_glass(
        person=case.person, case_number=case.number, reason=f"Fordi {canary}", by=by
    )
    end_glass(by=by)
    fast = factories.make_user(f"fast{canary[-4:]}", unit, Role.ADVISER)
    stop = stop_reading(user=fast, unit_id=unit.pk, people=61, by=fast)
    today_only = {"valid_from": today, "valid_to": today}
    stand_in = StandIn.objects.create(unit=unit, absent=shut_out, substitute=fast, **today_only)
    return case, rights | {
        "membership_id": shut_out.memberships.get().pk, "stand_in_id": stand_in.pk,
        "sample_id": sample.pk, "block_id": block.pk,
        "case_id": case.pk, "unit_id": unit.pk, "basis_id": basis.pk, "task_id": task.pk,
        "point_id": point.pk, "offer_id": offer.pk, "about": basis.pk, "summons_id": uuid4(),
        "appointment_id": appointment.pk, "glass_id": glass.pk, "stop_id": stop.pk,
        "user_id": by.pk, "person_id": case.person_id,
    }  # fmt: skip


def rows_of_rights(case: Case, by: User, canary: str) -> dict[str, UUID]:
    """An access request, something sent in error and an export, with the canary in each."""
    now = timezone.now()
    asked = register_access_request(
        case=case, asked_on=now.date(), language="nb", with_names=False, by=by
    )
    details = ErrorDetails(
        kind="other", about=None, sent_at=now, found_at=now, recipients=f"Nabo {canary}",
        what_happened=f"Feil {canary}", stop_messages=False, stop_contact=None,
    )  # fmt: skip
    deviation = tell_sent_in_error(case=case, details=details, by=by)
    export = PersonExport.objects.create(
        unit=case.unit, scope="all", purpose="Et formål uten navn, som den andre leser", case_count=1, requested_at=now,
        requested_by=by, file_state="not_yet",
    )  # fmt: skip
    ExportedCase.objects.create(export=export, unit=case.unit, case=case)
    return {"request_id": asked.pk, "deviation_id": deviation.pk, "export_id": export.pk}


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the program, Django admin included."""
    yield from _walk(get_resolver(), "")


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", pattern
        elif not namespace.startswith("admin:"):
            yield f"{namespace}<unnamed {pattern.pattern}>", pattern


def paths_to(name: str, pattern: URLPattern, ids: dict[str, UUID]) -> list[str]:
    """Every address of this name for these rows: one, or one for each thing it does."""
    whats = WHATS if "what" in pattern.pattern.converters else WHATS[:1]
    return [path_to(name, pattern, ids, what) for what in whats]


def path_to(name: str, pattern: URLPattern, ids: dict[str, UUID], what: str = WHATS[0]) -> str:
    """A real address: every id in it belongs to a real row."""
    values: dict[str, Any] = {}
    for key in pattern.pattern.converters:
        fixed = {"form": "referral", "what": what, "token": "x", "year": 2026, "month": 11}
        values[key] = {**fixed, **ids}.get(key, "")
    if name.startswith("admin:"):
        return _admin_path(name, values)
    if name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        values = {"pk": 0}  # its number stands in the part of the address above
    return reverse(name, kwargs=values)


def _admin_path(name: str, values: dict[str, Any]) -> str:
    if "app_label" in name or name == "admin:app_list":
        return reverse(name, kwargs={"app_label": "units"})
    if name == "admin:view_on_site":
        unit_type = ContentType.objects.get_for_model(Unit)
        return reverse(name, args=[unit_type.pk, Unit.objects.first().pk])
    for model in admin.site._registry:
        if f"admin:{model._meta.app_label}_{model._meta.model_name}_" in name:
            row = model._base_manager.first()
            values = {"object_id": row.pk if row else uuid4()} if "object_id" in values else {}
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return reverse(name, args=["x"])
