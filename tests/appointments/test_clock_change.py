"""Both clock-change Sundays: what does not exist or comes twice is refused, all else keeps its wall time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.accounts.models import User
from cases.appointments.actions import book, cancel
from cases.appointments.models import CELL_SECONDS, Appointment, Booking
from cases.appointments.slots import cells_between
from cases.casework.models import Case
from cases.core.dates import AmbiguousLocalTime, NonexistentLocalTime, local, to_utc
from cases.letters.rendering import appointment_values

SPRING = date(2027, 3, 28)  # 02.00 becomes 03.00
AUTUMN = date(2027, 10, 31)  # 03.00 becomes 02.00
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
Make = Callable[..., Any]


@pytest.fixture
def same_year(clock: time_machine.Traveller) -> None:
    clock.move_to(datetime(2027, 3, 1, 8, 0, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.usefixtures("same_year")
@pytest.mark.parametrize(
    ("day", "refusal"), [(SPRING, NonexistentLocalTime), (AUTUMN, AmbiguousLocalTime)]
)
def test_half_past_two_is_refused(
    case: Case, book_for: Make, day: date, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        book_for(case, day=day, clock=time(2, 30))
    assert not Appointment.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("same_year")
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(clock_time=st.sampled_from(QUARTERS), minutes=st.sampled_from([15, 60, 120]))
def test_what_is_booked_keeps_the_wall_time_that_was_agreed(
    case: Case, slot: dict[str, Any], adviser: User, day: date, clock_time: time, minutes: int
) -> None:
    traits = slot | {"day": day, "clock": clock_time, "minutes": minutes}
    if clock_time.hour == 2:
        with pytest.raises((NonexistentLocalTime, AmbiguousLocalTime)):
            book(case_id=case.pk, by=adviser, **traits)
        return
    booked = book(case_id=case.pk, by=adviser, **traits)
    booked.refresh_from_db()
    assert local(booked.starts_at).replace(tzinfo=None) == datetime.combine(day, clock_time)
    assert booked.local_start == f"{day}T{clock_time:%H:%M}"
    assert booked.ends_at - booked.starts_at == timedelta(minutes=minutes)
    assert Booking.objects.filter(resource=adviser.pk).count() == minutes * 60 // CELL_SECONDS
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 6, 1), 24)])
def test_the_day_has_as_many_cells_as_it_has_minutes(day: date, hours: int) -> None:
    midnight = to_utc(day, time(0))
    next_midnight = to_utc(day + timedelta(days=1), time(0))
    assert len(cells_between(midnight, next_midnight)) == hours * 12


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_every_quarter_is_refused_or_comes_back_as_it_was(day: date) -> None:
    for quarter in QUARTERS:
        if quarter.hour == 2:
            with pytest.raises((NonexistentLocalTime, AmbiguousLocalTime)):
                to_utc(day, quarter)
        else:
            assert local(to_utc(day, quarter)).time() == quarter


@pytest.mark.django_db
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("quarter", [time(1, 45), time(3, 0), time(9, 0)])
def test_letters_and_messages_tell_the_wall_time(case: Case, day: date, quarter: time) -> None:
    values = appointment_values(to_utc(day, quarter), "nb", case.unit)
    assert (values["weekday"], values["time"]) == ("søndag", f"{quarter:%H.%M}")
