"""C1: every answer that shows a person names each of them in the log, and says what it was for."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cases.accounts.models import User
from cases.audit.models import Event, Tier
from cases.audit.purposes import BY_NOUN
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.desk.listing import Scope
from cases.reminders.models import MockDelivery
from cases.retention.actions import hold_case
from tests.access.bodies import body_of, post, undone
from tests.access.matrix import World, addresses, path_to
from tests.audit.readers import Signs, read, signs_of

pytestmark = pytest.mark.django_db

Capture = Callable[..., AbstractContextManager[object]]
ADDRESSES = list(addresses())
# The pages that were looked at must have shown somebody to these: else the test sees nothing.
SHOWN_TO = {
    "adviser": {
        "desk:today", "desk:cases", "desk:case", "casework:correct_person", "casework:note",
        "casework:assign", "appointments:book", "support:close",
    },
    "coordinator": {"desk:case", "casework:assign"},
    "leader": {"desk:case", "oversight:person_report", "oversight:person_report_file"},
    "cleared": {"desk:case"},
    "outsider": {"desk:cases"},
    "auditor": {"oversight:case_log", "oversight:glasses"},
    "municipal": {"oversight:glasses"},
    "taker": {"casework:samples"},
}  # fmt: skip
SHOWN_NOBODY = ("administrator", "reader")


@pytest.fixture
def held_world(world: World) -> World:
    """A case that is kept from deletion is shown on pages that show no other."""
    for case in (world.case, world.protected_case):
        hold_case(case=case, reason="En klage behandles", until=None, by=world.people["leader"])
    return world


@pytest.fixture
def signs(world: World) -> Signs:
    return signs_of(world.case, world.foreign_case, world.protected_case)


@pytest.mark.parametrize("person", [*SHOWN_TO, *SHOWN_NOBODY])
def test_c1_whoever_a_page_shows_is_named(
    held_world: World, signs: Signs, person: str, django_capture_on_commit_callbacks: Capture
) -> None:
    """Looked at, and sent with a body that the page would take; files are made after the commit."""
    unnamed, showing = [], set()
    for name, pattern in ADDRESSES:
        try:
            path = path_to(name, pattern, held_world.ids)
        except NoReverseMatch:
            continue  # an address of one's own keys, by number
        body: dict[str, Any] = {}
        for method in ("get", "post"):
            if name == "account_logout" and method == "post":
                continue  # ends the session the others need

            def ask(method: str = method, path: str = path, body: dict[str, Any] = body) -> Any:
                with django_capture_on_commit_callbacks(execute=True):
                    client = held_world.client(person)
                    return client.get(path) if method == "get" else post(client, path, body)

            with undone() if method == "post" else nullcontext():
                reading = read(ask, signs)
            if method == "get":
                body = body_of(reading.response)
            else:
                # A page that signs out must not empty the others.
                held_world.clients.pop(person, None)
            showing |= {name} if reading.shown else set()
            unnamed += [f"{method} {name}"] if reading.unnamed else []
    assert unnamed == []
    assert showing >= SHOWN_TO.get(person, set())
    if person in SHOWN_NOBODY:
        assert showing == set()


@pytest.mark.parametrize("scope", Scope)
def test_c1_every_list_of_cases_names_whom_it_shows(
    world: World, signs: Signs, scope: Scope
) -> None:
    for person in ("adviser", "leader", "cleared"):
        reading = read(lambda p=person: world.client(p).get(f"/cases/?scope={scope}"), signs)
        assert reading.response.status_code == 200
        assert reading.unnamed == set()
        if (scope, person) == (Scope.UNASSIGNED, "cleared"):
            assert world.protected_case.person_id in reading.shown


def test_c1_a_search_names_every_hit(
    make_case: Callable[..., Case], adviser: User, client_of: Callable[[User], Client]
) -> None:
    cases = [make_case(given_name=f"Kanari{n}", family_name="Testærfugl") for n in ("en", "to")]
    client = client_of(adviser)
    reading = read(lambda: client.post("/search/", {"words": "kanari"}), signs_of(*cases))
    assert reading.shown == {case.person_id for case in cases}
    assert reading.unnamed == set()


def test_c1_fifty_in_a_list_are_fifty_in_one_event(
    make_case: Callable[..., Case], adviser: User, client_of: Callable[[User], Client]
) -> None:
    cases = [make_case(given_name=f"Kanari{n}x", family_name=f"Test{n}x") for n in range(50)]
    client = client_of(adviser)
    reading = read(lambda: client.post("/search/", {"words": "kanari"}), signs_of(*cases))
    assert len(reading.shown) == 50
    assert reading.named == reading.shown
    assert len([event for event in reading.events if event.persons]) == 1


def test_c1_the_mock_phone_names_whose_phone_it_shows(world: World, signs: Signs) -> None:
    reading = read(lambda: world.client("adviser").get(reverse("reminders:mock_phone")), signs)
    assert reading.response.status_code == 200
    assert len({d.message_id for d in MockDelivery.objects.all()}) >= len(reading.shown)
    assert reading.unnamed == set()


def test_the_reader_sees_who_is_not_named(case: Case, adviser: User) -> None:
    """A fault of the measure itself would let every page pass."""

    def page_that_forgets() -> HttpResponse:
        with recorded():
            record("cases.listed", by=adviser, unit=case.unit_id, purpose="test")
        return HttpResponse(f"<td>{case.number}</td>")

    assert read(page_that_forgets, signs_of(case)).unnamed == {case.person_id}


def test_a_reading_always_has_a_purpose_and_a_basis(
    world: World, client_of: Callable[[User], Client]
) -> None:
    adviser = world.client("adviser")
    for path in ("/", "/cases/?scope=unit", f"/cases/{world.case.pk}/"):
        adviser.get(path)
    adviser.post("/search/", {"words": "kanari"})
    readings = list(Event.objects.reads())
    assert {event.action for event in readings} >= {"cases.listed", "case.viewed", "cases.searched"}
    assert [event.action for event in readings if not event.purpose] == []
    assert [event.action for event in readings if not event.legal_basis] == []


def test_a_reading_outside_a_page_has_a_purpose_too(case: Case, adviser: User) -> None:
    with recorded():
        record("archive.downloaded", by=adviser, unit=case.unit_id, target=case)
        record("case.closed", by=adviser, unit=case.unit_id, target=case)
    assert Event.objects.get(action="archive.downloaded").purpose == "archive"
    assert Event.objects.get(action="case.closed").purpose == ""


def test_an_opened_case_rests_on_its_own_legal_basis(
    make_case: Callable[..., Case], adviser: User, client_of: Callable[[User], Client]
) -> None:
    case = make_case(basis="police_order")
    client_of(adviser).get(f"/cases/{case.pk}/")
    event = Event.objects.get(action="case.viewed")
    assert (event.legal_basis, event.tier) == ("police_order", Tier.NORMAL)
    assert event.purpose == "desk:case"


def test_every_noun_of_the_log_has_a_code_that_fits() -> None:
    assert all(len(code) <= 40 for code in BY_NOUN.values())
