"""Normal, declared and break-glass access to a case, and what each leaves in the log."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cases.accounts.models import StandIn, User
from cases.audit.models import Event
from cases.casework.models import Case
from cases.people.models import DeclaredAccess, Person
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MakeCase = Callable[..., Case]


def tiers_of(case: Case, user: User) -> list[str]:
    events = Event.objects.filter(action="case.viewed", actor=user.pk, target=case.pk)
    return list(events.order_by("sequence").values_list("tier", flat=True))


def why(case: Case) -> str:
    return f"/cases/{case.pk}/why/"


def test_ones_own_case_opens_and_is_logged_as_normal(
    case: Case, adviser: User, client_of: ClientOf
) -> None:
    assert client_of(adviser).get(case.get_absolute_url()).status_code == 200
    assert tiers_of(case, adviser) == ["normal"]


def test_a_free_case_is_open_to_the_whole_unit(
    make_case: MakeCase, colleague: User, client_of: ClientOf
) -> None:
    case = make_case(assigned_to=None)
    assert client_of(colleague).get(case.get_absolute_url()).status_code == 200
    assert tiers_of(case, colleague) == ["normal"]


@pytest.mark.parametrize("who", ["colleague", "coordinator", "leader"])
def test_a_colleagues_case_asks_for_a_reason_first(
    case: Case, who: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    user = request.getfixturevalue(who)
    browser = client_of(user)
    answer = browser.get(f"/cases/{case.pk}/note/")
    assert answer.status_code == 302
    assert answer.url == f"{why(case)}?next=%2Fcases%2F{case.pk}%2Fnote%2F"
    asked = browser.get(answer.url).content.decode()
    assert case.number in asked
    assert "Testperson" not in asked, "nothing of the person before the reason"

    answer = browser.post(answer.url, {"reason": "covering", "note": ""}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/cases/{case.pk}/note/"
    assert tiers_of(case, user) == ["declared"]
    declared = Event.objects.get(action="access.declared")
    assert (declared.tier, declared.reason) == ("declared", "covering")
    assert str(case.person_id) in declared.persons


def test_the_adviser_sees_who_opened_the_case_and_why(
    case: Case, adviser: User, colleague: User, client_of: ClientOf
) -> None:
    typed = {"reason": "other", "note": "Vikar på mandag"}
    client_of(colleague).post(why(case), typed)
    assert (
        "A colleague has opened it 1 time lately"
        in client_of(adviser).get(case.get_absolute_url()).content.decode()
    )
    page = client_of(adviser).get(f"/cases/{case.pk}/opened-by/").content.decode()
    assert "Colleague" in page
    assert "Vikar på mandag" in page


@pytest.mark.parametrize("typed", [{}, {"reason": ""}, {"reason": "other"}, {"reason": "x"}])
def test_without_a_reason_nothing_opens(
    case: Case, colleague: User, client_of: ClientOf, typed: dict[str, str]
) -> None:
    browser = client_of(colleague)
    answer = browser.post(why(case), typed)
    assert answer.status_code == (422 if typed else 200)
    assert not DeclaredAccess.objects.exists()
    assert browser.get(case.get_absolute_url()).status_code == 302


def test_a_declaration_ends_after_twelve_hours(
    case: Case, colleague: User, client_of: ClientOf
) -> None:
    factories.declare(colleague, case)
    start = timezone.now()
    with time_machine.travel(start + timedelta(hours=11, minutes=59), tick=False):
        assert client_of(colleague).get(case.get_absolute_url()).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, seconds=2), tick=False):
        assert client_of(colleague).get(case.get_absolute_url()).status_code == 302


def test_a_declaration_is_for_one_person_and_one_user(
    case: Case, make_case: MakeCase, colleague: User, coordinator: User, client_of: ClientOf
) -> None:
    other = make_case(given_name="Annen")
    factories.declare(colleague, case)
    assert client_of(colleague).get(other.get_absolute_url()).status_code == 302
    assert client_of(coordinator).get(case.get_absolute_url()).status_code == 302


def test_a_stand_in_has_the_cases_as_their_own_for_the_days_it_holds(
    case: Case, unit: Unit, adviser: User, colleague: User, client_of: ClientOf
) -> None:
    today = timezone.localdate()
    stand_in = StandIn.objects.create(
        unit=unit, absent=adviser, substitute=colleague, valid_from=today, valid_to=today
    )
    assert client_of(colleague).get(case.get_absolute_url()).status_code == 200
    assert tiers_of(case, colleague) == ["normal"]
    StandIn.objects.filter(pk=stand_in.pk).update(
        valid_from=today - timedelta(days=2), valid_to=today - timedelta(days=1)
    )
    assert client_of(colleague).get(case.get_absolute_url()).status_code == 302


def test_what_was_typed_while_the_case_went_to_somebody_else_is_kept(
    case: Case, colleague: User, client_of: ClientOf
) -> None:
    browser = client_of(colleague)
    typed = {"text": "Et notat som ble lenge underveis"}
    asked = browser.post(f"/cases/{case.pk}/note/", typed).url
    back = browser.post(asked, {"reason": "covering"}).url
    assert "/account/unsent/" in back
    assert typed["text"] in browser.get(back).content.decode()


def test_the_way_back_leads_nowhere_else(case: Case, colleague: User, client_of: ClientOf) -> None:
    for wanted in ("https://example.net/", "//example.net", "/admin/", f"//example.net/{case.pk}"):
        browser = client_of(colleague)
        DeclaredAccess.objects.all().delete()
        answer = browser.post(f"{why(case)}?next={wanted}", {"reason": "covering"})
        assert answer.url == case.get_absolute_url()


def test_a_declared_case_shows_no_more_than_ones_own_to_an_outsider(
    case: Case, outsider: User, client_of: ClientOf
) -> None:
    assert client_of(outsider).get(why(case)).status_code == 404
    assert client_of(outsider).post(why(case), {"reason": "covering"}).status_code == 404
    assert not DeclaredAccess.objects.exists()


def test_a_failing_audit_write_keeps_no_declaration(
    case: Case, colleague: User, broken_audit: type[Exception]
) -> None:
    with pytest.raises(broken_audit):
        factories.declare(colleague, case)
    assert not DeclaredAccess.objects.exists()


def test_j5_restriction_hides_the_person_from_all_but_the_leader(
    case: Case, adviser: User, leader: User, client_of: ClientOf
) -> None:
    Person.objects.filter(pk=case.person_id).update(
        restricted_at=timezone.now(), restricted_by=leader
    )
    assert client_of(adviser).get(case.get_absolute_url()).status_code == 404
    assert case.number not in client_of(adviser).get("/cases/").content.decode()
    factories.declare(leader, case)
    assert client_of(leader).get(case.get_absolute_url()).status_code == 200
