"""The log of a case: the leader sees everybody, an adviser themselves, an auditor by number."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.accounts.models import User
from cases.audit.models import Client as Door
from cases.audit.models import Event, Tier
from cases.audit.record import record, recorded
from cases.casework.models import Case
from cases.people.actions import block
from tests.oversight.conftest import ClientOf, MakeCase

pytestmark = pytest.mark.django_db


def log_of(case: Case) -> str:
    return f"/log/cases/{case.pk}/"


def look(case: Case, by: User, **how: str) -> None:
    with recorded(client=Door.WEB):
        record(
            "case.viewed", by=by, unit=case.unit_id, target=case, persons=[case.person_id],
            purpose="desk:case", **how,
        )  # fmt: skip


def whos(page: object) -> list[str]:
    return [line.who for line in page.context["lines"]]  # type: ignore[attr-defined]


def test_the_leader_sees_who_when_what_why_and_how(
    case: Case, colleague: User, leaders_browser: Client
) -> None:
    look(case, colleague, tier=Tier.DECLARED, reason="covering")
    page = leaders_browser.get(log_of(case))
    newest = page.context["lines"][0]
    assert (newest.who, newest.roles, str(newest.what)) == (
        "Colleague", "adviser", "Opened the case",
    )  # fmt: skip
    assert newest.at == timezone.now()
    shown = page.content.decode()
    for words in (
        f"Log of case {case.number}", "A colleague’s case, with a reason".replace("’", "&#x27;"),
        "The adviser is away", "The pages", "Registered the referral",
    ):  # fmt: skip
        assert words in shown
    assert "Testperson" not in shown


def test_an_adviser_sees_their_own_look_ups_only(
    case: Case, colleague: User, leader: User, client_of: ClientOf
) -> None:
    look(case, colleague)
    look(case, leader)
    page = client_of(colleague).get(log_of(case))
    assert whos(page) == ["Colleague"]
    assert "Leader" not in page.content.decode().split("<main")[1]


def test_the_auditor_sees_the_log_by_number_and_nothing_of_the_case(
    case: Case, colleague: User, auditors_browser: Client
) -> None:
    look(case, colleague)
    answer = auditors_browser.post("/log/find/", {"number": case.number.lower()})
    assert answer["Location"] == log_of(case)
    page = auditors_browser.get(log_of(case))
    assert "Colleague" in whos(page)
    shown = page.content.decode()
    assert case.number in shown
    assert "Testperson" not in shown
    assert case.get_absolute_url() not in shown
    assert auditors_browser.get(case.get_absolute_url()).status_code == 403


def test_lists_and_searches_that_showed_the_person_are_in_the_log(
    make_case: MakeCase, adviser: User, leaders_browser: Client
) -> None:
    case, other = make_case(), make_case()
    with recorded():
        record("cases.listed", by=adviser, unit=case.unit_id, persons=[case.person_id], purpose="x")
        record(
            "cases.searched", by=adviser, unit=case.unit_id, persons=[other.person_id], purpose="x"
        )
    listed = [str(line.what) for line in leaders_browser.get(log_of(case)).context["lines"]]
    assert "Saw a list of cases" in listed
    assert "Searched for cases" not in listed


def test_opening_the_log_is_in_the_log(case: Case, leader: User, leaders_browser: Client) -> None:
    leaders_browser.get(log_of(case))
    event = Event.objects.get(action="case_log.viewed")
    assert (event.actor, event.case, event.persons) == (leader.pk, case.pk, [str(case.person_id)])
    assert str(leaders_browser.get(log_of(case)).context["lines"][0].what) == (
        "Looked at the log of the case"
    )


def test_when_the_audit_write_fails_the_log_is_not_shown(
    case: Case, leaders_browser: Client, broken_audit: type[Exception]
) -> None:
    answer = leaders_browser.get(log_of(case))
    assert answer.status_code == 503
    assert case.number not in answer.content.decode()


@pytest.mark.parametrize("who", ["leader", "auditor"])
def test_a_block_hides_the_log_too(
    who: str, case: Case, adviser: User, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    user = request.getfixturevalue(who)
    block(person=case.person, user=user, reason="kin of the person", by=adviser)
    client = client_of(user)
    assert client.get(log_of(case)).status_code == 404
    assert client.post("/log/find/", {"number": case.number})["Location"] == "/log/"


def test_a_case_of_another_unit_and_a_protected_one_have_no_log(
    make_case: MakeCase, case: Case, outsider: User, client_of: ClientOf, leaders_browser: Client
) -> None:
    hidden = make_case(protection="strictly", assigned_to=None)
    assert client_of(outsider).get(log_of(case)).status_code == 404
    assert leaders_browser.get(log_of(hidden)).status_code == 404


@pytest.mark.parametrize(
    "who", ["figures_reader", "administrator", "municipal_administrator", "sample_taker"]
)
def test_who_has_nothing_to_do_with_cases_is_refused(
    who: str, case: Case, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get(log_of(case)).status_code == 403
    assert client.get("/log/").status_code == 403


def test_a_refused_look_is_shown_as_refused(case: Case, leaders_browser: Client) -> None:
    look(case, case.assigned_to, outcome="denied")  # type: ignore[arg-type]
    assert "Refused" in leaders_browser.get(log_of(case)).content.decode()


def test_the_log_costs_the_same_with_2_and_with_40_lines(
    case: Case, adviser: User, colleague: User, leader: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(leader)
    counts = []
    for more in (2, 40):
        for _ in range(more):
            look(case, adviser)
            look(case, colleague)
        client.get(log_of(case))
        with CaptureQueriesContext(connection) as captured:
            client.get(log_of(case))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_long_log_has_pages(case: Case, adviser: User, leaders_browser: Client) -> None:
    for _ in range(55):
        look(case, adviser)
    first = leaders_browser.get(log_of(case))
    assert len(first.context["lines"]) == 50
    assert leaders_browser.get(log_of(case) + "?page=99").status_code == 200
    assert leaders_browser.get(log_of(case) + "?page=x").status_code == 200
