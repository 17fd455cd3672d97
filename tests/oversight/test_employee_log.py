"""What an employee has opened: for themselves, for the leader and for the auditor of their unit."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.accounts.models import Membership, User
from cases.audit.models import Event
from cases.casework.models import Case
from tests.oversight.conftest import ClientOf, MakeCase
from tests.oversight.test_case_log import look

pytestmark = pytest.mark.django_db


def log_of(user: User) -> str:
    return f"/log/employees/{user.pk}/"


def test_everybody_sees_their_own(case: Case, adviser: User, browser: Client) -> None:
    look(case, adviser)
    page = browser.get("/log/mine/")
    assert page.context["lines"][0].number == case.number
    assert "Testperson" not in page.content.decode()


@pytest.mark.parametrize(
    "who", ["figures_reader", "administrator", "municipal_administrator", "sample_taker", "auditor"]
)
def test_also_who_has_no_cases(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    assert client_of(request.getfixturevalue(who)).get("/log/mine/").status_code == 200


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_leader_and_auditor_see_a_members_days_and_numbers(
    who: str,
    make_case: MakeCase,
    colleague: User,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
) -> None:
    one, other = make_case(), make_case()
    for case in (one, one, other):
        look(case, colleague)
    client = client_of(request.getfixturevalue(who))
    assert "Colleague" in client.get("/log/").content.decode()
    page = client.get(log_of(colleague))
    day = page.context["days"][0]
    assert (f"{day.day}", day.looks, day.cases) == ("2026-11-23", 3, 2)
    shown = page.content.decode()
    assert one.number in shown
    assert other.number in shown
    assert "Testperson" not in shown


def test_opening_it_is_in_the_log(leader: User, adviser: User, leaders_browser: Client) -> None:
    leaders_browser.get(log_of(adviser))
    event = Event.objects.get(action="employee_log.viewed")
    assert (event.actor, event.target) == (leader.pk, adviser.pk)


def test_what_was_done_in_another_unit_is_not_shown(
    case: Case, adviser: User, other_unit: object, outsider: User, client_of: ClientOf
) -> None:
    look(case, adviser)
    Membership.objects.create(
        user=adviser, unit=other_unit, role="adviser", valid_from="2020-01-01"
    )  # fmt: skip
    page = client_of(outsider).get(log_of(adviser))
    assert page.status_code == 200
    assert page.context["lines"] == []
    assert case.number not in page.content.decode()


def test_a_stranger_is_no_employee(outsider: User, leaders_browser: Client) -> None:
    assert leaders_browser.get(log_of(outsider)).status_code == 404


def test_colleagues_do_not_see_each_others(colleague: User, browser: Client) -> None:
    assert browser.get(log_of(colleague)).status_code == 403


def test_it_costs_the_same_with_2_and_with_20_cases(
    make_case: MakeCase, colleague: User, leaders_browser: Client
) -> None:
    counts = []
    for more in (2, 18):
        for _ in range(more):
            look(make_case(), colleague)
        leaders_browser.get(log_of(colleague))
        with CaptureQueriesContext(connection) as captured:
            leaders_browser.get(log_of(colleague))
        counts.append(len(captured))
    assert counts[0] == counts[1]
