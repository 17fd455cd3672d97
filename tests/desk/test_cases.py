"""The list of cases: which, in what order, and a page at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.casework.states import STATES, state_of
from cases.desk.listing import PER_PAGE, Scope
from tests.desk.conftest import ClientOf, MakeCase
from tests.hostile import SCRIPT, WRONG_EVERYWHERE

pytestmark = pytest.mark.django_db


def listed(browser: Client, query: str = "") -> list[Case]:
    page = browser.get(f"/cases/?{query}")
    assert page.status_code == 200
    return [row.case for row in page.context["listing"].rows]


def test_each_scope_shows_its_own(
    make_case: MakeCase, closed_case: MakeCase, colleague: User, browser: Client
) -> None:
    mine, theirs = make_case(), make_case(assigned_to=colleague)
    free, done = make_case(assigned_to=None), closed_case()
    assert listed(browser) == listed(browser, "scope=mine") == [mine]
    assert set(listed(browser, "scope=unit")) == {mine, theirs, free}
    assert listed(browser, "scope=unassigned") == [free]
    assert listed(browser, "scope=closed") == [done]


def test_another_units_cases_are_in_no_list(
    case: Case, closed_case: MakeCase, outsider: User, client_of: ClientOf
) -> None:
    closed_case()
    for scope in Scope.values:
        assert listed(client_of(outsider), f"scope={scope}") == []


def test_a_protected_person_is_in_no_list_of_the_others(
    make_case: MakeCase, browser: Client, cleared: User, client_of: ClientOf
) -> None:
    hidden = make_case(protection="confidential")
    assert listed(browser, "scope=unit") == []
    theirs = client_of(cleared)
    assert listed(theirs, "scope=unit") == [hidden]
    assert "Confidential address" in theirs.get("/cases/?scope=unit").content.decode()


def test_the_most_urgent_comes_first_and_the_last_closed(
    make_case: MakeCase, closed_case: MakeCase, browser: Client
) -> None:
    cases = [make_case() for _ in range(3)]
    for case, days in zip(cases, (3, 1, 2), strict=True):
        due = timezone.now() + timedelta(days=days)
        Case.objects.filter(pk=case.pk).update(next_due_at=due)
    assert listed(browser) == [cases[1], cases[2], cases[0]]
    old = closed_case(closed_at=datetime(2026, 1, 5, tzinfo=UTC))
    new = closed_case(closed_at=datetime(2026, 10, 5, tzinfo=UTC))
    assert listed(browser, "scope=closed") == [new, old]


def test_a_filter_shows_exactly_the_cases_whose_page_says_so(
    make_case: MakeCase, browser: Client
) -> None:
    now = timezone.now()
    facts = [
        {}, {"attended_count": 1}, {"missed_count": 1}, {"missed_count": 2},
        {"find_decision": "needed"}, {"find_decision": "return"}, {"find_decision": "ask_sender"},
        {"next_appointment_at": now + timedelta(days=1),
         "next_appointment_ends_at": now + timedelta(days=1, hours=1)},
        {"next_appointment_at": now - timedelta(hours=2),
         "next_appointment_ends_at": now - timedelta(hours=1)},
        {"attended_count": 1, "answer_sent_at": now, "answer_attended": True},
        {"missed_count": 2, "answer_sent_at": now, "answer_attended": False},
    ]  # fmt: skip
    for milestones in facts:
        Case.objects.filter(pk=make_case().pk).update(**milestones)
    shown: dict[str, list[Case]] = {}
    for state in STATES[1:]:
        shown[state.code] = listed(browser, f"scope=unit&state={state.code}")
        assert {state_of(case, timezone.now()).code for case in shown[state.code]} <= {state.code}
    assert sum(map(len, shown.values())) == len(facts)
    assert sum(map(bool, shown.values())) >= 9


def test_a_page_holds_25_and_the_rest_follow(make_case: MakeCase, browser: Client) -> None:
    cases = {make_case() for _ in range(PER_PAGE + 2)}
    first, second = listed(browser), listed(browser, "page=2")
    assert (len(first), len(second)) == (PER_PAGE, 2)
    assert {*first, *second} == cases
    page = browser.get("/cases/?scope=unit&page=2").content.decode()
    assert "Showing 26–27 of 27 cases" in page
    assert 'href="?scope=unit&amp;state=&amp;page=1"' in page


def test_a_page_that_is_not_there_is_the_nearest(case: Case, browser: Client) -> None:
    for page in ("0", "-1", "999999999999", "x", "1e9", "²", ""):
        assert listed(browser, f"page={page}") == [case], page


def test_counting_ends_at_a_thousand(
    case: Case, browser: Client, monkeypatch: pytest.MonkeyPatch, make_case: MakeCase
) -> None:
    monkeypatch.setattr("cases.desk.listing.COUNTED_AT_MOST", 1)
    make_case()
    assert "of more than 1 cases" in browser.get("/cases/").content.decode()


@pytest.mark.parametrize("field", ["scope", "state"])
def test_an_unknown_choice_falls_back(case: Case, browser: Client, field: str) -> None:
    for value in WRONG_EVERYWHERE:
        page = browser.get("/cases/", {field: value})
        assert page.status_code == 200
        assert [row.case for row in page.context["listing"].rows] == [case]
        assert SCRIPT.encode() not in page.content


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "You have no open cases."),
        ("scope=unit", "The unit has no open cases."),
        ("scope=unassigned", "Every open case has an adviser."),
        ("scope=closed", "No case is closed yet."),
        ("scope=unit&state=answer_due", "No case fits this filter."),
    ],
)
def test_an_empty_list_says_why(browser: Client, query: str, sentence: str) -> None:
    assert sentence in browser.get(f"/cases/?{query}").content.decode()


def test_a_part_of_the_page_is_the_rows_alone(case: Case, browser: Client) -> None:
    part = browser.get("/cases/", headers={"HX-Request": "true"}).content.decode()
    assert case.number in part
    assert "<html" not in part


def test_everybody_on_the_page_is_in_the_log(make_case: MakeCase, browser: Client) -> None:
    cases = [make_case() for _ in range(PER_PAGE + 1)]
    shown = listed(browser)
    event = Event.objects.get(action="cases.listed")
    assert event.persons == sorted(str(case.person_id) for case in shown)
    assert len(event.persons) == PER_PAGE < len(cases)
