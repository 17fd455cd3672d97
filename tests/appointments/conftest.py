"""A fixed Monday morning, an office, and a booking that a test changes one trait of."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine

from cases.accounts.models import User
from cases.appointments.actions import book
from cases.appointments.models import Appointment
from cases.casework.models import Case
from cases.letters.reference import load_texts
from cases.units.models import Place, Unit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09.00 in Oslo
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands still; a test moves it with `clock.move_to(…)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(unit: Unit) -> Place:
    return Place.objects.get(unit=unit, name_nb="Rom 1")


@pytest.fixture
def video(unit: Unit) -> Place:
    return Place.objects.get(unit=unit, name_nb="Video")


@pytest.fixture
def texts(law: None) -> None:
    load_texts()


@pytest.fixture
def slot(adviser: User, office: Place) -> dict[str, Any]:
    """Tuesday 24 November 2026 at 10.00, one hour, with the adviser in Rom 1."""
    return {
        "adviser": adviser, "place": office, "day": TUESDAY, "clock": time(10), "minutes": 60,
    }  # fmt: skip


@pytest.fixture
def booked(case: Case, slot: dict[str, Any], adviser: User) -> Appointment:
    return book(case_id=case.pk, by=adviser, **slot)


@pytest.fixture
def book_for(slot: dict[str, Any], adviser: User) -> Callable[..., Appointment]:
    """`book_for(case, clock=time(11))`: the slot with these traits changed."""

    def make(case: Case, **traits: Any) -> Appointment:
        return book(case_id=case.pk, **{**slot, "by": adviser} | traits)

    return make
