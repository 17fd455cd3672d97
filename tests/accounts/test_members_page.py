"""The pages about a unit's people, as the leader and the municipal administrator use them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.accounts.actions.members import end_sessions_of
from cases.accounts.models import Membership, StandIn, User, UserSession
from cases.accounts.rights import NotAMember, OwnRights
from cases.accounts.roles import Role
from cases.units.models import Unit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(leader: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(leader)


def page(unit: Unit, name: str = "people", **ids: object) -> str:
    return reverse(f"accounts:{name}", kwargs={"unit_id": unit.pk, **ids})


def test_the_way_there_leads_to_the_only_unit(browser: Client, unit: Unit) -> None:
    assert browser.get(reverse("accounts:kept_units"))["Location"] == page(unit)


def test_everybody_is_listed_with_roles(browser: Client, unit: Unit, cleared: User) -> None:
    text = browser.get(page(unit)).content.decode()
    assert "Cleared" in text
    assert "adviser, may see protected people" in text
    assert "Leader" in text


def test_as_many_queries_for_twenty_as_for_two(browser: Client, unit: Unit, adviser: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(page(unit))
        return len(queries)

    asked()
    few = asked()
    for number in range(20):
        factories.make_user(f"member{number}", unit, Role.ADVISER)
    assert asked() == few


def test_a_role_is_given_and_ended(browser: Client, unit: Unit) -> None:
    typed = {
        "email": "ny@example.no", "name": "Ny Testperson", "role": "adviser",
        "valid_from": f"{timezone.localdate():%d.%m.%Y}",
    }  # fmt: skip
    assert browser.post(page(unit, "add_member"), typed)["Location"] == page(unit)
    membership = Membership.objects.get(user__email="ny@example.no")
    ending = page(unit, "end_membership", membership_id=membership.pk)
    assert browser.get(ending).status_code == 200
    assert browser.post(ending, {"last_day": "01.01.2026"}).status_code == 302
    membership.refresh_from_db()
    assert not membership.in_force_on(timezone.localdate())


def test_a10_a_role_of_others_is_no_choice(browser: Client, unit: Unit) -> None:
    typed = {"email": "a@example.no", "name": "A", "role": "leader", "valid_from": "01.01.2026"}
    assert browser.post(page(unit, "add_member"), typed).status_code == 422
    assert not User.objects.filter(email="a@example.no").exists()


def test_a10_the_page_says_why_the_last_leader_stays(
    unit: Unit, leader: User, municipal_administrator: User, client_of: Callable[[User], Client]
) -> None:
    membership = leader.memberships.get()
    ending = page(unit, "end_membership", membership_id=membership.pk)
    answer = client_of(municipal_administrator).post(ending, {"last_day": "01.01.2026"})
    assert answer.status_code == 422
    assert "without a leader" in answer.content.decode()


def test_a4_a_stand_in_from_another_unit_is_no_choice(
    browser: Client, unit: Unit, adviser: User, outsider: User
) -> None:
    day = f"{timezone.localdate():%d.%m.%Y}"
    typed = {"absent": adviser.pk, "substitute": outsider.pk, "valid_from": day, "valid_to": day}
    assert browser.post(page(unit, "add_stand_in"), typed).status_code == 422
    assert not StandIn.objects.exists()


def test_a_member_is_signed_out_by_the_leader(
    browser: Client, unit: Unit, adviser: User, client_of: Callable[[User], Client]
) -> None:
    theirs = client_of(adviser)
    theirs.get(reverse("desk:today"))
    assert "Sign them out" in browser.get(page(unit, "member", user_id=adviser.pk)).content.decode()
    browser.post(page(unit, "sign_in_of", user_id=adviser.pk, what="end-sessions"))
    assert not UserSession.objects.filter(user=adviser).exists()
    assert theirs.get(reverse("desk:today")).status_code == 302


@pytest.mark.parametrize("role", [Role.LEADER, Role.MUNICIPAL_ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a7_whoever_else_they_are_a_member_is_signed_out_by_the_leader(
    browser: Client, unit: Unit, other_unit: Unit, adviser: User,
    client_of: Callable[[User], Client], role: Role, elsewhere: bool,
) -> None:  # fmt: skip
    """Ending sessions makes nobody somebody else: a right of theirs elsewhere stands not in its way."""
    Membership.objects.create(
        user=adviser, unit=other_unit if elsewhere else unit, role=role,
        valid_from=factories.LONG_AGO,
    )  # fmt: skip
    theirs = client_of(adviser)
    theirs.get(reverse("desk:today"))
    browser.post(page(unit, "sign_in_of", user_id=adviser.pk, what="end-sessions"))
    assert not UserSession.objects.filter(user=adviser).exists()
    for what in ("reset-second-factor", "entry-link", "let-in"):
        refused = browser.post(page(unit, "sign_in_of", user_id=adviser.pk, what=what), follow=True)
        assert "given and taken by somebody else" in refused.content.decode()


def test_a10_nobody_signs_out_whoever_is_no_member_of_theirs(
    unit: Unit, leader: User, coordinator: User, adviser: User, outsider: User
) -> None:
    for by, user in ((leader, outsider), (coordinator, adviser), (outsider, adviser)):
        with pytest.raises(NotAMember):
            end_sessions_of(user=user, unit=unit, by=by)
    with pytest.raises(OwnRights):
        end_sessions_of(user=leader, unit=unit, by=leader)


def test_a_link_is_shown_once(browser: Client, unit: Unit, adviser: User) -> None:
    answer = browser.post(page(unit, "sign_in_of", user_id=adviser.pk, what="entry-link"))
    assert f"/account/welcome/{adviser.pk}/" in answer.content.decode()


def test_a10_there_is_no_button_for_oneself(browser: Client, unit: Unit, leader: User) -> None:
    text = browser.get(page(unit, "member", user_id=leader.pk)).content.decode()
    assert "This is you" in text
    assert "Take away the lost second factor" not in text
    answer = browser.post(
        page(unit, "sign_in_of", user_id=leader.pk, what="reset-second-factor"), follow=True
    )
    assert "Nobody changes their own rights" in answer.content.decode()


@pytest.mark.parametrize("name", ["people", "add_member", "add_stand_in"])
def test_a3_the_people_of_another_unit_do_not_exist(
    browser: Client, other_unit: Unit, name: str
) -> None:
    assert browser.get(page(other_unit, name)).status_code == 404


def test_nobody_of_another_unit_is_reached_through_ones_own(
    browser: Client, unit: Unit, outsider: User
) -> None:
    assert browser.get(page(unit, "member", user_id=outsider.pk)).status_code == 404
    ended = page(unit, "sign_in_of", user_id=outsider.pk, what="end-sessions")
    assert browser.post(ended).status_code == 404


@pytest.mark.parametrize("who", ["adviser", "coordinator", "auditor", "sample_taker"])
def test_whoever_keeps_nobody_has_no_such_page(
    request: pytest.FixtureRequest, unit: Unit, client_of: Callable[[User], Client], who: str
) -> None:
    assert client_of(request.getfixturevalue(who)).get(page(unit)).status_code == 403
