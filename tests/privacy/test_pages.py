"""The pages of the rights: reached, refused, the file handed out, and what a page costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.identity_numbers import synthetic_number
from cases.people.actions import add_contact_point, correct_person, withdraw_contact_point
from cases.people.actions.person import ContactDetails
from cases.people.models import IdentityNumber
from cases.privacy import sweeping
from cases.privacy.actions import (
    AlreadyAnswered,
    hand_out_report,
    note_answered,
    register_access_request,
    tell_sent_in_error,
)
from cases.privacy.models import AccessRequest
from cases.privacy.sweeping import sweep
from tests import factories
from tests.desk.test_costs import queries_of
from tests.people.test_correction_history import details_of
from tests.privacy.conftest import error_details

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _quick_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "zip_of", lambda report: b"PK content")


def ask(case: Case, by: User) -> AccessRequest:
    return register_access_request(
        case=case, asked_on=timezone.localdate(), language="en", with_names=False, by=by
    )


def test_j4_the_leader_registers_downloads_and_answers(
    led_case: Case, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    address = f"/cases/{led_case.pk}/rights"
    typed = {"asked_on": f"{timezone.localdate():%d.%m.%Y}", "language": "se"}
    assert client.get(f"{address}/access/").status_code == 200
    assert client.post(f"{address}/access/", {"language": "se"}).status_code == 422
    assert client.post(f"{address}/access/", typed).status_code == 302
    assert b"Is being made" in client.get(f"{address}/").content
    assert b"Access requests to answer" in client.get("/").content
    sweep()
    asked = AccessRequest.objects.get()
    answer = client.post(f"{address}/access/{asked.pk}/file/")
    assert answer.content == b"PK content"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post(f"{address}/access/{asked.pk}/answered/").status_code == 302
    assert b"Access requests to answer" not in client.get("/").content


def test_the_deadline_is_thirty_days_after_the_person_asked(led_case: Case, leader: User) -> None:
    asked = ask(led_case, leader)
    assert asked.due_on == timezone.localdate() + timedelta(days=30)


def test_an_adviser_sees_the_page_and_handles_nothing(
    case: Case, adviser: User, client_of: ClientOf
) -> None:
    client = client_of(adviser)
    page = client.get(f"/cases/{case.pk}/rights/").content
    assert b"History of corrections" in page
    assert b"Register an access request" not in page
    assert b"Restrict the processing" not in page
    assert f"/cases/{case.pk}/rights/".encode() in client.get(f"/cases/{case.pk}/").content
    assert client.get(f"/cases/{case.pk}/rights/access/").status_code == 403


def test_the_request_of_another_person_is_no_row(
    led_case: Case, make_case: Callable[..., Case], leader: User, client_of: ClientOf
) -> None:
    asked = ask(led_case, leader)
    other = make_case(assigned_to=leader)
    for what in ("file", "answered"):
        address = f"/cases/{other.pk}/rights/access/{asked.pk}/{what}/"
        assert client_of(leader).post(address).status_code == 404


@pytest.mark.parametrize("step", ["register", "download", "answer"])
def test_no_audit_no_answer(
    step: str, led_case: Case, leader: User, broken_audit: type[Exception]
) -> None:
    row = AccessRequest.objects.create(
        unit=led_case.unit, person=led_case.person, case=led_case, language="en",
        asked_on=timezone.localdate(), registered_at=timezone.now(), registered_by=leader,
        file="UEs=", file_state="ready",
    )  # fmt: skip
    acts: dict[str, Callable[[], object]] = {
        "register": lambda: ask(led_case, leader),
        "download": lambda: hand_out_report(request_id=row.pk, by=leader),
        "answer": lambda: note_answered(request_id=row.pk, by=leader),
    }
    with pytest.raises(broken_audit):
        acts[step]()
    assert AccessRequest.objects.get().answered_at is None


def test_answered_once(led_case: Case, leader: User) -> None:
    asked = ask(led_case, leader)
    note_answered(request_id=asked.pk, by=leader)
    with pytest.raises(AlreadyAnswered):
        note_answered(request_id=asked.pk, by=leader)


def test_j5_the_history_shows_old_values_who_and_when(
    case: Case, adviser: User, client_of: ClientOf
) -> None:
    correct_person(
        person=case.person, details=details_of(case.person, given_name="Ny", language="nn"),
        by=adviser,
    )  # fmt: skip
    point = case.person.contact_points.get(kind="email")
    withdraw_contact_point(point=point, by=adviser)
    page = client_of(adviser).get(f"/cases/{case.pk}/rights/corrections/").content.decode()
    for words in ("Testperson", "Bokmål", point.value, "Given name", "Adviser"):
        assert words in page


def test_j5_the_identity_number_is_corrected_on_the_page(
    case: Case, adviser: User, client_of: ClientOf, unit: object
) -> None:
    client = client_of(adviser)
    address = f"/cases/{case.pk}/rights/identity-number/"
    right = synthetic_number(factories.BIRTH_DATE, 555)
    other_day = synthetic_number(factories.BIRTH_DATE + timedelta(days=1), 1)
    assert client.get(address).status_code == 200
    for typed in ({"number": ""}, {"number": other_day, "reason": "new"}, {"number": right}):
        assert client.post(address, typed).status_code == 422
    assert client.post(address, {"number": right, "reason": "new"}).status_code == 302
    assert IdentityNumber.objects.get(person=case.person, replaced_at=None).digits == right
    taken = factories.make_person(case.unit, adviser).identity_numbers.get().digits
    refused = client.post(address, {"number": taken, "reason": "wrong"})
    assert refused.status_code == 422
    assert b"Ask your leader" in refused.content


def test_the_pages_cost_the_same_with_2_and_with_20_rows(
    led_case: Case, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)
    pages = (
        "/", f"/cases/{led_case.pk}/", f"/cases/{led_case.pk}/rights/",
        f"/cases/{led_case.pk}/rights/corrections/", "/exports/",
        f"/cases/{led_case.pk}/rights/sent-in-error/",
    )  # fmt: skip

    def more(number: int) -> None:
        for serial in range(number):
            ask(led_case, leader)
            tell_sent_in_error(case=led_case, details=error_details(), by=leader)
            name = f"Navn{serial}{number}"
            correct_person(
                person=led_case.person, details=details_of(led_case.person, given_name=name),
                by=leader,
            )  # fmt: skip
            point = add_contact_point(
                person=led_case.person, by=leader,
                contact=ContactDetails("email", f"a{serial}.{number}@example.no"),
            )  # fmt: skip
            withdraw_contact_point(point=point, by=leader)

    more(2)
    few = {page: len(queries_of(client, page)) for page in pages}
    more(18)
    many = {page: len(queries_of(client, page)) for page in pages}
    assert few == many
    assert max(many.values()) <= 22


def test_c1_the_pages_name_the_person_in_the_log(
    led_case: Case, leader: User, client_of: ClientOf
) -> None:
    client_of(leader).get(f"/cases/{led_case.pk}/rights/corrections/")
    event = Event.objects.get(action="case.viewed")
    assert event.persons == [str(led_case.person_id)]
    assert event.purpose == "privacy:corrections"


def test_c1_whose_number_was_tried_is_told_in_their_log(
    case: Case, cleared: User, adviser: User, client_of: ClientOf
) -> None:
    """That the number is taken the adviser learns all the same: so it is no silent way to ask."""
    hidden = factories.make_person(case.unit, cleared, protection="strictly")
    number = IdentityNumber.objects.get(person=hidden)
    answer = client_of(adviser).post(
        f"/cases/{case.pk}/rights/identity-number/", {"number": number.digits, "reason": "wrong"}
    )
    assert answer.status_code == 422
    assert "You can not register this number" in answer.content.decode()
    tried = Event.objects.get(outcome="denied", persons=[str(hidden.pk)])
    assert (tried.action, tried.actor) == ("person.found_by_number", adviser.pk)
    assert not Event.objects.filter(action="person.number_corrected").exists()
