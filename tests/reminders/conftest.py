"""A unit whose messages go out, appointments at given moments, and a gateway on loopback."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cases.accounts.models import User
from cases.appointments.models import Appointment
from cases.casework.models import Case
from cases.letters.reference import load_texts
from cases.reminders.channels.mock import MockPhone
from cases.reminders.models import Channel, Message
from cases.reminders.planning import plan_reminders
from cases.reminders.reference import load_rules
from cases.reminders.sending import claim
from cases.units.models import Place, Unit
from tests.reminders import gateway as fake_gateway

# A Monday at 09.00 in Oslo; nothing red or odd near it.
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
A_WEEK_AND_A_HALF = timedelta(days=10)


@pytest.fixture
def unit(unit: Unit) -> Unit:
    load_texts()
    load_rules()
    return unit


@pytest.fixture
def make_appointment(
    unit: Unit, adviser: User, make_case: Callable[..., Case]
) -> Callable[..., Any]:
    """`make_appointment(starts_at, booked_at=…, **person traits)`: a booked row, whatever the clock
    of the machine says."""

    def make(
        starts_at: datetime,
        *,
        booked_at: datetime | None = None,
        case: Case | None = None,
        **traits: Any,
    ) -> Appointment:
        case = case or make_case(**traits)
        return Appointment.objects.create(
            unit=case.unit,
            case=case,
            adviser=adviser,
            place=Place.objects.filter(unit=case.unit).first(),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=60),
            local_start="",
            booked_at=booked_at or starts_at - timedelta(days=30),
            booked_by=adviser,
        )

    return make


@pytest.fixture
def appointment(make_appointment: Callable[..., Appointment]) -> Appointment:
    """On a Wednesday at 10.00 in Oslo, agreed on long before."""
    return make_appointment(datetime(2027, 2, 10, 9, 0, tzinfo=UTC))


@pytest.fixture
def due_message(appointment: Appointment) -> Message:
    """The SMS of the day before, planned and due at `DUE`."""
    plan_reminders(NOW)
    Message.objects.exclude(kind="day_before").delete()
    return Message.objects.get()


DUE = datetime(2027, 2, 9, 9, 0, tzinfo=UTC)  # the Tuesday at 10.00 in Oslo


@pytest.fixture
def gateway(settings: Any) -> Iterator[fake_gateway.Gateway]:
    """The SMS gateway of the settings, with time-outs a test can wait for."""
    with fake_gateway.running() as running:
        settings.SMS_URL, settings.SMS_TOKEN = running.url, "t" * 20
        settings.REMINDER_TIME_FACTOR = 0.1  # an answer within a second
        yield running


def number_of(message: Message) -> str:
    person = message.appointment.case.person
    return str(person.contact_points.get(kind="mobile").value)


def claim_due(now: datetime) -> list[Message]:
    """Claim what is due by SMS, as a sender does that then goes no further."""
    return claim(Channel.SMS, 10, {Channel.SMS: MockPhone()}, now)[0]
