from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.statistics.models import ErasedFigure
from cases.statistics.reference import load_figures
from cases.units.models import Unit
from tests.statistics.conftest import Facts

DAY = date(2026, 5, 4)
Referred = Callable[..., Case]
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _the_year_after() -> Iterator[None]:
    with time_machine.travel(datetime(2027, 1, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def seven_referrals(referred: Referred) -> None:
    """Three own wishes and four transfers: every part is small, the total is not."""
    for _number in range(3):
        referred(DAY, "own_wish")
    for _number in range(4):
        referred(DAY)


def page(client: Client, **filters: str) -> str:
    response = client.get(reverse("statistics:figures"), filters)
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2]
    return main.partition("</main>")[0]  # the warning after it has a token of its own each time


def test_the_leader_sees_exact_numbers(
    seven_referrals: None, leader: User, client_of: ClientOf
) -> None:
    html = page(client_of(leader), first="1.1.2026", last="31.12.2026")
    assert "<b>7</b>" in html
    assert "<td>3</td>" in html
    assert "&lt; 5" not in html


@pytest.mark.parametrize("who", ["adviser", "outsider", "figures_reader"])
def test_everybody_else_sees_small_numbers_hidden(
    seven_referrals: None, unit: Unit, who: str, client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    html = page(client_of(request.getfixturevalue(who)), unit=str(unit.pk), year="2026")
    assert "&lt; 5" in html
    assert "<b>2–8</b>" in html
    for number in ("<td>3</td>", "<td>4</td>", "<td>7</td>", "<b>7</b>"):
        assert number not in html


def test_free_dates_are_the_leaders_alone(
    seven_referrals: None, unit: Unit, leader: User, outsider: User, client_of: ClientOf
) -> None:
    """Two periods of which one is a day longer must not be to be had."""
    narrow = {"unit": str(unit.pk), "first": "5.5.2026", "last": "31.12.2026"}
    assert "<b>0</b>" in page(client_of(leader), **narrow)
    assert page(client_of(outsider), **narrow) == page(client_of(outsider), unit=str(unit.pk))


def test_the_running_year_is_not_told(
    referred: Referred, unit: Unit, outsider: User, client_of: ClientOf
) -> None:
    before = page(client_of(outsider), unit=str(unit.pk))
    for _number in range(6):
        referred(date(2027, 1, 2))
    assert page(client_of(outsider), unit=str(unit.pk)) == before


@pytest.mark.parametrize("who", ["administrator"])
def test_no_figures_without_the_right(
    who: str, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(reverse("statistics:figures")).status_code == 403


@pytest.mark.parametrize(
    "filters",
    [
        {"unit": "nonsense"},
        {"unit": "00000000-0000-0000-0000-000000000000"},
        {"unit": ""},
        {"unit": "\x00"},
        {"first": "yesterday?", "last": "1.1.2026"},
        {"first": "", "last": ""},
        {"first": "1.6.2026", "last": "1.5.2026"},
        {"first": "9" * 5000},
        {"first": "31.12.2200", "last": "99.99.9999"},
        {"last": "<script>alert(1)</script>"},
    ],
)
def test_what_is_no_period_gets_a_sentence(
    leader: User, client_of: ClientOf, filters: dict[str, str]
) -> None:
    response = client_of(leader).get(reverse("statistics:figures"), filters)
    assert response.status_code == 422
    assert b"ds-error-summary" in response.content
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("year", ["1999", "-1", "9" * 400, "2026.0", "x", "", "2027"])
def test_what_is_no_year_gets_a_sentence(
    unit: Unit, outsider: User, client_of: ClientOf, year: str
) -> None:
    filters = {"unit": str(unit.pk), "year": year}
    response = client_of(outsider).get(reverse("statistics:figures"), filters)
    assert response.status_code == 422


def test_the_last_possible_day_is_a_day(leader: User, client_of: ClientOf) -> None:
    page(client_of(leader), first="1.1.1900", last="31.12.2200")


def test_what_is_left_of_deleted_cases_is_counted_and_what_is_not_is_said(
    unit: Unit, seven_referrals: None, leader: User, outsider: User, client_of: ClientOf
) -> None:
    """The living stay exact for the leader: four transfers, and six deleted ones beside them."""
    whole = {"first": "1.1.2026", "last": "31.12.2026"}
    said = "Deleted cases are counted in whole years only"
    assert said not in page(client_of(leader), **whole)
    for measure, code, number in (
        ("case", "", 9),
        ("referral", "transfer", 6),
        ("referral", "merged", 5),
    ):
        ErasedFigure.objects.create(unit=unit, year=2026, measure=measure, code=code, number=number)
    html = page(client_of(leader), **whole)
    assert said in html
    assert "<td>3</td>" in html
    assert "<td>10</td>" in html
    assert "deleted cases, not told apart</th><td>5</td>" in html
    assert "<b>18</b>" in html
    shorter = page(client_of(leader), first="1.1.2026", last="30.12.2026")
    assert said in shorter
    assert "<td>4</td>" in shorter
    assert "not told apart" not in shorter
    safe = page(client_of(outsider), unit=str(unit.pk), year="2026")
    assert said in safe
    assert "<b>16–19</b>" in safe


def test_published_figures_stand_beside_with_year_and_source(
    leader: User, client_of: ClientOf
) -> None:
    load_figures()
    load_figures()
    html = page(client_of(leader))
    assert html.count("NOU 2019: 26") == 2
    assert "Norway" in html
    assert "23.7" in html
    assert "2017" in html
    assert (
        "Have used cannabis in the last twelve months, per cent of inhabitants aged 16–64" in html
    )
    assert html.count("Rusmidler i Norge 2016") == 2


def test_an_installation_without_units(figures_reader: User, client_of: ClientOf) -> None:
    assert "There is no unit yet" in page(client_of(figures_reader))


def test_looking_is_logged(unit: Unit, outsider: User, client_of: ClientOf) -> None:
    page(client_of(outsider), unit=str(unit.pk))
    event = Event.objects.get(action="figures.viewed")
    assert (event.unit, event.actor, event.purpose) == (unit.pk, outsider.pk, "safe")


def test_the_same_number_of_queries_whatever_the_unit_holds(
    unit: Unit, referred: Referred, facts: Facts, leader: User, client_of: ClientOf
) -> None:
    client = client_of(leader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    for count in (1, 6):
        for _number in range(count):
            case = referred(DAY)
            facts.met(case, DAY)
            facts.offered(case, DAY, "declined", reason="not_now")
        if count == 1:
            page(client)
            few = queries()
    assert queries() == few


def test_no_inline_style(seven_referrals: None, leader: User, client_of: ClientOf) -> None:
    html = page(client_of(leader), first="1.1.2026", last="31.12.2026")
    assert "<svg" in html
    assert "style=" not in html
