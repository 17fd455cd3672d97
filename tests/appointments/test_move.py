"""Moving and cancelling: what it was is kept, cells change hands, messages get a new sequence."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from cases.accounts.models import User
from cases.appointments.actions import (
    AlreadyBegun,
    NotBooked,
    SlotTaken,
    cancel,
    move,
    send_summons,
)
from cases.appointments.models import Appointment, AppointmentChange, Booking
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.models import StaleVersion
from cases.units.models import Place
from tests.appointments.conftest import NOW, TUESDAY

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


@pytest.fixture
def moved_to(slot: dict[str, Any], adviser: User) -> Make:
    def make(appointment: Appointment, **traits: Any) -> Appointment:
        values = {**slot, "asked_for_by": "person", "by": adviser} | traits
        return move(appointment_id=appointment.pk, **values)

    return make


def test_what_it_was_and_who_asked_are_kept(
    booked: Appointment, moved_to: Make, adviser: User, office: Place
) -> None:
    moved = moved_to(booked, clock=time(13))
    assert moved.starts_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert (moved.sequence, moved.version, moved.local_start) == (2, 2, "2026-11-24T13:00")
    change = AppointmentChange.objects.get(appointment=moved)
    assert change.was_starting_at == booked.starts_at
    assert (change.was_place, change.was_adviser, change.asked_for_by) == (
        office,
        adviser,
        "person",
    )
    assert (change.is_cancellation, change.changed_by) == (False, adviser)
    assert set(Event.objects.get(action="appointment.moved").fields) == {
        "starts_at", "ends_at", "local_start",
    }  # fmt: skip


def test_the_old_time_is_free_and_the_new_one_taken(
    booked: Appointment, moved_to: Make, make_case: Make, book_for: Make
) -> None:
    moved_to(booked, clock=time(13))
    assert book_for(make_case(), clock=time(10)).pk
    with pytest.raises(SlotTaken):
        book_for(make_case(), clock=time(13))


def test_it_may_move_onto_a_part_of_its_own_time(booked: Appointment, moved_to: Make) -> None:
    assert moved_to(booked, clock=time(10, 30)).sequence == 2


def test_a_refused_move_leaves_everything_as_it_was(
    booked: Appointment, moved_to: Make, make_case: Make, book_for: Make
) -> None:
    book_for(make_case(), clock=time(13))
    before = set(Booking.objects.values_list("resource", "cell"))
    with pytest.raises(SlotTaken):
        moved_to(booked, clock=time(13))
    booked.refresh_from_db()
    assert (booked.starts_at.hour, booked.sequence, booked.version) == (9, 1, 1)
    assert set(Booking.objects.values_list("resource", "cell")) == before
    assert not AppointmentChange.objects.exists()


@pytest.mark.parametrize("what", ["place", "adviser", "clock"])
def test_time_place_and_adviser_begin_a_new_sequence(
    booked: Appointment, moved_to: Make, what: str, video: Place, colleague: User
) -> None:
    new = {"place": video, "adviser": colleague, "clock": time(15)}
    assert moved_to(booked, **{what: new[what]}).sequence == 2


def test_a_longer_meeting_is_the_same_appointment(booked: Appointment, moved_to: Make) -> None:
    longer = moved_to(booked, minutes=90)
    assert (longer.sequence, longer.version, longer.minutes) == (1, 2, 90)
    assert not AppointmentChange.objects.exists()
    assert Booking.objects.filter(appointment=booked).count() == 54


def test_the_same_again_changes_nothing(booked: Appointment, moved_to: Make) -> None:
    assert moved_to(booked).version == 1
    assert not Event.objects.filter(action="appointment.moved").exists()


def test_a_moved_appointment_needs_a_new_summons(
    booked: Appointment, moved_to: Make, case: Case, adviser: User, texts: None
) -> None:
    send_summons(
        appointment_id=booked.pk, seen_version=1, sent_on=NOW.date(), sent_how="post", by=adviser
    )
    case.refresh_from_db()
    assert case.summons_sent_at == NOW
    moved_to(booked, clock=time(13))
    case.refresh_from_db()
    assert case.summons_sent_at is None
    assert case.next_appointment_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_nobody_moves_what_they_have_not_seen(booked: Appointment, moved_to: Make) -> None:
    moved_to(booked, clock=time(13), seen_version=1)
    with pytest.raises(StaleVersion):
        moved_to(booked, clock=time(14), seen_version=1)


def test_what_has_begun_is_not_moved_or_cancelled(
    booked: Appointment, moved_to: Make, clock: time_machine.Traveller, adviser: User
) -> None:
    clock.move_to(booked.starts_at)
    with pytest.raises(AlreadyBegun):
        moved_to(booked, day=TUESDAY + timedelta(days=1))
    with pytest.raises(AlreadyBegun):
        cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)


def test_cancelling_frees_the_time_and_keeps_who_asked(
    booked: Appointment, case: Case, adviser: User
) -> None:
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)
    booked.refresh_from_db()
    case.refresh_from_db()
    assert (booked.status, booked.version) == ("cancelled", 2)
    assert case.next_appointment_at is None
    assert not Booking.objects.exists()
    change = AppointmentChange.objects.get()
    assert (change.is_cancellation, change.asked_for_by) == (True, "unit")
    assert Event.objects.filter(action="appointment.cancelled", target=booked.pk).exists()


def test_what_is_cancelled_is_not_changed_again(
    booked: Appointment, moved_to: Make, adviser: User
) -> None:
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)
    with pytest.raises(NotBooked):
        moved_to(booked, clock=time(13))
    with pytest.raises(NotBooked):
        cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)


def test_a_move_is_not_kept_when_the_audit_fails(
    booked: Appointment, moved_to: Make, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        moved_to(booked, clock=time(13))
    booked.refresh_from_db()
    assert (booked.sequence, booked.starts_at.hour) == (1, 9)
    assert not AppointmentChange.objects.exists()


def test_a_cancellation_is_not_kept_when_the_audit_fails(
    booked: Appointment, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)
    booked.refresh_from_db()
    assert booked.status == "booked"
    assert Booking.objects.count() == 36
