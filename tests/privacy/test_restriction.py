"""J5: restricted processing hides a person from all but the leader, everywhere."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.actions import make_task
from cases.casework.models import Case
from cases.people.models import Person
from cases.privacy.actions import (
    AlreadyRestricted,
    NotRestricted,
    lift_restriction,
    restrict_processing,
)
from cases.privacy.models import Restriction

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
REASON = "The person says that the referral is about somebody else."
NAME = "Kanarifuru"


@pytest.fixture
def named(make_case: Callable[..., Case], leader: User) -> Case:
    case = make_case(given_name=NAME, assigned_to=leader)
    make_task(
        case_id=case.pk, unit_id=case.unit_id, kind="call_person", about=case.pk,
        reason="too_late", due_at=timezone.now(), by=None,
    )  # fmt: skip
    return case


def shown_to(client: Client, case: Case) -> set[str]:
    """On which pages the person's name stands."""
    pages = {
        "today": client.get("/"),
        "list": client.get("/cases/?scope=unit"),
        "search": client.post("/search/", {"words": NAME}),
        "case": client.get(f"/cases/{case.pk}/"),
        "rights": client.get(f"/cases/{case.pk}/rights/"),
        "phone": client.get("/messages/mock-phone/"),
    }
    return {name for name, page in pages.items() if NAME.encode() in page.content.replace(
        f'value="{NAME}"'.encode(), b"").replace(f"«{NAME}»".encode(), b"")}  # fmt: skip


def test_j5_a_restricted_person_is_hidden_from_all_but_the_leader(
    named: Case, leader: User, adviser: User, coordinator: User, cleared: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    assert {"list", "today"} <= shown_to(client_of(coordinator), named)
    restrict_processing(person=named.person, reason=REASON, by=leader)
    for user in (adviser, coordinator, cleared):
        client = client_of(user)
        for address in ("", "rights/", "rights/corrections/", "note/", "person/"):
            assert client.get(f"/cases/{named.pk}/{address}").status_code == 404
        assert shown_to(client, named) - {"search"} == set()
        assert str(named.pk) not in client.post("/search/", {"words": NAME}).content.decode()
    assert {"today", "list", "case", "rights"} <= shown_to(client_of(leader), named)


def test_j5_lifting_shows_the_person_again(
    named: Case, leader: User, coordinator: User, client_of: ClientOf
) -> None:
    restrict_processing(person=named.person, reason=REASON, by=leader)
    lift_restriction(person=named.person, reason="The sender has corrected it.", by=leader)
    assert "list" in shown_to(client_of(coordinator), named)
    restriction = Restriction.objects.get()
    assert restriction.lift_reason == "The sender has corrected it."
    assert restriction.lifted_by == leader
    actions = Event.objects.filter(target=named.person_id).values_list("action", flat=True)
    assert {"person.restricted", "person.released"} <= set(actions)


def test_only_one_restriction_is_in_force(named: Case, leader: User) -> None:
    restrict_processing(person=named.person, reason=REASON, by=leader)
    with pytest.raises(AlreadyRestricted):
        restrict_processing(person=named.person, reason=REASON, by=leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(
            unit=named.unit, person=named.person, reason=REASON, set_at=timezone.now(),
            set_by=leader,
        )  # fmt: skip
    lift_restriction(person=named.person, reason=REASON, by=leader)
    with pytest.raises(NotRestricted):
        lift_restriction(person=named.person, reason=REASON, by=leader)


@pytest.mark.parametrize("act", [restrict_processing, lift_restriction])
def test_no_audit_no_restriction(
    named: Case, leader: User, broken_audit: type[Exception], act: Callable[..., object]
) -> None:
    if act is lift_restriction:
        Person.objects.update(restricted_at=timezone.now(), restricted_by=leader)
    with pytest.raises(broken_audit):
        act(person=named.person, reason=REASON, by=leader)
    assert Person.objects.get().is_restricted == (act is lift_restriction)
    assert not Restriction.objects.exists()


def test_the_leader_restricts_and_lifts_on_the_page(
    named: Case, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    address = f"/cases/{named.pk}/rights"
    assert client.post(f"{address}/restrict/", {"reason": "no"}).status_code == 422
    assert client.post(f"{address}/restrict/", {"reason": REASON}).status_code == 302
    assert b"The processing is restricted" in client.get(f"{address}/").content
    assert client.post(f"{address}/lift/", {"reason": REASON}).status_code == 302
    assert not Person.objects.get().is_restricted
