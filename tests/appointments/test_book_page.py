"""The pages to book, move and cancel: what they do, and that nothing a user sends breaks them."""

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.accounts.models import User
from cases.appointments.actions import cancel, move
from cases.appointments.forms import seen
from cases.appointments.models import Appointment
from cases.casework.models import Case, CaseOutcome
from cases.units.models import ClosedDay, Place, Unit
from tests import factories
from tests.hostile import NOTHING, WRONG_EVERYWHERE

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]
HOSTILE = [*NOTHING, *WRONG_EVERYWHERE, "0", "24.11.2025", str(uuid4())]


@pytest.fixture
def client(adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


@pytest.fixture
def typed(slot: dict[str, Any]) -> dict[str, str]:
    """What a user types into the form for the slot."""
    return {
        "adviser": str(slot["adviser"].pk), "place": str(slot["place"].pk), "day": "24.11.2026",
        "clock": "10.00", "minutes": "60",
    }  # fmt: skip


def url(name: str, case: Case) -> str:
    return reverse(f"appointments:{name}", args=[case.pk])


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_it_offers_the_cases_adviser_and_the_units_own_places(
    client: Client, case: Case, adviser: User, outsider: User, other_unit: Unit
) -> None:
    page = client.get(url("book", case))
    assert page.status_code == 200
    assert page.context["form"]["adviser"].value() == adviser.pk
    assert outsider.name not in text_of(page)
    for foreign in other_unit.places.all():
        assert str(foreign.pk) not in text_of(page)


def test_booking_leads_back_to_the_case(client: Client, case: Case, typed: dict[str, str]) -> None:
    answer = client.post(url("book", case), typed)
    assert (answer.status_code, answer["Location"]) == (302, case.get_absolute_url())
    assert Appointment.objects.get().local_start == "2026-11-24T10:00"


def test_a_taken_slot_is_told_at_the_field_and_nothing_typed_is_lost(
    client: Client, booked: Appointment, make_case: Make, typed: dict[str, str]
) -> None:
    page = client.post(url("book", make_case()), typed | {"clock": "kl. 10.30"})
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "clock": ["The adviser has another meeting at that time."]
    }
    assert 'value="kl. 10.30"' in text_of(page)
    assert 'value="24.11.2026"' in text_of(page)


def test_each_refusal_stands_at_its_field(
    client: Client, case: Case, typed: dict[str, str]
) -> None:
    for field, changed in [
        ("clock", {"clock": "10.02"}),
        ("clock", {"day": "23.11.2026", "clock": "08.00"}),
        ("clock", {"day": "28.03.2027", "clock": "02.30"}),
        ("clock", {"day": "31.10.2027", "clock": "02.30"}),
        ("day", {"day": "25.11.2027"}),
        ("day", {"day": "22.11.2026"}),
        ("minutes", {"minutes": "7"}),
    ]:
        page = client.post(url("book", case), typed | changed)
        assert page.status_code == 422, changed
        assert list(page.context["form"].errors) == [field], changed
        for name, value in changed.items():
            assert page.context["form"][name].value() == value


def test_foreign_advisers_and_places_are_no_choice(
    client: Client, case: Case, typed: dict[str, str], outsider: User, other_unit: Unit
) -> None:
    foreign = {"adviser": str(outsider.pk), "place": str(other_unit.places.first().pk)}
    page = client.post(url("book", case), typed | foreign)
    assert set(page.context["form"].errors) == {"adviser", "place"}
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("field", ["adviser", "place", "day", "clock", "minutes"])
def test_no_value_breaks_the_form(
    client: Client, case: Case, typed: dict[str, str], field: str
) -> None:
    for value in HOSTILE:
        if (field, value) == ("clock", "0"):
            continue  # midnight
        page = client.post(url("book", case), typed | {field: value})
        assert page.status_code == 422, value
        form = page.context["form"]
        assert form.errors, value
        assert form[field].value() == value
        assert "<script>alert" not in text_of(page)
    assert not Appointment.objects.exists()


def test_nothing_sent_at_all_is_a_list_of_what_is_missing(client: Client, case: Case) -> None:
    page = client.post(url("book", case), {})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"adviser", "place", "day", "clock", "minutes"}


def test_a_day_after_the_deadline_or_a_red_or_closed_one_warns_and_books(
    client: Client, make_case: Make, unit: Unit, typed: dict[str, str]
) -> None:
    ClosedDay.objects.create(unit=unit, day=date(2026, 12, 27), reason="Julestengt")
    case = make_case(received_on=date(2026, 11, 1))
    answer = client.post(url("book", case), typed | {"day": "27.12.2026"}, follow=False)
    assert answer.status_code == 302
    said = [str(m) for m in client.get(url("move", case)).context["messages"]]
    assert any("after the deadline" in m for m in said)
    assert any("Sunday" in m for m in said)
    assert any("Julestengt" in m for m in said)


def test_the_advisers_day_is_shown_as_times_without_names(
    client: Client, booked: Appointment, case: Case, make_case: Make, typed: dict[str, str]
) -> None:
    other = make_case(given_name="Annen")
    page = client.post(url("book", other), typed | {"clock": "", "look": "1"})
    assert page.status_code == 200
    assert page.context["form"].errors == {}
    assert "10.00–11.00" in text_of(page)
    assert case.number not in text_of(page)
    assert 'value="24.11.2026"' in text_of(page)
    assert Appointment.objects.count() == 1


