"""A13: an account that opens cases as fast as it can is stopped, and somebody else lets it in."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from cases.accounts.models import User
from cases.audit.models import Event, Outcome
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.oversight.actions import AlreadySigned, NotYoursToSign, lift_stop, stop_reading
from cases.oversight.models import MOST_PEOPLE_AN_HOUR, ReadingStop
from tests.oversight.conftest import ClientOf, MakeCase

pytestmark = pytest.mark.django_db

SENTENCE = "You have opened many people in a short time"


def opened_before(cases: list[Case], by: User) -> None:
    """As if the pages had been opened: the log is what the guard counts."""
    with recorded():
        for case in cases:
            record(
                "case.viewed", by=by, unit=case.unit_id, target=case, persons=[case.person_id],
                purpose="desk:case",
            )  # fmt: skip


def test_a13_as_fast_as_it_can(make_case: MakeCase, adviser: User, browser: Client) -> None:
    """Sixty people are shown, the sixty-first is not, and then nobody is."""
    cases = [make_case(family_name=f"Kanari{number}") for number in range(63)]
    shown = []
    for number, case in enumerate(cases):
        answer = browser.get(case.get_absolute_url())
        if answer.status_code == 200:
            shown.append(number)
            continue
        assert answer.status_code == 429
        assert SENTENCE in answer.content.decode()
        assert f"Kanari{number}" not in answer.content.decode()
    assert shown == list(range(MOST_PEOPLE_AN_HOUR))
    stop = ReadingStop.objects.get()
    assert (stop.user, stop.people) == (adviser, 61)
    assert Event.objects.filter(action="reading.stopped").count() == 1
    assert Event.objects.filter(action="reading.refused", outcome="denied").count() == 2
    assert Event.objects.filter(action="case.viewed", outcome="denied").count() == 1


@pytest.fixture
def at_the_limit(make_case: MakeCase, adviser: User) -> list[Case]:
    """Sixty opened within the hour, and one more that is not."""
    cases = [make_case() for _ in range(MOST_PEOPLE_AN_HOUR + 1)]
    opened_before(cases[:-1], adviser)
    return cases


def test_a13_the_same_people_again_are_no_more_people(
    at_the_limit: list[Case], browser: Client
) -> None:
    for case in at_the_limit[:3]:
        assert browser.get(case.get_absolute_url()).status_code == 200
    assert not ReadingStop.objects.exists()


def test_a13_a_number_that_finds_somebody_hidden_counts(
    make_case: MakeCase, adviser: User, browser: Client
) -> None:
    """Whoever tries numbers learns who is registered here, also from a refusal."""
    hidden = [make_case() for _ in range(MOST_PEOPLE_AN_HOUR)]
    with recorded():
        for case in hidden:
            record(
                "person.found_by_number", by=adviser, unit=case.unit_id, outcome=Outcome.DENIED,
                persons=[case.person_id],
            )  # fmt: skip
    assert browser.get(hidden[0].get_absolute_url()).status_code == 200
    assert browser.get(make_case().get_absolute_url()).status_code == 429


def test_a13_an_hour_later_it_is_another_hour(
    at_the_limit: list[Case], adviser: User, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1, seconds=1))
    assert client_of(adviser).get(at_the_limit[-1].get_absolute_url()).status_code == 200


def test_a13_every_page_that_shows_people_is_closed_and_ones_own_log_is_open(
    at_the_limit: list[Case], browser: Client, adviser: User
) -> None:
    browser.get(at_the_limit[-1].get_absolute_url())
    for address in ("/", "/cases/", at_the_limit[0].get_absolute_url(), "/messages/"):
        answer = browser.get(address, follow=True)
        assert answer.status_code in (429, 404), address
    assert browser.post("/search/", {"words": "Testperson"}).status_code == 429
    assert browser.get("/log/mine/").status_code == 200
    assert browser.get("/account/settings/").status_code == 200


@pytest.mark.parametrize("who", ["leader", "auditor", "municipal_administrator"])
def test_a13_those_who_keep_and_review_the_unit_are_told(
    who: str, at_the_limit: list[Case], browser: Client, request: pytest.FixtureRequest,
    client_of: ClientOf,
) -> None:  # fmt: skip
    browser.get(at_the_limit[-1].get_absolute_url())
    page = client_of(request.getfixturevalue(who)).get("/", follow=True).content.decode()
    assert "1 account is stopped" in page


def test_a13_a_leader_lets_the_account_in_again(
    at_the_limit: list[Case], browser: Client, leader: User, leaders_browser: Client
) -> None:
    browser.get(at_the_limit[-1].get_absolute_url())
    stop = ReadingStop.objects.get()
    assert "Let in again" in leaders_browser.get("/log/stops/").content.decode()
    leaders_browser.post(f"/log/stops/{stop.pk}/lift/")
    stop.refresh_from_db()
    assert stop.lifted_by == leader
    assert browser.get(at_the_limit[-1].get_absolute_url()).status_code == 200
    with pytest.raises(AlreadySigned):
        lift_stop(stop=stop, by=leader)


def test_a13_nobody_lifts_their_own_stop_and_the_auditor_only_sees_it(
    at_the_limit: list[Case], leader: User, client_of: ClientOf, auditors_browser: Client
) -> None:
    stop = stop_reading(user=leader, unit_id=at_the_limit[0].unit_id, people=61, by=leader)
    client_of(leader).post(f"/log/stops/{stop.pk}/lift/")
    assert auditors_browser.post(f"/log/stops/{stop.pk}/lift/").status_code == 403
    assert "Leader" in auditors_browser.get("/log/stops/").content.decode()
    assert ReadingStop.objects.in_force().count() == 1
    with pytest.raises(NotYoursToSign):
        lift_stop(stop=stop, by=leader)


def test_a13_the_report_of_a_person_is_closed_too(
    case: Case, leader: User, leaders_browser: Client
) -> None:
    stop_reading(user=leader, unit_id=case.unit_id, people=61, by=leader)
    assert leaders_browser.get(f"/log/persons/{case.person_id}/").status_code == 429
    assert leaders_browser.get("/log/stops/").status_code == 200


def test_a13_in_a_unit_of_one_the_municipal_administrator_lifts_it(
    at_the_limit: list[Case], leader: User, municipal_administrator: User, client_of: ClientOf
) -> None:
    stop = stop_reading(user=leader, unit_id=at_the_limit[0].unit_id, people=61, by=leader)
    client_of(municipal_administrator).post(f"/log/stops/{stop.pk}/lift/")
    assert not ReadingStop.objects.in_force().exists()


def test_another_units_stop_is_none(
    at_the_limit: list[Case], adviser: User, outsider: User, client_of: ClientOf
) -> None:
    stop = stop_reading(user=adviser, unit_id=at_the_limit[0].unit_id, people=61, by=adviser)
    assert client_of(outsider).post(f"/log/stops/{stop.pk}/lift/").status_code == 404


def test_when_the_audit_write_fails_nothing_is_stopped_or_lifted(
    case: Case, adviser: User, leader: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        stop_reading(user=adviser, unit_id=case.unit_id, people=61, by=adviser)
    assert not ReadingStop.objects.exists()
    stop = ReadingStop.objects.create(
        unit=case.unit, user=adviser, people=61, stopped_at=case.opened_at
    )
    with pytest.raises(broken_audit):
        lift_stop(stop=stop, by=leader)
    assert ReadingStop.objects.in_force().exists()
