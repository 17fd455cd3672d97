"""Who is booked to meet a person: nobody whom a block, a test or a missing clearance keeps away."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import Membership, User
from cases.accounts.roles import Role
from cases.appointments.actions import MustNotMeet, cancel, move
from cases.appointments.models import Appointment
from cases.casework.actions import (
    TakerIsAdviser,
    block_from_case,
    correct_person_of,
    order_sample,
)
from cases.casework.models import Case, Task
from cases.people.actions import PersonDetails, block
from cases.people.forms import DETAIL_FIELDS
from cases.people.models import Person
from cases.units.models import Unit
from tests import factories
from tests.appointments.conftest import TUESDAY

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture(params=["blocked", "a9_sample_taker", "not_cleared"])
def kept_away(
    request: pytest.FixtureRequest, case: Case, unit: Unit, colleague: User, leader: User
) -> User:
    """The colleague, whom one of the three keeps away from the person of `case`."""
    if request.param == "blocked":
        block(person=case.person, user=colleague, reason="Nabo", by=leader)
    elif request.param == "a9_sample_taker":
        takes_samples(colleague, unit)
        order(case, colleague, by=leader)
    else:
        Person.objects.filter(pk=case.person_id).update(protection="strictly")
    return colleague


def takes_samples(user: User, unit: Unit) -> None:
    Membership.objects.create(
        user=user, unit=unit, role=Role.SAMPLE_TAKER, valid_from=factories.LONG_AGO
    )


def order(case: Case, taker: User, by: User, exception: str = "") -> None:
    at = timezone.now() + timedelta(days=1)
    order_sample(case_id=case.pk, taker=taker, planned_at=at, exception=exception, by=by)


def test_who_is_kept_away_is_not_booked(case: Case, book_for: Make, kept_away: User) -> None:
    with pytest.raises(MustNotMeet):
        book_for(case, adviser=kept_away)
    assert not Appointment.objects.exists()


def test_a9_who_meets_the_person_next_takes_no_test_of_them(
    case: Case, book_for: Make, unit: Unit, colleague: User, adviser: User, leader: User
) -> None:
    takes_samples(colleague, unit)
    booked = book_for(case, adviser=colleague)
    with pytest.raises(TakerIsAdviser):
        order(case, colleague, by=adviser)
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)
    order(case, colleague, by=adviser)


def tasks_of(case: Case) -> list[str]:
    return list(Task.objects.filter(case=case).values_list("kind", flat=True))


def test_a_block_after_the_booking_asks_for_another_meeting(
    case: Case, book_for: Make, colleague: User, adviser: User
) -> None:
    book_for(case, adviser=colleague)
    block_from_case(case=case, user=colleague, reason="Nabo", by=adviser)
    assert tasks_of(case) == ["move_meeting"]


def test_protection_after_the_booking_asks_for_another_meeting(
    case: Case, book_for: Make, colleague: User, cleared: User
) -> None:
    book_for(case, adviser=colleague)
    kept = {name: getattr(case.person, name) for name in DETAIL_FIELDS}
    details = PersonDetails(**kept | {"protection": "strictly"})
    correct_person_of(case=case, details=details, by=cleared)
    assert tasks_of(case) == ["move_meeting"]


def test_who_is_kept_away_gets_no_meeting_that_is_moved(
    booked: Appointment, slot: dict[str, Any], adviser: User, kept_away: User
) -> None:
    to = {**slot, "adviser": kept_away, "clock": time(13)}
    with pytest.raises(MustNotMeet):
        move(appointment_id=booked.pk, asked_for_by="unit", by=adviser, **to)
    booked.refresh_from_db()
    assert (booked.adviser, booked.sequence) == (adviser, 1)


def test_who_is_kept_away_is_no_choice(
    booked: Appointment, case: Case, kept_away: User, cleared: User, client_of: Make
) -> None:
    factories.declare(cleared, case)
    browser: Client = client_of(cleared)
    offered = browser.get(reverse("appointments:move", args=[case.pk])).context["form"]
    assert kept_away not in offered.fields["adviser"].queryset
    assert cleared in offered.fields["adviser"].queryset
    typed = {
        "adviser": str(kept_away.pk), "place": str(booked.place_id), "day": "24.11.2026",
        "clock": "13.00", "minutes": "60", "asked_for_by": "unit",
    }  # fmt: skip
    sent = browser.post(reverse("appointments:move", args=[case.pk]), typed)
    assert sent.status_code == 422
    assert list(sent.context["form"].errors) == ["adviser"]


def test_a_block_set_while_the_form_was_open_is_told_at_the_field(
    case: Case,
    slot: dict[str, Any],
    colleague: User,
    leader: User,
    client_of: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form still offers the colleague; the action does not take them."""
    block(person=case.person, user=colleague, reason="Nabo", by=leader)
    monkeypatch.setattr(
        "cases.appointments.forms.advisers_who_may_meet",
        lambda case, day: User.objects.advisers_of(case.unit, day),
    )
    typed = {
        "adviser": str(colleague.pk), "place": str(slot["place"].pk), "day": "24.11.2026",
        "clock": "13.00", "minutes": "60",
    }  # fmt: skip
    browser: Client = client_of(slot["adviser"])
    page = browser.post(reverse("appointments:book", args=[case.pk]), typed)
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "adviser": ["This colleague must not meet the person. Choose another."]
    }


def test_a9_the_own_adviser_meets_them_when_the_leader_has_said_why(
    case: Case, unit: Unit, book_for: Make, adviser: User, leader: User
) -> None:
    takes_samples(adviser, unit)
    order(case, adviser, by=leader, exception="Ingen andre på jobb")
    assert book_for(case).adviser == adviser


def test_the_clearance_is_that_of_the_day(
    case: Case, book_for: Make, cleared: User, unit: Unit
) -> None:
    Person.objects.filter(pk=case.person_id).update(protection="confidential")
    assert book_for(case, adviser=cleared).adviser == cleared
    Appointment.objects.all().delete()
    cleared.memberships.update(valid_to=TUESDAY - timedelta(days=1))
    Membership.objects.create(user=cleared, unit=unit, role=Role.ADVISER, valid_from=TUESDAY)
    with pytest.raises(MustNotMeet):
        book_for(case, adviser=cleared)
