"""Booking: what is kept, and each reason to refuse."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cases.accounts.models import Membership, User
from cases.appointments.actions import (
    AlreadyBooked,
    InThePast,
    NotOfTheUnit,
    NotOnTheGrid,
    NotReady,
    Resource,
    SlotTaken,
    TooFarAhead,
    book,
    cancel,
)
from cases.appointments.models import Appointment, Booking
from cases.audit.models import Event
from cases.casework.actions import decide_on_find
from cases.casework.milestones import CaseIsClosed
from cases.casework.models import Case, CaseOutcome
from cases.units.models import Place, Unit
from tests import factories
from tests.appointments.conftest import TUESDAY

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


def test_a_booking_is_kept_with_its_moments_and_told_to_the_audit(
    booked: Appointment, case: Case, adviser: User
) -> None:
    booked.refresh_from_db()
    assert booked.starts_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert booked.ends_at - booked.starts_at == timedelta(minutes=60)
    assert booked.local_start == "2026-11-24T10:00"
    assert (booked.unit, booked.sequence, booked.booked_by) == (case.unit, 1, adviser)
    event = Event.objects.get(action="appointment.booked")
    assert (event.target, event.persons) == (booked.pk, [str(case.person_id)])


def test_the_case_knows_its_next_appointment(booked: Appointment, case: Case) -> None:
    case.refresh_from_db()
    assert case.next_appointment_at == booked.starts_at
    assert case.next_appointment_ends_at == booked.ends_at
    assert case.summons_sent_at is None


def test_an_hour_in_a_room_takes_twelve_cells_of_three_resources(
    booked: Appointment, case: Case, adviser: User, office: Place
) -> None:
    rows = Booking.objects.filter(appointment=booked)
    assert rows.count() == 36
    assert set(rows.values_list("resource", flat=True)) == {adviser.pk, office.pk, case.person_id}


def test_video_takes_no_room(
    case: Case, book_for: Make, make_case: Make, video: Place, colleague: User
) -> None:
    book_for(case, place=video)
    book_for(make_case(), place=video, adviser=colleague)
    assert Booking.objects.count() == 48


def test_the_adviser_is_not_booked_twice(
    booked: Appointment, make_case: Make, book_for: Make, video: Place
) -> None:
    with pytest.raises(SlotTaken) as refused:
        book_for(make_case(), place=video, clock=time(10, 55))
    assert refused.value.kind == Resource.ADVISER


def test_the_room_is_not_booked_twice(
    booked: Appointment, make_case: Make, book_for: Make, colleague: User
) -> None:
    with pytest.raises(SlotTaken) as refused:
        book_for(make_case(), adviser=colleague, clock=time(9, 5))
    assert refused.value.kind == Resource.PLACE


def test_the_person_is_not_booked_twice(
    booked: Appointment, case: Case, make_case: Make, book_for: Make, colleague: User, video: Place
) -> None:
    second_case = make_case(person=case.person, basis="own_wish")
    with pytest.raises(SlotTaken) as refused:
        book_for(second_case, adviser=colleague, place=video)
    assert refused.value.kind == Resource.PERSON


@pytest.mark.parametrize("clock_time", [time(9, 0), time(11, 0)])
def test_meetings_may_follow_each_other_without_a_gap(
    booked: Appointment, make_case: Make, book_for: Make, clock_time: time
) -> None:
    assert book_for(make_case(), clock=clock_time).pk


def test_a_taken_slot_leaves_nothing_behind(
    booked: Appointment, make_case: Make, book_for: Make
) -> None:
    other = make_case()
    with pytest.raises(SlotTaken):
        book_for(other)
    other.refresh_from_db()
    assert other.next_appointment_at is None
    assert list(Appointment.objects.all()) == [booked]
    assert Event.objects.filter(action="appointment.booked").count() == 1


@pytest.mark.parametrize(
    "traits",
    [
        {"clock": time(10, 2)},
        {"clock": time(10, 0, 30)},
        {"minutes": 50},
        {"minutes": 0},
        {"minutes": -15},
    ],
)
def test_only_five_minute_steps_and_known_lengths(
    case: Case, book_for: Make, traits: dict[str, Any]
) -> None:
    with pytest.raises(NotOnTheGrid):
        book_for(case, **traits)


@pytest.mark.parametrize(("clock_time", "ahead"), [(time(9, 0), False), (time(9, 5), True)])
def test_not_in_the_past(case: Case, book_for: Make, clock_time: time, ahead: bool) -> None:
    monday = timezone.localdate()
    if ahead:
        assert book_for(case, day=monday, clock=clock_time).pk
    else:
        with pytest.raises(InThePast):
            book_for(case, day=monday, clock=clock_time)


@pytest.mark.parametrize("year", [2028, 2126, 2200])
def test_a_mistyped_year_is_refused(case: Case, book_for: Make, year: int) -> None:
    with pytest.raises(TooFarAhead):
        book_for(case, day=date(year, 11, 24))


def test_one_booked_appointment_at_a_time(booked: Appointment, case: Case, book_for: Make) -> None:
    with pytest.raises(AlreadyBooked):
        book_for(case, clock=time(14))
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=booked.adviser)
    assert book_for(case).pk != booked.pk


@pytest.mark.parametrize("decision", [None, "ask_sender", "return"])
def test_the_find_is_decided_first(
    make_case: Make,
    book_for: Make,
    adviser: User,
    clock: time_machine.Traveller,
    decision: str | None,
) -> None:
    flagged = make_case(finds=[("cannabis", "500")])
    if decision:
        decide_on_find(case_id=flagged.pk, decision=decision, reason="Uklart", by=adviser)
    with pytest.raises(NotReady):
        book_for(flagged)
    clock.shift(timedelta(minutes=1))
    if decision != "return":
        decide_on_find(case_id=flagged.pk, decision="accept", reason="Avklart", by=adviser)
        assert book_for(flagged).pk


def test_a_closed_case_is_not_booked(case: Case, book_for: Make, adviser: User) -> None:
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=adviser, outcome=CaseOutcome.MOVED
    )
    with pytest.raises(CaseIsClosed):
        book_for(case)


def test_places_and_advisers_of_another_unit_are_refused(
    case: Case, book_for: Make, other_unit: Unit, outsider: User
) -> None:
    with pytest.raises(NotOfTheUnit) as refused:
        book_for(case, place=Place.objects.filter(unit=other_unit).first())
    assert refused.value.kind == Resource.PLACE
    with pytest.raises(NotOfTheUnit) as refused:
        book_for(case, adviser=outsider)
    assert refused.value.kind == Resource.ADVISER


def test_a_place_out_of_use_and_an_adviser_who_has_left_are_refused(
    case: Case, book_for: Make, office: Place, adviser: User
) -> None:
    Membership.objects.filter(user=adviser).update(valid_to=TUESDAY - timedelta(days=1))
    with pytest.raises(NotOfTheUnit):
        book_for(case)
    office.in_use = False
    office.save()
    with pytest.raises(NotOfTheUnit):
        book_for(case)


def test_an_adviser_of_two_units_has_one_day(
    booked: Appointment, adviser: User, other_unit: Unit, outsider: User
) -> None:
    Membership.objects.create(
        user=adviser, unit=other_unit, role="adviser", valid_from=date(2020, 1, 1)
    )
    case_there = factories.make_case(unit=other_unit, by=outsider)
    with pytest.raises(SlotTaken):
        book(
            case_id=case_there.pk, adviser=adviser, place=other_unit.places.first(), day=TUESDAY,
            clock=time(10, 30), minutes=30, by=outsider,
        )  # fmt: skip


def test_nothing_is_kept_when_the_audit_fails(
    case: Case, book_for: Make, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        book_for(case)
    case.refresh_from_db()
    assert case.next_appointment_at is None
    assert not Appointment.objects.exists()
    assert not Booking.objects.exists()
