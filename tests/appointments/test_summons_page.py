"""The summons: in the person's language, silent on its outside, and kept as it went."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.accounts.models import User
from cases.appointments.actions import (
    NotTheLetterOfTheCase,
    move,
    record_summons,
    send_summons,
)
from cases.appointments.forms import seen
from cases.appointments.models import Appointment, Summons
from cases.appointments.summons import summons_content
from cases.audit.models import Event
from cases.casework.models import Case
from cases.core.models import StaleVersion
from cases.core.neutrality import revealing_words
from cases.letters.models import Letter, TextTemplate
from cases.people.actions import ContactDetails
from cases.people.models import Person
from tests import factories
from tests.appointments.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("texts")]

Make = Callable[..., Any]
ADDRESS = "Skogveien 1"


@pytest.fixture
def client(adviser: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(adviser)


@pytest.fixture
def sent(booked: Appointment, adviser: User) -> Summons:
    return send_summons(
        appointment_id=booked.pk, seen_version=1, sent_on=NOW.date(), sent_how="post", by=adviser
    )


def url(name: str, case: Case, *more: object) -> str:
    return reverse(f"appointments:{name}", args=[case.pk, *more])


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("language", "when", "introduction", "consequence"),
    [
        ("nb", "tirsdag 24. november 2026", "Du er innkalt", "Politiet har gitt deg pålegg"),
        ("nn", "tysdag 24. november 2026", "Du er innkalla", "Politiet har gitt deg pålegg"),
        ("en", "Tuesday 24 November 2026", "You are summoned", "The police have ordered you"),
    ],
)
def test_it_speaks_the_persons_language(
    client: Client,
    make_case: Make,
    book_for: Make,
    language: str,
    when: str,
    introduction: str,
    consequence: str,
) -> None:
    case = make_case(language=language)
    book_for(case)
    page = text_of(client.get(url("summons_page", case)))
    assert f'lang="{language}"' in page
    for words in (when, "10.00", introduction, consequence, "22 22 22 22", "Rom 1", "Inngang B"):
        assert words in page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_its_outside_tells_nobody_what_it_is_about(
    make_case: Make, book_for: Make, language: str
) -> None:
    letter = summons_content(book_for(make_case(language=language)))
    outside = " ".join([letter.title, letter.sender, *letter.sender_lines])
    assert revealing_words(outside) == []
    assert "Rådgivende" not in outside


def test_when_where_and_what_follows_stand_before_everything_else(
    client: Client, booked: Appointment, case: Case
) -> None:
    page = text_of(client.get(url("summons_page", case)))
    places = [
        page.index(w)
        for w in ("Rom 1", "Du er innkalt", "Politiet har gitt deg", "Passer ikke tiden")
    ]
    assert places == sorted(places)


def test_an_own_wish_has_no_consequence_and_no_deadline(make_case: Make, book_for: Make) -> None:
    letter = summons_content(book_for(make_case(basis="own_wish")))
    assert len(letter.facts) == 3
    assert any("frivillig" in text for _heading, text in letter.parts)


def test_the_address_stands_in_the_window(client: Client, booked: Appointment, case: Case) -> None:
    assert ADDRESS in text_of(client.get(url("summons_page", case)))


@pytest.mark.parametrize("protection", ["confidential", "strictly"])
def test_a_protected_address_is_nowhere_in_the_letter(
    client_of: Callable[[User], Client],
    cleared: User,
    make_case: Make,
    book_for: Make,
    protection: str,
) -> None:
    case = make_case(protection=protection)
    appointment = book_for(case, adviser=cleared)
    send_summons(
        appointment_id=appointment.pk,
        seen_version=1,
        sent_on=NOW.date(),
        sent_how="post",
        by=cleared,
    )
    client = client_of(cleared)
    for name in ("summons", "summons_page"):
        assert ADDRESS not in text_of(client.get(url(name, case)))
    assert ADDRESS not in Letter.objects.get().content


def test_a_summons_sent_before_the_protection_is_printed_without_the_address(
    client_of: Callable[[User], Client], cleared: User, case: Case, booked: Appointment
) -> None:
    sent = send_summons(
        appointment_id=booked.pk, seen_version=1, sent_on=NOW.date(), sent_how="post", by=cleared
    )
    factories.declare(cleared, case)
    browser = client_of(cleared)
    pages = [
        url("summons_page", case),
        reverse("appointments:sent_summons", args=[case.pk, sent.pk]),
    ]
    assert all(ADDRESS in text_of(browser.get(page)) for page in pages)
    Person.objects.filter(pk=case.person_id).update(protection="strictly")
    for page in pages:
        printed = text_of(browser.get(page))
        assert case.person.full_name in printed
        assert ADDRESS not in printed


def test_two_addresses_are_none_and_the_page_says_so(
    client: Client, make_case: Make, book_for: Make
) -> None:
    addresses = [ContactDetails("address", f"{ADDRESS}{letter}, 0001 Furu") for letter in "AB"]
    case = make_case(contacts=addresses)
    book_for(case)
    page = text_of(client.get(url("summons", case)))
    assert ADDRESS not in page
    assert "no address" in page


def test_what_is_typed_by_staff_is_text_and_not_markup(
    client: Client, make_case: Make, book_for: Make
) -> None:
    case = make_case(given_name="<b>Test</b>", family_name="{phone}")
    book_for(case)
    page = text_of(client.get(url("summons_page", case)))
    assert "<b>Test" not in page
    assert "{phone}" in page


def test_recording_it_keeps_the_letter_as_it_went(
    client: Client, booked: Appointment, case: Case, slot: dict[str, Any], adviser: User
) -> None:
    typed = {"sent_how": "post", "sent_on": "23.11.2026", "seen": seen(booked)}
    assert client.post(url("summons", case), typed).status_code == 302
    case.refresh_from_db()
    assert case.summons_sent_at == NOW
    kept = Summons.objects.get()
    TextTemplate.objects.update(body="Noe helt annet")
    move(appointment_id=booked.pk, asked_for_by="unit", by=adviser, **slot | {"clock": time(14)})
    page = text_of(client.get(url("sent_summons", case, kept.pk)))
    assert "kl. 10.00" in page
    assert "Du er innkalt" in page
    assert "Noe helt annet" in text_of(client.get(url("summons_page", case)))


def test_the_sent_letter_is_what_is_printed_again(
    client: Client, sent: Summons, case: Case
) -> None:
    TextTemplate.objects.update(body="Noe helt annet")
    assert "Du er innkalt" in text_of(client.get(url("summons_page", case)))


def test_a_letter_printed_before_the_move_is_not_recorded_after_it(
    client: Client, booked: Appointment, case: Case, slot: dict[str, Any], colleague: User
) -> None:
    printed = seen(booked)
    move(appointment_id=booked.pk, asked_for_by="unit", by=colleague, **slot | {"clock": time(14)})
    page = client.post(
        url("summons", case), {"sent_how": "post", "sent_on": "i dag", "seen": printed}
    )
    assert page.status_code == 422
    assert "changed after you opened this page" in text_of(page)
    assert 'value="i dag"' in text_of(page)
    assert not Letter.objects.exists()
    with pytest.raises(StaleVersion):
        send_summons(
            appointment_id=booked.pk,
            seen_version=1,
            sent_on=NOW.date(),
            sent_how="post",
            by=colleague,
        )


def test_no_value_breaks_the_form(client: Client, booked: Appointment, case: Case) -> None:
    for sent_how, sent_on in [
        ("", ""), ("pigeon", "24.11.2026"), ("post", "24.11.2026"), ("post", "1.1.1901"),
        ("post", "x" * 9000), ("\x00", "\x00"), ("post", "31.02.2026"), ("<script>", "<script>alert(1)"),
    ]:  # fmt: skip
        typed = {"sent_how": sent_how, "sent_on": sent_on, "seen": seen(booked)}
        page = client.post(url("summons", case), typed)
        assert page.status_code == 422, typed
        assert page.context["form"]["sent_on"].value() == sent_on
        assert "<script>alert" not in text_of(page)
    assert not Summons.objects.exists()


def test_a_missing_text_is_told_and_not_made_up(
    client: Client, booked: Appointment, case: Case
) -> None:
    TextTemplate.objects.all().delete()
    assert "A text of the letter is missing" in text_of(client.get(url("summons", case)))
    assert client.get(url("summons_page", case)).status_code == 302
    typed = {"sent_how": "post", "sent_on": "i dag", "seen": seen(booked)}
    assert client.post(url("summons", case), typed).status_code == 422


def test_without_an_appointment_there_is_nothing_to_summon_to(client: Client, case: Case) -> None:
    for name in ("summons", "summons_page"):
        assert client.get(url(name, case))["Location"] == case.get_absolute_url()


def test_a_case_and_a_letter_of_another_unit_are_not_there(
    client_of: Callable[[User], Client], outsider: User, sent: Summons, case: Case
) -> None:
    theirs = client_of(outsider)
    for address in (
        url("summons", case),
        url("summons_page", case),
        url("sent_summons", case, sent.pk),
    ):
        assert theirs.get(address).status_code == 404


def test_a_summons_is_found_under_its_own_case_only(
    client: Client, sent: Summons, make_case: Make
) -> None:
    assert client.get(url("sent_summons", make_case(), sent.pk)).status_code == 404


def test_a_letter_of_another_case_is_not_its_summons(
    sent: Summons, make_case: Make, book_for: Make, adviser: User
) -> None:
    other = book_for(make_case(), clock=time(14))
    for letter in (sent.letter_id, other.pk):
        with pytest.raises(NotTheLetterOfTheCase):
            record_summons(
                appointment_id=other.pk,
                letter_id=letter,
                sent_on=date(2026, 11, 23),
                sent_how="post",
                by=adviser,
            )


def test_the_first_summons_of_the_time_counts(
    sent: Summons, booked: Appointment, case: Case, adviser: User, clock: Any
) -> None:
    clock.shift(timedelta(hours=1))
    send_summons(
        appointment_id=booked.pk,
        seen_version=1,
        sent_on=NOW.date(),
        sent_how="handed_over",
        by=adviser,
    )
    case.refresh_from_db()
    assert case.summons_sent_at == NOW
    assert Event.objects.filter(action="summons.sent").count() == 2


def test_nothing_is_kept_when_the_audit_fails(
    booked: Appointment, case: Case, adviser: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        send_summons(
            appointment_id=booked.pk,
            seen_version=1,
            sent_on=NOW.date(),
            sent_how="post",
            by=adviser,
        )
    case.refresh_from_db()
    assert case.summons_sent_at is None
    assert not Letter.objects.exists()
    assert not Summons.objects.exists()
