"""Practice mode: what the person would see, for the staff of the unit and nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event
from cases.people.models import Person
from cases.reminders.models import Message, MockDelivery
from cases.reminders.sending import send_due
from tests.reminders.conftest import DUE, number_of

pytestmark = pytest.mark.django_db
URL = "/messages/phone/"
ClientOf = Callable[[User], Client]


@pytest.fixture
def delivered(due_message: Message) -> Message:
    assert send_due(DUE).handed_over == 1
    return due_message


def test_it_shows_what_the_person_would_see(
    delivered: Message, adviser: User, client_of: ClientOf
) -> None:
    page = client_of(adviser).get(URL).content.decode()
    assert number_of(delivered) in page
    assert "Du har en avtale onsdag 10. februar 2027 kl. 10.00" in page
    delivered.refresh_from_db()
    assert delivered.state == "delivered"


def test_it_is_empty_before_anything_is_due(adviser: User, client_of: ClientOf) -> None:
    page = client_of(adviser).get(URL).content.decode()
    assert "No messages have been sent yet." in page


def test_another_unit_sees_nothing_of_it(
    delivered: Message, outsider: User, client_of: ClientOf
) -> None:
    assert number_of(delivered) not in client_of(outsider).get(URL).content.decode()


def test_when_the_address_becomes_protected_only_the_cleared_see_it(
    delivered: Message, adviser: User, cleared: User, client_of: ClientOf
) -> None:
    number = number_of(delivered)
    Person.objects.update(protection="strictly")
    assert number not in client_of(adviser).get(URL).content.decode()
    assert number in client_of(cleared).get(URL).content.decode()


def test_it_is_closed_to_whoever_sees_no_cases(administrator: User, client_of: ClientOf) -> None:
    assert client_of(administrator).get(URL).status_code == 403


def test_it_does_not_exist_in_production(
    delivered: Message, adviser: User, client_of: ClientOf, settings: Any
) -> None:
    client = client_of(adviser)
    settings.PRODUCTION = True
    assert client.get(URL).status_code == 404


def test_everyone_shown_is_in_the_audit(
    delivered: Message, adviser: User, client_of: ClientOf
) -> None:
    client_of(adviser).get(URL)
    event = Event.objects.get(action="mock_phone.viewed")
    assert event.persons == [str(delivered.appointment.case.person_id)]


def test_number_and_text_are_sealed_in_the_database(delivered: Message) -> None:
    row = MockDelivery.objects.values_list("to", "text").get()
    assert all(number_of(delivered)[3:].encode() not in bytes(value) for value in row)


def test_a_hand_over_repeated_is_one_delivery(delivered: Message) -> None:
    Message.objects.update(state="unclear", unclear_since=DUE, try_at=DUE)
    send_due(DUE)
    assert MockDelivery.objects.count() == 1