def test_a_case_with_an_appointment_is_led_to_moving_it(
    client: Client, booked: Appointment, case: Case, typed: dict[str, str]
) -> None:
    assert client.get(url("book", case))["Location"] == url("move", case)
    page = client.post(url("book", case), typed)
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_moving_shows_what_was_agreed_and_moves_it(
    client: Client, booked: Appointment, case: Case, typed: dict[str, str]
) -> None:
    page = client.get(url("move", case))
    assert page.context["form"]["clock"].value() == "10.00"
    assert 'value="10.00"' in text_of(page)
    sent = typed | {"clock": "13", "asked_for_by": "person", "seen": seen(booked)}
    assert client.post(url("move", case), sent).status_code == 302
    booked.refresh_from_db()
    assert booked.local_start == "2026-11-24T13:00"


def test_two_who_move_at_once_do_not_overwrite_each_other(
    client: Client,
    booked: Appointment,
    case: Case,
    typed: dict[str, str],
    slot: dict[str, Any],
    colleague: User,
) -> None:
    opened = seen(booked)
    move(appointment_id=booked.pk, asked_for_by="unit", by=colleague, **slot | {"clock": time(12)})
    sent = typed | {"clock": "15.00", "asked_for_by": "person", "seen": opened}
    page = client.post(url("move", case), sent)
    assert page.status_code == 422
    assert "changed after you opened this page" in text_of(page)
    assert 'value="15.00"' in text_of(page)
    booked.refresh_from_db()
    assert booked.local_start == "2026-11-24T12:00"
    again = sent | {"seen": page.context["form"]["seen"].value()}
    assert client.post(url("move", case), again).status_code == 302


@pytest.mark.parametrize("page_name", ["move", "cancel"])
def test_a_form_about_another_appointment_changes_nothing(
    client: Client, booked: Appointment, case: Case, typed: dict[str, str], page_name: str
) -> None:
    for junk in ["", "x", "1", "{pk}.0", "{pk}.99999999999999999999", "{pk}.²", "\x00"]:
        sent = typed | {"asked_for_by": "unit", "clock": "14", "seen": junk.format(pk=booked.pk)}
        assert client.post(url(page_name, case), sent).status_code == 422, junk
    booked.refresh_from_db()
    assert (booked.version, booked.status) == (1, "booked")


def test_a_stale_page_does_not_cancel_the_next_appointment(
    client: Client, booked: Appointment, case: Case, book_for: Make, colleague: User
) -> None:
    opened = seen(booked)
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=colleague)
    later = book_for(case, clock=time(14))
    page = client.post(url("cancel", case), {"asked_for_by": "unit", "seen": opened})
    assert page.status_code == 422
    later.refresh_from_db()
    assert later.status == "booked"


def test_cancelling_asks_who_asked_and_then_cancels(
    client: Client, booked: Appointment, case: Case
) -> None:
    assert client.get(url("cancel", case)).status_code == 200
    assert client.post(url("cancel", case), {"seen": seen(booked)}).status_code == 422
    sent = {"seen": seen(booked), "asked_for_by": "person"}
    assert client.post(url("cancel", case), sent).status_code == 302
    booked.refresh_from_db()
    assert booked.status == "cancelled"


@pytest.mark.parametrize("page_name", ["move", "cancel"])
def test_what_is_gone_or_has_begun_is_told(
    client_of: Callable[[User], Client], booked: Appointment, case: Case, typed: dict[str, str],
    page_name: str, clock: time_machine.Traveller, adviser: User,
) -> None:  # fmt: skip
    sent = typed | {"asked_for_by": "unit", "day": "25.11.2026", "seen": seen(booked)}
    clock.move_to(booked.starts_at)
    client = client_of(adviser)
    assert "has begun" in text_of(client.post(url(page_name, case), sent))
    clock.move_to(booked.booked_at)
    cancel(appointment_id=booked.pk, asked_for_by="unit", by=adviser)
    page = client.post(url(page_name, case), sent)
    assert page.status_code == 422
    assert "not booked any more" in text_of(page)
    assert client.get(url(page_name, case)).status_code == 302


@pytest.mark.parametrize("page_name", ["book", "move", "cancel"])
def test_a_case_of_another_unit_is_not_there(
    client_of: Callable[[User], Client], outsider: User, booked: Appointment, case: Case, page_name: str,
    typed: dict[str, str],
) -> None:  # fmt: skip
    theirs = client_of(outsider)
    assert theirs.get(url(page_name, case)).status_code == 404
    assert theirs.post(url(page_name, case), typed).status_code == 404
    booked.refresh_from_db()
    assert booked.version == 1


def test_a_protected_persons_case_is_for_the_cleared(
    client: Client, client_of: Callable[[User], Client], make_case: Make, cleared: User
) -> None:
    hidden = make_case(protection="strictly")
    assert client.get(url("book", hidden)).status_code == 404
    factories.declare(cleared, hidden)
    assert client_of(cleared).get(url("book", hidden)).status_code == 200


def test_a_closed_case_takes_no_booking(
    client: Client, case: Case, typed: dict[str, str], adviser: User
) -> None:
    Case.objects.filter(pk=case.pk).update(
        closed_at=timezone.now(), closed_by=adviser, outcome=CaseOutcome.MOVED
    )
    page = client.post(url("book", case), typed)
    assert page.status_code == 422
    assert "The case is closed" in text_of(page)


def test_a_place_taken_out_of_use_meanwhile_is_told(
    client: Client, case: Case, typed: dict[str, str], office: Place
) -> None:
    Place.objects.filter(pk=office.pk).update(in_use=False)
    page = client.post(url("book", case), typed)
    assert list(page.context["form"].errors) == ["place"]


def test_only_staff_of_a_unit_use_the_page(
    client_of: Callable[[User], Client], case: Case, figures_reader: User, administrator: User
) -> None:
    for user in (figures_reader, administrator):
        assert client_of(user).get(url("book", case)).status_code == 403
